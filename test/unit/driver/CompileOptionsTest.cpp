//===- CompileOptionsTest.cpp - Flags into a plain struct -----------------===//

#include "compiler/Driver/CompileOptions.h"
#include "compiler/Driver/Feeds.h"
#include "compiler/Support/ModelError.h"
#include "gtest/gtest.h"

using namespace sluice;

namespace {

tensorflow::InputSpec spec(llvm::StringRef flag, llvm::StringRef name) {
  CompileOptions options;
  llvm::Error error = parseInputFlag(flag, options);
  EXPECT_FALSE(!!error) << flag.str();
  llvm::consumeError(std::move(error));
  EXPECT_TRUE(options.inputs.contains(name)) << flag.str();
  return options.inputs[name];
}

TEST(CompileOptions, Inputs) {
  auto full = spec("x:0=1x?x-1x0:f16", "x:0");
  EXPECT_EQ(full.shape, (llvm::SmallVector<int64_t>{1, -1, -1, 0}));
  EXPECT_EQ(full.kind, ElementKind::F16);
  EXPECT_FALSE(spec("a/b=3", "a/b").kind.has_value());
  EXPECT_TRUE(spec("x=scalar:i32", "x").shape.empty());
  EXPECT_TRUE(spec("x=", "x").shape.empty());
  for (const char *wrong : {"x", "=3", "x=3x", "x=3:f3", "x=-2", "x=3:"}) {
    CompileOptions options;
    llvm::Error error = parseInputFlag(wrong, options);
    EXPECT_TRUE(!!error) << wrong;
    llvm::consumeError(std::move(error));
  }
}

TEST(CompileOptions, NamesOfModels) {
  EXPECT_EQ(modelNameOf("dir/digits.pb"), "digits");
  EXPECT_EQ(modelNameOf("dir/digits/"), "digits");
  EXPECT_EQ(modelNameOf("dir/digits/saved_model.pb"), "digits");
  EXPECT_FALSE(modelNameOf("../../\x1b[31m").empty());
  EXPECT_FALSE(modelNameOf("/").empty());
}

TEST(CompileOptions, Limits) {
  CompileOptions options;
  EXPECT_FALSE(!!parseLimitFlag("call-depth=7", options));
  EXPECT_EQ(options.budgets.callDepth, 7u);
  EXPECT_TRUE(
      errorText(parseLimitFlag("depth=7", options)).find("unknown limit") !=
      std::string::npos);
  EXPECT_TRUE(errorText(parseLimitFlag("nodes=x", options)).find("no number") !=
              std::string::npos);
}

TEST(CompileOptions, Feeds) {
  auto feed = splitFeed("x:0=@a=b.npy");
  ASSERT_TRUE(!!feed);
  EXPECT_EQ(feed->name, "x:0");
  EXPECT_EQ(feed->value, "@a=b.npy");
  for (const char *wrong : {"x", "=1", ""}) {
    auto bad = splitFeed(wrong);
    EXPECT_FALSE(!!bad) << wrong;
    llvm::consumeError(bad.takeError());
  }
}

} // namespace
