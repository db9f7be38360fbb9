//===- Normalization.h - Batch and response normalisation -------*- C++ -*-===//
//
// Shared by all importers. A null operand gives a null result; problems are
// diagnostics at the builder's location.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_BUILDERS_NORMALIZATION_H
#define SLUICE_DIALECTS_GRAPH_BUILDERS_NORMALIZATION_H

#include "dialects/Graph/GraphBuilder.h"

namespace sluice::graph {

/// Normalisation of a channels-last operand with the given statistics, each
/// one number per channel: `x * s + (offset - mean * s)` with
/// `s = scale * rsqrt(variance + epsilon)`. Constant statistics fold into one
/// factor and one term per channel.
mlir::Value buildBatchNorm(GraphBuilder &b, mlir::Value x, mlir::Value scale,
                           mlir::Value offset, mlir::Value mean,
                           mlir::Value variance, double epsilon);

struct BatchNormTraining {
  mlir::Value y, mean;
  mlir::Value variance;       ///< biased: divided by n
  mlir::Value sampleVariance; ///< times n / (n - 1); the biased for n = 1
};

/// Normalisation of a channels-last operand by its own mean and variance over
/// all dimensions but the last. Statistics are f32 (f64 for f64).
BatchNormTraining buildBatchNormTraining(GraphBuilder &b, mlir::Value x,
                                         mlir::Value scale, mlir::Value offset,
                                         double epsilon);

/// `x / (bias + alpha * s) ** beta` where s sums the squares of the channels
/// at most `radius` away. The last dimension holds the channels.
mlir::Value buildLocalResponseNorm(GraphBuilder &b, mlir::Value x,
                                   int64_t radius, double bias, double alpha,
                                   double beta);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_BUILDERS_NORMALIZATION_H
