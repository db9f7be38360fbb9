//===- Passes.td - From the runner to LLVM --------------------------------===//

#ifndef SLUICE_PASSES_LOWERING_PASSES
#define SLUICE_PASSES_LOWERING_PASSES

include "mlir/Pass/PassBase.td"

def LowerRunner : Pass<"lower-runner", "::mlir::ModuleOp"> {
  let summary = "Turn runners into entry functions of the runtime's contract";
  let description = [{
    Pre-condition: `verify-workspace`; the module `kernels` holds the kernels as
    `llvm.func`s of one pointer per buffer and the chunk bounds.
    Post-condition: each entry is an `llvm.func` of type
    `i32 (const sluice_call *)`; no operator of the kernel dialect is left.

    A launch stores the addresses of its buffers in an array on the stack and
    hands it to `sluice_parallel` with a task function that unpacks it; a kernel
    of one chunk is called directly. After a launch that can fail the status
    slot is checked. A kernel that makes strings is called directly too; behind
    the last launch the entry finds out whether there was room for them. The
    attribute `kernel.symbol` of entries and constants names their symbols.

    With `trace-launches`, `void sluice_trace_launch(int64_t)` of the process
    is called with the launch's number (its place among the launches of the
    runner, from 0) before each launch, and with their count at the end.
  }];
  let options = [
    Option<"traceLaunches", "trace-launches", "bool", "false",
           "call sluice_trace_launch around every launch">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def MaskHalvesAsIntegers : Pass<"mask-halves-as-integers"> {
  let summary = "Masked loads and stores move 16-bit floats as integers";
  let description = [{
    Without AVX512-BF16 or AVX512-FP16, LLVM takes masked accesses to vectors of
    bf16 and f16 apart into scalars and converts these by calls of compiler-rt,
    which an archive does not hold. As vectors of i16 they stay whole; a bitcast
    restores the type.
    Post-condition: no masked access has a 16-bit floating-point element.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // SLUICE_PASSES_LOWERING_PASSES
