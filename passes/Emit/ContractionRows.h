//===- ContractionRows.h - Parts of a contraction's result ------*- C++ -*-===//

#ifndef SLUICE_PASSES_EMIT_CONTRACTIONROWS_H
#define SLUICE_PASSES_EMIT_CONTRACTIONROWS_H

#include "passes/Emit/ContractionPlan.h"
#include "passes/Emit/KernelEmitter.h"
#include <functional>
#include <memory>

namespace sluice {

/// Emits a contraction and what follows it, all at once or, where it has no
/// groups, row by row. Lines are rows counted through all images.
class ContractionRows {
public:
  explicit ContractionRows(const ContractionPlan &plan) : plan(plan) {}
  virtual ~ContractionRows() = default;

  /// The launch's chunks.
  virtual void emit() = 0;
  /// Channels [first, first + channels) of a line: a panel of the weights, the
  /// last one perhaps narrower.
  virtual void emitRow(mlir::Value line, mlir::Value first,
                       int64_t channels) = 0;
  /// The same of a depthwise convolution. `lhsStart`: the element of operand 0
  /// that the window starts with, of the first channel.
  virtual void emitDepthwiseRow(mlir::Value line, mlir::Value lhsStart,
                                mlir::Value first, int64_t channels) = 0;

  const ContractionPlan plan;
  /// Where an element of the result lies in the output; null: at its indices.
  std::function<llvm::SmallVector<mlir::Value>(llvm::ArrayRef<mlir::Value>)>
      moveStore;
};

/// The emitter of the context's root, null where that is no contraction that it
/// serves. `byRows`: no tile is higher than a row. Refers to the context.
mlir::FailureOr<std::unique_ptr<ContractionRows>>
openContraction(KernelContext &context, bool byRows = false);

/// Whether all that follows the root up to the results works on its registers:
/// elementwise at the same index, from values that can be read as vectors.
bool hasVectorEpilogue(mlir::Operation *root,
                       llvm::ArrayRef<mlir::Value> results);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_CONTRACTIONROWS_H
