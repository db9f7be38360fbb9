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

#endif // SLUICE_DIALECTS_GRAPH_GRAPHSTRUCTUREOPS
