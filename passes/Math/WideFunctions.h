//===- WideFunctions.h - Functions of f32 in f64 arithmetic -----*- C++ -*-===//
//
// Arguments and results are f64 values that come from and go to f32: the
// precision to spare makes each a few lines, right in all special cases. They
// are not accurate enough for f64 results.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_MATH_WIDEFUNCTIONS_H
#define SLUICE_PASSES_MATH_WIDEFUNCTIONS_H

#include "passes/Math/MathCode.h"

namespace sluice {

class WideFunctions : public MathCode {
public:
  using MathCode::MathCode;

  Value exp(Value x) const;
  Value exp2(Value x) const;
  Value log(Value x) const;
  Value log2(Value x) const;
  Value log10(Value x) const;
  Value cbrt(Value x) const;
  Value remainder(Value x, Value y) const;
  Value sin(Value x) const;
  Value cos(Value x) const;
  Value tan(Value x) const;
  Value asin(Value x) const;
  Value acos(Value x) const;
  Value sinh(Value x) const;
  Value cosh(Value x) const;
  Value asinh(Value x) const;
  Value acosh(Value x) const;
  Value atanh(Value x) const;
  Value erfc(Value x) const;
  Value roundAway(Value x) const;

private:
  /// x = quadrant * pi / 2 + rest, |rest| <= pi / 4; `quadrant` is an i64 of
  /// which the two low bits count.
  struct Angle {
    Value quadrant, rest;
  };
  Angle reduce(Value x) const;
  Angle reduceModerate(Value x) const;
  Angle reduceHuge(Value x) const;
  struct SineAndCosine {
    Value sine, cosine;
  };
  SineAndCosine ofRest(Value rest) const;
  /// Sine of an angle that is turned by `turns` quarters more.
  Value sine(Angle angle, int64_t turns) const;
  Value bit(Value integer, int64_t mask) const;
  /// asin for |x| <= 1/2.
  Value asinOfSmall(Value x) const;
  /// The integer nearest to `x` is left in the low bits of the result.
  Value shifted(Value x) const;
};

} // namespace sluice

#endif // SLUICE_PASSES_MATH_WIDEFUNCTIONS_H
