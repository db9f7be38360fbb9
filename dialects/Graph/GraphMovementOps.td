//===- GraphMovementOps.td - Operators that only move elements ------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHMOVEMENTOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHMOVEMENTOPS

include "dialects/Graph/GraphBase.td"

class Graph_MovementOp<string mnemonic, list<Trait> traits = []>
    : Graph_ValueOp<mnemonic, !listconcat([
        DeclareOpInterfaceMethods<Graph_ElementOpInterface,
                                  ["supportsLanes"]>], traits)>;

def Graph_BroadcastOp : Graph_MovementOp<"broadcast", [Pure,
    DeclareOpInterfaceMethods<Graph_EvaluableOpInterface, ["getEvaluationCost"]>,
    DeclareOpInterfaceMethods<Graph_ElementOpInterface,
                              ["getReadCount", "isRepetition"]>]> {
  let summary = "Repetition along new and unit dimensions";
  let description = [{
    `result[i0, .., in] = operand[j0, .., jm]` where operand dimension `k`
    stands for result dimension `d = dimensions[k]` and `jk` is `id`, or 0
    where the operand's dimension is 1.

    Constraints:
    - (C1) `dimensions` names one result dimension per operand dimension, in
      ascending order.
    - (C2) An operand dimension is 1 or equal to the result dimension.

    ```mlir
    %1 = graph.broadcast %0 dims [1] to [2, 3] : tensor<3xf32>
    ```

    Sources: TensorFlow BroadcastTo, Fill, Tile and implicit broadcasting; ONNX
    Expand and implicit broadcasting.
  }];
  let arguments = (ins Graph_Tensor:$operand, DenseI64ArrayAttr:$dimensions,
                       Graph_DimsAttr:$shape);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat =
      "$operand `dims` $dimensions `to` $shape attr-dict `:` type($operand)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Graph_TransposeOp : Graph_MovementOp<"transpose", [Pure]> {
  let summary = "Permutation of dimensions";
  let description = [{
    `result[i0, .., in] = operand[j0, .., jn]` where `j[permutation[k]] = ik`:
    dimension `k` of the result is dimension `permutation[k]` of the operand.

    Constraints:
    - (C1) `permutation` holds each of `0 .. rank-1` once.

    ```mlir
    %1 = graph.transpose %0 [0, 3, 1, 2] : tensor<1x8x8x3xf32>
    ```

    Sources: TensorFlow Transpose, ONNX Transpose.
  }];
  let arguments = (ins Graph_Tensor:$operand, DenseI64ArrayAttr:$permutation);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$operand $permutation attr-dict `:` type($operand)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Graph_ReshapeOp : Graph_MovementOp<"reshape", [Pure,
    DeclareOpInterfaceMethods<Graph_ViewOpInterface>]> {
  let summary = "The same elements with other dimensions";
  let description = [{
    The result holds the operand's elements in row-major order.

    Constraints:
    - (C1) `shape` has the operand's number of elements.

    ```mlir
    %1 = graph.reshape %0 to [6] : tensor<2x3xf32>
    ```

    Sources: TensorFlow Reshape, Squeeze, ExpandDims; ONNX Reshape, Squeeze,
    Unsqueeze, Flatten.
  }];
  let arguments = (ins Graph_Tensor:$operand, Graph_DimsAttr:$shape);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$operand `to` $shape attr-dict `:` type($operand)";
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Joining
//===----------------------------------------------------------------------===//

def Graph_ConcatOp : Graph_MovementOp<"concat", [Pure,
    DeclareOpInterfaceMethods<Graph_JoinOpInterface>]> {
  let summary = "Operands side by side along one dimension";
  let description = [{
    The result's size along `dim` is the sum of the operands' sizes; the first
    operand's elements come first.

    Constraints:
    - (C1) There is at least one operand, of rank 1 or more, and `dim` is one
      of its dimensions.
    - (C2) Operands have one element type and agree in all sizes but `dim`.

    ```mlir
    %2 = graph.concat %0, %1 dim 1 : tensor<2x3xf32>, tensor<2x5xf32>
    ```

    Sources: TensorFlow ConcatV2, Concat, Pack (after a reshape); ONNX Concat.
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$inputs, I64Attr:$dim);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$inputs `dim` $dim attr-dict `:` type($inputs)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Graph_PadMode : I32EnumAttr<"PadMode", "what elements outside hold", [
    I32EnumAttrCase<"Constant", 0, "constant">,
    I32EnumAttrCase<"Reflect", 1, "reflect">,
    I32EnumAttrCase<"Symmetric", 2, "symmetric">,
    I32EnumAttrCase<"Edge", 3, "edge">]> {
  let cppNamespace = "::sluice::graph";
  let genSpecializedAttr = 0;
}
def Graph_PadModeAttr : EnumAttr<Graph_Dialect, Graph_PadMode, "pad_mode">;

def Graph_PadOp : Graph_MovementOp<"pad", [Pure,
    DeclareOpInterfaceMethods<Graph_JoinOpInterface>]> {
  let summary = "More elements before and after, along each dimension";
  let description = [{
    Dimension `k` grows by `low[k]` elements before and `high[k]` after. They
    hold, by `mode`:

    - `constant`: the scalar `value`;
    - `reflect`: the operand mirrored at its first and last element, which are
      not repeated (`c b | a b c | b a`);
    - `symmetric`: the operand mirrored at its border (`b a | a b c | c b`);
    - `edge`: the nearest element of the operand.

    Constraints:
    - (C1) `low` and `high` hold one amount per dimension, none negative.
    - (C2) `value` is given exactly in mode `constant`: a scalar of the
      operand's element type.
    - (C3) The other modes: amounts are less than the dimension (`reflect`), at
      most the dimension (`symmetric`), or 0 if the dimension is 0 (`edge`).

    ```mlir
    %2 = graph.pad %0, %1 low [0, 1] high [0, 2] constant : tensor<2x3xf32>, tensor<f32>
    %3 = graph.pad %0 low [0, 1] high [0, 2] reflect : tensor<2x3xf32>
    ```

    Sources: TensorFlow Pad, PadV2, MirrorPad, SpaceToBatchND; ONNX Pad.
  }];
  let arguments = (ins Graph_Tensor:$operand, Optional<Graph_Tensor>:$value,
                       DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       Graph_PadModeAttr:$mode);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    operands `low` $low `high` $high $mode attr-dict `:` type(operands)
  }];
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Taking parts
//===----------------------------------------------------------------------===//

def Graph_SliceOp : Graph_MovementOp<"slice", [Pure,
    DeclareOpInterfaceMethods<Graph_PartOpInterface>,
    DeclareOpInterfaceMethods<Graph_EvaluableOpInterface,
                              ["getEvaluationCost", "countElementsRead"]>]> {
  let summary = "A regular part";
  let description = [{
    `result[.., ik, ..] = operand[.., starts[k] + ik * strides[k], ..]`, for
    `shape[k]` elements of dimension `k`. A negative stride walks backwards.

    Constraints:
    - (C1) `starts`, `shape` and `strides` hold one entry per dimension.
    - (C2) No stride is 0.
    - (C3) Unless a size is 0, the first and the last position lie inside the
      operand.

    ```mlir
    %1 = graph.slice %0 starts [0, 3] sizes [2, 2] strides [1, -2] : tensor<4x8xf32>
    ```

    Sources: TensorFlow Slice, StridedSlice, Split, SplitV, Unpack, ReverseV2,
    Roll; ONNX Slice, Split.
  }];
  let arguments = (ins Graph_Tensor:$operand, Graph_DimsAttr:$starts,
                       Graph_DimsAttr:$shape, DenseI64ArrayAttr:$strides);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $operand `starts` $starts `sizes` $shape `strides` $strides attr-dict
    `:` type($operand)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Graph_DynamicSliceOp : Graph_MovementOp<"dynamic_slice",
    [NoMemoryEffect, DeclareOpInterfaceMethods<Graph_EvaluableOpInterface,
                              ["countElementsRead"]>]> {
  let summary = "A part whose position is known at run time";
  let description = [{
    `result[.., ik, ..] = operand[.., starts[k] + ik, ..]`, for `shape[k]`
    elements of dimension `k`. A part that does not lie inside the operand is
    a run-time error; with `clamped`, it is moved inside instead.

    Constraints:
    - (C1) `starts` is a vector with one entry per dimension; so is `shape`.
    - (C2) No size exceeds the operand's.

    ```mlir
    %2 = graph.dynamic_slice %0, %1 sizes [1, 8] : tensor<4x8xf32>, tensor<2xi32>
    ```

    Sources: TensorFlow Slice and StridedSlice with computed positions.
  }];
  let arguments = (ins Graph_Tensor:$operand, Graph_IndexTensor:$starts,
                       Graph_DimsAttr:$shape, UnitAttr:$clamped);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $operand `,` $starts `sizes` $shape (`clamped` $clamped^)? attr-dict
    `:` type($operand) `,` type($starts)
  }];
  let hasCanonicalizer = 1;
}

def Graph_GatherOp : Graph_MovementOp<"gather", [NoMemoryEffect,
    DeclareOpInterfaceMethods<Graph_EvaluableOpInterface,
                              ["countElementsRead"]>]> {
  let summary = "Slices of a dimension chosen by index";
  let description = [{
    Let `b` be `batch_dims`, `a` be `axis`, and `[..]` ranges of dimensions.
    Dimensions of the result: `operand[0 .. a)`, `indices[b .. end)`,
    `operand(a .. end)`. The first `b` dimensions of operand and indices go
    together.

    ```
    result[B, O, I, R] = operand[B, O, indices[B, I], R]
    ```

    An index below 0 or beyond the dimension is a run-time error. With `wrap`,
    an index from `-size` to `-1` counts from the end.

    Constraints:
    - (C1) `axis` is a dimension of the operand.
    - (C2) `0 <= batch_dims <= axis`, and indices have that many dimensions.
    - (C3) The batch dimensions of operand and indices agree.

    ```mlir
    %2 = graph.gather %0, %1 axis 0 batch_dims 0 : tensor<10x4xf32>, tensor<3xi32>
    ```

    Sources: TensorFlow GatherV2, Gather, ResourceGather; ONNX Gather (with
    `wrap`).
  }];
  let arguments = (ins Graph_Tensor:$operand, Graph_IndexTensor:$indices,
                       I64Attr:$axis, I64Attr:$batch_dims, UnitAttr:$wrap);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $operand `,` $indices `axis` $axis `batch_dims` $batch_dims (`wrap` $wrap^)?
    attr-dict `:` type($operand) `,` type($indices)
  }];
  let hasCanonicalizer = 1;
}

