//===- KernelRules.h - What an operator allows its kernel -------*- C++ -*-===//

#ifndef SLUICE_PASSES_FUSION_KERNELRULES_H
#define SLUICE_PASSES_FUSION_KERNELRULES_H

#include "mlir/IR/Operation.h"

namespace sluice {

/// More operators in one kernel gain nothing and cost compile time.
constexpr size_t maxKernelSize = 256;

/// Constants and views need no code of their own; control flow is the runner's.
bool needsCode(mlir::Operation *op);

/// Whether the planner rather than a kernel carries the operator out: what
/// makes the parts of a join writes them side by side. `hasHome`: a kernel
/// could take the operator.
bool staysOutside(mlir::Operation *op, bool hasHome);

/// The epilogue of a contraction or a transform works on registers: whatever it
/// reads comes in vectors. `op` may be null.
bool endsOnRegisters(mlir::Operation *op);
bool hasLanes(mlir::Operation *op);

/// Whether the operator could be the epilogue of a root, at its registers.
bool endsRoot(mlir::Operation *op);

} // namespace sluice

#endif // SLUICE_PASSES_FUSION_KERNELRULES_H
