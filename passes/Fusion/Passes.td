//===- Passes.td - Which operators share a kernel -------------------------===//

#ifndef SLUICE_PASSES_FUSION_PASSES
#define SLUICE_PASSES_FUSION_PASSES

include "mlir/Pass/PassBase.td"

def FormKernels : Pass<"form-kernels", "::mlir::func::FuncOp"> {
  let summary = "Group the operators that one kernel computes";
  let description = [{
    Pre-condition: operators of the graph dialect on static shapes.
    Post-condition (`verify-kernels`): every operator that needs code stands in
    a `kernel.fused`; outside stand constants, views and the return.

    From the last operator to the first, an operator joins the kernel of its
    users when all of them are in one kernel and computing it there costs
    nothing extra: elementwise and movement operators where each element is
    read once; a kernel root where its users are elementwise (epilogue). One
    kernel has one root at most. An operator that only repeats elements joins
    every kernel that reads it, a copy each. An elementwise operator with other
    readers still joins a kernel of elementwise operators on the same elements
    that runs before them: it becomes a result of that kernel too.

    ```mlir
    %1 = graph.exp %0 : tensor<4xf32>
    %2 = graph.add %1, %0 : tensor<4xf32>
    // becomes
    %2 = kernel.fused(%0) : (tensor<4xf32>) -> tensor<4xf32> { exp, add }
    ```
  }];
  let dependentDialects = ["::sluice::kernel::KernelDialect"];
}

def VerifyKernels : Pass<"verify-kernels", "::mlir::func::FuncOp"> {
  let summary = "Check that every operator stands in a kernel";
}

#endif // SLUICE_PASSES_FUSION_PASSES
