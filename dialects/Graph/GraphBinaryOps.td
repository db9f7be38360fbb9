//===- GraphBinaryOps.td - Functions of two numbers -----------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHBINARYOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHBINARYOPS

include "dialects/Graph/GraphElementwiseBase.td"

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

def Graph_AddOp : Graph_BinaryOp<"add", Graph_Number, [Commutative]> {
  let summary = "Sum";
  let description = [{
    `result[i] = lhs[i] + rhs[i]`. Integers wrap around.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.add %0, %1 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Add, AddV2, BiasAdd, AddN; ONNX Add, Sum.
  }];
  let hasFolder = 1;
}

def Graph_SubOp : Graph_BinaryOp<"sub", Graph_Number> {
  let summary = "Difference";
  let description = [{
    `result[i] = lhs[i] - rhs[i]`. Integers wrap around.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.sub %0, %1 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Sub, ONNX Sub.
  }];
  let hasFolder = 1;
}

def Graph_MulOp : Graph_BinaryOp<"mul", Graph_Number, [Commutative]> {
  let summary = "Product";
  let description = [{
    `result[i] = lhs[i] * rhs[i]`. Integers wrap around. Complex products
    follow the plain formula `(ac - bd) + (ad + bc)i`.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.mul %0, %1 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Mul, Square; ONNX Mul.
  }];
  let hasFolder = 1;
}

def Graph_DivOp : Graph_BinaryOp<"div", Graph_FloatOrComplex> {
  let summary = "Quotient of floats";
  let description = [{
    `result[i] = lhs[i] / rhs[i]`. By IEEE 754 a zero divisor gives infinity,
    or NaN for 0 / 0; a complex zero divisor gives NaN in both parts.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.div %0, %1 : tensor<2x3xf32>
    ```

    Sources: TensorFlow RealDiv, Div, Reciprocal; ONNX Div, Reciprocal.
  }];
  let hasFolder = 1;
}

def Graph_MaximumOp : Graph_BinaryOp<"maximum", Graph_RealOrBool,
    [Commutative]> {
  let summary = "The larger of two numbers";
  let description = [{
    `result[i] = max(lhs[i], rhs[i])`. NaN on either side gives NaN; of
    two zeros either may be given.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.maximum %0, %1 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Maximum, Relu; ONNX Max, Relu.
  }];
  let hasFolder = 1;
}

def Graph_MinimumOp : Graph_BinaryOp<"minimum", Graph_RealOrBool,
    [Commutative]> {
  let summary = "The smaller of two numbers";
  let description = [{
    `result[i] = min(lhs[i], rhs[i])`. NaN on either side gives NaN; of
    two zeros either may be given.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.minimum %0, %1 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Minimum, ONNX Min.
  }];
  let hasFolder = 1;
}

def Graph_PowOp : Graph_CheckedBinaryOp<"pow", Graph_Number> {
  let summary = "Power";
  let description = [{
    `result[i] = lhs[i] ** rhs[i]`. Floats as C's `pow`: `x ** 0` and `1 ** y`
    are 1 even for NaN, a negative base with a fractional exponent gives NaN.
    Integers wrap, `0 ** 0` is 1 and a negative exponent fails at run time.
    Complex powers are `exp(rhs * log(lhs))`.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.pow %0, %1 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Pow, ONNX Pow.
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Graph_Atan2Op : Graph_BinaryOp<"atan2", Graph_Float> {
  let summary = "Angle of a point";
  let description = [{
    `result[i]` in [-pi, pi] is the angle between the positive x axis and the
    point (`rhs[i]`, `lhs[i]`). Signed zeros and infinities as C's `atan2`.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.atan2 %0, %1 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Atan2, Angle.
  }];
}

//===----------------------------------------------------------------------===//
// Integral division
//===----------------------------------------------------------------------===//

def Graph_TruncDivOp : Graph_CheckedBinaryOp<"trunc_div", Graph_Int> {
  let summary = "Integer quotient, rounded toward zero";
  let description = [{
    `result[i] = trunc(lhs[i] / rhs[i])`. A zero divisor fails at run time; the
    smallest integer divided by -1 wraps to itself.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.trunc_div %0, %1 : tensor<2x3xi32>
    ```

    Sources: TensorFlow TruncateDiv, Div; ONNX Div.
  }];
}

