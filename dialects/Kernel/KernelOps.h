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

/// A buffer's type as a launch passes it, by the address of its first element:
/// where in a larger buffer that is does not matter.
mlir::MemRefType getTypeAtAddress(mlir::MemRefType type);

/// A buffer's type without a layout where it is row-major and at the start.
mlir::MemRefType getStridedType(llvm::ArrayRef<int64_t> shape,
                                mlir::Type element, int64_t offset,
                                llvm::ArrayRef<int64_t> strides);

/// What kernels that can fail share with the runner: words of memref<8xi64>.
struct RunRecord {
  enum Word {
    Status = 0,      ///< of the first failed check; 0 when none failed
    Node = 1,        ///< that failed
    Found = 2,       ///< the value it found
    StringSpace = 3, ///< address where the characters of strings are made
    StringUsed = 4,  ///< bytes reserved there, more than exist when too small
    StringSize = 5,  ///< bytes that exist
    StringNode = 6,  ///< the first that found no room, -1 when all had
    WordCount = 8
  };
};

/// Whether an operator of the kernel reserves string space.
bool makesStrings(FuncOp kernel);

/// Bytes of a buffer's elements; nullopt when not static or not representable.
std::optional<int64_t> getByteSize(mlir::MemRefType type);

/// Whether the memory planner can carry the operator out, outside of kernels: a
/// view, or a join or a part that static strides can express. It may still
/// have to copy.
bool isPlacement(mlir::Operation *op);

/// Whether kernels hold the constant in their code: one repeated number.
bool isHeldByKernels(mlir::Value constant);

/// A kernel that copies `value`; without an operand if kernels hold it.
FusedOp createCopy(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value value);

/// Of a root: bytes of scratch that a pass gave it, in place of what it asks
/// for. Other roots may stand before it.
inline constexpr const char *scratchName = "kernel.scratch";

/// Bytes of scratch that the last root of a kernel asks for, 0 if none.
int64_t getScratchBytes(mlir::Block &body);

} // namespace sluice::kernel

#endif // SLUICE_DIALECTS_KERNEL_KERNELOPS_H
