//===- Passes.td - Buffers and the workspace ------------------------------===//

#ifndef SLUICE_PASSES_MEMORY_PASSES
#define SLUICE_PASSES_MEMORY_PASSES

include "mlir/Pass/PassBase.td"

def CopyCarried : Pass<"copy-carried", "::mlir::func::FuncOp"> {
  let summary = "Let kernels write what loops carry where it is carried";
  let description = [{
    Pre-condition: `verify-kernels`.
    Post-condition: a carried value can live in one buffer. A kernel of its own
    writes each first value of a loop and each value that a region yields; when
    it writes the next value, nothing reads the present one any more but itself,
    where it may write over it. A kernel that updates a part of a tensor is its
    last reader.

    Where this does not hold a copy is put in: values that swap places get two.

    ```mlir
    ^bb0(%i: tensor<i32>, %x: tensor<4x4xf32>):
      %1 = kernel.fused(%x, %y) ... { graph.contract ... }
      graph.yield %1
    // becomes
      %1 = kernel.fused(%x, %y) ... { graph.contract ... }
      %2 = kernel.fused(%1) : (tensor<4x4xf32>) -> tensor<4x4xf32> { copy }
      graph.yield %2
    ```
  }];
  let dependentDialects = ["::sluice::kernel::KernelDialect"];
}

def BufferizeKernels : Pass<"bufferize-kernels", "::mlir::ModuleOp"> {
  let summary = "Give every tensor a buffer and every kernel a function";
  let description = [{
    Pre-condition: `verify-kernels` and `copy-carried`.
    Post-condition: entry functions take one buffer per input and result and
    return nothing; each `kernel.fused` is a `kernel.launch` of a
    `kernel.func`; constants are `kernel.data`. Equal kernels are one function.

    Views share their operand's buffer, with strides of their own where they
    need them. A concat or a zero padding costs nothing where kernels make its
    parts: they write them into its buffer, side by side or inside a halo, and
    other readers find them there. A slice is read in its operand's buffer.
    What lies in pieces too short for vectors, is the caller's, or has a reader
    that needs a contiguous buffer, is copied by a kernel.
    What a loop carries lies in one buffer: its first value, the argument, the
    next value and the result.

    A kernel writes its result over an operand of its shape that nothing reads
    later, where it reads an element only for the one at its index, or a row
    before the row (`InPlaceOp`): such an operand is made in the result's
    buffer, the caller's if need be. Inputs and constants are never written.
  }];
  let dependentDialects = ["::sluice::kernel::KernelDialect",
                           "::mlir::memref::MemRefDialect"];
}

def PlanWorkspace : Pass<"plan-workspace", "::mlir::func::FuncOp"> {
  let summary = "Place the buffers of a runner in one workspace";
  let description = [{
    Post-condition (`verify-workspace`): every `kernel.buffer` has an offset,
    buffers whose lifetimes overlap do not overlap in memory, and the function
    carries the workspace size as `kernel.workspace` and, as
    `kernel.live_bytes`, the most bytes of buffers that live at once: what no
    plan can beat. An operand and the result that is written over it are one
    buffer.

    Buffers are placed one by one in several orders; the smallest plan stays.
  }];
}

def VerifyWorkspace : Pass<"verify-workspace", "::mlir::func::FuncOp"> {
  let summary = "Check that live buffers do not overlap";
  let description = [{
    Nor may a launch get one buffer as input and output, unless its kernel
    writes over that input or updates it.
  }];
}

#endif // SLUICE_PASSES_MEMORY_PASSES
