//===- PhaseAxis.h - One dimension of a transposed convolution --*- C++ -*-===//

#ifndef SLUICE_PASSES_LAYOUT_PHASEAXIS_H
#define SLUICE_PASSES_LAYOUT_PHASEAXIS_H

#include "dialects/Graph/GraphOps.h"
#include "llvm/Support/MathExtras.h"
#include <cstdint>

namespace sluice {

/// One spatial dimension of a convolution whose input is dilated by `factor`:
/// position y of the result is phase (y + skip) mod factor of position
/// (y + skip) / factor. Results of one phase read neighbouring elements of the
/// input, through every `factor`th tap.
struct PhaseAxis {
  int64_t factor, window, pad, results;
  int64_t skip = 0; ///< positions cut off in front

  /// The first tap of a phase, and the input position that it reads.
  int64_t firstTap(int64_t phase) const {
    return llvm::mod(pad + skip - phase, factor);
  }
  int64_t firstRead(int64_t phase) const {
    return (phase + firstTap(phase) - pad - skip) / factor;
  }
  int64_t tapsOf(int64_t phase) const {
    int64_t tap = firstTap(phase);
    return tap < window ? llvm::divideCeil(window - tap, factor) : 0;
  }
  int64_t positions() const { return llvm::divideCeil(results + skip, factor); }
};

/// Whether the convolution is a transposed one and nothing else: a dilated
/// input, one group, no strides, static shapes with elements.
bool hasPhases(graph::ConvOp conv);

} // namespace sluice

#endif // SLUICE_PASSES_LAYOUT_PHASEAXIS_H
