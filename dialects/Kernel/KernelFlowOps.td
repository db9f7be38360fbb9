//===- KernelFlowOps.td - Loops and branches of the runner ----------------===//

#ifndef SLUICE_DIALECTS_KERNEL_KERNELFLOWOPS
#define SLUICE_DIALECTS_KERNEL_KERNELFLOWOPS

include "dialects/Kernel/KernelBase.td"

def Kernel_IfOp : Kernel_Op<"if", [SingleBlock, NoTerminator]> {
  let summary = "One of two sequences of launches";
  let description = [{
    Reads the condition, a byte that is 0 or not, and runs the first region
    where it is not 0, else the second.

    Constraints:
    - (C1) The condition is one byte.
    - (C2) The regions have no arguments.

    ```mlir
    kernel.if %flag : memref<i8> { ... } else { ... }
    ```
  }];
  let arguments = (ins AnyMemRef:$condition);
  let regions = (region SizedRegion<1>:$then_body, SizedRegion<1>:$else_body);
  let assemblyFormat = [{
    $condition attr-dict `:` type($condition) $then_body `else` $else_body
  }];
  let hasVerifier = 1;
}

def Kernel_WhileOp : Kernel_Op<"while", [SingleBlock, NoTerminator]> {
  let summary = "A sequence of launches while a condition holds";
  let description = [{
    Runs the first region, which ends in `kernel.condition`, then, where the
    condition holds, the second, and so on. What is carried lies in buffers.

    Constraints:
    - (C1) The regions have no arguments; the first one ends in
      `kernel.condition`.

    ```mlir
    kernel.while {
      kernel.launch @k0(%i) outs(%flag) ...
      kernel.condition %flag : memref<i8>
    } do { ... }
    ```
  }];
  let regions = (region SizedRegion<1>:$condition, SizedRegion<1>:$body);
  let assemblyFormat = "attr-dict-with-keyword $condition `do` $body";
  let hasVerifier = 1;
}

def Kernel_ConditionOp : Kernel_Op<"condition", [Terminator,
    ParentOneOf<["WhileOp"]>, MemoryEffects<[MemRead]>]> {
  let summary = "Whether a loop goes on";
  let description = [{
    Constraints:
    - (C1) The flag is one byte.
  }];
  let arguments = (ins AnyMemRef:$flag);
  let assemblyFormat = "$flag attr-dict `:` type($flag)";
  let hasVerifier = 1;
}

def Kernel_ForOp : Kernel_Op<"for", [SingleBlock, NoTerminator]> {
  let summary = "A sequence of launches a known number of times";
  let description = [{
    Runs the region `trip_count` times. Before each iteration its number, from
    0, is stored to the counter.

    Constraints:
    - (C1) The counter is one i32 or i64; `trip_count` is not negative.
    - (C2) The region has no arguments.

    ```mlir
    kernel.for %i to 100 : memref<i32> { ... }
    ```
  }];
  let arguments = (ins AnyMemRef:$counter, I64Attr:$trip_count);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat =
      "$counter `to` $trip_count attr-dict `:` type($counter) $body";
  let hasVerifier = 1;
}

#endif // SLUICE_DIALECTS_KERNEL_KERNELFLOWOPS
