//===- SizeFolding.h - Integer tensors whose elements are sizes -*- C++ -*-===//
//
// What Shape -> StridedSlice -> Mul -> Pack -> Reshape computes is known even
// when sizes are symbols. Such a value is a constant of the graph dialect whose
// attribute is a `#graph.dims`; operators of such constants fold to another.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_SIZEFOLDING_H
#define SLUICE_DIALECTS_GRAPH_SIZEFOLDING_H

#include "dialects/Graph/GraphDialect.h"
#include "mlir/IR/OpDefinition.h"

namespace sluice::graph {

/// The constant of `type` with these elements: ordinary elements when all are
/// static, `dims` itself otherwise. Null when one does not fit the type.
mlir::Attribute makeSizeConstant(DimsAttr dims, mlir::RankedTensorType type);

/// The elements of a constant of integers (of any rank) or of sizes.
std::optional<llvm::SmallVector<Size>> getSizeValues(mlir::Attribute constant);

/// Folds an operator with an operand that is a constant of sizes.
mlir::LogicalResult
foldSizes(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands,
          llvm::SmallVectorImpl<mlir::OpFoldResult> &results);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_SIZEFOLDING_H
