//===- Passes.h - Buffers and the workspace ---------------------*- C++ -*-===//

#ifndef SLUICE_PASSES_MEMORY_PASSES_H
#define SLUICE_PASSES_MEMORY_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class ModuleOp;
namespace func {
class FuncOp;
}
namespace memref {
class MemRefDialect;
}
} // namespace mlir
namespace sluice::kernel {
class KernelDialect;
}

namespace sluice {

#define GEN_PASS_DECL
#include "passes/Memory/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/Memory/Passes.h.inc"

} // namespace sluice

#endif // SLUICE_PASSES_MEMORY_PASSES_H
