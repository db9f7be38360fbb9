//===- GraphUnaryOps.td - Signs, bits and parts of one number -------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHUNARYOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHUNARYOPS

include "dialects/Graph/GraphElementwiseBase.td"

//===----------------------------------------------------------------------===//
// Sign and bits
//===----------------------------------------------------------------------===//

def Graph_NegOp : Graph_UnaryOp<"neg", Graph_Number> {
  let summary = "Negation";
  let description = [{
    `result[i] = -operand[i]`. Integers wrap: the smallest stays what it is.

    ```mlir
    %1 = graph.neg %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Neg, ONNX Neg.
  }];
  let hasFolder = 1;
}

def Graph_AbsOp : Graph_ElementwiseOp<"abs", [Pure]> {
  let summary = "Absolute value";
  let description = [{
    `result[i] = |operand[i]|`. Of a complex number it is the real magnitude.
    Integers wrap: the smallest stays what it is.

    ```mlir
    %1 = graph.abs %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Abs, ComplexAbs; ONNX Abs.
  }];
  let hasFolder = 1;
  let arguments = (ins Graph_NumberTensor:$operand);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
}

def Graph_SignOp : Graph_UnaryOp<"sign", Graph_Number> {
  let summary = "Sign";
  let description = [{
    `result[i]` is 1, 0 or -1, as `operand[i]` is above, equal to or below 0.
    NaN gives NaN. A complex number is divided by its magnitude; zero gives
    zero.

    ```mlir
    %1 = graph.sign %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow Sign, ONNX Sign.
  }];
}

def Graph_NotOp : Graph_UnaryOp<"not", Graph_BitsElement> {
  let summary = "Complement";
  let description = [{
    `result[i]` has every bit of `operand[i]` inverted.

    ```mlir
    %1 = graph.not %0 : tensor<2x3xi1>
    ```

    Sources: TensorFlow LogicalNot, Invert; ONNX Not, BitwiseNot.
  }];
  let hasFolder = 1;
}

def Graph_PopCountOp : Graph_ElementwiseOp<"popcount", [Pure]> {
  let summary = "Number of set bits";
  let description = [{
    `result[i]` counts the bits of `operand[i]` that are 1.

    ```mlir
    %1 = graph.popcount %0 : tensor<2x3xi32>
    ```

    Sources: TensorFlow PopulationCount.
  }];
  let arguments = (ins Graph_IntTensor:$operand);
  let results = (outs Graph_TensorOf<UI8>:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
}

//===----------------------------------------------------------------------===//
// Classification
//===----------------------------------------------------------------------===//

def Graph_IsNanOp : Graph_PredicateOp<"is_nan"> {
  let summary = "Whether a number is NaN";
  let description = [{
    `result[i]` is true where `operand[i]` is NaN.

    ```mlir
    %1 = graph.is_nan %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow IsNan, ONNX IsNaN.
  }];
}

def Graph_IsInfOp : Graph_PredicateOp<"is_inf"> {
  let summary = "Whether a number is infinite";
  let description = [{
    `result[i]` is true where `operand[i]` is infinity or minus infinity.

    ```mlir
    %1 = graph.is_inf %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow IsInf, ONNX IsInf.
  }];
}

def Graph_IsFiniteOp : Graph_PredicateOp<"is_finite"> {
  let summary = "Whether a number is neither NaN nor infinite";
  let description = [{
    `result[i]` is true where `operand[i]` is neither NaN nor infinite.

    ```mlir
    %1 = graph.is_finite %0 : tensor<2x3xf32>
    ```

    Sources: TensorFlow IsFinite.
  }];
}

//===----------------------------------------------------------------------===//
// Parts of complex numbers
//===----------------------------------------------------------------------===//

def Graph_RealOp : Graph_ElementwiseOp<"real", [Pure]> {
  let summary = "Real part";
  let description = [{
    `result[i]` is the real part of `operand[i]`.

    ```mlir
    %1 = graph.real %0 : tensor<2x3xcomplex<f32>>
    ```

    Sources: TensorFlow Real.
  }];
  let arguments = (ins Graph_ComplexTensor:$operand);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
  let hasFolder = 1;
}

def Graph_ImagOp : Graph_ElementwiseOp<"imag", [Pure]> {
  let summary = "Imaginary part";
  let description = [{
    `result[i]` is the imaginary part of `operand[i]`.

    ```mlir
    %1 = graph.imag %0 : tensor<2x3xcomplex<f32>>
    ```

    Sources: TensorFlow Imag.
  }];
  let arguments = (ins Graph_ComplexTensor:$operand);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
  let hasFolder = 1;
}

def Graph_ConjOp : Graph_UnaryOp<"conj", Graph_Complex> {
  let summary = "Complex conjugate";
  let description = [{
    `result[i]` is `operand[i]` with the imaginary part negated.

    ```mlir
    %1 = graph.conj %0 : tensor<2x3xcomplex<f32>>
    ```

    Sources: TensorFlow Conj.
  }];
  let hasFolder = 1;
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHUNARYOPS
