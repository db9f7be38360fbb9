//===- GraphAllOps.td - Every operator of the graph dialect, for its page -===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHALLOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHALLOPS

include "dialects/Graph/GraphOps.td"
include "dialects/Graph/GraphLoopOps.td"

#endif // SLUICE_DIALECTS_GRAPH_GRAPHALLOPS
