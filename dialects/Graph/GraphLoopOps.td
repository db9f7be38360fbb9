//===- GraphLoopOps.td - Control flow and updates in place ----------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHLOOPOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHLOOPOPS

include "dialects/Graph/FlowInterfaces.td"
include "dialects/Graph/GraphBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

// The regions of control flow may use every value that is defined before the
// operator: only what changes from one iteration to the next is carried.
class Graph_ControlFlowOp<string mnemonic, list<Trait> traits = []>
    : Graph_Op<mnemonic, !listconcat([
        SingleBlock, RecursiveMemoryEffects,
        DeclareOpInterfaceMethods<Graph_ControlFlowOpInterface>], traits)>;

def Graph_IfOp : Graph_ControlFlowOp<"if"> {
  let summary = "One of two computations";
  let description = [{
    The results are what the first region yields where the condition holds,
    else what the second one yields. Only that region runs.

    Constraints:
    - (C1) The condition is one bool of rank 0.
    - (C2) Both regions have no arguments and yield values of the results'
      types.

    ```mlir
    %1 = graph.if %c : (tensor<i1>) -> tensor<4xf32> {
      %2 = graph.exp %0 : tensor<4xf32>
      graph.yield %2 : tensor<4xf32>
    } else {
      graph.yield %0 : tensor<4xf32>
    }
    ```

    Sources: TensorFlow If, StatelessIf, Case, StatelessCase (one `if` per
    branch but the last, which an index out of range takes).
  }];
  let arguments = (ins Graph_BoolTensor:$condition);
  let results = (outs Variadic<Graph_Tensor>:$results);
  let regions = (region SizedRegion<1>:$then_body, SizedRegion<1>:$else_body);
  let assemblyFormat = [{
    $condition attr-dict `:` functional-type($condition, $results) $then_body
    `else` $else_body
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Graph_WhileOp : Graph_ControlFlowOp<"while"> {
  let summary = "Repetition while a condition holds";
  let description = [{
    Carries values, at first the operands. As long as the first region yields
    true for them, the second one makes the next from them. The results are the
    values for which the condition does not hold.

    Constraints:
    - (C1) The arguments of both regions have the types of operands and
      results.
    - (C2) The condition yields one bool of rank 0.
    - (C3) The body yields values of the operands' types: no shape changes
      from one iteration to the next.

    ```mlir
    %1 = graph.while(%0) : (tensor<i32>) -> tensor<i32> {
    ^bb0(%i: tensor<i32>):
      %2 = graph.compare %i, %limit lt : tensor<i32>
      graph.yield %2 : tensor<i1>
    } do {
    ^bb0(%i: tensor<i32>):
      %3 = graph.add %i, %one : tensor<i32>
      graph.yield %3 : tensor<i32>
    }
    ```

    Sources: TensorFlow While, StatelessWhile.
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$inits);
  let results = (outs Variadic<Graph_Tensor>:$results);
  let regions = (region SizedRegion<1>:$condition, SizedRegion<1>:$body);
  let assemblyFormat = [{
    `(` $inits `)` attr-dict `:` functional-type($inits, $results) $condition
    `do` $body
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Graph_ForOp : Graph_ControlFlowOp<"for"> {
  let summary = "Repetition a known number of times";
  let description = [{
    Carries values, at first the operands, and makes the next from them
    `trip_count` times. The first argument of the region is the number of the
    iteration, from 0. The results are the values after the last one.

    Constraints:
    - (C1) `trip_count` is not negative and representable in the first
      argument's type, i32 or i64 of rank 0.
    - (C2) The region's other arguments, its yielded values and the results
      have the operands' types.

    ```mlir
    %1 = graph.for 10(%0) : (tensor<4xf32>) -> tensor<4xf32> {
    ^bb0(%i: tensor<i32>, %x: tensor<4xf32>):
      %2 = graph.exp %x : tensor<4xf32>
      graph.yield %2 : tensor<4xf32>
    }
    ```

    Sources: TensorFlow While with a counter.
  }];
  let arguments = (ins I64Attr:$trip_count, Variadic<Graph_Tensor>:$inits);
  let results = (outs Variadic<Graph_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $trip_count `(` $inits `)` attr-dict `:` functional-type($inits, $results)
    $body
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    ::mlir::BlockArgument getCounter() {
      return getBody().front().getArgument(0);
    }
  }];
}

def Graph_YieldOp : Graph_Op<"yield", [Pure, Terminator, ReturnLike,
    ParentOneOf<["IfOp", "WhileOp", "ForOp"]>]> {
  let summary = "Values that a region of control flow computes";
  let arguments = (ins Variadic<Graph_Tensor>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

def Graph_DynamicUpdateSliceOp : Graph_ValueOp<"dynamic_update_slice", [
    NoMemoryEffect, DeclareOpInterfaceMethods<Graph_UpdateOpInterface>,
    DeclareOpInterfaceMethods<Graph_EvaluableOpInterface,
                              ["countElementsRead"]>,
    DeclareOpInterfaceMethods<Graph_KernelRootOpInterface,
                              ["allowsPrologue", "allowsEpilogue"]>]> {
  let summary = "A tensor with one row replaced";
  let description = [{
    ```
    result[i, R] = i == index ? update[R] : destination[i, R]
    ```

    An index below 0 or beyond the dimension is a run-time error. Where nothing
    else reads the destination any more, its buffer becomes the result's and
    one row is written.

    Constraints:
    - (C1) `update` has the destination's shape without its first dimension,
      and its element type.
    - (C2) `index` has rank 0.

    ```mlir
    %3 = graph.dynamic_update_slice %0, %1 at %2 : tensor<10x4xf32>, tensor<4xf32>, tensor<i32>
    ```

    Sources: TensorFlow TensorListSetItem.
  }];
  let arguments = (ins Graph_Tensor:$destination, Graph_Tensor:$update,
                       Graph_IndexTensor:$index);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $destination `,` $update `at` $index attr-dict `:` type($destination) `,`
    type($update) `,` type($index)
  }];
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHLOOPOPS
