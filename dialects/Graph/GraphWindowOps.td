//===- GraphWindowOps.td ---------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHWINDOWOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHWINDOWOPS

include "dialects/Graph/GraphBase.td"

#endif // SLUICE_DIALECTS_GRAPH_GRAPHWINDOWOPS
