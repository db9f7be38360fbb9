//===- Machine.h - The machine's peak beside a measurement ------*- C++ -*-===//

#ifndef SLUICE_TOOLS_SLUICE_MACHINE_H
#define SLUICE_TOOLS_SLUICE_MACHINE_H

#include "compiler/Driver/LaunchWork.h"
#include "sluice/sluice.h"
#include "llvm/ADT/ArrayRef.h"
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// The median of values in any order; 0 of none.
double medianOf(std::vector<double> values);

/// The value that `part` of the values do not exceed; 0 of none.
double quantileOf(std::vector<double> values, double part);

/// Which sample stands for all. On a machine shared with strangers the best
/// twentieth says what the code can do, the median what the machine gave.
enum class Sample { Median, Best };
constexpr double bestPart = 0.05;

/// One place where a model's bytes may live.
struct MemoryLevel {
  std::string name;               ///< L1, L2, L3, memory
  int64_t capacity = 0;           ///< of all threads together
  int64_t loopBytes = 0;          ///< that the loops of all threads go over
  std::vector<double> read, copy; ///< samples in GB/s

  double readRate() const { return medianOf(read); }
  double copyRate() const { return medianOf(copy); }
  double rate(Sample which) const;
};

/// Samples what the threads of a pool can do, in the levels that a model's
/// launches use.
class Machine {
public:
  /// `threads` may be null: the caller alone.
  Machine(const sluice_threads *threads, int64_t count,
          llvm::ArrayRef<LaunchWork> launches);
  ~Machine();

  /// One sample of every loop: a few milliseconds, more for main memory.
  void sample();

  /// f32 multiply-add peak in GFLOP/s.
  double peak(Sample which = Sample::Median) const;
  /// Levels that are used, nearest first.
  llvm::ArrayRef<MemoryLevel> levels() const { return used; }
  /// Seconds that traffic takes, and where most of them pass.
  double secondsOf(llvm::ArrayRef<Traffic> traffic, Sample which,
                   std::string *where = nullptr) const;

private:
  size_t levelOf(int64_t reuseDistance) const;

  const sluice_threads *threads;
  int64_t count;
  std::vector<MemoryLevel> used;
  std::vector<std::unique_ptr<char, void (*)(void *)>> blocks; ///< per thread
  std::vector<double> peaks;
};

} // namespace sluice

#endif // SLUICE_TOOLS_SLUICE_MACHINE_H
