//===- DepthwiseTile.h - The register tile of a depthwise conv --*- C++ -*-===//

#ifndef SLUICE_PASSES_EMIT_DEPTHWISETILE_H
#define SLUICE_PASSES_EMIT_DEPTHWISETILE_H

#include "passes/Emit/NestBuilder.h"

namespace sluice {

/// Some positions of one row times one vector of channels. Each input vector
/// is loaded once for all positions that it contributes to.
struct DepthwiseTile {
  mlir::Value lhs, rhs; ///< flat buffers
  mlir::Value lhsStart, rhsStart;
  llvm::ArrayRef<NestLoop> sums;
  int64_t rhsRowStride;
  int64_t positions, positionStride;
  int64_t registers;
  mlir::Value mask; ///< of the channels, null: all lanes
};

/// One accumulator per position.
llvm::SmallVector<mlir::Value> emitDepthwiseTile(NestBuilder &nest,
                                                 const DepthwiseTile &tile);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_DEPTHWISETILE_H
