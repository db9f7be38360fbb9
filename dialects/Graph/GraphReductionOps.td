//===- GraphReductionOps.td - Reductions along dimensions -----------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHREDUCTIONOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHREDUCTIONOPS

include "dialects/Graph/GraphBase.td"

def Graph_ReduceKind : I32EnumAttr<"ReduceKind", "how elements are combined", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Product", 1, "product">,
    I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"Min", 3, "min">,
    I32EnumAttrCase<"And", 4, "and">, I32EnumAttrCase<"Or", 5, "or">]> {
  let cppNamespace = "::sluice::graph";
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHREDUCTIONOPS
