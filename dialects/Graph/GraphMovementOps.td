//===- GraphMovementOps.td - Operators that only move elements ------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHMOVEMENTOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHMOVEMENTOPS

include "dialects/Graph/GraphBase.td"

class Graph_MovementOp<string mnemonic, list<Trait> traits = []>
    : Graph_ValueOp<mnemonic, !listconcat([
        DeclareOpInterfaceMethods<Graph_ElementOpInterface,
                                  ["supportsLanes"]>], traits)>;

def Graph_BroadcastOp : Graph_MovementOp<"broadcast", [Pure,
    DeclareOpInterfaceMethods<Graph_ElementOpInterface, ["getReadCount"]>]> {
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

#endif // SLUICE_DIALECTS_GRAPH_GRAPHMOVEMENTOPS
