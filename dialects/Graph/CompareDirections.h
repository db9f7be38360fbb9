//===- CompareDirections.h - Directions of comparisons ----------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_COMPAREDIRECTIONS_H
#define SLUICE_DIALECTS_GRAPH_COMPAREDIRECTIONS_H

#include "dialects/Graph/GraphOps.h"

namespace sluice::graph {

/// The direction of the same comparison with its operands exchanged.
CompareDirection swapOperands(CompareDirection direction);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_COMPAREDIRECTIONS_H
