//===- WideFunctions.cpp - Functions of f32 in f64 arithmetic -------------===//

#include "passes/Math/WideFunctions.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace sluice;

static constexpr double infinity = std::numeric_limits<double>::infinity();
static constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
static constexpr double pi = 3.14159265358979323846;
static constexpr double ln2 = 0.69314718055994530942;

// Adding 1.5 * 2**52 rounds to an integer, also where `x` is NaN.
static constexpr double shift = 6755399441055744.0;
Value WideFunctions::shifted(Value x) const { return add(x, number(x, shift)); }

Value WideFunctions::bit(Value integer, int64_t mask) const {
  Value bits = bitAnd(integer, ScalarCode::integer(integer, mask));
  return compare(Int::ne, bits, int64_t(0));
}

//===----------------------------------------------------------------------===//
// Exponentials and logarithms
//===----------------------------------------------------------------------===//

// 2**x by a polynomial on [-1/2, 1/2]. The limits lie outside of f32.
Value WideFunctions::exp2(Value x) const {
  x = clamp(x, -200, 200);
  Value power = shifted(x);
  Value rest = sub(x, sub(power, number(x, shift)));
  Value result = polynomial(
      rest,
      {1.3175878136805332e-06, 1.5309968914668874e-05, 0.00015403853408548344,
       0.0013333451199552047, 0.00961812853760702, 0.0555041094023213,
       0.24022650698918835, 0.6931471805462937, 0.9999999999997581});
  Type i64 = builder.getI64Type();
  Value bits = bitcast(power, i64);
  bits = add(bits, integer(bits, 1023));
  bits = make<arith::ShLIOp>(bits, integer(bits, 52));
  return mul(result, bitcast(bits, builder.getF64Type()));
}

Value WideFunctions::exp(Value x) const {
  return exp2(mul(x, number(x, 1 / ln2)));
}

// x = 2**e * m, m in [sqrt(1/2), sqrt(2)]; log(m) = 2 atanh((m - 1) / (m + 1)).
// Numbers that come from f32 are normal numbers here.
Value WideFunctions::log2(Value x) const {
  Type i64 = builder.getI64Type(), f64 = builder.getF64Type();
  constexpr int64_t one = 0x3FF0000000000000, root = 0x3FE6A09E667F3BCD;
  Value bits = bitcast(x, i64);
  Value moved = add(bits, integer(bits, one - root));
  // The exponent in the mantissa of a number near 2**52 becomes a float.
  Value exponent = make<arith::ShRUIOp>(moved, integer(bits, 52));
  exponent = bitOr(exponent, integer(bits, 0x4330000000000000));
  Value e = sub(bitcast(exponent, f64), number(x, 0x1p52 + 1023));
  Value mantissa = add(bitAnd(moved, integer(bits, 0x000FFFFFFFFFFFFF)),
                       integer(bits, root));
  Value m = bitcast(mantissa, f64), unit = number(x, 1);
  Value s = div(sub(m, unit), add(m, unit)), square = mul(s, s);
  Value tail = polynomial(square, {0.09792765239862171, 0.11088049475879762,
                                   0.14286055575905218, 0.19999997802295677,
                                   0.3333333333792332});
  Value half = fma(mul(s, square), tail, s);
  Value result = fma(half, number(x, 2 / ln2), e);
  result = select(compare(Float::OEQ, x, infinity), x, result);
  Value rest = select(isZero(x), number(x, -infinity), number(x, notANumber));
  return select(compare(Float::OGT, x, 0.0), result, rest);
}

Value WideFunctions::log(Value x) const { return mul(log2(x), number(x, ln2)); }

Value WideFunctions::log10(Value x) const {
  return mul(log2(x), number(x, 0.30102999566398119521));
}

Value WideFunctions::cbrt(Value x) const {
  Value root = exp2(mul(log2(abs(x)), number(x, 1.0 / 3)));
  Value isKept = bitOr(isZero(x), compare(Float::OEQ, abs(x), infinity));
  return select(isKept, x, copySign(root, x));
}