def Graph_FloorDivOp : Graph_CheckedBinaryOp<"floor_div", Graph_Real> {
  let summary = "Quotient rounded toward minus infinity";
  let description = [{
    `result[i] = floor(lhs[i] / rhs[i])`. For integers a zero divisor fails at
    run time and the smallest divided by -1 wraps to itself.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.floor_div %0, %1 : tensor<2x3xi32>
    ```

    Sources: TensorFlow FloorDiv.
  }];
}

def Graph_RemOp : Graph_CheckedBinaryOp<"rem", Graph_Real> {
  let summary = "Remainder with the sign of the dividend";
  let description = [{
    `result[i] = lhs[i] - trunc(lhs[i] / rhs[i]) * rhs[i]`, exact for floats
    (C's `fmod`). For integers a zero divisor fails at run time.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.rem %0, %1 : tensor<2x3xi32>
    ```

    Sources: TensorFlow Mod, TruncateMod; ONNX Mod with fmod = 1.
  }];
}

def Graph_FloorModOp : Graph_CheckedBinaryOp<"floor_mod", Graph_Real> {
  let summary = "Remainder with the sign of the divisor";
  let description = [{
    `result[i]` is `rem` of the operands, plus `rhs[i]` where it is not zero
    and its sign differs from the sign of `rhs[i]`. For integers a zero divisor
    fails at run time.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.floor_mod %0, %1 : tensor<2x3xi32>
    ```

    Sources: TensorFlow FloorMod, ONNX Mod.
  }];
}

//===----------------------------------------------------------------------===//
// Bits
//===----------------------------------------------------------------------===//

class Graph_BitsOp<string mnemonic, string what, string sources>
    : Graph_BinaryOp<mnemonic, Graph_BitsElement, [Commutative]> {
  let summary = what;
  let description = "`result[i]` is `lhs[i] " # mnemonic #
      " rhs[i]`, bit by bit.\n\nConstraints:\n"
      "- (C1) `lhs`, `rhs` and the result have one type.\n\n"
      "```mlir\n%2 = graph." # mnemonic #
      " %0, %1 : tensor<2x3xi1>\n```\n\nSources: " # sources # ".";
  let hasFolder = 1;
}

def Graph_AndOp : Graph_BitsOp<"and", "Conjunction",
    "TensorFlow LogicalAnd, BitwiseAnd; ONNX And, BitwiseAnd">;
def Graph_OrOp : Graph_BitsOp<"or", "Disjunction",
    "TensorFlow LogicalOr, BitwiseOr; ONNX Or, BitwiseOr">;
def Graph_XorOp : Graph_BitsOp<"xor", "Exclusive disjunction",
    "TensorFlow LogicalXor, BitwiseXor; ONNX Xor, BitwiseXor">;

def Graph_ShiftLeftOp : Graph_BinaryOp<"shift_left", Graph_Int> {
  let summary = "Bits moved to higher positions";
  let description = [{
    `result[i] = lhs[i] * 2 ** rhs[i]`, wrapped. A shift by the width or more,
    or by a negative amount, gives 0.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.shift_left %0, %1 : tensor<2x3xi32>
    ```

    Sources: TensorFlow LeftShift, ONNX BitShift.
  }];
}

def Graph_ShiftRightOp : Graph_BinaryOp<"shift_right", Graph_Int> {
  let summary = "Bits moved to lower positions";
  let description = [{
    `result[i] = floor(lhs[i] / 2 ** rhs[i])`: signed integers keep their sign.
    A shift by the width or more, or by a negative amount, gives 0.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.shift_right %0, %1 : tensor<2x3xi32>
    ```

    Sources: TensorFlow RightShift, ONNX BitShift.
  }];
}

//===----------------------------------------------------------------------===//
// Complex numbers
//===----------------------------------------------------------------------===//

def Graph_ComplexOp : Graph_ElementwiseOp<"complex", [Pure, SameTypeOperands]> {
  let summary = "Complex number from its parts";
  let description = [{
    `result[i] = lhs[i] + rhs[i] * sqrt(-1)`.

    Constraints:
    - (C1) `lhs` and `rhs` have one type.

    ```mlir
    %2 = graph.complex %0, %1 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Complex.
  }];
  let arguments = (ins Graph_TensorOf<AnyTypeOf<[F32, F64]>>:$lhs,
                       Graph_TensorOf<AnyTypeOf<[F32, F64]>>:$rhs);
  let results = (outs Graph_ComplexTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs)";
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHBINARYOPS
