//===- Passes.h - Lowering of mathematical functions ------------*- C++ -*-===//

#ifndef SLUICE_PASSES_MATH_PASSES_H
#define SLUICE_PASSES_MATH_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class RewritePatternSet;
} // namespace mlir

namespace sluice {

struct TargetDescription;

#define GEN_PASS_DECL
#include "passes/Math/Passes.h.inc"

/// What the pass `lower-math` applies.
void populateLowerMathPatterns(mlir::RewritePatternSet &patterns,
                               const TargetDescription &target);
/// Those of them for functions of several operations.
void populateActivationPatterns(mlir::RewritePatternSet &patterns,
                                const TargetDescription &target);

#define GEN_PASS_REGISTRATION
#include "passes/Math/Passes.h.inc"

} // namespace sluice

#endif // SLUICE_PASSES_MATH_PASSES_H