// x mod y = ((x mod 2**240 y) mod 2**192 y) ... mod y: each product of quotient
// and step is exact where it is fused into the difference, or short enough.
Value WideFunctions::remainder(Value x, Value y) const {
  Value size = abs(x), divisor = abs(y), zero = number(x, 0);
  Value rest = size;
  const int step = target.hasFma ? 48 : 24;
  for (int shift = 288 - step; shift >= 0; shift -= step) {
    Value multiple = mul(divisor, number(x, std::ldexp(1.0, shift)));
    Value quotient = make<math::TruncOp>(div(rest, multiple));
    rest = fma(neg(quotient), multiple, rest);
    // The quotient may have been rounded up to an integer.
    rest = select(compare(Float::OLT, rest, zero), add(rest, multiple), rest);
  }
  rest = select(compare(Float::OEQ, divisor, infinity), size, rest);
  rest = select(bitOr(isZero(y), compare(Float::OEQ, size, infinity)),
                number(x, notANumber), rest);
  rest = select(compare(Float::UNO, x, y), number(x, notANumber), rest);
  return copySign(rest, x);
}

// Halves go away from zero.
Value WideFunctions::roundAway(Value x) const {
  return make<math::TruncOp>(add(x, copySign(number(x, 0.5), x)));
}

//===----------------------------------------------------------------------===//
// Trigonometric functions
//===----------------------------------------------------------------------===//

// The products with the first two parts are exact.
WideFunctions::Angle WideFunctions::reduceModerate(Value x) const {
  Value turned = shifted(mul(x, number(x, 2 / pi)));
  Value n = neg(sub(turned, number(x, shift)));
  Value rest = x;
  for (double part : {0x1.921fb8p+0, -0x1.5dde98p-23, 0x1.8469898cc517p-48})
    rest = fma(n, number(x, part), rest);
  return {bitcast(turned, builder.getI64Type()), rest};
}

// x / (2 pi) without its integral part: the digits of 1 / (2 pi) in pieces of
// 24 bits, each product exact, its integral part dropped.
WideFunctions::Angle WideFunctions::reduceHuge(Value x) const {
  constexpr double pieces[] = {0x28BE60p-24,  0xDB9391p-48,  0x054A7Fp-72,
                               0x09D5F4p-96,  0x7D4D37p-120, 0x7036D8p-144,
                               0xA5664Fp-168, 0x10E410p-192};
  Value turns = number(x, 0);
  for (double piece : pieces) {
    Value product = mul(x, number(x, piece));
    product = sub(product, make<math::RoundEvenOp>(product));
    turns = add(turns, product);
    turns = sub(turns, make<math::RoundEvenOp>(turns));
  }
  Value quarters = mul(turns, number(x, 4));
  Value turned = shifted(quarters);
  Value rest = sub(quarters, sub(turned, number(x, shift)));
  return {bitcast(turned, builder.getI64Type()), mul(rest, number(x, pi / 2))};
}

// The expensive reduction is executed only where an argument needs it.
WideFunctions::Angle WideFunctions::reduce(Value x) const {
  Value isHuge = isSize(Float::OGT, x, 0x1p30);
  SmallVector<Value, 2> angle = ifAny(
      isHuge,
      [&]() -> SmallVector<Value, 2> {
        Angle huge = reduceHuge(x), moderate = reduceModerate(x);
        return {select(isHuge, huge.quadrant, moderate.quadrant),
                select(isHuge, huge.rest, moderate.rest)};
      },
      [&]() -> SmallVector<Value, 2> {
        Angle moderate = reduceModerate(x);
        return {moderate.quadrant, moderate.rest};
      });
  return {angle[0], angle[1]};
}

WideFunctions::SineAndCosine WideFunctions::ofRest(Value rest) const {
  Value square = mul(rest, rest);
  Value tail =
      polynomial(square, {2.718237182691671e-06, -0.00019839327124687581,
                          0.008333329362233875, -0.16666666641425976});
  Value sine = fma(mul(rest, square), tail, rest);
  Value even =
      polynomial(square, {-2.720504486069941e-07, 2.4799451529131028e-05,
                          -0.0013888883467158039, 0.041666666619105334});
  Value cosine = fma(square, number(rest, -0.5), number(rest, 1));
  return {sine, fma(mul(square, square), even, cosine)};
}

Value WideFunctions::sine(Angle angle, int64_t turns) const {
  auto [sine, cosine] = ofRest(angle.rest);
  Value quadrant = add(angle.quadrant, integer(angle.quadrant, turns));
  Value result = select(bit(quadrant, 1), cosine, sine);
  return select(bit(quadrant, 2), neg(result), result);
}

Value WideFunctions::sin(Value x) const {
  // Zero keeps its sign.
  return select(isZero(x), x, sine(reduce(x), 0));
}

Value WideFunctions::cos(Value x) const { return sine(reduce(x), 1); }

