//===- Passes.td - From kernels to loops ----------------------------------===//

#ifndef SLUICE_PASSES_EMIT_PASSES
#define SLUICE_PASSES_EMIT_PASSES

include "mlir/Pass/PassBase.td"

def FuseDepthwise : Pass<"fuse-depthwise", "::mlir::func::FuncOp"> {
  let summary = "Compute a convolution and the depthwise one behind it at once";
  let description = [{
    Pre-condition: `verify-kernels`.
    Where only a depthwise convolution reads what the kernel of another makes,
    perhaps with zeros around, one kernel computes both, a panel of channels at
    a time: the rows in between never leave the cache. This is done where they
    would not fit the second cache otherwise. Images whose panels do
    not fit the second cache are cut to bands; the rows that two bands read are
    computed twice, where that is little. The depthwise convolution then carries
    the choice (`kernel.panels`: channels of a panel, bands of an image, chunks
    of a band) and the bytes in which rows stand (`kernel.scratch`).

    ```mlir
    %1 = kernel.fused(%0, %w) : .. { conv, clamp }
    %2 = graph.pad %1, %zero low [0, 1, 1, 0] high [0, 1, 1, 0] constant : ..
    %3 = kernel.fused(%2, %d) : .. { conv, clamp }
    // becomes
    %3 = kernel.fused(%0, %w, %d) : .. { conv, clamp, pad, conv, clamp }
    ```
  }];
  let options = [
    Option<"triple", "triple", "std::string", "\"x86_64-unknown-linux-gnu\"",
           "target triple">,
    Option<"cpu", "cpu", "std::string", "\"x86-64-v3\"", "LLVM's CPU name">,
    Option<"features", "features", "std::string", "\"\"",
           "LLVM's feature string">
  ];
  let dependentDialects = ["::sluice::kernel::KernelDialect"];
}

def PackWeights : Pass<"pack-weights", "::mlir::ModuleOp"> {
  let summary = "Store the weights of contractions as their kernels read them";
  let description = [{
    The constant right operand of a matrix product or convolution becomes a
    constant of one dimension that holds the panels of `ContractionPlan.h`,
    where every launch of the kernel passes a constant. The kernel's attribute
    `packings` then names the operand and the panels' columns. Targets with
    narrower vectors read the same panels in parts. Rows of narrow elements are
    interleaved, column by column: two of 16 bits, four of 8. Constants that
    nothing refers to any more are removed.

    ```mlir
    kernel.data @w dense<1.0> : tensor<8x20xf32>
    // becomes, for vectors of 8
    kernel.data @packed dense<..> : tensor<192xf32>
    ```
  }];
  let options = [
    Option<"triple", "triple", "std::string", "\"x86_64-unknown-linux-gnu\"",
           "target triple">,
    Option<"cpu", "cpu", "std::string", "\"x86-64-v3\"", "LLVM's CPU name">,
    Option<"features", "features", "std::string", "\"\"",
           "LLVM's feature string">
  ];
  let dependentDialects = ["::sluice::kernel::KernelDialect"];
}

def EmitKernels : Pass<"emit-kernels", "::mlir::ModuleOp"> {
  let summary = "Turn every kernel into loops over its buffers";
  let description = [{
    Each `kernel.func` becomes a private `func.func`, in a module of its own
    named `kernels`, of the buffers, a status buffer where an operator can fail, and the bounds of the chunks to compute;
    its attribute `kernel.chunks` says how many there are. The emitters are
    tried in order: depthwise, contraction, attention, rows, window, Winograd, transpose,
    elements.
  }];
  let options = [
    Option<"triple", "triple", "std::string", "\"x86_64-unknown-linux-gnu\"",
           "target triple">,
    Option<"cpu", "cpu", "std::string", "\"x86-64-v3\"", "LLVM's CPU name">,
    Option<"features", "features", "std::string", "\"\"",
           "LLVM's feature string">
  ];
  let dependentDialects = ["::mlir::func::FuncDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::vector::VectorDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::complex::ComplexDialect"];
}

#endif // SLUICE_PASSES_EMIT_PASSES
