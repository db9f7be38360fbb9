//===- ContractionTile.h - The register tile of a contraction ---*- C++ -*-===//

#ifndef SLUICE_PASSES_EMIT_CONTRACTIONTILE_H
#define SLUICE_PASSES_EMIT_CONTRACTIONTILE_H

#include "passes/Emit/ProductStep.h"

namespace sluice {

/// What one register tile reads. Sums stay in registers as values carried by
/// the loops; each step broadcasts one factor per position and multiplies it
/// with the step's vectors of weights.
struct ContractionTile {
  mlir::Value lhs, rhs; ///< flat buffers
  mlir::Value lhsStart, rhsStart;
  llvm::ArrayRef<NestLoop> sums; ///< steps of the last one are groups
  int64_t rhsRowStride;
  llvm::SmallVector<int64_t> offsets; ///< of the positions, from lhsStart
  int64_t vectors;
  mlir::Value lastMask; ///< of the last vector of weights, null: all lanes
  bool prefetch;        ///< rows of weights that this tile will read
  /// Where the weights lie that the next tiles but these read: fetched at one
  /// part in `1 << nextShift` of this tile's pace. Null: none.
  mlir::Value nextWeights;
  int64_t nextShift;
};

/// Emits the sums: `offsets.size() * vectors` accumulators, position by
/// position.
llvm::SmallVector<mlir::Value> emitContractionTile(NestBuilder &nest,
                                                   ProductStep &product,
                                                   const ContractionTile &tile);
/// Of elements that the sums have the type of.
llvm::SmallVector<mlir::Value> emitContractionTile(NestBuilder &nest,
                                                   const ContractionTile &tile);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_CONTRACTIONTILE_H
