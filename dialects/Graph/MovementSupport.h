//===- MovementSupport.h - Shared by operators that move elements -*- C++
//-*-===//

#ifndef SLUICE_DIALECTS_GRAPH_MOVEMENTSUPPORT_H
#define SLUICE_DIALECTS_GRAPH_MOVEMENTSUPPORT_H

#include "dialects/Graph/ElementBuilder.h"
#include "dialects/Graph/GraphDialect.h"
#include "dialects/Support/HostTensor.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

namespace mlir {
class PatternRewriter;
}

namespace sluice::graph {

/// Row-major position of `indices`.
int64_t linearize(llvm::ArrayRef<int64_t> indices,
                  llvm::ArrayRef<int64_t> shape);
/// Calls `visit(position, indices)` for each element, in row-major order.
void forEachIndex(
    llvm::ArrayRef<int64_t> shape,
    llvm::function_ref<void(int64_t, llvm::ArrayRef<int64_t>)> visit);
/// Copies an element of any kind.
void copyElement(const HostTensor &from, int64_t i, HostTensor &to, int64_t j);
/// EvaluableOp::countElementsRead of an operator whose result is a part of its
/// first operand.
int64_t countElementsTaken(mlir::Operation *op, unsigned operand);
/// The error of an index that is outside a dimension.
llvm::Error indexError(int64_t index, int64_t size);

/// The entries of `dims` as sizes.
llvm::SmallVector<Size> getSizes(DimsAttr dims);
/// Whether every number is `value`.
bool allEqual(llvm::ArrayRef<int64_t> values, int64_t value);

/// Replaces an operator of one result by a reshape of `value`.
void replaceWithReshape(mlir::PatternRewriter &rewriter, mlir::Operation *op,
                        mlir::Value value);

/// The size of dimension `dim` of `tensor` as an `index` value.
mlir::Value sizeOf(ElementBuilder &b, mlir::Value tensor, unsigned dim);
/// An element of `indices` as an `index` value that is checked against `size`
/// (and wrapped first, if wanted): out of range reports a failure of `op` and
/// goes on with 0.
mlir::Value checkedIndex(ElementBuilder &b, mlir::Operation *op,
                         mlir::Value indices, mlir::ValueRange at,
                         mlir::Value size, bool wrap);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_MOVEMENTSUPPORT_H
