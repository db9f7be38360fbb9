//===- CompareTest.cpp - Equality within a tolerance ----------------------===//

#include "compiler/Driver/Compare.h"
#include "compiler/Driver/ValueText.h"
#include "gtest/gtest.h"

using namespace sluice;

namespace {

HostTensor value(llvm::StringRef text, ElementKind kind) {
  auto tensor = parseValue(text, kind);
  EXPECT_TRUE(!!tensor);
  return tensor ? *tensor : HostTensor();
}

Comparison compare(llvm::StringRef found, llvm::StringRef expected,
                   ElementKind kind, Tolerance tolerance = {}) {
  return compareTensors(value(found, kind), value(expected, kind), tolerance);
}

TEST(Compare, ExactKinds) {
  EXPECT_TRUE(compare("[1,2]", "[1,2]", ElementKind::I32).equal);
  Comparison wrong = compare("[1,2,5]", "[1,3,3]", ElementKind::I32, {1, 1});
  EXPECT_FALSE(wrong.equal);
  EXPECT_EQ(wrong.different, 2);
  EXPECT_EQ(wrong.maxAbsolute, 2);
  EXPECT_EQ(wrong.reason,
            "2 of 3 elements differ, first at [1]: 2, expected 3");
  EXPECT_FALSE(
      compare("9223372036854775807", "9223372036854775806", ElementKind::I64)
          .equal);
  EXPECT_FALSE(compare("[true]", "[false]", ElementKind::Bool).equal);
}

TEST(Compare, KindAndShape) {
  Comparison kind = compareTensors(value("[1]", ElementKind::I32),
                                   value("[1]", ElementKind::I64), {});
  EXPECT_FALSE(kind.equal);
  EXPECT_EQ(kind.reason, "elements are i32, expected i64");
  Comparison shape = compare("[1]", "[[1]]", ElementKind::F32);
  EXPECT_FALSE(shape.equal);
  EXPECT_EQ(shape.reason, "shape is [1], expected [1,1]");
  EXPECT_TRUE(compare("[]", "[]", ElementKind::F32).equal);
}

TEST(Compare, FloatTolerance) {
  Tolerance tolerance = {1e-2, 1e-3};
  EXPECT_TRUE(compare("100.9", "100", ElementKind::F32, tolerance).equal);
  EXPECT_FALSE(compare("101.1", "100", ElementKind::F32, tolerance).equal);
  // Relative to what is expected, not to what was found.
  EXPECT_FALSE(compare("0.1", "0.0988", ElementKind::F64, {1e-2, 0}).equal);
  EXPECT_TRUE(compare("0.0009", "0", ElementKind::F32, tolerance).equal);
}

TEST(Compare, SpecialFloats) {
  Tolerance loose = {1, 1};
  EXPECT_TRUE(
      compare("[nan,inf,-inf]", "[nan,inf,-inf]", ElementKind::F32).equal);
  EXPECT_FALSE(compare("nan", "1", ElementKind::F32, loose).equal);
  EXPECT_FALSE(compare("1", "nan", ElementKind::F32, loose).equal);
  EXPECT_FALSE(compare("inf", "-inf", ElementKind::F32, loose).equal);
  EXPECT_FALSE(compare("3e38", "inf", ElementKind::F32, loose).equal);
  EXPECT_TRUE(compare("-0.", "0.", ElementKind::F32).equal);
}

TEST(Compare, Ulps) {
  EXPECT_EQ(compare("1.0000001", "1", ElementKind::F32).maxUlp, 1u);
  // Through zero: one step to each side of it.
  EXPECT_EQ(compare("-1e-45", "1e-45", ElementKind::F32).maxUlp, 2u);
  EXPECT_EQ(compare("1.001", "1", ElementKind::F16).maxUlp, 1u);
  EXPECT_EQ(compare("1.0000000000000002", "1", ElementKind::F64).maxUlp, 1u);
}

TEST(Compare, Complex) {
  // The error of the small part is judged against the whole number.
  Tolerance tolerance = {1e-3, 0};
  EXPECT_TRUE(compare("100+0.01j", "100", ElementKind::C64, tolerance).equal);
  EXPECT_FALSE(compare("100+1j", "100", ElementKind::C64, tolerance).equal);
  EXPECT_TRUE(compare("nan+1j", "nan+1j", ElementKind::C128).equal);
  EXPECT_EQ(compare("1+2j", "1+3j", ElementKind::C64).different, 1);
}

TEST(Compare, StringsWithoutPadding) {
  EXPECT_TRUE(compare("['a\\x00']", "['a']", ElementKind::String).equal);
  EXPECT_FALSE(compare("['a']", "['b']", ElementKind::String).equal);
}

TEST(Compare, DefaultTolerances) {
  EXPECT_EQ(defaultTolerance(ElementKind::F32).rtol, 1e-4);
  EXPECT_EQ(defaultTolerance(ElementKind::C128).atol, 1e-5);
  EXPECT_EQ(defaultTolerance(ElementKind::BF16).rtol, 1e-2);
  EXPECT_EQ(defaultTolerance(ElementKind::I32).atol, 0);
  EXPECT_EQ(defaultTolerance(ElementKind::Bool).rtol, 0);
}

} // namespace
