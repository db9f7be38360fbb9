//===- AttentionScores.h - What scores of attention are made of -*- C++ -*-===//

#ifndef SLUICE_PASSES_SIMPLIFY_ATTENTIONSCORES_H
#define SLUICE_PASSES_SIMPLIFY_ATTENTIONSCORES_H

#include "dialects/Graph/GraphOps.h"

namespace sluice {

/// Products of queries and keys, scaled; then terms are added, then a number
/// replaces those that a mask does not keep.
struct AttentionScores {
  double scale = 1;
  /// And whether subtracted.
  llvm::SmallVector<std::pair<mlir::Value, bool>, 2> terms;
  double shift = 0; ///< added before the mask, but not among the terms
  mlir::Value mask;
  bool keepsWhereFalse = false;
  double fill = 0;

  /// Collects the steps from the product, which is returned, to `value`; null
  /// if it is not of this form. Nothing else reads a step.
  graph::ContractOp match(mlir::Value value, unsigned depth = 0);

private:
  bool addTerm(mlir::Value term, bool isNegative);
};

} // namespace sluice

#endif // SLUICE_PASSES_SIMPLIFY_ATTENTIONSCORES_H
