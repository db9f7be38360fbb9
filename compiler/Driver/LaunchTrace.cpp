//===- LaunchTrace.cpp - Times of single launches -------------------------===//

#include "compiler/Driver/LaunchTrace.h"
#include <algorithm>

using namespace sluice;

static thread_local LaunchTrace *recording = nullptr;

void sluice_trace_launch(int64_t launch) {
  if (recording)
    recording->mark(launch);
}

LaunchTrace::LaunchTrace(size_t launches)
    : spent(launches + 1), marks(launches + 1), current(launches) {
  // A launch of no work takes one mark; the shortest of many is undisturbed.
  constexpr int batches = 20, each = 64;
  double best = 0;
  for (int batch = 0; batch < batches; ++batch) {
    start();
    Clock::time_point begin = Clock::now();
    for (int i = 0; i < each; ++i)
      sluice_trace_launch(0);
    std::chrono::duration<double, std::nano> time = Clock::now() - begin;
    stop();
    best = batch ? std::min(best, time.count() / each) : time.count() / each;
  }
  overhead = best;
}

void LaunchTrace::start() {
  std::fill(spent.begin(), spent.end(), Clock::duration(0));
  std::fill(marks.begin(), marks.end(), 0);
  current = spent.size() - 1;
  since = Clock::now();
  recording = this;
}

void LaunchTrace::stop() {
  if (recording == this)
    recording = nullptr;
}

void LaunchTrace::mark(int64_t launch) {
  Clock::time_point now = Clock::now();
  spent[current] += now - since;
  ++marks[current];
  current = std::min<size_t>(static_cast<size_t>(launch), spent.size() - 1);
  since = now;
}

std::vector<double> LaunchTrace::nanoseconds() const {
  std::vector<double> result;
  for (size_t i = 0; i + 1 < spent.size(); ++i) {
    std::chrono::duration<double, std::nano> time = spent[i];
    result.push_back(
        std::max(0.0, time.count() - overhead * static_cast<double>(marks[i])));
  }
  return result;
}
