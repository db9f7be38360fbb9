//===- LayoutInterface.td - Operators that commute with transposes --------===//

#ifndef SLUICE_DIALECTS_GRAPH_LAYOUTINTERFACE
#define SLUICE_DIALECTS_GRAPH_LAYOUTINTERFACE

include "mlir/IR/OpBase.td"

def Graph_LayoutOpInterface : OpInterface<"LayoutOp"> {
  let cppNamespace = "::sluice::graph";
  let description = [{
    An operator that can work on operands whose dimensions stand in another
    order, with other attributes, and then gives its result in another order.
    Elementwise operators need no implementation: the order does not matter to
    them (see LayoutInterface.h).
  }];
  let methods = [
    InterfaceMethod<[{
      Whether the operand's dimensions are those that are permuted.
    }], "bool", "isLayoutOperand", (ins "unsigned":$operand), [{}],
    [{ return operand == 0; }]>,
    InterfaceMethod<[{
      The operator on `operands`, where each layout operand `x` of this operator
      is `transpose(operands[i], permutation)`. Its result stands for
      `transpose(value, resultPermutation)`. Null, with nothing built, where the
      operator needs its order of dimensions.
    }], "::mlir::Value", "buildPermuted",
    (ins "::sluice::graph::GraphBuilder &":$builder,
         "::llvm::ArrayRef<int64_t>":$permutation,
         "::mlir::ValueRange":$operands,
         "::llvm::SmallVectorImpl<int64_t> &":$resultPermutation)>,
    InterfaceMethod<[{
      Whether `buildPermuted` works for this permutation.
    }], "bool", "acceptsPermutation",
    (ins "::llvm::ArrayRef<int64_t>":$permutation), [{}], [{ return true; }]>
  ];
}

#endif // SLUICE_DIALECTS_GRAPH_LAYOUTINTERFACE
