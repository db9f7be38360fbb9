//===- GraphReductionOps.td - Reductions along dimensions -----------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHREDUCTIONOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHREDUCTIONOPS

include "dialects/Graph/GraphBase.td"

def Graph_ReduceKind : I32EnumAttr<"ReduceKind", "how elements are combined", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Product", 1, "product">,
    I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"Min", 3, "min">,
    I32EnumAttrCase<"And", 4, "and">, I32EnumAttrCase<"Or", 5, "or">,
    I32EnumAttrCase<"Mean", 6, "mean">]> {
  let cppNamespace = "::sluice::graph";
}

def Graph_ArgKind : I32EnumAttr<"ArgKind", "which element is looked for", [
    I32EnumAttrCase<"Max", 0, "max">, I32EnumAttrCase<"Min", 1, "min">]> {
  let cppNamespace = "::sluice::graph";
}

def Graph_ScanKind : I32EnumAttr<"ScanKind", "what is accumulated", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Product", 1, "product">,
    I32EnumAttrCase<"LogSumExp", 2, "log_sum_exp">]> {
  let cppNamespace = "::sluice::graph";
}

// The base of operators that combine elements along dimensions: roots of
// kernels, evaluated at the cost of reading the operand.
class Graph_ReductionOp<string mnemonic, list<Trait> traits = []>
    : Graph_ValueOp<mnemonic, !listconcat([Pure,
        DeclareOpInterfaceMethods<Graph_EvaluableOpInterface,
                                  ["getEvaluationCost"]>,
        DeclareOpInterfaceMethods<Graph_ElementOpInterface,
                                  ["supportsLanes", "getReadCount"]>,
        DeclareOpInterfaceMethods<Graph_KernelRootOpInterface,
                                  ["allowsPrologue"]>], traits)>;

def Graph_ReduceOp : Graph_ReductionOp<"reduce"> {
  let summary = "Combination of all elements along dimensions";
  let description = [{
    `result[kept indices]` combines the elements of the operand at all indices
    of the dimensions `dims`, which the result does not have:

    | kind | result | of no elements |
    |---|---|---|
    | `sum` | sum | 0 |
    | `product` | product | 1 |
    | `mean` | sum divided by the number of elements | NaN; 0 for integers |
    | `max` | greatest element | -inf; the lowest integer |
    | `min` | least element | inf; the greatest integer |
    | `and` | whether all elements are true | true |
    | `or` | whether an element is true | false |

    Without dimensions the result is the operand. NaN gives NaN for `max` and
    `min` too. `f16` and `bf16` are accumulated in `f32` and rounded once.
    Integer sums and products wrap around; an integer mean is exact up to 64
    bits and truncated toward zero. The order of float sums is fixed by the
    types and the target, not by the number of threads.

    Constraints:
    - (C1) `dims` are ascending dimensions of the operand, each named once.
    - (C2) `and`, `or` have `i1` elements; `max`, `min` integers or floats;
      `sum`, `product`, `mean` any numbers.

    ```mlir
    %1 = graph.reduce mean %0 dims [1, 2] : tensor<1x8x8x3xf32>
    ```

    Sources: TensorFlow Sum, Prod, Mean, Max, Min, All, Any; ONNX Reduce*,
    GlobalAveragePool, GlobalMaxPool.
  }];
  let arguments = (ins Graph_ReduceKind:$kind, Graph_Tensor:$operand,
                       DenseI64ArrayAttr:$dims);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat =
      "$kind $operand `dims` $dims attr-dict `:` type($operand)";
  let hasFolder = 1;
}

def Graph_ArgReduceOp : Graph_ReductionOp<"arg_reduce"> {
  let summary = "Index of the greatest or least element along a dimension";
  let description = [{
    `result[kept indices]` is the first index along `dim` at which the operand
    has its greatest (`max`) or least (`min`) element. NaN is not greater or
    less than anything: it is never chosen, and where every element is NaN the
    result is 0. `false` is less than `true`. An index wraps around where
    `index_type` is too narrow.

    Constraints:
    - (C1) `dim` is a dimension of the operand.
    - (C2) The operand has elements along `dim`.
    - (C3) `index_type` is an integer type.

    ```mlir
    %1 = graph.arg_reduce max %0 dim 1 as i64 : tensor<4x10xf32>
    ```

    Sources: TensorFlow ArgMax, ArgMin; ONNX ArgMax, ArgMin.
  }];
  let arguments = (ins Graph_ArgKind:$kind,
      Graph_TensorOf<AnyTypeOf<[Graph_Bool, Graph_Real]>>:$operand,
      I64Attr:$dim, TypeAttr:$index_type);
  let results = (outs Graph_IntTensor:$result);
  let assemblyFormat = [{
    $kind $operand `dim` $dim `as` $index_type attr-dict `:` type($operand)
  }];
}

// Softmax and its logarithm differ in the last step only.
class Graph_SoftmaxBase<string mnemonic> : Graph_ReductionOp<mnemonic> {
  let arguments = (ins Graph_FloatTensor:$operand);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
}

def Graph_SoftmaxOp : Graph_SoftmaxBase<"softmax"> {
  let summary = "Exponentials that sum to one along the last dimension";
  let description = [{
    `result[.., i] = exp(x[.., i] - m) / sum(exp(x[.., j] - m))` over all `j`,
    with `m` the greatest `x[.., j]`. A row that holds NaN or inf, or nothing
    but -inf, gives NaN. `f16` and `bf16` are computed in `f32`.

    Constraints:
    - (C1) The operand has at least one dimension.

    ```mlir
    %1 = graph.softmax %0 : tensor<1x10xf32>
    ```

    Sources: TensorFlow Softmax, ONNX Softmax.
  }];
}

def Graph_LogSoftmaxOp : Graph_SoftmaxBase<"log_softmax"> {
  let summary = "Logarithm of softmax along the last dimension";
  let description = [{
    `result[.., i] = (x[.., i] - m) - log(sum(exp(x[.., j] - m)))` over all
    `j`, with `m` the greatest `x[.., j]`: finite also where softmax is 0. A
    row that holds NaN or inf, or nothing but -inf, gives NaN. `f16` and `bf16`
    are computed in `f32`.

    Constraints:
    - (C1) The operand has at least one dimension.

    ```mlir
    %1 = graph.log_softmax %0 : tensor<1x10xf32>
    ```

    Sources: TensorFlow LogSoftmax, ONNX LogSoftmax.
  }];
}

def Graph_NormalizeOp : Graph_ReductionOp<"normalize"> {
  let summary = "Rows of mean 0 and variance 1";
  let description = [{
    Along the last dimension, with `mean` and the sums over all `j` of a row:

    - `centred`: `result[.., i] = (x[.., i] - m) * r` with `m = mean(x[.., j])`
      and `r = 1 / sqrt(mean((x[.., j] - m) ** 2) + epsilon)`;
    - otherwise `result[.., i] = x[.., i] * r` with
      `r = 1 / sqrt(mean(x[.., j] ** 2) + epsilon)`.

    The variance is the mean of squared differences, never a difference of
    squares. A row that holds NaN or inf gives NaN; a constant row with an
    epsilon of 0 gives NaN where it is `centred`. `f16` and `bf16` are computed
    in `f32` and rounded once. Scale and shift are operators of their own,
    which become part of the kernel.

    Constraints:
    - (C1) The operand has at least one dimension.
    - (C2) `epsilon` is finite and not negative.

    ```mlir
    %1 = graph.normalize centred %0 epsilon 1.0e-5 : tensor<4x768xf32>
    ```

    Sources: TensorFlow and Keras layer normalisation, RMS normalisation and
    instance normalisation however they are spelled; ONNX LayerNormalization,
    RMSNormalization.
  }];
  let arguments = (ins Graph_FloatTensor:$operand, F64Attr:$epsilon,
                       UnitAttr:$centred);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    (`centred` $centred^)? $operand `epsilon` $epsilon attr-dict
    `:` type($operand)
  }];
}

def Graph_ScanOp : Graph_ReductionOp<"scan"> {
  let summary = "Running sum, product or log-sum-exp along a dimension";
  let description = [{
    `result[.., i, ..]` combines the elements of the operand at `0 .. i` along
    `dim`; with `exclusive` at `0 .. i-1`; with `reverse` both count from the
    end. Nothing combined gives 0 for `sum`, 1 for `product`, -inf for
    `log_sum_exp` (`log(sum(exp(x)))`). `f16` and `bf16` are accumulated in
    `f32`, integers wrap around.

    Constraints:
    - (C1) `dim` is a dimension of the operand.
    - (C2) `log_sum_exp` has float elements.

    ```mlir
    %1 = graph.scan sum %0 dim 1 {exclusive, reverse} : tensor<4x10xf32>
    ```

    Sources: TensorFlow Cumsum, Cumprod, CumulativeLogsumexp; ONNX CumSum.
  }];
  let arguments = (ins Graph_ScanKind:$kind, Graph_NumberTensor:$operand,
                       I64Attr:$dim, UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat =
      "$kind $operand `dim` $dim attr-dict `:` type($operand)";
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHREDUCTIONOPS
