//===- GraphOps.td - All operators of the graph dialect -------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHOPS

include "dialects/Graph/GraphStructureOps.td"
include "dialects/Graph/GraphElementwiseOps.td"
include "dialects/Graph/GraphMovementOps.td"
include "dialects/Graph/GraphReductionOps.td"
include "dialects/Graph/GraphWindowOps.td"
include "dialects/Graph/GraphContractionOps.td"
include "dialects/Graph/GraphWinogradOps.td"

#endif // SLUICE_DIALECTS_GRAPH_GRAPHOPS
