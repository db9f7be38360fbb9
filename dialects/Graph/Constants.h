//===- Constants.h - Host tensors as attributes and back --------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_CONSTANTS_H
#define SLUICE_DIALECTS_GRAPH_CONSTANTS_H

#include "dialects/Support/HostTensor.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include <optional>

namespace sluice::graph {

/// The element kind of a graph element type; nullopt for other types.
std::optional<ElementKind> getElementKind(mlir::Type elementType);
mlir::Type getElementType(mlir::MLIRContext *context, ElementKind kind);

/// Large values become `dense_resource` blobs that take the tensor's bytes.
mlir::ElementsAttr toAttribute(mlir::MLIRContext *context,
                               const HostTensor &tensor);
/// nullopt when the attribute's type is no static graph tensor or its blob is
/// missing or of the wrong size.
std::optional<HostTensor> toHostTensor(mlir::Attribute attribute);

/// The integers of a constant of rank 0 or 1, with i32 or i64 elements.
std::optional<llvm::SmallVector<int64_t>>
getConstantIntegers(mlir::Attribute attribute);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_CONSTANTS_H
