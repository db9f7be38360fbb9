//===- InPlace.h - Kernels that write over an operand -----------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_KERNEL_INPLACE_H
#define SLUICE_DIALECTS_KERNEL_INPLACE_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Value.h"

namespace sluice::kernel {

/// Whether the kernel's result may lie where the region argument lies: one
/// storage type and shape, and an element is read for nothing but the result's
/// element at its index, or by a root that reads it first (InPlaceOp).
bool canWriteOver(mlir::Block &body, unsigned argument);

/// Whether operators other than `root`, and not before it, read the value:
/// what they read is read when the result's element is stored.
bool isReadBehind(mlir::Value value, mlir::Operation *root);

} // namespace sluice::kernel

#endif // SLUICE_DIALECTS_KERNEL_INPLACE_H
