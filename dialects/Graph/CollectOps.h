//===- CollectOps.h - Operators of one kind ---------------------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_COLLECTOPS_H
#define SLUICE_DIALECTS_GRAPH_COLLECTOPS_H

#include "mlir/IR/Operation.h"

namespace sluice {

/// The operators of a kind inside `root`, those of inner regions before the one
/// around them: a list of its own, so that they may be replaced.
template <typename OpTy>
llvm::SmallVector<OpTy> collectOps(mlir::Operation *root) {
  llvm::SmallVector<OpTy> found;
  root->walk([&](OpTy op) { found.push_back(op); });
  return found;
}

} // namespace sluice

#endif // SLUICE_DIALECTS_GRAPH_COLLECTOPS_H
