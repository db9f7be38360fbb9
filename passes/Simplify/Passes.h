//===- Passes.h - Simplification of constants --------------------*- C++
//-*-===//
//-*-===//

#ifndef SLUICE_PASSES_SIMPLIFY_PASSES_H
#define SLUICE_PASSES_SIMPLIFY_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::func {
class FuncOp;
}
namespace sluice::graph {
class GraphDialect;
}

namespace sluice {

#define GEN_PASS_DECL
#include "passes/Simplify/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/Simplify/Passes.h.inc"

} // namespace sluice

#endif // SLUICE_PASSES_SIMPLIFY_PASSES_H
