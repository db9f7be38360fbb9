//===- KernelFlowOps.h - Loops and branches of the runner -------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_KERNEL_KERNELFLOWOPS_H
#define SLUICE_DIALECTS_KERNEL_KERNELFLOWOPS_H

#include "dialects/Kernel/KernelOps.h"

#define GET_OP_CLASSES
#include "dialects/Kernel/KernelFlowOps.h.inc"

namespace sluice::kernel {

/// The region argument whose buffer the kernel's root updates: it must be the
/// output's. nullopt where the whole output is written.
std::optional<unsigned> getUpdatedInput(mlir::Block &body);

} // namespace sluice::kernel

#endif // SLUICE_DIALECTS_KERNEL_KERNELFLOWOPS_H
