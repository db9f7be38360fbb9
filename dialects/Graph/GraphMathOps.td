//===- GraphMathOps.td - Transcendental functions and rounding ------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHMATHOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHMATHOPS

include "dialects/Graph/GraphElementwiseBase.td"

//===----------------------------------------------------------------------===//
// Exponentials and logarithms
//===----------------------------------------------------------------------===//

def Graph_ExpOp : Graph_ComplexMathOp<"exp", "ExpOp",
    "std::exp", "exp"> {
  let summary = "Exponential function";
  let description = [{
    `result[i] = e ** operand[i]`. NaN gives NaN, infinity gives infinity,
    minus infinity gives 0.

    ```mlir
    %1 = graph.exp %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Exp, ONNX Exp.
  }];
}

def Graph_Expm1Op : Graph_ComplexMathOp<"expm1", "ExpM1Op",
    "reference::expm1", "expm1"> {
  let summary = "Exponential function minus one, accurate near zero";
  let description = [{
    `result[i] = e ** operand[i] - 1`. Zero keeps its sign, minus infinity
    gives -1.

    ```mlir
    %1 = graph.expm1 %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Expm1.
  }];
}

def Graph_LogOp : Graph_ComplexMathOp<"log", "LogOp",
    "std::log", "log"> {
  let summary = "Natural logarithm";
  let description = [{
    `result[i] = ln(operand[i])`. Zero of either sign gives minus infinity, a
    negative number NaN, infinity infinity.

    ```mlir
    %1 = graph.log %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Log, ONNX Log.
  }];
}

def Graph_Log1pOp : Graph_ComplexMathOp<"log1p", "Log1pOp",
    "reference::log1p", "log1p"> {
  let summary = "Natural logarithm of one plus the operand, accurate near zero";
  let description = [{
    `result[i] = ln(1 + operand[i])`. -1 gives minus infinity, less gives NaN,
    zero keeps its sign.

    ```mlir
    %1 = graph.log1p %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Log1p.
  }];
}

//===----------------------------------------------------------------------===//
// Trigonometric and hyperbolic functions
//===----------------------------------------------------------------------===//

def Graph_SinOp : Graph_ComplexMathOp<"sin", "SinOp",
    "std::sin", "sin"> {
  let summary = "Sine";
  let description = [{
    `result[i] = sin(operand[i])`, in radians. Infinities give NaN.

    ```mlir
    %1 = graph.sin %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Sin, ONNX Sin.
  }];
}

def Graph_CosOp : Graph_ComplexMathOp<"cos", "CosOp",
    "std::cos", "cos"> {
  let summary = "Cosine";
  let description = [{
    `result[i] = cos(operand[i])`, in radians. Infinities give NaN.

    ```mlir
    %1 = graph.cos %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Cos, ONNX Cos.
  }];
}

def Graph_TanOp : Graph_ComplexMathOp<"tan", "TanOp",
    "std::tan", "tan"> {
  let summary = "Tangent";
  let description = [{
    `result[i] = tan(operand[i])`, in radians. Infinities give NaN.

    ```mlir
    %1 = graph.tan %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Tan, ONNX Tan.
  }];
}

def Graph_AsinOp : Graph_ComplexMathOp<"asin", "AsinOp",
    "std::asin", "asin"> {
  let summary = "Inverse sine";
  let description = [{
    `result[i]` in [-pi/2, pi/2] with `sin(result[i]) = operand[i]`; NaN
    outside [-1, 1].

    ```mlir
    %1 = graph.asin %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Asin, ONNX Asin.
  }];
}

def Graph_AcosOp : Graph_ComplexMathOp<"acos", "AcosOp",
    "std::acos", "acos"> {
  let summary = "Inverse cosine";
  let description = [{
    `result[i]` in [0, pi] with `cos(result[i]) = operand[i]`; NaN outside
    [-1, 1].

    ```mlir
    %1 = graph.acos %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Acos, ONNX Acos.
  }];
}

def Graph_AtanOp : Graph_ComplexMathOp<"atan", "AtanOp",
    "std::atan", "atan"> {
  let summary = "Inverse tangent";
  let description = [{
    `result[i]` in [-pi/2, pi/2] with `tan(result[i]) = operand[i]`.

    ```mlir
    %1 = graph.atan %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Atan, ONNX Atan.
  }];
}

def Graph_SinhOp : Graph_ComplexMathOp<"sinh", "SinhOp",
    "std::sinh", "sinh"> {
  let summary = "Hyperbolic sine";
  let description = [{
    `result[i] = (e ** operand[i] - e ** -operand[i]) / 2`, accurate near
    zero.

    ```mlir
    %1 = graph.sinh %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Sinh, ONNX Sinh.
  }];
}

def Graph_CoshOp : Graph_ComplexMathOp<"cosh", "CoshOp",
    "std::cosh", "cosh"> {
  let summary = "Hyperbolic cosine";
  let description = [{
    `result[i] = (e ** operand[i] + e ** -operand[i]) / 2`.

    ```mlir
    %1 = graph.cosh %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Cosh, ONNX Cosh.
  }];
}

def Graph_TanhOp : Graph_ComplexMathOp<"tanh", "TanhOp",
    "std::tanh", "tanh"> {
  let summary = "Hyperbolic tangent";
  let description = [{
    `result[i] = sinh(operand[i]) / cosh(operand[i])`. Infinities give 1 and
    -1, zero keeps its sign.

    ```mlir
    %1 = graph.tanh %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Tanh, ONNX Tanh.
  }];
}

def Graph_AsinhOp : Graph_ComplexMathOp<"asinh", "AsinhOp",
    "std::asinh", "asinh"> {
  let summary = "Inverse hyperbolic sine";
  let description = [{
    `result[i]` with `sinh(result[i]) = operand[i]`.

    ```mlir
    %1 = graph.asinh %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Asinh, ONNX Asinh.
  }];
}

