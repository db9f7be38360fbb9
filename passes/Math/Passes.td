//===- Passes.td - Lowering of mathematical functions ---------------------===//

#ifndef SLUICE_PASSES_MATH_PASSES
#define SLUICE_PASSES_MATH_PASSES

include "mlir/Pass/PassBase.td"

def LowerMath : Pass<"lower-math"> {
  let summary = "Mathematical functions become arithmetic";
  let description = [{
    Rewrites functions of `math` on f16, bf16 and f32, scalars and vectors of
    any shape, to arithmetic that vectorises: exp, log, log1p, expm1, tanh and
    erf in f32 with errors below 2 ULP, the others by way of f64, correct to
    nearly half a ULP. NaN, infinities, subnormal numbers and signed zeros are
    right without fast-math flags. What remains of `math` on these types are
    operations that processors have (sqrt, fma, rounding, sign bits).

    Vectors of f64 become scalars, for which `convert-math-to-libm` calls the
    C library.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // SLUICE_PASSES_MATH_PASSES
