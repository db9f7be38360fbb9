//===- FloatFunctions.cpp - Functions in f32 arithmetic -------------------===//

#include "passes/Math/FloatFunctions.h"
#include "mlir/IR/Matchers.h"
#include "passes/Math/WideFunctions.h"
#include <limits>

using namespace mlir;
using namespace sluice;

static constexpr double infinity = std::numeric_limits<double>::infinity();
static constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

static constexpr double integerShift = 0x1.8p23;

// Adding 1.5 * 2**23 rounds to an integer and leaves it in the low bits, where
// a conversion of NaN to an integer would be undefined.
FloatFunctions::Reduced FloatFunctions::reduce(Value x) const {
  Value shift = number(x, integerShift);
  Value shifted = fma(x, number(x, 1.4426950408889634), shift);
  Value n = sub(shifted, shift);
  Value rest = fma(n, number(x, -0.693145751953125), x);
  rest = fma(n, number(x, -1.42860682030941723e-6), rest);
  return {shifted, n, rest};
}

Value FloatFunctions::powerBits(const Reduced &reduced) const {
  Value bits = bitcast(reduced.shifted, builder.getI32Type());
  return sub(bits, integer(bits, 0x4B400000));
}

Value FloatFunctions::powerOfTwo(Value power, int64_t offset) const {
  Value bits = make<arith::ShLIOp>(add(power, integer(power, 127 + offset)),
                                   integer(power, 23));
  return bitcast(bits, builder.getF32Type());
}

// e**rest = 1 + rest + rest**2 * P(rest), relative error 3.2e-9.
static constexpr double expTail[] = {0.00138186978, 0.00836871564, 0.0416682921,
                                     0.166665211, 0.49999994};

// 1 + rest * (1 + rest * P(rest)) is shorter, but where products are rounded by
// themselves it is off by a third of a ULP more.
Value FloatFunctions::expOfRest(Value rest) const {
  Value tail = polynomial(rest, expTail), one = number(rest, 1);
  if (target.hasFma)
    return fma(fma(tail, rest, one), rest, one);
  return add(one, fma(tail, mul(rest, rest), rest));
}

Value FloatFunctions::expOfModerate(Value x) const {
  Reduced reduced = reduce(x);
  Value result = expOfRest(reduced.rest);
  if (hasExponents(x))
    return scale(result, reduced.power);
  return mul(result, powerOfTwo(powerBits(reduced), 0));
}

// What rounds to zero is scaled to an exact zero: processors take a hundred
// cycles and more for a product that underflows, and masked attention is full
// of these. Without an instruction that scales, two factors reach subnormal
// results, rounded once, and infinity.
Value FloatFunctions::scaleFar(Value x, const Reduced &reduced) const {
  Value isZero = compare(Float::OLT, reduced.power, -150.5);
  if (hasExponents(x))
    return scale(x, select(isZero, number(x, -infinity), reduced.power));
  Value power = powerBits(reduced);
  Value half = make<arith::ShRSIOp>(power, integer(power, 1));
  Value factor = select(isZero, number(x, 0), powerOfTwo(sub(power, half), 0));
  return mul(mul(x, powerOfTwo(half, 0)), factor);
}

// For powers up to 62: one factor and a constant one.
Value FloatFunctions::scaleDown(Value x, const Reduced &reduced) const {
  Value isZero = compare(Float::OLT, reduced.power, -150.5);
  Value factor =
      select(isZero, number(x, 0), powerOfTwo(powerBits(reduced), 64));
  return mul(mul(x, factor), number(x, 0x1p-64));
}

// -|y|, and what a comparison keeps from being larger than zero.
static bool isAtMostZero(Value x) {
  if (auto minus = x.getDefiningOp<arith::NegFOp>())
    return minus.getOperand().getDefiningOp<math::AbsFOp>() != nullptr;
  auto choice = x.getDefiningOp<arith::SelectOp>();
  auto order =
      choice ? choice.getCondition().getDefiningOp<arith::CmpFOp>() : nullptr;
  return order && order.getPredicate() == arith::CmpFPredicate::OGT &&
         matchPattern(order.getRhs(), m_AnyZeroFloat()) &&
         order.getLhs() == choice.getFalseValue() &&
         order.getRhs() == choice.getTrueValue();
}

Value FloatFunctions::exp(Value x) const {
  if (!isAtMostZero(x)) {
    Reduced reduced = reduce(clamp(x, -110, 89));
    return scaleFar(expOfRest(reduced.rest), reduced);
  }
  Value bottom = number(x, -110);
  Reduced reduced = reduce(select(compare(Float::OLT, x, bottom), bottom, x));
  Value result = expOfRest(reduced.rest);
  return hasExponents(x) ? scaleFar(result, reduced)
                         : scaleDown(result, reduced);
}

// unit * (1 + e**-x) for x up to 100, below -110.5 infinite or about to be made
// so: quotients neither overflow nor lose small results. e**-x is f * (1 + rest
// * P); f + unit is exact, or f; the sum after it is rounded once.
FloatFunctions::Logistic FloatFunctions::logistic(Value x) const {
  bool estimates = hasExponents(x);
  Value unit = number(x, estimates ? 0x1p-64 : 0x1p-32);
  Value isFar = compare(Float::OLT, x, -110.5);
  Reduced reduced = reduce(select(isFar, number(x, -111), x));
  Value f = estimates ? scale(unit, neg(reduced.power))
                      : powerOfTwo(neg(powerBits(reduced)), -32);
  Value rest = neg(reduced.rest), tail = polynomial(rest, expTail);
  tail = fma(tail, rest, number(x, 1));
  Value isLost = compare(Float::OGE, f, estimates ? 0x1p-40 : 0x1p-8);
  Value lost = select(isLost, unit, number(x, 0));
  return {fma(tail, fma(f, rest, lost), add(f, unit)), isFar};
}

// x / (1 + e**-y), where the quotient of x and 2**64 is a number.
Value FloatFunctions::overLogistic(Value x, Value y) const {
  auto [divisor, isFar] = logistic(y);
  if (!hasExponents(x))
    return mul(div(x, divisor), number(x, 0x1p-32));
  Value power = select(isFar, number(x, -infinity), number(x, -64));
  return scale(quotient(x, divisor), power);
}

Value FloatFunctions::sigmoid(Value x) const {
  Value top = number(x, 30);
  x = select(compare(Float::OGT, x, top), top, x);
  return overLogistic(number(x, 1), x);
}

Value FloatFunctions::swish(Value x) const {
  Value result = overLogistic(x, x);
  return select(compare(Float::OGT, x, 20), x, result);
}

// 2 / (1 + e**(-2 x))
Value FloatFunctions::onePlusTanh(Value x) const {
  Value two = number(x, 2), twice = add(x, x);
  Value result = overLogistic(two, twice);
  return select(compare(Float::OGT, twice, 20), two, result);
}

// expm1(rest) = rest + rest**2 * P(rest).
Value FloatFunctions::expm1OfRest(Value rest) const {
  Value tail = polynomial(rest, {0.000198459078, 0.00139408198, 0.00833338965,
                                 0.0416663587, 0.166666657, 0.5});
  return fma(mul(rest, rest), tail, rest);
}

// 2**k * expm1(rest) + (2**k - 1), halved until the end: 2**128 overflows.
Value FloatFunctions::expm1(Value x) const {
  Reduced reduced = reduce(clamp(x, -30, 89));
  Value scale = powerOfTwo(powerBits(reduced), -1);
  Value half =
      fma(expm1OfRest(reduced.rest), scale, sub(scale, number(x, 0.5)));
  // Halves of subnormal numbers lose a bit, and zero its sign.
  return select(isSize(Float::OLT, x, 0x1p-26), x, add(half, half));
}

// log(1 + f) = f + f**2 * Q(f) for f in [-1/4, 1/2], relative error 4.9e-9.
Value FloatFunctions::logOfRest(Value f, Value exponent) const {
  Value tail = polynomial(f, {-0.045127701, 0.104713216, -0.13165015,
                              0.144783884, -0.166469336, 0.199908093,
                              -0.250001043, 0.333334506, -0.5});
  Value square = mul(f, f);
  if (target.hasFma)
    return fma(exponent, number(f, 0.693147180559945), fma(square, tail, f));
  // The product with the first part is exact.
  Value low = mul(exponent, number(f, 1.42860682030941723e-6));
  Value high = mul(exponent, number(f, 0.693145751953125));
  return add(high, add(f, add(mul(square, tail), low)));
}

// The exponent of x such that x / 2**exponent is in [3/4, 3/2), in place.
Value FloatFunctions::exponentBits(Value x) const {
  Value bits = bitcast(x, builder.getI32Type());
  return bitAnd(sub(bits, integer(bits, 0x3F400000)),
                integer(bits, 0xFF800000));
}

FloatFunctions::Split FloatFunctions::split(Value x) const {
  if (hasExponents(x)) {
    Value m = mantissa(x);
    return {sub(exponent(x), exponent(m)), sub(m, number(x, 1))};
  }
  Type i32 = builder.getI32Type(), f32 = builder.getF32Type();
  Value isSmall = compare(Float::OLT, x, 0x1p-126);
  Value normal = select(isSmall, mul(x, number(x, 0x1p24)), x);
  Value bits = exponentBits(normal);
  Value m = bitcast(sub(bitcast(normal, i32), bits), f32);
  Value e = mul(convert<arith::SIToFPOp>(bits, f32), number(x, 0x1p-23));
  e = select(isSmall, sub(e, number(e, 24)), e);
  Value f = sub(m, number(x, 1)), isZero = this->isZero(x);
  e = select(compare(Float::OEQ, x, infinity), x, e);
  e = select(isZero, number(x, -infinity), e);
  f = select(isZero, number(x, 0), f);
  return {e, select(compare(Float::OGE, x, 0.0), f, number(x, notANumber))};
}

Value FloatFunctions::log(Value x) const {
  auto [exponent, rest] = split(x);
  return logOfRest(rest, exponent);
}

// 1 + x = 2**e * (1 + f): f = x / 2**e + (2**-e - 1) does not see the rounding
// of 1 + x.
Value FloatFunctions::log1p(Value x) const {
  Value one = number(x, 1), u = add(one, x), result;
  if (hasExponents(x)) {
    Value e = sub(exponent(u), exponent(mantissa(u))), minus = neg(e);
    Value factor = scale(one, minus);
    Value f = fma(x, factor, sub(factor, one));
    result = logOfRest(f, e);
    // -1 and infinity have the exponent that is the result.
    result = select(isSize(Float::OEQ, e, infinity), e, result);
  } else {
    Type i32 = builder.getI32Type(), f32 = builder.getF32Type();
    Value bits = exponentBits(u);
    Value scaled = bitcast(sub(bitcast(x, i32), bits), f32);
    // A quarter of 4 * 2**-e, which is a normal number.
    Value four = integer(bits, 0x40800000);
    Value inverse = bitcast(sub(four, bits), f32);
    Value f = add(scaled, fma(inverse, number(x, 0.25), number(x, -1)));
    Value e = mul(convert<arith::SIToFPOp>(bits, f32), number(x, 0x1p-23));
    result = logOfRest(f, e);
    result = select(compare(Float::OEQ, x, infinity), x, result);
    Value rest = select(compare(Float::OEQ, x, -1.0), number(x, -infinity),
                        number(x, notANumber));
    result = select(compare(Float::OGT, x, -1.0), result, rest);
  }
  return select(isSize(Float::OLT, x, 0x1p-26), x, result);
}

// x + x**2 * P(x), relative error 7.4e-10.
Value FloatFunctions::log1pOfFraction(Value x) const {
  Value tail =
      polynomial(x, {0.00203022035, -0.0134074241, 0.0414780006, -0.0824414864,
                     0.124184169, -0.161056831, 0.19890745, -0.249872699,
                     0.333325595, -0.499999821});
  return fma(mul(x, x), tail, x);
}

