//===- ComplexCode.h - Scalar code for complex numbers ----------*- C++ -*-===//
//
// Complex functions from real ones. All are computed in f64, whatever the type
// of the parts: f32 results neither overflow nor cancel on the way.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_COMPLEXCODE_H
#define SLUICE_DIALECTS_GRAPH_COMPLEXCODE_H

#include "dialects/Graph/ScalarCode.h"

namespace sluice::graph {

struct ComplexNumber {
  mlir::Value re, im; ///< f64 while computing
};

class ComplexCode : public ScalarCode {
public:
  using ScalarCode::ScalarCode;

  /// The parts as f64, and back.
  ComplexNumber take(Value value) const;
  Value give(ComplexNumber number, mlir::ComplexType type) const;

  using ScalarCode::add;
  using ScalarCode::div;
  using ScalarCode::mul;
  using ScalarCode::neg;
  using ScalarCode::sqrt;
  using ScalarCode::sub;
  ComplexNumber add(ComplexNumber x, ComplexNumber y) const;
  ComplexNumber sub(ComplexNumber x, ComplexNumber y) const;
  ComplexNumber mul(ComplexNumber x, ComplexNumber y) const;
  ComplexNumber div(ComplexNumber x, ComplexNumber y) const;
  ComplexNumber pow(ComplexNumber x, ComplexNumber y) const;
  ComplexNumber neg(ComplexNumber x) const;
  ComplexNumber conj(ComplexNumber x) const;
  ComplexNumber exp(ComplexNumber x) const;
  ComplexNumber expm1(ComplexNumber x) const;
  ComplexNumber log(ComplexNumber x) const;
  ComplexNumber log1p(ComplexNumber x) const;
  ComplexNumber sin(ComplexNumber x) const;
  ComplexNumber cos(ComplexNumber x) const;
  ComplexNumber tan(ComplexNumber x) const;
  ComplexNumber sinh(ComplexNumber x) const;
  ComplexNumber cosh(ComplexNumber x) const;
  ComplexNumber tanh(ComplexNumber x) const;
  ComplexNumber asin(ComplexNumber x) const;
  ComplexNumber acos(ComplexNumber x) const;
  ComplexNumber atan(ComplexNumber x) const;
  ComplexNumber asinh(ComplexNumber x) const;
  ComplexNumber acosh(ComplexNumber x) const;
  ComplexNumber atanh(ComplexNumber x) const;
  ComplexNumber sqrt(ComplexNumber x) const;
  ComplexNumber rsqrt(ComplexNumber x) const;
  ComplexNumber sigmoid(ComplexNumber x) const;
  ComplexNumber sign(ComplexNumber x) const;
  /// |x| without overflow on the way.
  Value magnitude(ComplexNumber x) const;
};

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_COMPLEXCODE_H
