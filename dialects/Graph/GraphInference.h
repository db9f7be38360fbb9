//===- GraphInference.h - Helpers for type inference ------------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHINFERENCE_H
#define SLUICE_DIALECTS_GRAPH_GRAPHINFERENCE_H

#include "dialects/Graph/Size.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/ValueRange.h"

namespace sluice::graph {

/// The operands' one type, or an error that shows the two that differ.
llvm::LogicalResult inferSameType(llvm::StringRef opClass,
                                  std::optional<mlir::Location> location,
                                  mlir::ValueRange operands,
                                  llvm::SmallVectorImpl<mlir::Type> &types);

/// Appends the tensor type, or emits an error when a size is invalid.
llvm::LogicalResult inferTensor(std::optional<mlir::Location> location,
                                llvm::ArrayRef<Size> sizes,
                                mlir::Type elementType,
                                llvm::SmallVectorImpl<mlir::Type> &types);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_GRAPHINFERENCE_H
