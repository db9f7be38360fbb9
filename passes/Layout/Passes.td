//===- Passes.td - Padding and layouts ------------------------------------===//

#ifndef SLUICE_PASSES_LAYOUT_PASSES
#define SLUICE_PASSES_LAYOUT_PASSES

include "mlir/Pass/PassBase.td"

def SelectWinograd : Pass<"select-winograd", "::mlir::func::FuncOp"> {
  let summary = "Compute 3x3 convolutions by Winograd's algorithm";
  let description = [{
    A convolution in f32 with stride 1 and a constant 3x3 filter becomes
    `graph.winograd_input`, a product of 36 matrices with the transformed filter
    and `graph.winograd_output`, where that has half the products or less and
    pays on the target: it saves products, transforms each input and output
    channel of each tile, and reads four times the weights. That costs most
    where the transformed tiles, or the model's weights, do not fit the last
    cache. The input is padded to whole tiles. A measured `winograd` in
    `graph.tuning` decides whether it pays.

    Results differ from the direct sum: F(4x4, 3x3) at the points of
    `graph.winograd_input` has about twice its rounding error. An infinity or
    NaN reaches all results of its tile.
  }];
  let options = [
    Option<"triple", "triple", "std::string", "\"x86_64-unknown-linux-gnu\"",
           "target triple">,
    Option<"cpu", "cpu", "std::string", "\"x86-64-v3\"", "LLVM's CPU name">,
    Option<"features", "features", "std::string", "\"\"",
           "LLVM's feature string">
  ];
}

def WidenConvolutions : Pass<"widen-convolutions", "::mlir::func::FuncOp"> {
  let summary = "Compute neighbouring positions of narrow convolutions as channels";
  let description = [{
    Vectors hold output channels: a convolution with one channel fills an eighth
    or a sixteenth of them. Where it pays, one with a constant filter computes n neighbouring
    positions of a row as channels, by a stride and a window that are wider by
    n - 1 positions, with zeros in the filter where a position does not read. n
    is chosen by the products that are left, at least 40 % fewer; the result is
    reshaped and, where n does not divide the row, cut.

    Finite results are those of the narrow form. An infinity or NaN in the input
    reaches all n positions (`--accuracy=strict` leaves the pass out).

    ```mlir
    %1 = graph.conv %0, %w strides [1] pads [0] to [0]
         : tensor<1x20x4xf32>, tensor<5x4x1xf32>
    // becomes
    %1 = graph.conv %0, %wide strides [8] pads [0] to [0]
         : tensor<1x20x4xf32>, tensor<12x4x8xf32>
    %2 = graph.reshape %1 to [1, 16, 1] : tensor<1x2x8xf32>
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
}

def SplitPhases : Pass<"split-phases", "::mlir::func::FuncOp"> {
  let summary = "Compute each phase of a transposed convolution by itself";
  let description = [{
    A convolution whose input is dilated by s multiplies mostly zeros. Results
    whose positions differ by multiples of s (a phase) read neighbouring
    elements of the input, through every s-th tap. With a constant filter,
    stride 1 and one group, each phase becomes a convolution of its own, of the
    part of the padded input that it reads, and so does what follows
    elementwise. The planner lets their kernels write where the phases belong:
    nothing is copied, and no zero multiplied. Up to 16 phases, each with a tap
    at least, of results that fill 64 bytes.

    ```mlir
    %1 = graph.conv %0, %w strides [1] pads [1] to [1] input_dilation [2]
         : tensor<1x8x4xf32>, tensor<3x4x16xf32>
    // becomes
    %1 = graph.slice %0 starts [0, 0, 0] sizes [1, 8, 4] strides [1, 1, 1] : ..
    %2 = graph.conv %1, %even .. : tensor<1x8x4xf32>, tensor<1x4x16xf32>
    %3 = graph.conv %0, %odd .. : tensor<1x9x4xf32>, tensor<2x4x16xf32>
    %4 = graph.concat %2', %3' dim 2 : tensor<1x8x1x16xf32>, tensor<1x8x1x16xf32>
    %5 = graph.reshape %4 to [1, 16, 16] : tensor<1x8x2x16xf32>
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
  let options = [Option<"leaveWinograd", "leave-winograd", "bool", "false",
                        "not where one 3x3 convolution in f32 does it all">];
}

def SubpixelConvolutions
    : Pass<"subpixel-convolutions", "::mlir::func::FuncOp"> {
  let summary = "Compute transposed convolutions as sub-pixel convolutions";
  let description = [{
    A convolution whose input is dilated by s multiplies mostly zeros. Of its
    results, those whose positions differ by multiples of s (a phase) read the
    input through the same part of the filter: with a constant filter, stride 1
    and one group, a dense convolution computes all phases as channels, and
    depth-to-space brings them together. Where phases read different elements,
    the others have zeros in the filter; how many positions are cut off in front
    is chosen so that these are few. At least 40 % fewer products, or it stays.

    Finite results are those of the definition. An infinity or NaN may reach
    other phases where the filter got zeros; `exact-only` leaves these alone.

    ```mlir
    %1 = graph.conv %0, %w strides [1] pads [1] to [1] input_dilation [2]
         : tensor<1x8x4xf32>, tensor<2x4x3xf32>
    // becomes
    %1 = graph.conv %0, %dense strides [1] pads [0] to [0]
         : tensor<1x8x4xf32>, tensor<1x4x6xf32>
    %2 = graph.reshape %1 to [1, 16, 3] : tensor<1x8x6xf32>
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
  let options = [Option<"exactOnly", "exact-only", "bool", "false",
                        "only where the filter gets no zeros">];
}

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

def ExpandSoftmax : Pass<"expand-softmax", "::mlir::func::FuncOp"> {
  let summary = "Compute softmax along other dimensions where they are";
  let description = [{
    Exporters transpose around a softmax along a dimension that is not the last.
    It becomes its formula, as reductions and elementwise operators along that
    dimension, in vectors of the last one: no transposes, no reductions of the
    lanes of a vector. So does its logarithm. `f32` and `f64`, static shapes, at
    least 16 elements in the last dimension, and only where all readers
    transpose back.

    ```mlir
    %1 = graph.transpose %0 [1, 0] : tensor<8x32xf32>
    %2 = graph.softmax %1 : tensor<32x8xf32>
    %3 = graph.transpose %2 [1, 0] : tensor<32x8xf32>
    // becomes
    %1 = graph.reduce max %0 dims [0] : tensor<8x32xf32>
    %2 = graph.broadcast %1 dims [1] to [8, 32] : tensor<32xf32>
    %3 = graph.sub %0, %2 : tensor<8x32xf32>
    %4 = graph.exp %3 : tensor<8x32xf32>
    %5 = graph.reduce sum %4 dims [0] : tensor<8x32xf32>
    %6 = graph.broadcast %5 dims [1] to [8, 32] : tensor<32xf32>
    %7 = graph.div %4, %6 : tensor<8x32xf32>
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
}

def NarrowContractions : Pass<"narrow-contractions", "::mlir::func::FuncOp"> {
  let summary = "Multiply integers that were widened as narrow ones";
  let description = [{
    TensorFlow has no product of 8-bit integers with 32-bit sums: models cast
    both operands to i32. Where both were widened from at most 16 bits, or are
    constants of such values, in sums of 32 bits, the contraction takes the
    narrow operands and `sum_type`: processors multiply and add two or four of
    them at once, and weights take a quarter of the memory. Views, transposes
    and broadcasts between casts and contraction are narrowed too.

    ```mlir
    %1 = graph.cast %0 to i32 : tensor<4x8xi8>
    %2 = graph.constant dense<3> : tensor<8x16xi32>
    %3 = graph.contract %1, %2 : tensor<4x8xi32>, tensor<8x16xi32>
    // becomes
    %2 = graph.constant dense<3> : tensor<8x16xi8>
    %3 = graph.contract %0, %2 in i32 : tensor<4x8xi8>, tensor<8x16xi8>
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

def SinkTransposes : Pass<"sink-transposes", "::mlir::func::FuncOp"> {
  let summary = "Move transposes down until they cancel";
  let description = [{
    Operators work on channels-last tensors; importers put transposes around
    them in channels-first models. A transpose moves below every operator that
    can work in another order (elementwise operators and those with
    `Graph_LayoutOpInterface`) until it meets its inverse. Transposes of
    constants fold, those that only move unit dimensions become reshapes.
    Operands that are not transposed get the inverse transpose where that is
    free (constants, broadcasts, views) or where there are fewer transposes
    afterwards.

    Post-condition (`verify-transposes`): no transpose reads a transpose, and
    none stands above an operator that it could follow at no cost.

    ```mlir
    %1 = graph.transpose %0 [0, 3, 1, 2] : tensor<1x8x8x4xf32>
    %2 = graph.exp %1 : tensor<1x4x8x8xf32>
    %3 = graph.transpose %2 [0, 2, 3, 1] : tensor<1x4x8x8xf32>
    // becomes
    %3 = graph.exp %0 : tensor<1x8x8x4xf32>
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
}

def VerifyTransposes : Pass<"verify-transposes", "::mlir::func::FuncOp"> {
  let summary = "Check that no transpose can move further down";
}

def ExplainTransposes : Pass<"explain-transposes", "::mlir::func::FuncOp"> {
  let summary = "Say in remarks why transposes are left";
  let description = [{
    For every transpose that is still there, a remark of the category `layout`
    names its order, its type and what keeps each reader from working on the
    operand instead. Does nothing where no remarks are asked for.
  }];
}

def SinkReshapes : Pass<"sink-reshapes", "::mlir::func::FuncOp"> {
  let summary = "Move reshapes below elementwise operators";
  let description = [{
    A reshape between an operator and the elementwise operators behind it (the
    bias of a matrix product on more dimensions, of a one-dimensional
    convolution) keeps them out of its kernel. It moves below them where the
    other operands are constants, broadcasts of dimensions that both shapes
    have (several may be one there), or reshapes from the same shape, and the
    producer's kernel can take them. Reshapes of reshapes are merged.

    ```mlir
    %1 = graph.reshape %0 to [2, 3, 4] : tensor<6x4xf32>
    %2 = graph.broadcast %bias dims [2] to [2, 3, 4] : tensor<4xf32>
    %3 = graph.add %1, %2 : tensor<2x3x4xf32>
    // becomes
    %1 = graph.broadcast %bias dims [1] to [6, 4] : tensor<4xf32>
    %2 = graph.add %0, %1 : tensor<6x4xf32>
    %3 = graph.reshape %2 to [2, 3, 4] : tensor<6x4xf32>
    ```
  }];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
}

#endif // SLUICE_PASSES_LAYOUT_PASSES