Value WideFunctions::tan(Value x) const {
  Angle angle = reduce(x);
  auto [sine, cosine] = ofRest(angle.rest);
  Value isOdd = bit(angle.quadrant, 1);
  Value result =
      div(select(isOdd, neg(cosine), sine), select(isOdd, sine, cosine));
  return select(isZero(x), x, result);
}

Value WideFunctions::asinOfSmall(Value x) const {
  Value square = mul(x, x);
  Value tail = polynomial(square, {0.03309648567606325, 0.0018039173322881045,
                                   0.02071350947046483, 0.02185241674532806,
                                   0.030427967960064816, 0.04464062410685117,
                                   0.07500005211327103, 0.16666666625213594});
  return fma(mul(x, square), tail, x);
}

// Above 1/2: asin(x) = pi / 2 - 2 asin(sqrt((1 - x) / 2)).
Value WideFunctions::asin(Value x) const {
  Value size = abs(x), half = number(x, 0.5);
  Value isSmall = compare(Float::OLE, size, half);
  Value root = sqrt(mul(sub(number(x, 1), size), half));
  Value part = asinOfSmall(select(isSmall, size, root));
  Value large = fma(part, number(x, -2), number(x, pi / 2));
  return copySign(select(isSmall, part, large), x);
}

Value WideFunctions::acos(Value x) const {
  Value size = abs(x), half = number(x, 0.5);
  Value isSmall = compare(Float::OLE, size, half);
  Value root = sqrt(mul(sub(number(x, 1), size), half));
  Value part = asinOfSmall(select(isSmall, x, root));
  Value twice = add(part, part);
  Value large =
      select(compare(Float::OLT, x, 0.0), sub(number(x, pi), twice), twice);
  return select(isSmall, sub(number(x, pi / 2), part), large);
}

//===----------------------------------------------------------------------===//
// Hyperbolic functions
//===----------------------------------------------------------------------===//

Value WideFunctions::sinh(Value x) const {
  Value size = abs(x), square = mul(x, x);
  Value tail = polynomial(square, {2.5534642994540362e-08,
                                   2.7551957713789176e-06, 0.000198412968438536,
                                   0.008333333274015973, 0.16666666667089736});
  Value small = fma(mul(size, square), tail, size);
  Value power = exp(size), half = number(x, 0.5);
  Value large = mul(sub(power, div(number(x, 1), power)), half);
  Value isSmall = compare(Float::OLT, size, 1.0);
  return copySign(select(isSmall, small, large), x);
}

Value WideFunctions::cosh(Value x) const {
  Value power = exp(abs(x));
  return mul(add(power, div(number(x, 1), power)), number(x, 0.5));
}

// log(|x| + sqrt(x**2 + 1)); its series where that cancels.
Value WideFunctions::asinh(Value x) const {
  Value size = abs(x), square = mul(x, x);
  Value small = fma(mul(size, square), number(x, -1.0 / 6), size);
  Value large = log(add(size, sqrt(add(square, number(x, 1)))));
  Value isSmall = compare(Float::OLT, size, 0x1p-10);
  return copySign(select(isSmall, small, large), x);
}

Value WideFunctions::acosh(Value x) const {
  Value large = log(add(x, sqrt(fma(x, x, number(x, -1)))));
  return select(compare(Float::OLT, x, 1.0), number(x, notANumber), large);
}

Value WideFunctions::atanh(Value x) const {
  Value size = abs(x), one = number(x, 1);
  Value cube = mul(mul(x, x), size);
  Value small = fma(cube, number(x, 1.0 / 3), size);
  Value large = mul(log(div(add(one, size), sub(one, size))), number(x, 0.5));
  Value isSmall = compare(Float::OLT, size, 0x1p-9);
  return copySign(select(isSmall, small, large), x);
}

// t e**(-x**2 + P(t)) with t = 2 / (2 + |x|).
Value WideFunctions::erfc(Value x) const {
  Value size = clamp(abs(x), 0, 11), two = number(x, 2);
  Value t = div(two, add(two, size));
  Value exponent = polynomial(
      t, {-0.011068992875168356, 0.2682195679300294, -1.6488298540234732,
          4.943640674069096, -8.598436512013752, 9.195127015787477,
          -6.182865291943275, 2.8658383975061463, -1.140958223931712,
          0.15164014221399608, 0.04424873366302966, 0.37921673379625903,
          0.9997321608358362, -1.2655045508911216});
  Value result = mul(t, exp(fma(neg(size), size, exponent)));
  return select(compare(Float::OLT, x, 0.0), sub(two, result), result);
}