def Graph_AcoshOp : Graph_ComplexMathOp<"acosh", "AcoshOp",
    "std::acosh", "acosh"> {
  let summary = "Inverse hyperbolic cosine";
  let description = [{
    `result[i] >= 0` with `cosh(result[i]) = operand[i]`; NaN below 1.

    ```mlir
    %1 = graph.acosh %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Acosh, ONNX Acosh.
  }];
}

def Graph_AtanhOp : Graph_ComplexMathOp<"atanh", "AtanhOp",
    "std::atanh", "atanh"> {
  let summary = "Inverse hyperbolic tangent";
  let description = [{
    `result[i]` with `tanh(result[i]) = operand[i]`; infinities at 1 and -1,
    NaN beyond.

    ```mlir
    %1 = graph.atanh %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Atanh, ONNX Atanh.
  }];
}

//===----------------------------------------------------------------------===//
// Roots and error functions
//===----------------------------------------------------------------------===//

def Graph_SqrtOp : Graph_ComplexMathOp<"sqrt", "SqrtOp",
    "std::sqrt", "sqrt"> {
  let summary = "Square root";
  let description = [{
    `result[i] = operand[i] ** 0.5`. A negative number gives NaN, -0.0 gives
    -0.0.

    ```mlir
    %1 = graph.sqrt %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Sqrt, ONNX Sqrt.
  }];
}

def Graph_RsqrtOp : Graph_ComplexMathOp<"rsqrt", "RsqrtOp",
    "reference::rsqrt", "rsqrt"> {
  let summary = "Reciprocal of the square root";
  let description = [{
    `result[i] = 1 / sqrt(operand[i])`. Zero gives infinity of its sign,
    infinity gives 0, a negative number NaN. Complex zero gives infinity with
    a NaN imaginary part.

    ```mlir
    %1 = graph.rsqrt %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Rsqrt.
  }];
}

def Graph_ErfOp : Graph_MathOp<"erf", "ErfOp",
    "std::erf"> {
  let summary = "Error function";
  let description = [{
    `result[i] = 2 / sqrt(pi) * integral from 0 to operand[i] of e ** -t**2`.
    Infinities give 1 and -1.

    ```mlir
    %1 = graph.erf %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Erf, ONNX Erf.
  }];
}

def Graph_ErfcOp : Graph_MathOp<"erfc", "ErfcOp",
    "std::erfc"> {
  let summary = "Complementary error function";
  let description = [{
    `result[i] = 1 - erf(operand[i])`, without cancellation for large numbers.

    ```mlir
    %1 = graph.erfc %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Erfc.
  }];
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

def Graph_FloorOp : Graph_MathOp<"floor", "FloorOp",
    "std::floor"> {
  let summary = "Rounding toward minus infinity";
  let description = [{
    `result[i]` is the largest integral number not above `operand[i]`.
    Infinities, NaN and the sign of zero stay.

    ```mlir
    %1 = graph.floor %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Floor, ONNX Floor.
  }];
}

def Graph_CeilOp : Graph_MathOp<"ceil", "CeilOp",
    "std::ceil"> {
  let summary = "Rounding toward infinity";
  let description = [{
    `result[i]` is the smallest integral number not below `operand[i]`.
    Infinities, NaN and the sign of zero stay.

    ```mlir
    %1 = graph.ceil %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Ceil, ONNX Ceil.
  }];
}

def Graph_RoundEvenOp : Graph_MathOp<"round_even", "RoundEvenOp",
    "std::nearbyint"> {
  let summary = "Rounding to the nearest integral number, ties to even";
  let description = [{
    `result[i]` is the integral number nearest to `operand[i]`, the even one
    of two. Infinities, NaN and the sign of zero stay.

    ```mlir
    %1 = graph.round_even %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Round, Rint; ONNX Round.
  }];
}

def Graph_TruncOp : Graph_MathOp<"trunc", "TruncOp",
    "std::trunc"> {
  let summary = "Rounding toward zero";
  let description = [{
    `result[i]` is `operand[i]` without its fraction. Infinities, NaN and the
    sign of zero stay.

    ```mlir
    %1 = graph.trunc %0 : tensor<2x3xf32>
    ```

    Sources: casts and divisions that truncate.
  }];
}

//===----------------------------------------------------------------------===//
// Activations that lose accuracy when decomposed
//===----------------------------------------------------------------------===//

def Graph_SigmoidOp : Graph_UnaryOp<"sigmoid", Graph_FloatOrComplex> {
  let summary = "Logistic function";
  let description = [{
    `result[i] = 1 / (1 + e ** -operand[i])`. Infinity gives 1, minus infinity
    0.

    ```mlir
    %1 = graph.sigmoid %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Sigmoid, ONNX Sigmoid.
  }];
}

def Graph_SoftplusOp : Graph_UnaryOp<"softplus", Graph_Float> {
  let summary = "Smooth maximum of the operand and zero";
  let description = [{
    `result[i] = ln(1 + e ** operand[i])`, neither overflowing nor losing
    small results.

    ```mlir
    %1 = graph.softplus %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Softplus, ONNX Softplus.
  }];
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHMATHOPS
