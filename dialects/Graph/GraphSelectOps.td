//===- GraphSelectOps.td - Comparison, choice and conversion --------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHSELECTOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHSELECTOPS

include "dialects/Graph/GraphElementwiseBase.td"

//===----------------------------------------------------------------------===//
// Comparison and choice
//===----------------------------------------------------------------------===//

def Graph_CompareDirection : I32EnumAttr<"CompareDirection",
    "how two numbers are compared", [
      I32EnumAttrCase<"EQ", 0, "eq">, I32EnumAttrCase<"NE", 1, "ne">,
      I32EnumAttrCase<"LT", 2, "lt">, I32EnumAttrCase<"LE", 3, "le">,
      I32EnumAttrCase<"GT", 4, "gt">, I32EnumAttrCase<"GE", 5, "ge">]> {
  let cppNamespace = "::sluice::graph";
  let genSpecializedAttr = 0;
}
def Graph_CompareDirectionAttr : EnumAttr<Graph_Dialect, Graph_CompareDirection,
                                          "direction"> {
  let assemblyFormat = "$value";
}

def Graph_CompareOp : Graph_ElementwiseOp<"compare", [Pure,
    SameTypeOperands]> {
  let summary = "Comparison of two values";
  let description = [{
    `result[i]` is true where `lhs[i] direction rhs[i]` holds. Comparisons with
    NaN are false, except `ne`.

    Constraints:
    - (C1) `lhs` and `rhs` have one type.
    - (C2) Complex numbers, bools and strings are compared with `eq` or `ne`
      only.

    ```mlir
    %2 = graph.compare lt %0, %1 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Equal, NotEqual, Less, LessEqual, Greater,
    GreaterEqual; ONNX Equal, Less, LessOrEqual, Greater, GreaterOrEqual.
  }];
  let arguments = (ins Graph_CompareDirectionAttr:$direction,
                       Graph_Tensor:$lhs,
                       Graph_Tensor:$rhs);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = "$direction $lhs `,` $rhs attr-dict `:` type($lhs)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Graph_SelectOp : Graph_ElementwiseOp<"select", [Pure]> {
  let summary = "Choice between two values";
  let description = [{
    `result[i]` is `lhs[i]` where `condition[i]` is true and `rhs[i]` elsewhere;
    what is not chosen has no influence, even when it is NaN.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.
    - (C2) `condition` has their dimensions.

    ```mlir
    %3 = graph.select %0, %1, %2 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Select, SelectV2; ONNX Where.
  }];
  let arguments = (ins Graph_BoolTensor:$condition,
                       Graph_Tensor:$lhs,
                       Graph_Tensor:$rhs);
  let results = (outs Graph_Tensor:$result);
  let hasCustomAssemblyFormat = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Graph_ClampOp : Graph_SameTypeOp<"clamp", [Pure, SameTypeOperands]> {
  let summary = "Limitation to a range";
  let description = [{
    `result[i] = maximum(minimum(operand[i], high[i]), low[i])`: NaN anywhere
    gives NaN, and `low` wins where it is above `high`.

    Constraints:
    - (C1) Operands and result have one type.

    ```mlir
    %3 = graph.clamp %0, %1, %2 : tensor<2x3xf32>
    ```

    Sources: TensorFlow ClipByValue, Relu6; ONNX Clip.
  }];
  let arguments = (ins Graph_RealTensor:$operand, Graph_RealTensor:$low,
                       Graph_RealTensor:$high);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = "$operand `,` $low `,` $high attr-dict `:` type($operand)";
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

def Graph_CastMode : I32EnumAttr<"CastMode", "what a cast does out of range", [
      I32EnumAttrCase<"Wrap", 0, "wrap">,
      I32EnumAttrCase<"Saturate", 1, "saturate">,
      I32EnumAttrCase<"Chop", 2, "chop">]> {
  let cppNamespace = "::sluice::graph";
  let genSpecializedAttr = 0;
}
def Graph_CastModeAttr : EnumAttr<Graph_Dialect, Graph_CastMode, "cast_mode"> {
  let assemblyFormat = "$value";
}

def Graph_CastOp : Graph_ElementwiseOp<"cast", [Pure]> {
  let summary = "Conversion to another element type";
  let description = [{
    `result[i]` is `operand[i]` as an element of type `element`:

    - float to integer: toward zero, saturated; NaN gives 0.
    - integer to integer: the low bits (`wrap`), or the nearest number that
      exists (`saturate`).
    - to a float: to nearest, ties to even; `chop` cuts the mantissa instead.
      f16 and bf16 are reached from f64 and integers by way of f32.
    - bool: false is 0, true is 1; a number is true where it is not 0.
    - complex: a real number has the imaginary part 0; what is not complex is
      made from the real part.

    `mode` is `wrap` where it is not given.

    Constraints:
    - (C1) `chop` is for floats and complex numbers.

    ```mlir
    %1 = graph.cast %0 to i32 : tensor<2x3xf32>
    %2 = graph.cast %1 to i8 mode saturate : tensor<2x3xi32>
    ```

    Sources: TensorFlow Cast; ONNX Cast, CastLike.
  }];
  let arguments = (ins Graph_TensorOf<Graph_PlainElement>:$operand,
      TypeAttr:$element,
      OptionalAttr<Graph_CastModeAttr>:$mode);
  let results = (outs Graph_TensorOf<Graph_PlainElement>:$result);
  let assemblyFormat = [{
    $operand `to` $element (`mode` $mode^)? attr-dict `:` type($operand)
  }];
  let hasFolder = 1;
}

def Graph_BitcastOp : Graph_ElementwiseOp<"bitcast", [Pure]> {
  let summary = "The same bits as another element type";
  let description = [{
    `result[i]` has the bits of `operand[i]`.

    Constraints:
    - (C1) `element` is an integer or float type as wide as the operand's.

    ```mlir
    %1 = graph.bitcast %0 to i32 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Bitcast, ONNX BitCast.
  }];
  let arguments = (ins Graph_RealTensor:$operand, TypeAttr:$element);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = "$operand `to` $element attr-dict `:` type($operand)";
  let hasFolder = 1;
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHSELECTOPS
