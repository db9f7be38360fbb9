//===- FloatFunctions.cpp - Functions in f32 arithmetic -------------------===//

#include "passes/Math/FloatFunctions.h"
#include <limits>

using namespace mlir;
using namespace sluice;

static constexpr double infinity = std::numeric_limits<double>::infinity();
static constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

Value FloatFunctions::polynomial(Value x, ArrayRef<double> coefficients) const {
  Value result = number(x, coefficients.front());
  for (double coefficient : coefficients.drop_front())
    result = fma(result, x, number(x, coefficient));
  return result;
}

Value FloatFunctions::clamp(Value x, double low, double high) const {
  Value bottom = number(x, low), top = number(x, high);
  x = select(compare(Float::OLT, x, bottom), bottom, x);
  return select(compare(Float::OGT, x, top), top, x);
}

// Adding 1.5 * 2**23 rounds to an integer and leaves it in the low bits, where
// a conversion of NaN to an integer would be undefined.
FloatFunctions::Reduced FloatFunctions::reduce(Value x) const {
  Value shift = number(x, 12582912.0);
  Value shifted = fma(x, number(x, 1.4426950408889634), shift);
  Value n = sub(shifted, shift);
  Value rest = fma(n, number(x, -0.693145751953125), x);
  rest = fma(n, number(x, -1.42860682030941723e-6), rest);
  Type i32 = builder.getI32Type();
  Value bits = bitcast(shifted, i32);
  return {sub(bits, integer(bits, 0x4B400000)), rest};
}

Value FloatFunctions::powerOfTwo(Value power, int64_t offset) const {
  Value bits = make<arith::ShLIOp>(add(power, integer(power, 127 + offset)),
                                   integer(power, 23));
  return bitcast(bits, builder.getF32Type());
}

// e**rest = 1 + rest + rest**2 * P(rest), relative error 3.1e-9.
static Value expOfRest(const FloatFunctions &code, Value rest) {
  Value tail = code.polynomial(rest, {0.00138143206, 0.00836885162,
                                      0.0416684002, 0.166665196, 0.49999994});
  Value sum = code.fma(code.mul(rest, rest), tail, rest);
  return code.add(sum, code.number(rest, 1));
}

Value FloatFunctions::expOfModerate(Value x) const {
  auto [power, rest] = reduce(x);
  return mul(expOfRest(*this, rest), powerOfTwo(power, 0));
}

// Two factors reach subnormal results, rounded once, and infinity. What rounds
// to zero is a product with zero: processors take a hundred cycles and more
// for a product that underflows, and masked attention is full of these.
Value FloatFunctions::exp(Value x) const {
  auto [power, rest] = reduce(clamp(x, -104, 89));
  Value half = make<arith::ShRSIOp>(power, integer(power, 1));
  Value result = mul(expOfRest(*this, rest), powerOfTwo(half, 0));
  Value isZero = compare(Float::OLT, x, -103.98);
  return mul(result,
             select(isZero, number(x, 0), powerOfTwo(sub(power, half), 0)));
}

// 2**k * expm1(rest) + (2**k - 1), halved until the end: 2**128 overflows.
Value FloatFunctions::expm1(Value x) const {
  auto [power, rest] = reduce(clamp(x, -30, 89));
  Value tail = polynomial(rest, {0.000198459078, 0.00139408198, 0.00833338965,
                                 0.0416663587, 0.166666657, 0.5});
  Value small = fma(mul(rest, rest), tail, rest);
  Value scale = powerOfTwo(power, -1);
  Value half = fma(small, scale, sub(scale, number(x, 0.5)));
  // Zero keeps its sign.
  return select(compare(Float::OEQ, x, 0.0), x, add(half, half));
}

// x = 2**e * (1 + f), f in [sqrt(1/2) - 1, sqrt(2) - 1];
// log(1 + f) = f - f**2 / 2 + f**3 * Q(f), relative error 5.9e-9.
Value FloatFunctions::log(Value x) const {
  Type i32 = builder.getI32Type(), f32 = builder.getF32Type();
  Value isSmall = compare(Float::OLT, x, 0x1p-126);
  Value normal = select(isSmall, mul(x, number(x, 0x1p24)), x);
  Value bits = bitcast(normal, i32);
  // Exponents change at sqrt(1/2) instead of 1.
  Value moved = add(bits, integer(bits, 0x3F800000 - 0x3F3504F3));
  Value exponent =
      sub(make<arith::ShRUIOp>(moved, integer(bits, 23)), integer(bits, 127));
  Value mantissa =
      add(bitAnd(moved, integer(bits, 0x007FFFFF)), integer(bits, 0x3F3504F3));
  Value e = convert<arith::SIToFPOp>(exponent, f32);
  e = select(isSmall, sub(e, number(e, 24)), e);
  Value f = sub(bitcast(mantissa, f32), number(x, 1));
  Value square = mul(f, f);
  Value tail =
      polynomial(f, {-0.076355882, 0.127633005, -0.131605953, 0.142015576,
                     -0.166232973, 0.200012326, -0.250008225, 0.333333313});
  Value sum = mul(mul(tail, f), square);
  sum = fma(e, number(e, -2.12194440e-4), sum);
  sum = fma(square, number(f, -0.5), sum);
  Value result = fma(e, number(e, 0.693359375), add(f, sum));

  result = select(compare(Float::OEQ, x, infinity), x, result);
  Value rest = select(compare(Float::OEQ, x, 0.0), number(x, -infinity),
                      number(x, notANumber));
  return select(compare(Float::OGT, x, 0.0), result, rest);
}

// log(u) + error / u with u + error = 1 + x exactly.
Value FloatFunctions::log1p(Value x) const {
  Value one = number(x, 1), u = add(one, x), added = sub(u, one);
  Value error = add(sub(one, sub(u, added)), sub(x, added));
  Value correction = div(error, u);
  Value valid =
      bitAnd(compare(Float::OGT, u, 0.0), compare(Float::OLT, u, infinity));
  correction = select(valid, correction, number(x, 0));
  Value result = add(log(u), correction);
  return select(compare(Float::OEQ, x, 0.0), x, result);
}

// x + x**3 * P(x**2) below 0.625, 1 - 2 / (e**2x + 1) above.
Value FloatFunctions::tanh(Value x) const {
  Value size = abs(x), square = mul(x, x);
  Value tail = polynomial(square, {-0.00543944351, 0.0203979686, -0.0536650494,
                                   0.13330543, -0.333332479});
  Value small = fma(mul(size, square), tail, size);
  Value limited = clamp(size, 0, 10);
  Value power = expOfModerate(add(limited, limited));
  Value one = number(x, 1);
  Value large = sub(one, div(number(x, 2), add(power, one)));
  Value isSmall = compare(Float::OLT, size, 0.625);
  return copySign(select(isSmall, small, large), x);
}

// x + x * P(x**2) below 0.93, 1 - e**(-x + x * Q(x)) above.
Value FloatFunctions::erf(Value x) const {
  Value size = abs(x);
  Value tail = polynomial(mul(x, x), {8.1850907e-05, -0.000809770252,
                                      0.0051969518, -0.0268577058, 0.112836637,
                                      -0.376126319, 0.128379166});
  Value small = fma(size, tail, size);
  Value limited = clamp(size, 0, 4);
  Value exponent = polynomial(
      limited, {-1.04331148e-05, 0.000314858102, -0.00361034204, 0.0236945655,
                -0.106159046, -0.635198057, -0.128637075});
  exponent = fma(exponent, limited, neg(limited));
  Value large = sub(number(x, 1), expOfModerate(exponent));
  Value isSmall = compare(Float::OLT, size, 0.93);
  return copySign(select(isSmall, small, large), x);
}

Value FloatFunctions::rsqrt(Value x) const {
  return div(number(x, 1), sqrt(x));
}

// u = e**x rounded; (u - 1) x / log(u) makes up for the rounding.
Value FloatFunctions::expm1ByExp(Value x) const {
  Value one = number(x, 1), u = make<math::ExpOp>(x), difference = sub(u, one);
  Value result = div(mul(difference, x), make<math::LogOp>(u));
  Value isPlain = bitOr(compare(Float::OEQ, difference, -1.0),
                        compare(Float::OEQ, u, infinity));
  result = select(isPlain, difference, result);
  return select(compare(Float::OEQ, u, one), x, result);
}

// u = 1 + x rounded; log(u) x / (u - 1).
Value FloatFunctions::log1pByLog(Value x) const {
  Value one = number(x, 1), u = add(one, x), logarithm = make<math::LogOp>(u);
  Value result = div(mul(logarithm, x), sub(u, one));
  result = select(compare(Float::OEQ, u, infinity), u, result);
  return select(compare(Float::OEQ, u, one), x, result);
}
