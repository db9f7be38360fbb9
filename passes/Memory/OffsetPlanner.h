//===- OffsetPlanner.h - Places in one block of memory ----------*- C++ -*-===//
//
// Where values lie in a workspace, given when each is needed. Knows nothing of
// IR: whoever plans turns loops and branches into steps first.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_MEMORY_OFFSETPLANNER_H
#define SLUICE_PASSES_MEMORY_OFFSETPLANNER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <optional>

namespace sluice {

/// Memory that is needed from one step to another.
struct LiveRange {
  int64_t bytes = 0;           ///< not negative
  int64_t first = 0, last = 0; ///< steps, both included

  bool overlaps(const LiveRange &other) const {
    return first <= other.last && other.first <= last;
  }
};

struct OffsetPlan {
  llvm::SmallVector<int64_t> offsets; ///< in bytes, one for each range
  int64_t bytes = 0;                  ///< where the last range ends
};

/// The most bytes that are live at one step: no plan takes less. INT64_MAX
/// when that is too large a number.
int64_t getMaxLiveBytes(llvm::ArrayRef<LiveRange> ranges);

/// Gives ranges that overlap in time places that do not overlap in memory.
/// Offsets are sums of sizes, so multiples of what all sizes are multiples of.
/// The same ranges give the same plan. nullopt when none was found within
/// `limit` bytes (at most 2^61).
std::optional<OffsetPlan> planOffsets(llvm::ArrayRef<LiveRange> ranges,
                                      int64_t limit);

} // namespace sluice

#endif // SLUICE_PASSES_MEMORY_OFFSETPLANNER_H
