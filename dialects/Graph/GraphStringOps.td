//===- GraphStringOps.td - Functions of strings ---------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHSTRINGOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHSTRINGOPS

include "dialects/Graph/GraphElementwiseBase.td"

// A run may lack the memory for the characters of a result, so such an
// operator must not be moved to where it was not executed before.
def Graph_StringConcatOp : Graph_SameTypeOp<"string_concat", [
    NoMemoryEffect, DeclareOpInterfaceMethods<ConditionallySpeculatable>,
    SameTypeOperands]> {
  let summary = "Strings one behind the other";
  let description = [{
    `result[i]` holds the bytes of `lhs[i]` and then those of `rhs[i]`. Its
    characters lie in the run's string space: a run that needs more of it than
    the workspace holds fails.

    Constraints:
    - (C1) `lhs`, `rhs` and the result have one type.

    ```mlir
    %2 = graph.string_concat %0, %1 : tensor<2x!graph.string>
    ```

    Sources: TensorFlow Add; ONNX StringConcat.
  }];
  let arguments = (ins Graph_TensorOf<Graph_StringType>:$lhs,
                       Graph_TensorOf<Graph_StringType>:$rhs);
  let results = (outs Graph_TensorOf<Graph_StringType>:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs)";
  let hasFolder = 1;
  let extraClassDeclaration = [{
    bool makesStrings() { return true; }
  }];
  let extraClassDefinition = sameTypeDefinition # [{
    ::mlir::Speculation::Speculatability $cppClass::getSpeculatability() {
      return ::mlir::Speculation::NotSpeculatable;
    }
  }];
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHSTRINGOPS
