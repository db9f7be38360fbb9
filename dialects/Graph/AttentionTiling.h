//===- AttentionTiling.h - How an attention kernel is cut -------*- C++ -*-===//
//
// A function of the shapes alone, so that the planner's scratch and the
// emitter's code agree whatever the target is, and results do not depend on
// the number of threads.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_ATTENTIONTILING_H
#define SLUICE_DIALECTS_GRAPH_ATTENTIONTILING_H

#include "dialects/Graph/GraphOps.h"

namespace sluice::graph {

/// A unit is one head of one batch and a range of its queries. It packs keys
/// (transposed) and values to panels of columns, then takes a block of queries
/// after the other: scores, softmax, weighted sum of values. Sizes of scratch
/// are in elements.
struct AttentionTiling {
  static constexpr int64_t panel = 32; ///< columns; whole vectors everywhere

  explicit AttentionTiling(AttentionOp op);

  int64_t batches, queries, heads, keys, depth, width;
  int64_t group;      ///< heads that share keys and values
  int64_t queryParts; ///< units per head
  int64_t units, unitsPerChunk, chunks;
  int64_t blockRows;                  ///< queries whose scores exist at a time
  int64_t scoreStride;                ///< between rows of scores
  int64_t valuesAt, scoresAt, sumsAt; ///< in the scratch of a chunk; keys at 0
  int64_t chunkScratch;

  int64_t keyPanels() const { return (keys + panel - 1) / panel; }
  int64_t valuePanels() const { return (width + panel - 1) / panel; }
  int64_t queriesPerPart() const {
    return (queries + queryParts - 1) / queryParts;
  }
};

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_ATTENTIONTILING_H
