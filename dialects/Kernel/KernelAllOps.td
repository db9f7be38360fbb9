//===- KernelAllOps.td - Every operator of the kernel dialect, for its page ===//

#ifndef SLUICE_DIALECTS_KERNEL_KERNELALLOPS
#define SLUICE_DIALECTS_KERNEL_KERNELALLOPS

include "dialects/Kernel/KernelOps.td"
include "dialects/Kernel/KernelFlowOps.td"

#endif // SLUICE_DIALECTS_KERNEL_KERNELALLOPS
