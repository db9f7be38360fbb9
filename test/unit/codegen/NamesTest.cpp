//===- NamesTest.cpp - Names made harmless --------------------------------===//

#include "compiler/Codegen/Names.h"
#include <gtest/gtest.h>
#include <set>

using namespace sluice;

TEST(Names, identifiers) {
  EXPECT_EQ(toIdentifier("Dense/BiasAdd:0"), "dense_biasadd_0");
  EXPECT_EQ(toIdentifier("a..//b"), "a_b");
  EXPECT_EQ(toIdentifier("__x__"), "x");
  EXPECT_EQ(toIdentifier("9x"), "x9x");
  EXPECT_EQ(toIdentifier(""), "x");
  EXPECT_EQ(toIdentifier("\xff\xfe"), "x");
  EXPECT_EQ(toIdentifier("Class"), "class_");
  EXPECT_EQ(toIdentifier("co_await"), "co_await_");
  EXPECT_LE(toIdentifier(std::string(1 << 20, 'a')).size(), 100u);
}

TEST(Names, modelsKeepCaseAndDoNotMeetTheCLibrary) {
  EXPECT_EQ(modelIdentifier("MobileNet-v2"), "MobileNet_v2");
  for (const char *name : {"exp", "expf", "sinl", "printf", "std", "sluice",
                           "sluice_run", "Sluice", "int", "2d", "main"})
    EXPECT_EQ(modelIdentifier(name), std::string("model_") + name);
  EXPECT_EQ(modelIdentifier("../../"), "model");
}

TEST(Names, comments) {
  for (const char *text : {"*/", "/*", "a*/b", "**//", "/"}) {
    std::string line = "/*" + inComment(text) + "*/";
    EXPECT_EQ(line.find("*/"), line.size() - 2) << line;
    EXPECT_EQ(line.find("/*", 1), std::string::npos) << line;
  }
  EXPECT_EQ(inComment("a/b:0"), "a/b:0");
  EXPECT_EQ(inComment("\n\x1b"), "\\x0a\\x1b");
  EXPECT_EQ(inComment("\\"), "\\x5c");
}

TEST(Names, strings) {
  EXPECT_EQ(stringLiteral("a\"b\\"), "\"a\\\"b\\\\\"");
  EXPECT_EQ(stringLiteral(std::string("\0"
                                      "1",
                                      2)),
            "\"\\0001\"");
  EXPECT_EQ(stringLiteral("?\?/"), "\"\\?\\?/\"");
  EXPECT_EQ(withoutNul(std::string("a\0b", 3)), "a\\0b");
  EXPECT_EQ(inJson("\xff"), "\xef\xbf\xbd");
}

TEST(Names, symbolsOfTwoModelsDiffer) {
  std::set<std::string> symbols;
  for (const char *model : {"a", "b", "A"})
    for (unsigned i : {0u, 1u}) {
      EXPECT_TRUE(symbols.insert(entrySymbol(model, i)).second);
      EXPECT_TRUE(symbols.insert(entrySymbol(model, i, "x86-64-v3")).second);
      EXPECT_TRUE(symbols.insert(constantSymbol(model, i)).second);
      EXPECT_TRUE(symbols.insert(workspaceSymbol(model, i)).second);
    }
}

TEST(Interface, isChecked) {
  auto expectRefused = [](ModelInterface model, const char *why) {
    std::string text = llvm::toString(checkInterface(model));
    EXPECT_NE(text.find(why), std::string::npos) << text;
  };
  ModelInterface good;
  good.name = "m";
  good.levels = {{"x86-64", "x86-64", ""}};
  InterfaceEntry entry;
  entry.name = "e";
  entry.outputs = {{"y", "y:0", ElementKind::F32, {2}, {}, false}};
  good.entries = {entry};
  EXPECT_EQ(llvm::toString(checkInterface(good)), "");

  ModelInterface bad = good;
  bad.entries.clear();
  expectRefused(bad, "no entry");
  bad = good;
  bad.entries[0].outputs.clear();
  expectRefused(bad, "no outputs");
  bad = good;
  bad.entries[0].outputs[0].shape = {INT64_MAX, 2};
  expectRefused(bad, "does not fit");
  bad = good;
  bad.entries[0].outputs[0].shape = {-1};
  expectRefused(bad, "static or bound");
  bad.entries[0].outputs[0].dimArgs = {0};
  expectRefused(bad, "dimension 0 of 0");
  bad.entries[0].dims = {{"n", 4, 2}};
  expectRefused(bad, "bounds 4 to 2");
  bad.entries[0].dims = {{"n", 1, -1}};
  EXPECT_EQ(llvm::toString(checkInterface(bad)), "");
}
