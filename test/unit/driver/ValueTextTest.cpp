//===- ValueTextTest.cpp - Tensor values as text --------------------------===//

#include "compiler/Driver/ValueText.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace sluice;

namespace {

using Kind = std::optional<ElementKind>;

HostTensor parsed(llvm::StringRef text, Kind kind = std::nullopt) {
  auto tensor = parseValue(text, kind);
  EXPECT_TRUE(!!tensor) << text.str();
  if (tensor)
    return *tensor;
  ADD_FAILURE() << llvm::toString(tensor.takeError());
  return HostTensor();
}

std::string errorOf(llvm::StringRef text, Kind kind = std::nullopt) {
  auto tensor = parseValue(text, kind);
  if (tensor)
    return "no error, shape " + formatShape(tensor->shape());
  return llvm::toString(tensor.takeError());
}

std::string round(llvm::StringRef text, Kind kind = std::nullopt) {
  return formatValue(parsed(text, kind));
}

TEST(ValueText, Shapes) {
  EXPECT_EQ(formatShape(parsed("3").shape()), "[]");
  EXPECT_EQ(formatShape(parsed("[1, 2,3]").shape()), "[3]");
  EXPECT_EQ(formatShape(parsed("[[1,2,3],[4,5,6]]").shape()), "[2,3]");
  EXPECT_EQ(formatShape(parsed("[[[1]], [[2]]]").shape()), "[2,1,1]");
  EXPECT_EQ(formatShape(parsed("[]").shape()), "[0]");
  EXPECT_EQ(formatShape(parsed("[[],[]]").shape()), "[2,0]");
  EXPECT_EQ(formatShape(parsed("[1. 2. 3.]").shape()), "[3]");
  EXPECT_EQ(formatShape(parsed("[[1 2]\n [3 4]]").shape()), "[2,2]");
}

TEST(ValueText, KindFollowsTheElements) {
  EXPECT_EQ(parsed("[true, False]").kind(), ElementKind::Bool);
  EXPECT_EQ(parsed("[true, 2]").kind(), ElementKind::I64);
  EXPECT_EQ(parsed("[1, 2.]").kind(), ElementKind::F32);
  EXPECT_EQ(parsed("[1, 2j]").kind(), ElementKind::C64);
  EXPECT_EQ(parsed("'a'").kind(), ElementKind::String);
  EXPECT_EQ(parsed("[]").kind(), ElementKind::F32);
}

TEST(ValueText, Elements) {
  EXPECT_EQ(parsed("-128", ElementKind::I8).getInt(0), -128);
  EXPECT_EQ(parsed("-9223372036854775808", ElementKind::I64).getInt(0),
            INT64_MIN);
  EXPECT_EQ(
      uint64_t(parsed("18446744073709551615", ElementKind::U64).getInt(0)),
      UINT64_MAX);
  EXPECT_EQ(parsed("3.", ElementKind::I32).getInt(0), 3);
  EXPECT_EQ(parsed("true", ElementKind::F32).getDouble(0), 1.0);
  EXPECT_EQ(parsed("-2.5e-3", ElementKind::F64).getDouble(0), -2.5e-3);
  EXPECT_EQ(parsed("-inf", ElementKind::F32).getDouble(0), -INFINITY);
  EXPECT_TRUE(std::isnan(parsed("nan", ElementKind::F16).getDouble(0)));
  EXPECT_EQ(parsed("1-2.5j", ElementKind::C64).getComplex(0),
            std::complex<double>(1, -2.5));
  EXPECT_EQ(parsed("1e-3+1e+2j", ElementKind::C128).getComplex(0),
            std::complex<double>(1e-3, 1e2));
  EXPECT_TRUE(std::signbit(parsed("-0.", ElementKind::F32).getDouble(0)));
  EXPECT_EQ(parsed("\"a\\x00\\n]\"").strings[0], std::string("a\0\n]", 4));
}

TEST(ValueText, Errors) {
  EXPECT_EQ(errorOf("[1,[2]]"), "a list stands where other rows have elements");
  EXPECT_EQ(errorOf("[[1],2]"),
            "an element stands where other rows have lists");
  EXPECT_EQ(errorOf("[[1,2],[3]]"), "lists of one level have 2 and 1 elements");
  EXPECT_EQ(errorOf("[[],[3]]"), "lists of one level have 0 and 1 elements");
  EXPECT_EQ(errorOf("[[],[[]]]"),
            "a list stands where other rows have elements");
  EXPECT_EQ(errorOf("[1,2"), "']' is missing at the end");
  EXPECT_EQ(errorOf("["), "the value ends too early");
  EXPECT_EQ(errorOf(""), "the value ends too early");
  EXPECT_EQ(errorOf("]"), "']' without '['");
  EXPECT_EQ(errorOf("[1]]"), "unexpected ']' behind the value");
  EXPECT_EQ(errorOf("[,1]"), "unexpected ',1]'");
  EXPECT_EQ(errorOf("'a"), "the quote is not closed");
  EXPECT_EQ(errorOf("abc"), "'abc' is no number, bool or quoted string");
  EXPECT_EQ(errorOf(std::string(100000, '[')),
            "lists are nested more than 32 deep");
  EXPECT_EQ(errorOf("128", ElementKind::I8), "128 does not fit into i8");
  EXPECT_EQ(errorOf("-1", ElementKind::U32), "-1 does not fit into u32");
  EXPECT_EQ(errorOf("1.5", ElementKind::I32),
            "the number 1.5 where i32 is expected");
  EXPECT_EQ(errorOf("'a'", ElementKind::F32),
            "the string 'a' where f32 is expected");
  EXPECT_EQ(errorOf("2", ElementKind::Bool),
            "a number other than 0 and 1 where bool is expected");
}

TEST(ValueText, PrintsLikeNumPy) {
  EXPECT_EQ(round("[4,10,18]", ElementKind::F32), "[4. 10. 18.]");
  EXPECT_EQ(round("[4,10,18]", ElementKind::I32), "[4 10 18]");
  EXPECT_EQ(round("0.1", ElementKind::F32), "0.1");
  EXPECT_EQ(round("0.1", ElementKind::F16), "0.1");
  EXPECT_EQ(round("0.3333333333333", ElementKind::BF16), "0.334");
  EXPECT_EQ(round("[0.333333333333333]", ElementKind::F64), "[0.33333333]");
  EXPECT_EQ(round("[1e-5, 1.5]", ElementKind::F32), "[1.0e-05 1.5e+00]");
  EXPECT_EQ(round("[123456789]", ElementKind::F32), "[1.2345679e+08]");
  EXPECT_EQ(round("[nan, -inf, 2]", ElementKind::F32), "[nan -inf 2.]");
  EXPECT_EQ(round("[true,false]"), "[True False]");
  EXPECT_EQ(round("[1.5-2j]"), "[1.5-2.j]");
  EXPECT_EQ(round("['a\\x1b']"), "[b'a\\x1b']");
  EXPECT_EQ(round("[[1,10],[100,-1]]", ElementKind::F32),
            "[[  1.  10.]\n [100.  -1.]]");
  EXPECT_EQ(round("[[1.5,10],[100,1.25]]", ElementKind::F32),
            "[[  1.5   10.  ]\n [100.     1.25]]");
  EXPECT_EQ(round("[[[1]],[[2]]]"), "[[[1]]\n\n [[2]]]");
  EXPECT_EQ(round("[]"), "[]");
  EXPECT_EQ(round("[[],[]]"), "[] (shape [2,0])");
}

TEST(ValueText, SummarisesAndWraps) {
  HostTensor big(ElementKind::I32, {2000});
  for (int64_t i = 0; i < big.size(); ++i)
    big.setInt(i, i);
  EXPECT_EQ(formatValue(big), "[0 1 2 ... 1997 1998 1999]");
  HostTensor square(ElementKind::U8, {40, 40});
  std::string text = formatValue(square);
  EXPECT_EQ(text.substr(0, 15), "[[0 0 0 ... 0 0");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
  HostTensor line(ElementKind::I32, {60});
  for (int64_t i = 0; i < 60; ++i)
    line.setInt(i, 100 + i);
  EXPECT_EQ(formatValue(line).find("\n 118"), 72u);
}

TEST(ValueText, Csv) {
  auto rows = parseCsv("a,b\n1,2\n# note\n3, 4.5\n", std::nullopt);
  ASSERT_TRUE(!!rows);
  EXPECT_EQ(formatShape(rows->shape()), "[2,2]");
  EXPECT_EQ(rows->getDouble(3), 4.5);
  auto column = parseCsv("1\n2\n3\n", ElementKind::I32);
  ASSERT_TRUE(!!column);
  EXPECT_EQ(formatShape(column->shape()), "[3]");
  auto ragged = parseCsv("1,2\n3\n", std::nullopt);
  EXPECT_EQ(llvm::toString(ragged.takeError()),
            "line 2: 1 columns where other lines have 2");
  auto empty = parseCsv("x\n", std::nullopt);
  EXPECT_EQ(llvm::toString(empty.takeError()), "no row of numbers");
  auto bad = parseCsv("1,2\n3,x\n", std::nullopt);
  EXPECT_EQ(llvm::toString(bad.takeError()), "line 2: 'x' is no number");
}

TEST(ValueText, Conversions) {
  auto narrow = convertTensor(parsed("[1,-2]"), ElementKind::I8);
  ASSERT_TRUE(!!narrow);
  EXPECT_EQ(narrow->getInt(1), -2);
  auto overflow = convertTensor(parsed("[1,300]"), ElementKind::U8);
  EXPECT_EQ(llvm::toString(overflow.takeError()),
            "element 1 does not fit into u8");
  auto sign = convertTensor(parsed("-1"), ElementKind::U64);
  EXPECT_EQ(llvm::toString(sign.takeError()),
            "element 0 does not fit into u64");
  auto real = convertTensor(parsed("[0.5]"), ElementKind::I32);
  EXPECT_EQ(llvm::toString(real.takeError()),
            "elements are f32 where i32 is expected");
  auto half = convertTensor(parsed("[0.5]"), ElementKind::F16);
  ASSERT_TRUE(!!half);
  EXPECT_EQ(half->getDouble(0), 0.5);
}

} // namespace
