//===- LayoutInterface.h - Operators that commute with transposes -*- C++
//-*-===//

#ifndef SLUICE_DIALECTS_GRAPH_LAYOUTINTERFACE_H
#define SLUICE_DIALECTS_GRAPH_LAYOUTINTERFACE_H

#include "dialects/Graph/Size.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/ValueRange.h"

namespace sluice::graph {
class GraphBuilder;
}

#include "dialects/Graph/LayoutInterface.h.inc"

namespace sluice::graph {

/// Attaches the interface to the operators that have it.
void registerLayoutModels(mlir::MLIRContext *context);

/// Whether `op` commutes with transposes of operands by `permutation`:
/// elementwise operators and those of the interface, with one result.
bool acceptsPermutation(mlir::Operation *op,
                        llvm::ArrayRef<int64_t> permutation);
/// See Graph_LayoutOpInterface; for elementwise operators too.
bool isLayoutOperand(mlir::Operation *op, unsigned operand);
mlir::Value buildPermuted(GraphBuilder &b, mlir::Operation *op,
                          llvm::ArrayRef<int64_t> permutation,
                          mlir::ValueRange operands,
                          llvm::SmallVectorImpl<int64_t> &resultPermutation);

/// The elementwise operator `op` on other operands, all with the dimensions
/// `sizes`.
mlir::Value buildElementwiseLike(GraphBuilder &b, mlir::Operation *op,
                                 mlir::ValueRange operands,
                                 llvm::ArrayRef<Size> sizes);

/// The permutation that undoes `permutation`.
llvm::SmallVector<int64_t> invert(llvm::ArrayRef<int64_t> permutation);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_LAYOUTINTERFACE_H
