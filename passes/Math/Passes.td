//===- Passes.td - Lowering of mathematical functions ---------------------===//

#ifndef SLUICE_PASSES_MATH_PASSES
#define SLUICE_PASSES_MATH_PASSES

include "mlir/Pass/PassBase.td"

def LowerMath : Pass<"lower-math"> {
  let summary = "Mathematical functions become arithmetic";
  let description = [{
    Rewrites functions of `math` on f16, bf16 and f32, scalars and vectors of
    any shape, to arithmetic that vectorises, with errors of at most 2 ULP: the
    frequent ones in f32, the others by way of f64. NaN, infinities, subnormal
    numbers and signed zeros are right without fast-math flags. What remains of
    `math` on these types are operations that processors have (sqrt, fma,
    rounding, sign bits). `docs/math.md` lists errors and times.

    A division with the flag `arcp` promises that its divisor is neither tiny
    nor huge; where the target estimates reciprocals it is refined from one.
    The flag does not survive the pass.

    Vectors of f64 become scalars, for which `convert-math-to-libm` calls the
    C library.
  }];
  let options = [
    Option<"triple", "triple", "std::string", "\"x86_64-unknown-linux-gnu\"",
           "target triple">,
    Option<"cpu", "cpu", "std::string", "\"x86-64-v3\"", "LLVM's CPU name">,
    Option<"features", "features", "std::string", "\"\"",
           "LLVM's feature string">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // SLUICE_PASSES_MATH_PASSES
