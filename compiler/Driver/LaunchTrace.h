//===- LaunchTrace.h - Times of single launches -----------------*- C++ -*-===//
//
// What code that was compiled with `trace-launches` calls. A normal archive
// holds no such call.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_DRIVER_LAUNCHTRACE_H
#define SLUICE_COMPILER_DRIVER_LAUNCHTRACE_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice {

/// Records how long the launches of a run take. A run on a thread without a
/// recording trace takes no times.
class LaunchTrace {
public:
  explicit LaunchTrace(size_t launches);
  ~LaunchTrace() { stop(); }
  LaunchTrace(const LaunchTrace &) = delete;
  LaunchTrace &operator=(const LaunchTrace &) = delete;

  /// Times the runs of this thread from now on, from zero.
  void start();
  void stop();

  /// Nanoseconds that each launch took since start(), without the time that
  /// tracing takes itself.
  std::vector<double> nanoseconds() const;

  void mark(int64_t launch);

private:
  using Clock = std::chrono::steady_clock;

  std::vector<Clock::duration> spent; ///< one more than launches: behind them
  std::vector<int64_t> marks;
  size_t current;
  Clock::time_point since;
  double overhead = 0; ///< nanoseconds of a mark
};

} // namespace sluice

/// The next launch of the runner starts; behind the last one with their count.
extern "C" void sluice_trace_launch(int64_t launch);

#endif // SLUICE_COMPILER_DRIVER_LAUNCHTRACE_H
