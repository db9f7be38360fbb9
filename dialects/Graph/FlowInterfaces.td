//===- FlowInterfaces.td - What passes may ask of control flow ------------===//

#ifndef SLUICE_DIALECTS_GRAPH_FLOWINTERFACES
#define SLUICE_DIALECTS_GRAPH_FLOWINTERFACES

include "mlir/IR/OpBase.td"

def Graph_ControlFlowOpInterface : OpInterface<"ControlFlowOp"> {
  let cppNamespace = "::sluice::graph";
  let description = [{
    An operator whose regions run as often as values say. Values that change
    from one iteration to the next are carried: operands give the first,
    arguments of the regions hold the current, the results are the last.
  }];
  let methods = [
    InterfaceMethod<[{
      Reference evaluation: `run` computes what a region yields for values of
      its arguments.
    }], "::llvm::Error", "execute",
    (ins "::sluice::graph::RegionRunner":$run,
         "::llvm::ArrayRef<const ::sluice::HostTensor *>":$operands,
         "::llvm::SmallVectorImpl<::sluice::HostTensor> &":$results)>,
    InterfaceMethod<"The first values of what is carried.",
                    "::mlir::OperandRange", "getCarriedInits", (ins)>,
    InterfaceMethod<"A region's arguments that hold carried values.",
                    "::llvm::ArrayRef<::mlir::BlockArgument>",
                    "getCarriedArguments", (ins "::mlir::Region &":$region)>,
    InterfaceMethod<[{
      Whether the region yields one value per result: the next carried values,
      or the results themselves.
    }], "bool", "yieldsResults", (ins "::mlir::Region &":$region)>
  ];
}

def Graph_UpdateOpInterface : OpInterface<"UpdateOp"> {
  let cppNamespace = "::sluice::graph";
  let description = [{
    A kernel root whose result is its first operand but for a part: where that
    operand's buffer becomes the result's, only the part is written.
  }];
  let methods = [];
}

#endif // SLUICE_DIALECTS_GRAPH_FLOWINTERFACES
