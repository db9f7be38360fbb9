//===- SizeTest.cpp - The normal form of symbolic sizes -------------------===//

#include "dialects/Graph/Size.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <random>

using namespace mlir;
using namespace sluice::graph;

namespace {

class SizeTest : public testing::Test {
protected:
  SizeTest() {
    context.loadDialect<GraphDialect>();
    B = symbol("B");
    T = symbol("T");
    H = symbol("H");
  }

  Size symbol(StringRef name) { return Size::symbol(&context, name); }
  static std::string text(Size size) {
    std::string result;
    llvm::raw_string_ostream(result) << size;
    return result;
  }
  Size parse(StringRef expression) {
    auto dims = dyn_cast_or_null<DimsAttr>(
        parseAttribute(("#graph.dims<[" + expression + "]>").str(), &context));
    return dims && dims.getRank() == 1 ? dims.getSize(0) : Size();
  }

  MLIRContext context;
  Size B, T, H;
};

TEST_F(SizeTest, EqualSizesAreOneAttribute) {
  EXPECT_EQ(B * T, T * B);
  EXPECT_EQ((B + Size(1)) * (B - Size(1)), B * B - Size(1));
  EXPECT_EQ(B + T - B, T);
  EXPECT_NE(B, T);
  EXPECT_NE(B, B + Size(1));
  EXPECT_EQ(B - B, Size(0));
  EXPECT_TRUE((B * Size(0)).isStatic());
}

TEST_F(SizeTest, QuotientsLoseWhatDivides) {
  EXPECT_EQ((B * Size(6)).floorDiv(3), B * Size(2));
  EXPECT_EQ((B * Size(4) + Size(3)).floorDiv(2), B * Size(2) + Size(1));
  EXPECT_EQ((B * Size(2)).floorDiv(4), B.floorDiv(2));
  EXPECT_EQ(B.floorDiv(2).floorDiv(3), B.floorDiv(6));
  EXPECT_EQ((B * T).floorDiv(T), B);
  EXPECT_EQ(B.ceilDiv(2), (B + Size(1)).floorDiv(2));
  EXPECT_EQ((B * Size(8)).ceilDiv(8), B);
  EXPECT_EQ((B * Size(8) + Size(3)).mod(8), Size(3));
  EXPECT_FALSE(B.floorDiv(0).isValid());
}

TEST_F(SizeTest, ExactQuotients) {
  EXPECT_EQ((B * T * Size(6)).divideExactly(T * Size(2)), B * Size(3));
  EXPECT_EQ((B * T + T).divideExactly(B + Size(1)), T);
  EXPECT_EQ((B * B - Size(1)).divideExactly(B + Size(1)), B - Size(1));
  EXPECT_FALSE((B * Size(3)).divideExactly(2).isValid());
  EXPECT_FALSE(B.divideExactly(T).isValid());
  EXPECT_FALSE(B.divideExactly(0).isValid());
}

TEST_F(SizeTest, MaximaHaveOneSpelling) {
  EXPECT_EQ(B.max(0), B);
  EXPECT_EQ(B.max(T), T.max(B));
  EXPECT_EQ((B + Size(2)).max(B), B + Size(2));
  EXPECT_EQ(B.min(B + T), B);
  EXPECT_EQ((B + Size(3)).max(T + Size(3)), B.max(T) + Size(3));
  // x[1:] and x[:-1] have one size.
  EXPECT_EQ(B - B.min(1), (B - Size(1)).max(0));
  EXPECT_EQ(B.max(T) + B.min(T), B + T);
}

TEST_F(SizeTest, OverflowIsInvalid) {
  Size large = INT64_MAX;
  EXPECT_FALSE((B * large + B).isValid());
  EXPECT_FALSE((B * large * Size(2)).isValid());
  EXPECT_FALSE((Size() + B).isValid());
  EXPECT_FALSE((B * Size(INT64_MIN)).max(T).isValid());
  // So is what would be unreasonably large.
  Size grown = B;
  for (int i = 0; i < 16; ++i)
    grown = grown.floorDiv(2) * (grown + T).floorDiv(3);
  EXPECT_FALSE(grown.isValid());
}

TEST_F(SizeTest, SyntaxRoundTrips) {
  EXPECT_EQ(text(B * T * Size(2) + Size(3)), "2*B*T + 3");
  EXPECT_EQ(text((B + Size(1)).floorDiv(2)), "floordiv(B + 1, 2)");
  EXPECT_EQ(text((T - Size(1)).max(0)), "max(T + -1, 0)");
  EXPECT_EQ(text(symbol("in:0_1")), "\"in:0_1\"");
  for (Size size : {B, B * T - H, (B + T).floorDiv(H), B.max(T).floorDiv(3),
                    symbol("in:0_1") * Size(-2), symbol("max") + Size(1)})
    EXPECT_EQ(parse(text(size)), size) << text(size);
  EXPECT_EQ(parse("ceildiv(B, 2)"), B.ceilDiv(2));
  EXPECT_EQ(parse("mod(B, 4)"), B.mod(4));
  EXPECT_EQ(parse("min(B, T, 3)"), B.min(T).min(3));
  EXPECT_EQ(parse("(B + 1)*(B + 1)"), (B + Size(1)) * (B + Size(1)));
}

TEST_F(SizeTest, BrokenSyntaxIsRefused) {
  context.getDiagEngine().registerHandler([](Diagnostic &) {});
  for (const char *broken :
       {"", "B +", "B T", "floordiv(B)", "floordiv(B, 0)", "sqrt(B, 1)",
        "9223372036854775807*B + B", "(B", "1.5"})
    EXPECT_FALSE(parse(broken).isValid()) << broken;
  std::string deep(5000, '(');
  EXPECT_FALSE(parse(deep + "B").isValid());
}

// A random expression, and its value computed beside it on plain numbers.
struct Sample {
  Size size;
  std::vector<std::optional<int64_t>> values; ///< one per point
};

TEST_F(SizeTest, RandomExpressionsKeepTheirValue) {
  constexpr unsigned points = 40, expressions = 1500;
  std::mt19937 random(7);
  auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  std::vector<std::array<int64_t, 3>> at(points);
  for (auto &point : at)
    for (int64_t &value : point)
      value = below(4) == 0 ? below(3) : below(60);
  const char *names[] = {"B", "T", "H"};
  auto floorDivide = [](int64_t x, int64_t y) {
    return x / y - (x % y != 0 && (x < 0) != (y < 0));
  };
  std::vector<Sample> pool;
  for (unsigned s = 0; s < 3; ++s) {
    Sample sample{symbol(names[s]), {}};
    for (auto &point : at)
      sample.values.push_back(point[s]);
    pool.push_back(sample);
  }
  std::map<std::string, unsigned> seen;
  unsigned compared = 0;
  for (unsigned n = 0; n < expressions; ++n) {
    const Sample &x = pool[below(pool.size())], &y = pool[below(pool.size())];
    int64_t c = static_cast<int64_t>(below(9)) - 2;
    Sample made;
    unsigned kind = below(8);
    switch (kind) {
    case 0:
      made.size = x.size + y.size;
      break;
    case 1:
      made.size = x.size - y.size;
      break;
    case 2:
      made.size = x.size * y.size;
      break;
    case 3:
      made.size = x.size.floorDiv(c);
      break;
    case 4:
      made.size = x.size.max(y.size);
      break;
    case 5:
      made.size = x.size.min(y.size);
      break;
    case 6:
      made.size = x.size * Size(c) + Size(3);
      break;
    case 7:
      made.size = x.size.mod(c);
      break;
    }
    if (!made.size.isValid())
      continue;
    for (unsigned p = 0; p < points; ++p) {
      int64_t a = *x.values[p], b = *y.values[p];
      int64_t wanted = kind == 0   ? a + b
                       : kind == 1 ? a - b
                       : kind == 2 ? a * b
                       : kind == 3 ? floorDivide(a, c)
                       : kind == 4 ? std::max(a, b)
                       : kind == 5 ? std::min(a, b)
                       : kind == 6 ? a * c + 3
                                   : a - floorDivide(a, c) * c;
      std::optional<int64_t> found =
          made.size.evaluate([&](StringRef name) -> std::optional<int64_t> {
            for (unsigned s = 0; s < 3; ++s)
              if (name == names[s])
                return at[p][s];
            return std::nullopt;
          });
      ASSERT_TRUE(found.has_value()) << text(made.size);
      ASSERT_EQ(*found, wanted) << text(made.size);
      made.values.push_back(wanted);
      ++compared;
    }
    ASSERT_EQ(parse(text(made.size)), made.size) << text(made.size);
    // Large values would overflow in the next step; such samples end here.
    if (llvm::all_of(made.values, [](std::optional<int64_t> value) {
          return *value > -10000 && *value < 10000;
        }))
      pool.push_back(made);
  }
  EXPECT_GT(compared, points * 500);
}

} // namespace
