//===- Passes.td - Simplification of constants ----------------------------===//

#ifndef SLUICE_PASSES_SIMPLIFY_PASSES
#define SLUICE_PASSES_SIMPLIFY_PASSES

include "mlir/Pass/PassBase.td"

def FoldBatchNorm : Pass<"fold-batch-norm", "::mlir::func::FuncOp"> {
  let summary = "Fold scales of channels into constant weights";
  let description = [{
    Behind a convolution or a matrix product with constant weights, constants
    that differ by output channel only are combined:

    - `(x * w) * s` becomes `x * (w * s)`: new weights;
    - `(y + b) * s` becomes `y * s + b * s`;
    - `(y + b) + c` becomes `y + (b + c)`;
    - a difference is a sum with the negated constant, a quotient a product
      with the reciprocal.

    So batch normalisation leaves one sum. This re-associates: constants are
    computed in `f64` and rounded once, results differ from those of the
    separate operators by a few units in the last place. Only `f32` and `f64`,
    and only where all new constants are finite. A value that is read
    elsewhere stays, and so do weights that several operators share.

    ```mlir
    %1 = graph.conv %0, %w strides [1] pads [0] to [0] : ..
    %2 = graph.broadcast %scale dims [2] to [1, 8, 4] : tensor<4xf32>
    %3 = graph.mul %1, %2 : tensor<1x8x4xf32>
    // becomes
    %3 = graph.conv %0, %scaled strides [1] pads [0] to [0] : ..
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
}

#endif // SLUICE_PASSES_SIMPLIFY_PASSES
