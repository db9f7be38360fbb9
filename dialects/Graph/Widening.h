//===- Widening.h - Mark of widened convolutions ----------------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_WIDENING_H
#define SLUICE_DIALECTS_GRAPH_WIDENING_H

#include "llvm/ADT/StringRef.h"

namespace sluice::graph {

/// On a convolution whose channels are neighbouring positions, with zeros in
/// the filter where a position reads none of the others' elements.
constexpr llvm::StringLiteral widenedAttrName = "graph.widened";

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_WIDENING_H