def Graph_GatherNdOp : Graph_MovementOp<"gather_nd", [NoMemoryEffect,
    DeclareOpInterfaceMethods<Graph_EvaluableOpInterface,
                              ["countElementsRead"]>]> {
  let summary = "Slices of several dimensions chosen by index vectors";
  let description = [{
    The last dimension of `indices` holds vectors of `n` indices. With `b`
    batch dimensions:

    ```
    result[B, I, R] = operand[B, indices[B, I, 0], .., indices[B, I, n-1], R]
    ```

    An index below 0 or beyond the dimension is a run-time error. With `wrap`,
    an index from `-size` to `-1` counts from the end.

    Constraints:
    - (C1) `indices` has more than `batch_dims` dimensions, the last one of
      static size `n`, and `batch_dims + n` is at most the operand's rank.
    - (C2) The batch dimensions of operand and indices agree.

    ```mlir
    %2 = graph.gather_nd %0, %1 batch_dims 0 : tensor<10x4xf32>, tensor<3x2xi32>
    ```

    Sources: TensorFlow GatherNd, ONNX GatherND.
  }];
  let arguments = (ins Graph_Tensor:$operand, Graph_IndexTensor:$indices,
                       I64Attr:$batch_dims, UnitAttr:$wrap);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $operand `,` $indices `batch_dims` $batch_dims (`wrap` $wrap^)? attr-dict
    `:` type($operand) `,` type($indices)
  }];
}

//===----------------------------------------------------------------------===//
// Making
//===----------------------------------------------------------------------===//

def Graph_IotaOp : Graph_MovementOp<"iota", [Pure,
    DeclareOpInterfaceMethods<Graph_EvaluableOpInterface,
                              ["getEvaluationCost"]>]> {
  let summary = "Positions along a dimension";
  let description = [{
    `result[i0, .., in] = i_dim`, in the element type (rounded; integers wrap).

    Constraints:
    - (C1) `dim` is a dimension of `shape`.
    - (C2) `element_type` is an integer or float of the dialect.

    ```mlir
    %0 = graph.iota dim 1 to [2, 3] of i32
    ```

    Sources: TensorFlow Range, LinSpace, OneHot, MatrixBandPart; ONNX Range,
    OneHot, EyeLike, Trilu.
  }];
  let arguments = (ins I64Attr:$dim, Graph_DimsAttr:$shape,
                       TypeAttr:$element_type);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = "`dim` $dim `to` $shape `of` $element_type attr-dict";
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHMOVEMENTOPS
