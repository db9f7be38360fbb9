//===- GraphElementwiseOps.td - Scalar functions on tensors ---------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHELEMENTWISEOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHELEMENTWISEOPS

include "dialects/Graph/GraphBase.td"

//===----------------------------------------------------------------------===//
// Base classes
//===----------------------------------------------------------------------===//

// An operator that applies a scalar function at each index.
class Graph_ElementwiseOp<string mnemonic, list<Trait> traits = []>
    : Graph_ValueOp<mnemonic, !listconcat([
        DeclareOpInterfaceMethods<Graph_ElementOpInterface>,
        DeclareOpInterfaceMethods<Graph_ElementwiseOpInterface>], traits)> {
  code elementwiseDefinition = [{
    ::mlir::Value $cppClass::buildElement(ElementBuilder &builder,
                                          ::mlir::ValueRange indices) {
      return buildElementwise(*this, builder, indices);
    }
  }];
  let extraClassDefinition = elementwiseDefinition;
}

// One operand; the result has its type.
class Graph_UnaryOp<string mnemonic, Type operandType, list<Trait> traits = []>
    : Graph_ElementwiseOp<mnemonic, !listconcat([Pure], traits)> {
  let arguments = (ins operandType:$operand);
  let results = (outs operandType:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
  let extraClassDefinition = elementwiseDefinition # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *, std::optional<::mlir::Location>,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      types.push_back(adaptor.getOperand().getType());
      return ::mlir::success();
    }
  }];
}

// Two operands of one type; the result has it too.
class Graph_BinaryOp<string mnemonic, Type operandType,
                     list<Trait> traits = [Pure]>
    : Graph_ElementwiseOp<mnemonic,
                          !listconcat([SameTypeOperands], traits)> {
  let arguments = (ins operandType:$lhs, operandType:$rhs);
  let results = (outs operandType:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs)";
  let extraClassDefinition = elementwiseDefinition # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return inferSameType("$cppClass", location, adaptor.getOperands(), types);
    }
  }];
}

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

def Graph_ExpOp : Graph_UnaryOp<"exp", Graph_TensorOf<
    AnyTypeOf<[Graph_Float, Graph_Complex]>>> {
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

//===----------------------------------------------------------------------===//
// Binary
//===----------------------------------------------------------------------===//

def Graph_AddOp : Graph_BinaryOp<"add", Graph_NumberTensor,
    [Pure, Commutative]> {
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
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHELEMENTWISEOPS
