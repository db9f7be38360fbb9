//===- ComplexCode.cpp - Scalar code for complex numbers ------------------===//

#include "dialects/Graph/ComplexCode.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include <limits>

using namespace mlir;
using namespace sluice::graph;

static constexpr double infinity = std::numeric_limits<double>::infinity();

ComplexNumber ComplexCode::take(Value value) const {
  ComplexNumber number{make<complex::ReOp>(value), make<complex::ImOp>(value)};
  if (number.re.getType().isF64())
    return number;
  Type f64 = builder.getF64Type();
  return {convert<arith::ExtFOp>(number.re, f64),
          convert<arith::ExtFOp>(number.im, f64)};
}

Value ComplexCode::give(ComplexNumber number, ComplexType type) const {
  Type part = type.getElementType();
  if (!part.isF64())
    number = {convert<arith::TruncFOp>(number.re, part),
              convert<arith::TruncFOp>(number.im, part)};
  return complex::CreateOp::create(builder, loc, type, number.re, number.im);
}

ComplexNumber ComplexCode::add(ComplexNumber x, ComplexNumber y) const {
  return {add(x.re, y.re), add(x.im, y.im)};
}

ComplexNumber ComplexCode::sub(ComplexNumber x, ComplexNumber y) const {
  return {sub(x.re, y.re), sub(x.im, y.im)};
}

ComplexNumber ComplexCode::mul(ComplexNumber x, ComplexNumber y) const {
  return {sub(mul(x.re, y.re), mul(x.im, y.im)),
          add(mul(x.re, y.im), mul(x.im, y.re))};
}

// The divisor is scaled to magnitudes near 1, so that squares do not overflow.
ComplexNumber ComplexCode::div(ComplexNumber x, ComplexNumber y) const {
  Value scale = make<arith::MaximumFOp>(abs(y.re), abs(y.im));
  ComplexNumber unit{div(y.re, scale), div(y.im, scale)};
  Value square = add(mul(unit.re, unit.re), mul(unit.im, unit.im));
  ComplexNumber product = mul(x, conj(unit));
  return {div(div(product.re, square), scale),
          div(div(product.im, square), scale)};
}

ComplexNumber ComplexCode::pow(ComplexNumber x, ComplexNumber y) const {
  return exp(mul(y, log(x)));
}

ComplexNumber ComplexCode::neg(ComplexNumber x) const {
  return {neg(x.re), neg(x.im)};
}

ComplexNumber ComplexCode::conj(ComplexNumber x) const {
  return {x.re, neg(x.im)};
}

ComplexNumber ComplexCode::exp(ComplexNumber x) const {
  Value scale = make<math::ExpOp>(x.re);
  Value re = mul(scale, make<math::CosOp>(x.im));
  Value im = mul(scale, make<math::SinOp>(x.im));
  // A real argument stays real, 0 swallows an undefined angle and infinity
  // keeps its magnitude.
  im = select(compare(Float::OEQ, x.im, 0.0), x.im, im);
  Value zero = number(re, 0), isZero = compare(Float::OEQ, x.re, -infinity);
  Value noAngle = compare(Float::UEQ, abs(x.im), infinity);
  Value isHuge = bitAnd(compare(Float::OEQ, x.re, infinity), noAngle);
  re = select(isHuge, number(re, infinity), re);
  return {select(isZero, zero, re), select(isZero, zero, im)};
}

ComplexNumber ComplexCode::expm1(ComplexNumber x) const {
  Value half = make<math::SinOp>(mul(x.im, number(x.im, 0.5)));
  Value minus = mul(number(half, 2), mul(half, half));
  Value re =
      sub(mul(make<math::ExpM1Op>(x.re), make<math::CosOp>(x.im)), minus);
  return {re, exp(x).im};
}

ComplexNumber ComplexCode::log(ComplexNumber x) const {
  return {make<math::LogOp>(magnitude(x)), make<math::Atan2Op>(x.im, x.re)};
}

ComplexNumber ComplexCode::log1p(ComplexNumber x) const {
  Value one = number(x.re, 1);
  ComplexNumber sum{add(one, x.re), x.im};
  ComplexNumber large = log(sum);
  // |1 + x|^2 - 1, without the cancellation of computing |1 + x| first.
  Value square = fma(x.re, add(x.re, number(x.re, 2)), mul(x.im, x.im));
  Value small = mul(number(one, 0.5), make<math::Log1pOp>(square));
  Value isSmall = compare(Float::OLT, square, 1e100);
  // At the pole the angle is undefined.
  Value atPole = bitAnd(compare(Float::OEQ, sum.re, 0.0),
                        compare(Float::OEQ, sum.im, 0.0));
  Value nan = number(one, std::numeric_limits<double>::quiet_NaN());
  return {select(isSmall, small, large.re), select(atPole, nan, large.im)};
}

ComplexNumber ComplexCode::sin(ComplexNumber x) const {
  return {mul(make<math::SinOp>(x.re), make<math::CoshOp>(x.im)),
          mul(make<math::CosOp>(x.re), make<math::SinhOp>(x.im))};
}

ComplexNumber ComplexCode::cos(ComplexNumber x) const {
  return {mul(make<math::CosOp>(x.re), make<math::CoshOp>(x.im)),
          neg(mul(make<math::SinOp>(x.re), make<math::SinhOp>(x.im)))};
}

// tan(x) = -i tanh(ix)
ComplexNumber ComplexCode::tan(ComplexNumber x) const {
  ComplexNumber turned = tanh({neg(x.im), x.re});
  return {turned.im, neg(turned.re)};
}

ComplexNumber ComplexCode::sinh(ComplexNumber x) const {
  return {mul(make<math::SinhOp>(x.re), make<math::CosOp>(x.im)),
          mul(make<math::CoshOp>(x.re), make<math::SinOp>(x.im))};
}

ComplexNumber ComplexCode::cosh(ComplexNumber x) const {
  return {mul(make<math::CoshOp>(x.re), make<math::CosOp>(x.im)),
          mul(make<math::SinhOp>(x.re), make<math::SinOp>(x.im))};
}

// (sinh(re) cosh(re) + i sin(im) cos(im)) / (sinh(re)^2 + cos(im)^2); beyond
// 20 the result is 1 or -1.
ComplexNumber ComplexCode::tanh(ComplexNumber x) const {
  Value sinh = make<math::SinhOp>(x.re), cosh = make<math::CoshOp>(x.re);
  Value sin = make<math::SinOp>(x.im), cos = make<math::CosOp>(x.im);
  Value divisor = add(mul(sinh, sinh), mul(cos, cos));
  Value turn = mul(sin, cos);
  Value isLarge = compare(Float::OGT, abs(x.re), 20.0);
  return {select(isLarge, copySign(number(x.re, 1), x.re),
                 div(mul(sinh, cosh), divisor)),
          select(isLarge, mul(turn, number(turn, 0)), div(turn, divisor))};
}

// asin(x) = -i asinh(ix)
ComplexNumber ComplexCode::asin(ComplexNumber x) const {
  ComplexNumber turned = asinh({neg(x.im), x.re});
  return {turned.im, neg(turned.re)};
}

// pi / 2 - asin(x)
ComplexNumber ComplexCode::acos(ComplexNumber x) const {
  ComplexNumber rest = asin(x);
  return {sub(number(rest.re, 1.57079632679489661923), rest.re), neg(rest.im)};
}

// atan(x) = -i atanh(ix)
ComplexNumber ComplexCode::atan(ComplexNumber x) const {
  ComplexNumber turned = atanh({neg(x.im), x.re});
  return {turned.im, neg(turned.re)};
}

// log(x + sqrt(x**2 + 1)), odd: computed on the right, where nothing cancels.
ComplexNumber ComplexCode::asinh(ComplexNumber x) const {
  Value isLeft = compare(Float::OLT, x.re, 0.0);
  x = {select(isLeft, neg(x.re), x.re), select(isLeft, neg(x.im), x.im)};
  ComplexNumber square = mul(x, x);
  square.re = add(square.re, number(x.re, 1));
  ComplexNumber result = log(add(x, sqrt(square)));
  return {select(isLeft, neg(result.re), result.re),
          select(isLeft, neg(result.im), result.im)};
}

// log(x + sqrt(x + 1) sqrt(x - 1))
ComplexNumber ComplexCode::acosh(ComplexNumber x) const {
  Value one = number(x.re, 1);
  ComplexNumber root = mul(sqrt(ComplexNumber{add(x.re, one), x.im}),
                           sqrt(ComplexNumber{sub(x.re, one), x.im}));
  return log(add(x, root));
}

// (log(1 + x) - log(1 - x)) / 2; 1 - x keeps the sign of a zero.
ComplexNumber ComplexCode::atanh(ComplexNumber x) const {
  Value one = number(x.re, 1), half = number(x.re, 0.5);
  ComplexNumber result =
      sub(log({add(one, x.re), x.im}), log({sub(one, x.re), neg(x.im)}));
  return {mul(result.re, half), mul(result.im, half)};
}

ComplexNumber ComplexCode::sqrt(ComplexNumber x) const {
  Value half = number(x.re, 0.5), zero = number(x.re, 0);
  Value root = sqrt(add(mul(abs(x.re), half), mul(magnitude(x), half)));
  Value other = div(mul(abs(x.im), half), root);
  Value isPositive = compare(Float::OGE, x.re, zero);
  Value isZero = compare(Float::OEQ, root, zero);
  Value re = select(isPositive, root, other);
  Value im = copySign(select(isPositive, other, root), x.im);
  return {select(isZero, zero, re), select(isZero, x.im, im)};
}

ComplexNumber ComplexCode::rsqrt(ComplexNumber x) const {
  Value one = number(x.re, 1), zero = number(x.re, 0);
  ComplexNumber result = div(ComplexNumber{one, zero}, sqrt(x));
  Value isZero =
      bitAnd(compare(Float::OEQ, x.re, zero), compare(Float::OEQ, x.im, zero));
  // The imaginary part is NaN there already.
  return {select(isZero, number(one, infinity), result.re), result.im};
}

ComplexNumber ComplexCode::sigmoid(ComplexNumber x) const {
  Value one = number(x.re, 1);
  ComplexNumber power = exp(neg(x));
  return div(ComplexNumber{one, number(one, 0)},
             ComplexNumber{add(one, power.re), power.im});
}

ComplexNumber ComplexCode::sign(ComplexNumber x) const {
  Value size = magnitude(x), zero = number(size, 0);
  Value isZero = compare(Float::OEQ, size, zero);
  return {select(isZero, zero, div(x.re, size)),
          select(isZero, zero, div(x.im, size))};
}

Value ComplexCode::magnitude(ComplexNumber x) const {
  Value re = abs(x.re), im = abs(x.im);
  Value large = make<arith::MaximumFOp>(re, im);
  Value small = make<arith::MinimumFOp>(re, im);
  Value ratio = div(small, large);
  Value size = mul(large, sqrt(fma(ratio, ratio, number(ratio, 1))));
  size = select(compare(Float::OEQ, large, 0.0), large, size);
  Value isInfinite = bitOr(compare(Float::OEQ, re, infinity),
                           compare(Float::OEQ, im, infinity));
  return select(isInfinite, number(size, infinity), size);
}
