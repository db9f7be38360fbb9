//===- Reduction.h - Compositions around reductions -------------*- C++ -*-===//
//
// Shared by all importers. A null operand gives a null result; problems are
// diagnostics at the builder's location.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_BUILDERS_REDUCTION_H
#define SLUICE_DIALECTS_GRAPH_BUILDERS_REDUCTION_H

#include "dialects/Graph/GraphBuilder.h"

namespace sluice::graph {

/// Reduces along `dims`, which are dimensions of the operand in any order;
/// with `keepDims` the result has them with size 1.
mlir::Value buildReduce(GraphBuilder &b, ReduceKind kind, mlir::Value operand,
                        llvm::ArrayRef<int64_t> dims, bool keepDims = false);

mlir::Value buildArgReduce(GraphBuilder &b, ArgKind kind, mlir::Value operand,
                           int64_t dim, mlir::Type indexType);

mlir::Value buildScan(GraphBuilder &b, ScanKind kind, mlir::Value operand,
                      int64_t dim, bool exclusive, bool reverse);

/// sqrt(sum(x * conj(x))); integer squares wrap around, the root of what is
/// negative then is 0.
mlir::Value buildEuclideanNorm(GraphBuilder &b, mlir::Value operand,
                               llvm::ArrayRef<int64_t> dims, bool keepDims);

/// sum(x * x) / 2 over all elements.
mlir::Value buildL2Loss(GraphBuilder &b, mlir::Value operand);

/// f16 and bf16 as f32, everything else as it is.
mlir::Value buildWidened(GraphBuilder &b, mlir::Value operand);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_BUILDERS_REDUCTION_H
