//===- InPlace.h - What may be written over --------------------*- C++ -*-===//

#ifndef SLUICE_PASSES_MEMORY_INPLACE_H
#define SLUICE_PASSES_MEMORY_INPLACE_H

#include "dialects/Kernel/KernelOps.h"

namespace sluice {

/// What `value` is a view of.
mlir::Value getViewed(mlir::Value value);

/// Whether `value` is read by an operator of the block, or by one inside it,
/// that is not before `position`; `except` does not count.
bool isReadFrom(mlir::Value value, mlir::Operation *position,
                mlir::Operation *except);

/// Whether the kernel's result may be written over what the input is a view
/// of: no other operand shows it and nothing reads it later.
bool canWriteOver(kernel::FusedOp fused, unsigned input);

/// The result of a kernel that only updates the tensor, in place; null if
/// there is none.
mlir::Value getUpdate(mlir::Value tensor);

/// Whether the first elements of two buffers are one.
bool startTogether(mlir::Value buffer, mlir::Value other);

} // namespace sluice

#endif // SLUICE_PASSES_MEMORY_INPLACE_H
