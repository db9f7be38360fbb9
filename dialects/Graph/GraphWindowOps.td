//===- GraphWindowOps.td - Operators that look at a window ----------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHWINDOWOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHWINDOWOPS

include "dialects/Graph/GraphBase.td"

def Graph_PoolKind : I32EnumAttr<"PoolKind", "how a window is combined", [
    I32EnumAttrCase<"Max", 0, "max">, I32EnumAttrCase<"Sum", 1, "sum">,
    I32EnumAttrCase<"Average", 2, "average">]> {
  let cppNamespace = "::sluice::graph";
}

def Graph_ResizeMode : I32EnumAttr<"ResizeMode", "how elements are combined", [
    I32EnumAttrCase<"Nearest", 0, "nearest">,
    I32EnumAttrCase<"Linear", 1, "linear">]> {
  let cppNamespace = "::sluice::graph";
}

def Graph_ResizeRule : I32EnumAttr<"ResizeRule", "where an element comes from",
  [ I32EnumAttrCase<"Asymmetric", 0, "asymmetric">,
    I32EnumAttrCase<"HalfPixel", 1, "half_pixel">,
    I32EnumAttrCase<"PixelCenter", 2, "pixel_center">,
    I32EnumAttrCase<"AlignCorners", 3, "align_corners">]> {
  let cppNamespace = "::sluice::graph";
}

def Graph_ResizeRounding : I32EnumAttr<"ResizeRounding", "nearest element", [
    I32EnumAttrCase<"Floor", 0, "floor">, I32EnumAttrCase<"Ceil", 1, "ceil">,
    I32EnumAttrCase<"HalfUp", 2, "half_up">,
    I32EnumAttrCase<"HalfDown", 3, "half_down">]> {
  let cppNamespace = "::sluice::graph";
}

def Graph_PoolOp : Graph_ValueOp<"pool", [Pure,
    DeclareOpInterfaceMethods<Graph_EvaluableOpInterface,
                              ["getEvaluationCost"]>,
    DeclareOpInterfaceMethods<Graph_ElementOpInterface,
                              ["supportsLanes", "getReadCount"]>,
    DeclareOpInterfaceMethods<Graph_KernelRootOpInterface,
                              ["allowsPrologue"]>]> {
  let summary = "Greatest element, sum or average of each window";
  let description = [{
    The operand has dimensions N, spatial dimensions, C; all lists have one
    entry per spatial dimension. `result[n, o.., c]` combines the elements
    `operand[n, i.., c]` with `i = o * stride - pad_low + k * dilation` and
    `0 <= k < window` that exist: positions in the padding take no part, so
    `average` divides by the number of elements that do. A window without any
    gives -inf or the lowest integer for `max`, 0 for `sum`, NaN for `average`.

    The size of a spatial dimension of the result is
    `floor((i + pad_low + pad_high - (window - 1) * dilation - 1) / stride) + 1`
    for size `i` of the operand. NaN gives NaN. `f16` and `bf16` are accumulated
    in `f32`; integers wrap around.

    Constraints:
    - (C1) The operand has at least two dimensions and each list one entry for
      each but the first and the last.
    - (C2) `window`, `strides` and `dilations` are at least 1.
    - (C3) Padding is not negative and less than the extent of the window,
      `(window - 1) * dilation + 1`.
    - (C4) The window fits into the padded operand.
    - (C5) Elements of `max` are integers or floats, of `average` floats.

    ```mlir
    %1 = graph.pool max %0 window [3, 3] strides [2, 2] pad [0, 0] to [1, 1]
        dilations [1, 1] : tensor<1x8x8x3xf32>
    ```

    Sources: TensorFlow MaxPool, AvgPool, MaxPool3D, AvgPool3D, LRN; ONNX
    MaxPool, AveragePool, LpPool, LRN.
  }];
  let arguments = (ins Graph_PoolKind:$kind, Graph_NumberTensor:$operand,
                       DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pad_low, DenseI64ArrayAttr:$pad_high,
                       DenseI64ArrayAttr:$dilations);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $kind $operand `window` $window `strides` $strides
    `pad` $pad_low `to` $pad_high `dilations` $dilations
    attr-dict `:` type($operand)
  }];
}

def Graph_ResizeOp : Graph_ValueOp<"resize", [Pure,
    DeclareOpInterfaceMethods<Graph_EvaluableOpInterface,
                              ["getEvaluationCost", "countOperations"]>,
    DeclareOpInterfaceMethods<Graph_ElementOpInterface,
                              ["supportsLanes", "getReadCount"]>]> {
  let summary = "Sampling at other spatial sizes";
  let description = [{
    The operand has dimensions N, spatial dimensions, C; `sizes` are the spatial
    sizes of the result. Along each of them, element `o` comes from coordinate
    `x` of the operand, computed in `f32` with `scale = in / out`:

    | rule | x |
    |---|---|
    | `asymmetric` | `o * scale` |
    | `half_pixel` | `(o + 0.5) * scale - 0.5` |
    | `pixel_center` | `(o + 0.5) * scale` |
    | `align_corners` | `o * scale` with `scale = (in-1) / (out-1)` if out > 1 |

    `nearest` takes the element at `x` rounded by `rounding` (`half_up` and
    `half_down` say where halves go) and clamped to the operand. `linear` takes
    `low + (high - low) * (x - floor(x))` of the elements at `floor(x)` and
    `ceil(x)`, clamped to the operand, along the last spatial dimension first;
    `f16` and `bf16` are computed in `f32`.

    Constraints:
    - (C1) The operand has at least two dimensions and `sizes` one entry for
      each but the first and the last.
    - (C2) A spatial dimension of size 0 stays 0.
    - (C3) Elements of `linear` are floats; it has at most three spatial
      dimensions.
    - (C4) Spatial sizes are less than 2^24, so that `f32` holds them.

    ```mlir
    %1 = graph.resize linear %0 to [16, 16] half_pixel rounding floor
        : tensor<1x8x8x3xf32>
    ```

    Sources: TensorFlow ResizeBilinear, ResizeNearestNeighbor; ONNX Resize,
    Upsample.
  }];
  let arguments = (ins Graph_ResizeMode:$mode, Graph_Tensor:$operand,
                       Graph_DimsAttr:$sizes, Graph_ResizeRule:$rule,
                       Graph_ResizeRounding:$rounding);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $mode $operand `to` $sizes $rule `rounding` $rounding attr-dict
    `:` type($operand)
  }];
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHWINDOWOPS
