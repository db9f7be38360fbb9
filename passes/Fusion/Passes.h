//===- Passes.h - Which operators share a kernel ----------------*- C++ -*-===//

#ifndef SLUICE_PASSES_FUSION_PASSES_H
#define SLUICE_PASSES_FUSION_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::func {
class FuncOp;
}
namespace sluice::kernel {
class KernelDialect;
}

namespace sluice {

#define GEN_PASS_DECL
#include "passes/Fusion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/Fusion/Passes.h.inc"

} // namespace sluice

#endif // SLUICE_PASSES_FUSION_PASSES_H
