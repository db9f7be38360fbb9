//===- GraphContractionOps.td ---------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHCONTRACTIONOPS
#define SLUICE_DIALECTS_GRAPH_GRAPHCONTRACTIONOPS

include "dialects/Graph/GraphBase.td"

#endif // SLUICE_DIALECTS_GRAPH_GRAPHCONTRACTIONOPS
