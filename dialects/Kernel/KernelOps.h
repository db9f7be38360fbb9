//===- KernelOps.h - The schedule: fused kernels, buffers, launches -------===//

#ifndef SLUICE_DIALECTS_KERNEL_KERNELOPS_H
#define SLUICE_DIALECTS_KERNEL_KERNELOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Kernel/KernelDialect.h.inc"

#define GET_OP_CLASSES
#include "dialects/Kernel/KernelOps.h.inc"

namespace sluice::kernel {

/// The element type that a buffer stores for a graph element type: `i1` as
/// `i8`, unsigned as signless, a string as a pair of pointer and length.
mlir::Type getStorageType(mlir::Type elementType);

/// The row-major buffer of a static tensor type.
mlir::MemRefType getBufferType(mlir::RankedTensorType type);

/// Bytes of a buffer's elements; nullopt when not static or not representable.
std::optional<int64_t> getByteSize(mlir::MemRefType type);

} // namespace sluice::kernel

#endif // SLUICE_DIALECTS_KERNEL_KERNELOPS_H
