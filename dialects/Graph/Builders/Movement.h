//===- Movement.h - Compositions of movement operators ----------*- C++ -*-===//
//
// Shared by all importers. A null operand gives a null result; problems are
// diagnostics at the builder's location.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_BUILDERS_MOVEMENT_H
#define SLUICE_DIALECTS_GRAPH_BUILDERS_MOVEMENT_H

#include "dialects/Graph/GraphBuilder.h"

namespace sluice::graph {

// Parts.

mlir::Value buildSlice(GraphBuilder &b, mlir::Value x,
                       llvm::ArrayRef<Size> starts, llvm::ArrayRef<Size> sizes,
                       llvm::ArrayRef<int64_t> strides);
/// `size` positions of one dimension from `start` on.
mlir::Value buildRange(GraphBuilder &b, mlir::Value x, int64_t dim, Size start,
                       Size size);
/// Part of computed position; `starts` is a vector of i32 or i64.
mlir::Value buildDynamicSlice(GraphBuilder &b, mlir::Value x,
                              mlir::Value starts, llvm::ArrayRef<Size> sizes);
/// Element `i` of a vector, as a scalar; found without an operator where a
/// concat of scalars made the vector.
mlir::Value buildElementOf(GraphBuilder &b, mlir::Value vector, int64_t i);
mlir::Value buildGather(GraphBuilder &b, mlir::Value x, mlir::Value indices,
                        int64_t axis, int64_t batchDims, bool wrap);

// Joins.

mlir::Value buildConcat(GraphBuilder &b, llvm::ArrayRef<mlir::Value> values,
                        int64_t dim);
/// Values of one type along a new dimension.
mlir::Value buildStack(GraphBuilder &b, llvm::ArrayRef<mlir::Value> values,
                       int64_t dim);
/// Mode constant.
mlir::Value buildPad(GraphBuilder &b, mlir::Value x, mlir::Value value,
                     llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high);
/// A mode that takes its elements from `x`.
mlir::Value buildPad(GraphBuilder &b, mlir::Value x, PadMode mode,
                     llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high);

// Rearrangements.

/// The whole of `x`, `multiples[k]` times along dimension `k`.
mlir::Value buildTile(GraphBuilder &b, mlir::Value x,
                      llvm::ArrayRef<Size> multiples);
mlir::Value buildReverse(GraphBuilder &b, mlir::Value x,
                         llvm::ArrayRef<int64_t> dims);
/// Element `i` of `dim` moves to `i + shift`, around the end.
mlir::Value buildRoll(GraphBuilder &b, mlir::Value x, int64_t dim,
                      int64_t shift);
/// A unit dimension that becomes dimension `dim` of the result.
mlir::Value buildExpandDims(GraphBuilder &b, mlir::Value x, int64_t dim);
/// Dimension `from` comes to position `to`, the others keep their order.
mlir::Value buildMoveDim(GraphBuilder &b, mlir::Value x, int64_t from,
                         int64_t to);
/// Channels-last; blocks of positions become channels (block-major).
mlir::Value buildSpaceToDepth(GraphBuilder &b, mlir::Value x,
                              llvm::ArrayRef<int64_t> block);
mlir::Value buildDepthToSpace(GraphBuilder &b, mlir::Value x,
                              llvm::ArrayRef<int64_t> block);
/// Dimensions 1 .. of `x`, one per block size, move into the batch.
mlir::Value buildSpaceToBatch(GraphBuilder &b, mlir::Value x,
                              llvm::ArrayRef<int64_t> block,
                              llvm::ArrayRef<int64_t> low,
                              llvm::ArrayRef<int64_t> high);
mlir::Value buildBatchToSpace(GraphBuilder &b, mlir::Value x,
                              llvm::ArrayRef<int64_t> block,
                              llvm::ArrayRef<int64_t> cropLow,
                              llvm::ArrayRef<int64_t> cropHigh);

// Sizes as values.

/// A vector (or scalar, for one size) of integers that are sizes: a constant
/// if all are static.
mlir::Value buildSizes(GraphBuilder &b, llvm::ArrayRef<Size> sizes,
                       mlir::Type elementType, bool scalar = false);
/// The sizes that an integer tensor is known to hold, in row-major order.
std::optional<llvm::SmallVector<Size>> getKnownSizes(mlir::Value value);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_BUILDERS_MOVEMENT_H
