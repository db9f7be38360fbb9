//===- GraphContractionOps.td - Matrix products and convolutions ----------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHCONTRACTIONOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHCONTRACTIONOPS

include "dialects/Graph/GraphBase.td"

// A sum of products. Integers wrap around; f16 and bf16 are summed in f32 and
// rounded once; the order of a floating-point sum is open. With `sum_type`
// narrow integers are widened to it before they are multiplied.
class Graph_ContractionOp<string mnemonic>
    : Graph_ValueOp<mnemonic, [Pure,
        DeclareOpInterfaceMethods<Graph_EvaluableOpInterface,
                                  ["getEvaluationCost", "countOperations"]>,
        DeclareOpInterfaceMethods<Graph_ElementOpInterface,
                                  ["supportsLanes", "getReadCount"]>,
        DeclareOpInterfaceMethods<Graph_KernelRootOpInterface>]> {
  let results = (outs Graph_NumberTensor:$result);
  let extraClassDefinition = [{
    ::sluice::graph::RootKind $cppClass::getRootKind() {
      return RootKind::Contraction;
    }
  }];
}

def Graph_ContractOp : Graph_ContractionOp<"contract"> {
  let summary = "Product of matrices, one per batch";
  let description = [{
    `result[b.., m, n] = sum over k of lhs[b.., m, k] * rhs[b.., k, n]`. With
    `transpose_lhs` the left operand is stored as `[b.., k, m]`, with
    `transpose_rhs` the right one as `[b.., n, k]`. No `k` gives zeros. Complex
    operands are not conjugated. Integers wrap around; f16 and bf16 are summed
    in f32 and rounded once. With `sum_type` integers are multiplied and summed
    in that type, which is the result's.

    Constraints:
    - (C1) `lhs` and `rhs` have one element type; with `sum_type` integers of one
      width, signed or not.
    - (C2) `lhs` and `rhs` have one rank, at least 2.
    - (C3) The batch dimensions of `lhs` and `rhs` are equal.
    - (C4) The summed dimensions of `lhs` and `rhs` are equal.
    - (C5) `sum_type` is a signed integer type of 16, 32 or 64 bits, wider than
      the operands' elements.

    ```mlir
    %2 = graph.contract %0, %1 transposed : tensor<4x8xf32>, tensor<16x8xf32>
    %3 = graph.contract %x, %y in i32 : tensor<4x8xui8>, tensor<8x16xi8>
    ```

    Sources: TensorFlow MatMul, BatchMatMul, Einsum, _FusedMatMul; ONNX MatMul,
    Gemm, Einsum.
  }];
  let arguments = (ins Graph_NumberTensor:$lhs, Graph_NumberTensor:$rhs,
                       UnitAttr:$transpose_lhs, UnitAttr:$transpose_rhs,
                       OptionalAttr<TypeAttr>:$sum_type);
  let assemblyFormat = [{
    $lhs (`transposed` $transpose_lhs^)? `,`
    $rhs (`transposed` $transpose_rhs^)? (`in` $sum_type^)? attr-dict
    `:` type($lhs) `,` type($rhs)
  }];
}

def Graph_ConvOp : Graph_ContractionOp<"conv"> {
  let summary = "Convolution (cross-correlation) of any spatial rank";
  let description = [{
    `input` is `[n, x.., c]`, `filter` is `[w.., c / groups, o]`, the result
    `[n, y.., o]`, with one to three spatial dimensions:

    `result[n, y, o] = sum over w, i of
        input'[n, y * strides + w * window_dilation, g * I + i] *
        filter[w, i, o]`

    where `I = c / groups`, `g = o / (O / groups)` is the group of output
    channel `o`, and `input'` is the input with `input_dilation - 1` zeros
    between neighbours and `pads_low`, `pads_high` zeros around (negative:
    elements cut off). Zeros that are no element of `input` contribute nothing,
    whatever the filter holds. `y` has `floor((x' - w') / stride) + 1` values,
    none when the window `w' = (w - 1) * window_dilation + 1` does not fit the
    padded `x'`. `groups = c` is a depthwise convolution. `sum_type` is that of
    `graph.contract`.

    Constraints:
    - (C1) `input` and `filter` have one element type; with `sum_type` integers
      of one width, signed or not.
    - (C2) `input` and `filter` have one rank, 3 to 5.
    - (C3) `strides`, `pads_low`, `pads_high`, `input_dilation` and
      `window_dilation` have one entry per spatial dimension.
    - (C4) Strides and dilations are positive; they and the pads lie within
      32 bits.
    - (C5) `groups` is positive, `c = groups * filter dimension` and `o` is a
      multiple of `groups`.
    - (C6) Window dimensions are positive.
    - (C7) `sum_type` is a signed integer type of 16, 32 or 64 bits, wider than
      the operands' elements.

    ```mlir
    %2 = graph.conv %0, %1 strides [2, 2] pads [0, 0] to [1, 1]
         : tensor<1x8x8x3xf32>, tensor<3x3x3x16xf32>
    ```

    Sources: TensorFlow Conv2D, Conv3D, DepthwiseConv2dNative,
    Conv2DBackpropInput, _FusedConv2D; ONNX Conv, ConvTranspose.
  }];
  let arguments = (ins Graph_NumberTensor:$input, Graph_NumberTensor:$filter,
      DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads_low,
      DenseI64ArrayAttr:$pads_high,
      OptionalAttr<DenseI64ArrayAttr>:$input_dilation,
      OptionalAttr<DenseI64ArrayAttr>:$window_dilation,
      DefaultValuedOptionalAttr<I64Attr, "1">:$groups,
      OptionalAttr<TypeAttr>:$sum_type);
  let assemblyFormat = [{
    $input `,` $filter `strides` $strides `pads` $pads_low `to` $pads_high
    (`input_dilation` $input_dilation^)?
    (`window_dilation` $window_dilation^)? (`groups` $groups^)?
    (`in` $sum_type^)? attr-dict `:` type($input) `,` type($filter)
  }];
  let extraClassDeclaration = [{
    unsigned getSpatialRank() { return getStrides().size(); }
    /// The dilations, 1 where absent.
    ::llvm::SmallVector<int64_t> getInputDilations();
    ::llvm::SmallVector<int64_t> getWindowDilations();
    /// One output channel (or a multiple) per input channel.
    bool isDepthwise();
  }];
}

def Graph_AttentionOp : Graph_ValueOp<"attention", [Pure,
    AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<Graph_EvaluableOpInterface,
                              ["getEvaluationCost", "countOperations"]>,
    DeclareOpInterfaceMethods<Graph_ElementOpInterface,
                              ["supportsLanes", "getReadCount"]>,
    DeclareOpInterfaceMethods<Graph_KernelRootOpInterface,
                              ["allowsEpilogue", "getScratchBytes"]>]> {
  let summary = "Scaled dot-product attention of several heads";
  let description = [{
    `query` is `[b, m, h, d]`, `key` `[b, t, k, d]`, `value` `[b, t, k, e]`, the
    result `[b, m, h, e]`: as projections leave them, heads inside rows. `g = h
    / k` heads of queries, one behind the other, share keys and values.

    `score[b, h, m, t] = scale * sum over d of query[b, m, h, d] *
    key[b, t, h / g, d] + bias[b, h, m, t]`

    where `mask[b, h, m, t]` holds or there is none, else `fill`;

    `result[b, m, h, e] = sum over t of softmax(score)[b, h, m, t] *
    value[b, t, h / g, e]`

    with softmax along `t` as `graph.softmax` defines it. Dimensions of `bias`
    and `mask` that are 1 repeat. No keys give zeros. `f16` and `bf16` are
    computed in `f32` and rounded once.

    Constraints:
    - (C1) Operands have one element type.
    - (C2) Operands have rank 4.
    - (C3) `b`, `t`, `k` and `d` agree where operands share them; `h` is `k` or
      a multiple of it.
    - (C4) A dimension of `bias` or `mask` is 1 or that of the scores.
    - (C5) `scale` is finite.
    - (C6) There is a `fill` where there is a `mask`.

    ```mlir
    %1 = graph.attention %q, %k, %v scale 1.25e-1 bias %b : tensor<1x1x1x128xf32>
         : tensor<1x128x12x64xf32>, tensor<1x128x12x64xf32>, tensor<1x128x12x64xf32>
    %2 = graph.attention %q, %k, %v scale 1.25e-1 mask %m fill -1.0e9 : tensor<1x1x128x128xi1>
         : tensor<1x128x12x64xf32>, tensor<1x128x4x64xf32>, tensor<1x128x4x64xf32>
    ```

    Sources: the formula wherever it stands, with heads split by reshapes and
    transposes or by einsum; ONNX Attention.
  }];
  let arguments = (ins Graph_FloatTensor:$query, Graph_FloatTensor:$key,
                       Graph_FloatTensor:$value,
                       Optional<Graph_FloatTensor>:$bias,
                       Optional<Graph_BoolTensor>:$mask, F64Attr:$scale,
                       OptionalAttr<F64Attr>:$fill);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $query `,` $key `,` $value `scale` $scale
    (`bias` $bias^ `:` type($bias))?
    (`mask` $mask^ `fill` $fill `:` type($mask))? attr-dict
    `:` type($query) `,` type($key) `,` type($value)
  }];
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHCONTRACTIONOPS
