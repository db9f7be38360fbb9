//===- GraphElementwiseOps.td - Scalar functions on tensors ---------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHELEMENTWISEOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHELEMENTWISEOPS

include "dialects/Graph/GraphMathOps.td"
include "dialects/Graph/GraphUnaryOps.td"
include "dialects/Graph/GraphBinaryOps.td"
include "dialects/Graph/GraphSelectOps.td"
include "dialects/Graph/GraphStringOps.td"

#endif // SLUICE_DIALECTS_GRAPH_GRAPHELEMENTWISEOPS
