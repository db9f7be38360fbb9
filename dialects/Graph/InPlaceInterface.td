//===- InPlaceInterface.td - Roots that may write over an operand ---------===//

#ifndef SLUICE_DIALECTS_GRAPH_INPLACEINTERFACE
#define SLUICE_DIALECTS_GRAPH_INPLACEINTERFACE

include "mlir/IR/OpBase.td"

def Graph_InPlaceOpInterface : OpInterface<"InPlaceOp"> {
  let cppNamespace = "::sluice::graph";
  let description = [{
    A kernel root whose result may lie where an operand of its shape lies. Its
    emitters read an element of that operand for the last time before they store
    the result's element at the same index, and chunks read no element that
    another one stores. Elementwise operators need no implementation.
  }];
  let methods = [
    InterfaceMethod<"Whether this holds for the operand.", "bool",
                    "allowsInPlace", (ins "unsigned":$operand), [{}],
                    [{ return operand == 0; }]>
  ];
}

#endif // SLUICE_DIALECTS_GRAPH_INPLACEINTERFACE
