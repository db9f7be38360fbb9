//===- Passes.h - From kernels to loops -------------------------*- C++ -*-===//

#ifndef SLUICE_PASSES_LOWERING_PASSES_H
#define SLUICE_PASSES_LOWERING_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class ModuleOp;
namespace LLVM {
class LLVMDialect;
}
} // namespace mlir

namespace sluice {

#define GEN_PASS_DECL
#include "passes/Lowering/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/Lowering/Passes.h.inc"

} // namespace sluice

#endif // SLUICE_PASSES_LOWERING_PASSES_H
