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

def DilateConvolutions : Pass<"dilate-convolutions", "::mlir::func::FuncOp"> {
  let summary = "Find convolutions that are dilated by way of the batch";
  let description = [{
    Keras spells a dilated convolution as SpaceToBatch, a convolution and
    BatchToSpace: every d-th element is brought together, and the d offsets
    become images of the batch. Reshapes and transposes that do this, however
    they are put together, around a convolution of stride 1 go away, and the
    convolution's window and pads are dilated instead. Padding before and
    cropping behind stay. Shapes are static.

    ```mlir
    %1 = graph.reshape %0 to [1, 5, 4, 8] : tensor<1x20x8xf32>
    %2 = graph.transpose %1 [2, 0, 1, 3] : tensor<1x5x4x8xf32>
    %3 = graph.conv %2, %w strides [1, 1] pads [0, 0] to [0, 0]
         : tensor<4x1x5x8xf32>, tensor<1x2x8x8xf32>
    %4 = graph.transpose %3 [1, 2, 0, 3] : tensor<4x1x4x8xf32>
    // becomes
    %1 = graph.reshape %0 to [1, 1, 20, 8] : tensor<1x20x8xf32>
    %2 = graph.conv %1, %w strides [1, 1] pads [0, 0] to [0, 0]
         window_dilation [1, 4] : tensor<1x1x20x8xf32>, tensor<1x2x8x8xf32>
    %4 = graph.reshape %2 to [1, 4, 4, 8] : tensor<1x1x16x8xf32>
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
}

def RecognizeNormalization
    : Pass<"recognize-normalization", "::mlir::func::FuncOp"> {
  let summary = "Find layer and RMS normalisation, however they are spelled";
  let description = [{
    Formulas over the rows of a tensor become `graph.normalize`, with scale and
    shift behind it:

    - `(x - mean(x)) * r`, `(x - mean(x)) / sqrt(v + e)` and
      `x * r - mean(x) * r`, with `r = rsqrt(v + e)`, `1 / sqrt(v + e)` or
      `pow(v + e, -0.5)` and `v` the mean of `(x - mean(x)) ** 2` or
      `mean(x * x) - mean(x) ** 2`;
    - `x * r` with `v` the mean of `x * x` (RMS normalisation).

    Factors and terms may stand in any order and place, means may be scaled
    sums, reshapes may stand anywhere. Rows are the last dimensions in
    row-major order. Shapes are static.

    ```mlir
    %m = graph.reduce mean %x dims [1] : tensor<4x8xf32>
    %c = graph.broadcast %m dims [0] to [4, 8] : tensor<4xf32>
    %d = graph.sub %x, %c : tensor<4x8xf32>
    %q = graph.mul %d, %d : tensor<4x8xf32>
    %v = graph.reduce mean %q dims [1] : tensor<4x8xf32>
    %e = graph.add %v, %epsilon : tensor<4xf32>
    %r = graph.rsqrt %e : tensor<4xf32>
    %s = graph.broadcast %r dims [0] to [4, 8] : tensor<4xf32>
    %y = graph.mul %d, %s : tensor<4x8xf32>
    // becomes
    %y = graph.normalize centred %x epsilon 1.0e-5 : tensor<4x8xf32>
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
}

def RecognizeSoftmax : Pass<"recognize-softmax", "::mlir::func::FuncOp"> {
  let summary = "Find softmax and its logarithm, however they are spelled";
  let description = [{
    Formulas over the rows of a tensor, with `m` the greatest element of a row:

    - `exp(x - m) / sum(exp(x - m))` becomes `graph.softmax`;
    - `x - m - log(sum(exp(x - m)))` becomes `graph.log_softmax`.

    Terms may stand in any order and place, the quotient may be a product with
    the reciprocal, `m` may be kept from falling below -inf, reshapes may stand
    anywhere. Without the greatest element exponentials may overflow where
    softmax does not: that stays. Rows are the last dimensions in row-major
    order: along others, reductions run in vectors of rows. Shapes are static.

    ```mlir
    %m = graph.reduce max %x dims [1] : tensor<4x8xf32>
    %c = graph.broadcast %m dims [0] to [4, 8] : tensor<4xf32>
    %d = graph.sub %x, %c : tensor<4x8xf32>
    %e = graph.exp %d : tensor<4x8xf32>
    %s = graph.reduce sum %e dims [1] : tensor<4x8xf32>
    %r = graph.broadcast %s dims [0] to [4, 8] : tensor<4xf32>
    %y = graph.div %e, %r : tensor<4x8xf32>
    // becomes
    %y = graph.softmax %x : tensor<4x8xf32>
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
}

def RecognizeAttention
    : Pass<"recognize-attention", "::mlir::func::FuncOp"> {
  let summary = "Find scaled dot-product attention, however it is spelled";
  let description = [{
    `softmax(q k^T * scale + bias) v`, two products of matrices per head,
    becomes `graph.attention`. Scales are products with or quotients by one
    number, of scores or queries, biases sums and differences; a mask may choose
    between scores and one number in their place; a small number added to all
    scores is left out. Reshapes may stand anywhere. Transposes between heads
    and rows around the products vanish: attention works on rows that hold all
    heads. Heads that keys and values repeat are read where they are. Only `f32`
    and static shapes, with at least 8 queries or where keys and values would be
    transposed for fewer, and only where nothing else reads scores or weights.

    ```mlir
    %1 = graph.contract %q, %k transposed : tensor<12x128x64xf32>, tensor<12x128x64xf32>
    %2 = graph.mul %1, %scale : tensor<12x128x128xf32>
    %3 = graph.softmax %2 : tensor<12x128x128xf32>
    %4 = graph.contract %3, %v : tensor<12x128x128xf32>, tensor<12x128x64xf32>
    // becomes, with transposes of %q, %k, %v and of the result
    %4 = graph.attention %q1, %k1, %v1 scale 1.25e-1 : tensor<1x128x12x64xf32>, ..
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
}

def RaiseLoops : Pass<"raise-loops", "::mlir::func::FuncOp"> {
  let summary = "Turn loops whose iterations can be counted into graph.for";
  let description = [{
    A `graph.while` becomes a `graph.for` where its condition is a conjunction
    of comparisons of counters with constants: a counter starts at a constant
    and a constant is added to it in each iteration. Comparisons that hold until
    the counter wraps around stay loops. Counters become functions of the
    iteration's number; their last values are constants.

    ```mlir
    %1:2 = graph.while(%zero, %x) { i < 10 } do { i + 1, f(x) }
    // becomes
    %1 = graph.for 10(%x) { f(x) }
    ```
  }];
}

def BatchLoops : Pass<"batch-loops", "::mlir::func::FuncOp"> {
  let summary = "Multiply all rows at once before a loop that takes one each";
  let description = [{
    What does not change in a `graph.for` leaves it. A product of a row of a
    tensor from outside and a matrix from outside leaves it as one product of
    all rows, `X[i] W = (X W)[i]`: the matrix is read once. A product of rows
    joined with others is split first, `[x, h] W = x W' + h W''`: the order of a
    sum is open. This is how recurrent networks project their inputs.
  }];
}

#endif // SLUICE_PASSES_SIMPLIFY_PASSES
