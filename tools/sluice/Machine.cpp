//===- Machine.cpp - The machine's peak beside a measurement --------------===//

#include "tools/sluice/Machine.h"
#include "sluice/abi.h"
#include "tools/sluice/MachineLoops.h"
#include "llvm/ADT/STLExtras.h"
#include <chrono>
#include <cstdlib>
#include <cstring>

using namespace sluice;

// What the loops go over is a multiple of it.
static constexpr int64_t pageBytes = 4096;
static constexpr double sampleSeconds = 0.3e-3;

double sluice::medianOf(std::vector<double> values) {
  if (values.empty())
    return 0;
  llvm::sort(values);
  size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle]
                           : (values[middle - 1] + values[middle]) / 2;
}

double sluice::quantileOf(std::vector<double> values, double part) {
  if (values.empty())
    return 0;
  llvm::sort(values);
  auto index = static_cast<size_t>(part * double(values.size()));
  return values[std::min(index, values.size() - 1)];
}

static double sampleOf(const std::vector<double> &rates, Sample which) {
  return which == Sample::Median ? medianOf(rates)
                                 : quantileOf(rates, 1 - bestPart);
}

double MemoryLevel::rate(Sample which) const {
  return std::max(sampleOf(read, which), sampleOf(copy, which));
}

double Machine::peak(Sample which) const { return sampleOf(peaks, which); }

// The cache of a level, by the system or as most machines have it.
static int64_t cacheBytes(int level) {
  static constexpr int64_t usual[] = {32 << 10, 1 << 20, 32 << 20};
  auto bytes = static_cast<int64_t>(machine_cache_bytes(level));
  return bytes > 0 ? bytes : usual[level - 1];
}

size_t Machine::levelOf(int64_t reuseDistance) const {
  for (size_t i = 0; i + 1 < used.size(); ++i)
    if (reuseDistance <= used[i].capacity)
      return i;
  return used.size() - 1;
}

Machine::Machine(const sluice_threads *threads, int64_t count,
                 llvm::ArrayRef<LaunchWork> launches)
    : threads(threads), count(count) {
  // Two levels are the core's own, the third is shared.
  int64_t l1 = cacheBytes(1) * count, l2 = cacheBytes(2) * count;
  int64_t l3 = std::max(cacheBytes(3), l2);
  used = {{"L1", l1, l1 / 2, {}, {}},
          {"L2", l2, l2 / 2, {}, {}},
          {"L3", l3, 0, {}, {}},
          {"memory", INT64_MAX, 0, {}, {}}};
  std::vector<double> bytes(used.size()), distance(used.size());
  for (const LaunchWork &launch : launches)
    for (const Traffic &traffic : launch.traffic) {
      size_t level = levelOf(traffic.reuseDistance);
      bytes[level] += double(traffic.bytes);
      distance[level] += double(traffic.bytes) * double(traffic.reuseDistance);
    }
  // The shared levels are measured over as much as the model goes over.
  auto average = [&](size_t i) {
    return static_cast<int64_t>(bytes[i] > 0 ? distance[i] / bytes[i] : 0);
  };
  used[2].loopBytes = std::clamp(average(2), std::min(2 * l2, l3 / 2), l3 / 2);
  constexpr int64_t mostBytes = int64_t(1) << 30;
  used[3].loopBytes = std::clamp(2 * l3, int64_t(1) << 26, mostBytes);
  std::vector<MemoryLevel> all;
  all.swap(used);
  int64_t largest = 0;
  for (auto [i, level] : llvm::enumerate(all)) {
    if (bytes[i] <= 0)
      continue;
    level.loopBytes = std::max(level.loopBytes / count / (2 * pageBytes), //
                               int64_t(1)) *
                      (2 * pageBytes) * count;
    largest = std::max(largest, level.loopBytes / count);
    used.push_back(std::move(level));
  }
  for (int64_t i = 0; i < count && largest; ++i) {
    void *block = std::aligned_alloc(pageBytes, size_t(largest));
    if (block)
      std::memset(block, 1, size_t(largest));
    blocks.emplace_back(static_cast<char *>(block), std::free);
  }
  // Without the memory there is nothing to say about bandwidth.
  if (llvm::any_of(blocks, [](const auto &block) { return !block; }))
    used.clear();
}

Machine::~Machine() = default;

// Seconds of `body(thread)` on all threads.
template <typename Body>
static double timeOn(const sluice_threads *threads, int64_t count, Body body) {
  auto task = [](void *context, int64_t begin, int64_t end) {
    for (int64_t thread = begin; thread < end; ++thread)
      (*static_cast<Body *>(context))(thread);
  };
  auto start = std::chrono::steady_clock::now();
  sluice_parallel(threads, count, task, &body);
  std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  return time.count();
}

// Work per second of loop(thread, rounds), whose round does `work` on all
// threads together, over enough rounds.
template <typename Loop>
static double rateOf(const sluice_threads *threads, int64_t count, double work,
                     Loop loop) {
  for (int64_t rounds = 1;; rounds *= 2) {
    double seconds =
        timeOn(threads, count, [&](int64_t thread) { loop(thread, rounds); });
    if (seconds >= sampleSeconds)
      return work * double(rounds) / seconds / 1e9;
  }
}

void Machine::sample() {
  peaks.push_back(
      rateOf(threads, count, double(machine_operations_per_round() * count),
             [](int64_t, int64_t rounds) { machine_multiply_add(rounds); }));
  for (MemoryLevel &level : used) {
    size_t each = size_t(level.loopBytes / count);
    double work = double(level.loopBytes);
    level.read.push_back(
        rateOf(threads, count, work, [&](int64_t thread, int64_t rounds) {
          machine_read(blocks[size_t(thread)].get(), each, rounds);
        }));
    level.copy.push_back(
        rateOf(threads, count, work, [&](int64_t thread, int64_t rounds) {
          machine_copy(blocks[size_t(thread)].get(), each, rounds);
        }));
  }
}

double Machine::secondsOf(llvm::ArrayRef<Traffic> traffic, Sample which,
                          std::string *where) const {
  std::vector<double> seconds(used.size());
  if (used.empty())
    return 0;
  for (const Traffic &part : traffic) {
    size_t level = levelOf(part.reuseDistance);
    if (double rate = used[level].rate(which))
      seconds[level] += double(part.bytes) / rate / 1e9;
  }
  double sum = 0;
  for (double part : seconds)
    sum += part;
  if (where)
    *where = used[size_t(llvm::max_element(seconds) - seconds.begin())].name;
  return sum;
}