// x + x**3 * P(x**2) below 0.58, relative error 1.9e-9; 1 - 2 / (1 + e**(2
// |x|)) above, where the quotient is small: what it lacks counts by half or
// less.
Value FloatFunctions::tanh(Value x) const {
  Value size = abs(x), limit = number(x, 10);
  Value limited = select(compare(Float::OGT, size, limit), limit, size);
  // By steps of ln 2 / 2; few are taken where their error would be seen.
  Value shift = number(x, integerShift), one = number(x, 1);
  Value shifted = fma(limited, number(x, 2.8853900817779268), shift);
  Value n = sub(shifted, shift);
  Value rest = fma(n, number(x, -0.34657359027997264), limited);
  Value power = polynomial(rest, {64 * 0.00138186978, 32 * 0.00836871564,
                                  16 * 0.0416682921, 8 * 0.166665211,
                                  4 * 0.49999994, 2, 1});
  Value divisor = fma(power, powerOfTwo(powerBits({shifted, n, rest}), 0), one);
  Value large = quotient(number(x, 2), divisor);
  // In the shadow of the division.
  Value square = mul(x, x);
  Value tail = polynomial(square, {-0.00604697643, 0.0209121723, -0.0538141429,
                                   0.133322313, -0.333333075});
  Value small = fma(mul(size, square), tail, size);
  Value isSmall = compare(Float::OLT, size, 0.58);
  return copySign(select(isSmall, small, sub(one, large)), x);
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

// erfc(|x|) = e**(|x| * P(|x|)); what is smaller than 1.6e-8 is zero.
Value FloatFunctions::onePlusErf(Value x) const {
  Value size = abs(x);
  Value exponent = polynomial(
      size, {-2.85263832e-05, 0.000286768045, -0.000967564643, -0.000631686707,
             0.0196567122, -0.102948099, -0.636592686, -1.12838054});
  Value rest = expOfModerate(mul(size, exponent));
  rest = select(compare(Float::OGT, size, 4), number(x, 0), rest);
  return select(isNegative(x), rest, sub(number(x, 2), rest));
}

// log2(1 + f) = f * P(f) for f in [-1/4, 1/2], relative error 1.1e-10: the
// exponent may be as large as 150.
static constexpr double log2Tail[] = {
    -0.044970211846133049, 0.11554289101610292,  -0.15290059195069214,
    0.16466282924264444,   -0.18031202507470714, 0.20581938765302449,
    -0.24042824931094162,  0.28854606384637199,  -0.36067436051562701,
    0.48089828172780502,   -0.72134751684258624, 1.442695040995517};

// |x|**y = 2**(y log2 |x|), the exponent in f64, then the sign and C's special
// cases.
Value FloatFunctions::pow(Value x, Value y) const {
  Type f32 = builder.getF32Type(), f64 = builder.getF64Type();
  Value size = abs(x), one = number(x, 1);
  auto [exponent, rest] = split(size);
  Value f = convert<arith::ExtFOp>(rest, f64);
  Value logarithm =
      fma(f, polynomial(f, log2Tail), convert<arith::ExtFOp>(exponent, f64));
  Value power = mul(logarithm, convert<arith::ExtFOp>(y, f64));
  power = clamp(power, -200, 200);
  Value shift = number(power, 0x1.8p52);
  Value whole = sub(add(power, shift), shift);
  Value n = convert<arith::TruncFOp>(whole, f32);
  Value part = convert<arith::TruncFOp>(sub(power, whole), f32);
  Value result = polynomial(part, {0.000153289526, 0.00133909809, 0.00961850025,
                                   0.0555035956, 0.240226477, 0.693147182, 1});
  result = scaleFar(result, {add(n, number(n, integerShift)), n, part});

  Value isInteger = compare(Float::OEQ, make<math::TruncOp>(y), y);
  Value halved = mul(y, number(y, 0.5));
  Value isOdd = bitAnd(
      isInteger, compare(Float::UNE, make<math::TruncOp>(halved), halved));
  // 1 to an infinite power is 1, whose sign an even integer does not change.
  result = select(compare(Float::OEQ, size, one), one, result);
  result = select(isOdd, copySign(result, x), result);
  Value isFinite = compare(Float::OLT, size, infinity);
  Value noResult = bitAnd(bitAnd(compare(Float::OLT, x, 0.0), isFinite),
                          compare(Float::UNE, make<math::TruncOp>(y), y));
  noResult = bitOr(noResult, compare(Float::UNO, x, y));
  result = select(noResult, number(x, notANumber), result);
  Value isOne = bitOr(isZero(y), compare(Float::OEQ, x, one));
  return select(isOne, one, result);
}

// One step of Newton's iteration; it is NaN where the estimate is final: at
// zeros, infinity and below.
Value FloatFunctions::rsqrt(Value x) const {
  if (!hasExponents(x))
    return div(number(x, 1), sqrt(x));
  Value estimate = estimateRsqrt(x);
  Value error = fma(neg(mul(x, estimate)), estimate, number(x, 1));
  Value half = mul(estimate, number(x, 0.5));
  return select(isNan(error), estimate, fma(half, error, estimate));
}

//===----------------------------------------------------------------------===//
// Trigonometric functions
//===----------------------------------------------------------------------===//

// Beyond, the multiples of pi / 2 need more bits than three floats hold. Fused
// operations are what makes three enough.
static constexpr double largestAngle = 0x1p17;

// x = n * pi / 2 + rest, the bits of `shifted` ending in n.
FloatFunctions::Reduced FloatFunctions::reduceAngle(Value x) const {
  Value shift = number(x, integerShift);
  Value shifted = fma(x, number(x, 0.6366197723675814), shift);
  Value n = sub(shifted, shift), rest = x;
  for (double part : {-0x1.921fb6p+0, 0x1.777a5cp-25, 0x1.ee59dap-50})
    rest = fma(n, number(x, part), rest);
  return {shifted, n, rest};
}

// The sine of an angle that is turned by `turns` quarters more.
Value FloatFunctions::sine(const Reduced &angle, int64_t turns) const {
  Value x = angle.rest, square = mul(x, x);
  Value tail =
      polynomial(square, {-0.000195180924, 0.00833218824, -0.166666552});
  Value sine = fma(mul(x, square), tail, x);
  Value even =
      polynomial(square, {2.44325493e-05, -0.00138873106, 0.0416666456});
  Value cosine = fma(square, number(x, -0.5), number(x, 1));
  cosine = fma(mul(square, square), even, cosine);

  Type i32 = builder.getI32Type();
  Value quadrant = bitcast(angle.shifted, i32);
  if (turns)
    quadrant = add(quadrant, integer(quadrant, turns));
  Value isOdd =
      compare(Int::ne, bitAnd(quadrant, integer(quadrant, 1)), int64_t(0));
  // The second bit becomes the sign.
  Value sign = bitAnd(make<arith::ShLIOp>(quadrant, integer(quadrant, 30)),
                      integer(quadrant, 0x80000000));
  Value bits = bitcast(select(isOdd, cosine, sine), i32);
  return bitcast(bitXor(bits, sign), builder.getF32Type());
}

template <typename Common>
Value FloatFunctions::unlessLarge(Value x,
                                  Value (WideFunctions::*wide)(Value) const,
                                  Common common) const {
  auto inDouble = [&]() -> SmallVector<Value, 2> {
    WideFunctions code(builder, loc, target);
    Value result =
        (code.*wide)(convert<arith::ExtFOp>(x, builder.getF64Type()));
    return {convert<arith::TruncFOp>(result, builder.getF32Type())};
  };
  if (!target.hasFma)
    return inDouble()[0];
  return ifAny(isSize(Float::OGT, x, largestAngle), inDouble,
               [&]() -> SmallVector<Value, 2> { return {common()}; })[0];
}

Value FloatFunctions::sin(Value x) const {
  return unlessLarge(x, &WideFunctions::sin, [&] {
    // Zero keeps its sign.
    return select(isZero(x), x, sine(reduceAngle(x), 0));
  });
}

Value FloatFunctions::cos(Value x) const {
  return unlessLarge(x, &WideFunctions::cos,
                     [&] { return sine(reduceAngle(x), 1); });
}

// What pi / 2 lacks as a float.
static constexpr double quarterTurn = 0x1.921fb6p+0, lowTurn = 4.37113883e-8;

// atan(x) + `low` for |x| <= 1, relative error 2.6e-9.
Value FloatFunctions::atanOfRest(Value x, Value low) const {
  Value square = mul(x, x);
  Value tail = polynomial(square, {-0.00178282068, 0.0108686853, -0.0310969856,
                                   0.0578813888, -0.0839930624, 0.109508805,
                                   -0.142640159, 0.199985296, -0.333332986});
  return add(x, fma(mul(x, square), tail, low));
}

Value FloatFunctions::atan(Value x) const {
  Value size = abs(x), one = number(x, 1);
  Value isLarge = compare(Float::OGT, size, one);
  Value low = select(isLarge, number(x, lowTurn), number(x, 0));
  Value angle = atanOfRest(select(isLarge, div(one, size), size), low);
  Value beyond = sub(number(x, quarterTurn), angle);
  return copySign(select(isLarge, beyond, angle), x);
}

// The angle of the smaller operand over the larger one, then what is missing.
Value FloatFunctions::atan2(Value y, Value x) const {
  Value width = abs(x), height = abs(y), zero = number(x, 0);
  Value isSteep = compare(Float::OGT, height, width);
  Value low = select(isSteep, width, height);
  Value high = select(isSteep, height, width);
  Value ratio = div(low, high);
  // Also where both are infinite, or zero.
  ratio = select(compare(Float::OEQ, low, high), number(x, 1), ratio);
  ratio = select(isZero(low), zero, ratio);
  // To the left, the quarter is taken from a half.
  Value rest = select(isSteep, copySign(number(x, lowTurn), x), zero);
  Value angle = atanOfRest(ratio, rest);
  angle = select(isSteep, sub(number(x, quarterTurn), angle), angle);
  // The sign bit of x counts, also that of zero.
  Value sign = bitcast(x, builder.getI32Type());
  Value isLeft = compare(Int::slt, sign, int64_t(0));
  angle = select(isLeft, sub(number(x, 0x1.921fb6p+1), angle), angle);
  angle = copySign(angle, y);
  return select(compare(Float::UNO, x, y), number(x, notANumber), angle);
}

//===----------------------------------------------------------------------===//
// Functions of f64
//===----------------------------------------------------------------------===//

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
