//===- Passes.h - From kernels to loops -------------------------*- C++ -*-===//

#ifndef SLUICE_PASSES_EMIT_PASSES_H
#define SLUICE_PASSES_EMIT_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class ModuleOp;
}

namespace sluice {

#define GEN_PASS_DECL
#include "passes/Emit/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/Emit/Passes.h.inc"

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_PASSES_H
