//===- DepthwiseTile.h - The register tile of a depthwise conv --*- C++ -*-===//

#ifndef SLUICE_PASSES_EMIT_DEPTHWISETILE_H
#define SLUICE_PASSES_EMIT_DEPTHWISETILE_H

#include "passes/Emit/NestBuilder.h"

namespace sluice {

/// The lanes of a vector of results that belong to several groups of channels,
/// or to part of one. Lane l has result channel `first` + l and reads the
/// `inputs` channels of group (first + l) / results; `available` channels from
/// the first group's on may be read.
struct GroupLanes {
  int64_t inputs = 1, results = 1;
  int64_t first = 0, present = 1, available = 1;

  int64_t groupOf(int64_t lane) const { return (first + lane) / results; }
  int64_t groupCount() const { return groupOf(present - 1) - groupOf(0) + 1; }
};

/// Some positions of one row times one vector of channels. Each input vector
/// is loaded once for all positions that it contributes to.
struct DepthwiseTile {
  mlir::Value lhs, rhs;           ///< flat buffers
  mlir::Value lhsStart, rhsStart; ///< of the first group, of the vector
  llvm::ArrayRef<NestLoop> sums;
  int64_t rhsRowStride;
  int64_t positions, positionStride;
  int64_t registers;
  mlir::Value mask; ///< of the channels, null: all lanes
  GroupLanes groups;
};

/// One accumulator per position.
llvm::SmallVector<mlir::Value> emitDepthwiseTile(NestBuilder &nest,
                                                 const DepthwiseTile &tile);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_DEPTHWISETILE_H
