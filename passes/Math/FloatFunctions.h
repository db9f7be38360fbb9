//===- FloatFunctions.h - Functions in f32 arithmetic -----------*- C++ -*-===//
//
// The functions that models use most, in single precision. Polynomials are
// minimax fits with coefficients in f32; docs/math.md has the measured errors.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_MATH_FLOATFUNCTIONS_H
#define SLUICE_PASSES_MATH_FLOATFUNCTIONS_H

#include "passes/Math/MathCode.h"

namespace sluice {

class WideFunctions;

class FloatFunctions : public MathCode {
public:
  using MathCode::MathCode;

  Value exp(Value x) const;
  Value sigmoid(Value x) const;
  Value swish(Value x) const;
  Value expm1(Value x) const;
  Value log(Value x) const;
  Value log1p(Value x) const;
  Value log1pOfFraction(Value x) const; ///< x in [0, 1], or NaN
  Value tanh(Value x) const;
  Value onePlusTanh(Value x) const;
  Value erf(Value x) const;
  /// Error 5e-8, however small the result.
  Value onePlusErf(Value x) const;
  Value pow(Value x, Value y) const;
  Value rsqrt(Value x) const;
  Value sin(Value x) const;
  Value cos(Value x) const;
  Value atan(Value x) const;
  Value atan2(Value y, Value x) const;

  /// From a correct `exp` or `log` of the same type (Kahan), for f64: what
  /// `convert-math-to-llvm` makes of these loses small arguments.
  Value expm1ByExp(Value x) const;
  Value log1pByLog(Value x) const;

private:
  /// x = power * step + rest, |rest| <= step / 2; `shifted` has the power, an
  /// integer, in its low bits.
  struct Reduced {
    Value shifted, power, rest;
  };
  Reduced reduce(Value x) const; ///< step ln 2
  Value powerBits(const Reduced &reduced) const;
  /// 2 ** (power + offset), which must be a normal number.
  Value powerOfTwo(Value power, int64_t offset) const;
  Value expOfRest(Value rest) const;
  Value expm1OfRest(Value rest) const;
  /// The divisor of the logistic function, scaled, and where its argument was
  /// too far below zero.
  struct Logistic {
    Value divisor, isFar;
  };
  Logistic logistic(Value x) const;
  Value overLogistic(Value x, Value y) const;
  /// exp for arguments whose result is a normal number.
  Value expOfModerate(Value x) const;

  /// x times 2**power, into subnormal numbers and infinity.
  Value scaleFar(Value x, const Reduced &reduced) const;
  Value scaleDown(Value x, const Reduced &reduced) const;

  /// x = 2**exponent * (1 + rest), rest in [-1/4, 1/2); an infinite exponent
  /// and no rest for zeros and infinity, NaN below zero.
  struct Split {
    Value exponent, rest;
  };
  Split split(Value x) const;
  Value exponentBits(Value x) const;
  /// log(2**exponent * (1 + f)) for f in [-1/4, 1/2].
  Value logOfRest(Value f, Value exponent) const;

  Reduced reduceAngle(Value x) const; ///< step pi / 2
  Value sine(const Reduced &angle, int64_t turns) const;
  Value atanOfRest(Value x, Value low) const;
  /// `common()`, or the wide function where an angle is too large for it.
  template <typename Common>
  Value unlessLarge(Value x, Value (WideFunctions::*wide)(Value) const,
                    Common common) const;
};

} // namespace sluice

#endif // SLUICE_PASSES_MATH_FLOATFUNCTIONS_H
