//===- Passes.td - Padding and layouts ------------------------------------===//

#ifndef SLUICE_PASSES_LAYOUT_PASSES
#define SLUICE_PASSES_LAYOUT_PASSES

include "mlir/Pass/PassBase.td"

def ExpandPadding : Pass<"expand-padding", "::mlir::func::FuncOp"> {
  let summary = "Make the zero padding of convolutions an operator";
  let description = [{
    A convolution with positive pads becomes a pad and a convolution without
    pads: its kernel needs no bounds checks, and the planner lets the producer
    write into the padded buffer. Convolutions with a dilated input or cut-off
    elements stay as they are.

    ```mlir
    %1 = graph.conv %0, %w strides [1] pads [1] to [1] : ..
    // becomes
    %p = graph.pad %0, %zero low [0, 1, 0] high [0, 1, 0] constant : ..
    %1 = graph.conv %p, %w strides [1] pads [0] to [0] : ..
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
}

def OrientContractions : Pass<"orient-contractions", "::mlir::func::FuncOp"> {
  let summary = "Give contractions right operands with contiguous rows";
  let description = [{
    The vectors of a contraction run along the columns of its right operand. A
    transposed right operand that is computed at run time is transposed by an
    operator of its own; constants are packed for their kernel anyway.

    ```mlir
    %1 = graph.contract %0, %w transposed : ..
    // becomes
    %t = graph.transpose %w [1, 0] : ..
    %1 = graph.contract %0, %t : ..
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
}

#endif // SLUICE_PASSES_LAYOUT_PASSES
