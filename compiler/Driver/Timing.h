//===- Timing.h - Where the compilation spends its time ---------*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_TIMING_H
#define SLUICE_COMPILER_DRIVER_TIMING_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <string>
#include <vector>

namespace sluice {

/// Wall time of stages and of the passes in them, in order of first use.
class Timing {
public:
  using Clock = std::chrono::steady_clock;

  /// Adds its own lifetime to an entry; `depth` 0 is a stage, 1 a pass.
  class Scope {
  public:
    Scope(Timing &timing, llvm::StringRef name, unsigned depth = 0)
        : timing(timing), index(timing.open(name, depth)), start(Clock::now()) {
    }
    ~Scope() { timing.entries[index].spent += Clock::now() - start; }
    Scope(const Scope &) = delete;
    Scope &operator=(const Scope &) = delete;

  private:
    Timing &timing;
    size_t index;
    Clock::time_point start;
  };

  void add(llvm::StringRef name, unsigned depth, Clock::duration spent) {
    entries[open(name, depth)].spent += spent;
  }

  /// A table of seconds and percentages.
  void print(llvm::raw_ostream &os) const;

private:
  struct Entry {
    std::string name;
    unsigned depth;
    Clock::duration spent;
  };

  size_t open(llvm::StringRef name, unsigned depth);

  std::vector<Entry> entries;
};

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_TIMING_H
