//===- StatusTest.cpp - Texts of statuses ---------------------------------===//

#include "sluice/abi.h"
#include <cctype>
#include <climits>
#include <gtest/gtest.h>
#include <set>
#include <string>

TEST(Status, everyCodeHasATextOfItsOwn) {
  std::set<std::string> texts;
  for (int status = 0; status < SLUICE_STATUS_COUNT; ++status) {
    std::string text = sluice_status_text(status);
    EXPECT_TRUE(texts.insert(text).second) << text;
    EXPECT_NE(text, "unknown status") << status;
    EXPECT_NE(text.back(), '.');
    // Lower-case start, unless an abbreviation.
    EXPECT_TRUE(islower(text[0])) << text;
  }
}

TEST(Status, anyNumberIsSafe) {
  for (int status : {-1, SLUICE_STATUS_COUNT + 0, INT_MAX, INT_MIN})
    EXPECT_STREQ(sluice_status_text(status), "unknown status");
}

TEST(Status, errorTextWithoutInstance) {
  char text[40];
  EXPECT_EQ(sluice_error_text(nullptr, text, sizeof text), 7u);
  EXPECT_STREQ(text, "success");
}

TEST(Status, errorTextOfExtremeNumbers) {
  sluice_instance net{};
  net.error.status = SLUICE_INDEX_OUT_OF_RANGE;
  net.error.found = INT64_MIN;
  net.error.required = INT64_MAX;
  char text[200];
  sluice_error_text(&net, text, sizeof text);
  EXPECT_STREQ(text, "an index lies outside its dimension (found "
                     "-9223372036854775808, required 9223372036854775807)");
}
