//===- Elementwise.h - Scalar formulas of many operators --------*- C++ -*-===//
//
// Operators of frameworks that are short formulas: fusion computes them in one
// loop, so they need no operator of their own. Operands that take part in one
// formula are broadcast together by numpy's rules. A null operand gives a null
// result (see GraphBuilder).
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_BUILDERS_ELEMENTWISE_H
#define SLUICE_DIALECTS_GRAPH_BUILDERS_ELEMENTWISE_H

#include "dialects/Graph/GraphBuilder.h"

namespace sluice::graph {

/// lhs DIRECTION rhs, as bool.
mlir::Value buildCompare(GraphBuilder &b, CompareDirection direction,
                         mlir::Value lhs, mlir::Value rhs);
/// A comparison with one number.
mlir::Value buildCompare(GraphBuilder &b, CompareDirection direction,
                         mlir::Value lhs, double rhs);
/// condition ? lhs : rhs.
mlir::Value buildSelect(GraphBuilder &b, mlir::Value condition, mlir::Value lhs,
                        mlir::Value rhs);
mlir::Value buildCast(GraphBuilder &b, mlir::Value operand, mlir::Type element,
                      CastMode mode = CastMode::Wrap);
/// max(min(operand, high), low).
mlir::Value buildClamp(GraphBuilder &b, mlir::Value operand, mlir::Value low,
                       mlir::Value high);
mlir::Value buildClamp(GraphBuilder &b, mlir::Value operand, double low,
                       double high);

mlir::Value buildSquare(GraphBuilder &b, mlir::Value x);
/// conj(x - y) (x - y).
mlir::Value buildSquaredDifference(GraphBuilder &b, mlir::Value x,
                                   mlir::Value y);
mlir::Value buildReciprocal(GraphBuilder &b, mlir::Value x);
/// The angle of a complex number.
mlir::Value buildAngle(GraphBuilder &b, mlir::Value x);

// Activations.
mlir::Value buildRelu(GraphBuilder &b, mlir::Value x);
mlir::Value buildRelu6(GraphBuilder &b, mlir::Value x);
mlir::Value buildLeakyRelu(GraphBuilder &b, mlir::Value x, double alpha);
/// x where it is above 0, alpha x elsewhere.
mlir::Value buildPrelu(GraphBuilder &b, mlir::Value x, mlir::Value alpha);
mlir::Value buildElu(GraphBuilder &b, mlir::Value x);
mlir::Value buildSelu(GraphBuilder &b, mlir::Value x);
mlir::Value buildSoftsign(GraphBuilder &b, mlir::Value x);

// Gradients: `dy` times the derivative, from the result or the operand of the
// function (named as in the signature).
mlir::Value buildReciprocalGrad(GraphBuilder &b, mlir::Value y, mlir::Value dy);
mlir::Value buildSqrtGrad(GraphBuilder &b, mlir::Value y, mlir::Value dy);
mlir::Value buildRsqrtGrad(GraphBuilder &b, mlir::Value y, mlir::Value dy);
mlir::Value buildSigmoidGrad(GraphBuilder &b, mlir::Value y, mlir::Value dy);
mlir::Value buildTanhGrad(GraphBuilder &b, mlir::Value y, mlir::Value dy);
mlir::Value buildReluGrad(GraphBuilder &b, mlir::Value dy, mlir::Value x);
mlir::Value buildRelu6Grad(GraphBuilder &b, mlir::Value dy, mlir::Value x);
mlir::Value buildLeakyReluGrad(GraphBuilder &b, mlir::Value dy, mlir::Value x,
                               double alpha);
mlir::Value buildEluGrad(GraphBuilder &b, mlir::Value dy, mlir::Value y);
mlir::Value buildSeluGrad(GraphBuilder &b, mlir::Value dy, mlir::Value y);
mlir::Value buildSoftplusGrad(GraphBuilder &b, mlir::Value dy, mlir::Value x);
mlir::Value buildSoftsignGrad(GraphBuilder &b, mlir::Value dy, mlir::Value x);

/// x / y, 0 where y is 0.
mlir::Value buildDivNoNan(GraphBuilder &b, mlir::Value x, mlir::Value y);
/// x * y, 0 where y is 0.
mlir::Value buildMulNoNan(GraphBuilder &b, mlir::Value x, mlir::Value y);
/// x / y, x log(y) and x log(1 + y), 0 where x is 0.
mlir::Value buildXdivy(GraphBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value buildXlogy(GraphBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value buildXlog1py(GraphBuilder &b, mlir::Value x, mlir::Value y);

/// Division as its name says for floats and complex numbers, truncated for
/// integers.
mlir::Value buildDivision(GraphBuilder &b, mlir::Value x, mlir::Value y);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_BUILDERS_ELEMENTWISE_H
