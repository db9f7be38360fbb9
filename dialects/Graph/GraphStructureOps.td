//===- GraphStructureOps.td - Constants and other leaves ------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHSTRUCTUREOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHSTRUCTUREOPS

include "dialects/Graph/GraphBase.td"

def Graph_ConstantOp : Graph_Op<"constant", [Pure, ConstantLike,
    InferTypeOpAdaptor]> {
  let summary = "A tensor whose elements are known";
  let description = [{
    `result = value`. Large values are `dense_resource` blobs in the layout of
    `HostTensor`: row-major, little-endian, one byte per bool.

    Constraints:
    - (C1) `value` and the result have one type, with static dimensions.

    ```mlir
    %0 = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
    ```

    Sources: TensorFlow Const, ONNX Constant and initializers.
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
}

def Graph_SizesOp : Graph_Op<"sizes", [Pure, ConstantLike,
    DeclareOpInterfaceMethods<Graph_ElementOpInterface, ["supportsLanes"]>]> {
  let summary = "A tensor of integers that are sizes";
  let description = [{
    The elements, in row-major order, are size expressions over the symbols of
    the entry function, not all of them static. What is computed from sizes
    alone (the shape of a tensor, a part of it, a product) folds to this
    operator, so that a shape operand is known at compile time.

    Constraints:
    - (C1) `values` holds one entry per element of the result.

    ```mlir
    %0 = graph.sizes [B, 2*T] : tensor<2xi32>
    ```

    Sources: TensorFlow Shape, ShapeN, Size; ONNX Shape, Size.
  }];
  let arguments = (ins Graph_DimsAttr:$values);
  let results = (outs Graph_IntTensor:$result);
  let assemblyFormat = "$values attr-dict `:` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHSTRUCTUREOPS
