//===- FloatFunctions.h - Functions in f32 arithmetic -----------*- C++ -*-===//
//
// The functions that models use most, in single precision. Polynomials are
// minimax fits; the error given is that of the whole function.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_MATH_FLOATFUNCTIONS_H
#define SLUICE_PASSES_MATH_FLOATFUNCTIONS_H

#include "dialects/Graph/ScalarCode.h"

namespace sluice {

class FloatFunctions : public graph::ScalarCode {
public:
  using ScalarCode::ScalarCode;

  Value exp(Value x) const;   ///< 1 ULP
  Value expm1(Value x) const; ///< 1.5 ULP
  Value log(Value x) const;   ///< 1 ULP
  Value log1p(Value x) const; ///< 2 ULP
  Value tanh(Value x) const;  ///< 1.5 ULP
  Value erf(Value x) const;   ///< 1.5 ULP
  Value rsqrt(Value x) const; ///< two correctly rounded operations

  /// From a correct `exp` or `log` of the same type (Kahan), for f64: what
  /// `convert-math-to-llvm` makes of these loses small arguments.
  Value expm1ByExp(Value x) const;
  Value log1pByLog(Value x) const;

  /// Coefficients from the highest power down.
  Value polynomial(Value x, llvm::ArrayRef<double> coefficients) const;
  /// `x` below `low` becomes `low`, above `high` `high`; NaN stays.
  Value clamp(Value x, double low, double high) const;

private:
  /// x = power * ln 2 + rest, |rest| <= ln 2 / 2; `power` is an i32.
  struct Reduced {
    Value power, rest;
  };
  Reduced reduce(Value x) const;
  /// 2 ** (power + offset), which must be a normal number.
  Value powerOfTwo(Value power, int64_t offset) const;
  /// exp for arguments whose result is a normal number.
  Value expOfModerate(Value x) const;
};

} // namespace sluice

#endif // SLUICE_PASSES_MATH_FLOATFUNCTIONS_H
