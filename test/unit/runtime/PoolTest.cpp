//===- PoolTest.cpp - sluice_parallel and the pool ------------------------===//

#include "sluice/abi.h"
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <mutex>
#include <sched.h>
#include <set>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

struct Ranges {
  std::mutex mutex;
  std::vector<std::pair<int64_t, int64_t>> taken;
  static void kernel(void *arg, int64_t begin, int64_t end) {
    auto *ranges = static_cast<Ranges *>(arg);
    std::lock_guard<std::mutex> lock(ranges->mutex);
    ranges->taken.push_back({begin, end});
  }
};

// Runs tasks in reverse on the caller: order must not matter.
void runReversed(void *, int64_t count, void (*task)(void *, int64_t),
                 void *arg) {
  for (int64_t i = count; i-- > 0;)
    task(arg, i);
}

TEST(Parallel, rangesCoverEveryChunkOnce) {
  for (int threads : {1, 2, 3, 7, 64})
    for (int64_t chunks : {1, 2, 3, 6, 7, 8, 1000}) {
      Ranges ranges;
      sluice_threads reversed = {runReversed, nullptr, threads};
      sluice_parallel(&reversed, chunks, Ranges::kernel, &ranges);
      std::vector<int> seen(static_cast<size_t>(chunks));
      int64_t least = chunks, most = 0;
      for (auto [begin, end] : ranges.taken) {
        least = std::min(least, end - begin);
        most = std::max(most, end - begin);
        for (int64_t i = begin; i < end; ++i)
          ++seen[static_cast<size_t>(i)];
      }
      EXPECT_EQ(std::set<int>(seen.begin(), seen.end()), std::set<int>{1});
      EXPECT_LE(most - least, 1) << "ranges are even";
      EXPECT_EQ(
          ranges.taken.size(),
          size_t(threads == 1 ? 1 : std::min<int64_t>(4 * threads, chunks)));
    }
}

TEST(Parallel, oneTaskStaysOnTheCaller) {
  auto fail = [](void *, int64_t, void (*)(void *, int64_t), void *) {
    ADD_FAILURE() << "no task to hand out";
  };
  sluice_threads threads = {fail, nullptr, 8};
  Ranges ranges;
  sluice_parallel(&threads, 1, Ranges::kernel, &ranges);
  sluice_parallel(nullptr, 5, Ranges::kernel, &ranges);
  sluice_parallel(&threads, 0, Ranges::kernel, &ranges);
  sluice_parallel(&threads, -3, Ranges::kernel, &ranges);
  threads.concurrency = 0;
  sluice_parallel(&threads, 9, Ranges::kernel, &ranges);
  ASSERT_EQ(ranges.taken.size(), 3u);
  EXPECT_EQ(ranges.taken[0], (std::pair<int64_t, int64_t>(0, 1)));
  EXPECT_EQ(ranges.taken[1], (std::pair<int64_t, int64_t>(0, 5)));
  EXPECT_EQ(ranges.taken[2], (std::pair<int64_t, int64_t>(0, 9)));
}

void count(void *arg, int64_t index) {
  static_cast<std::atomic<int> *>(arg)[index].fetch_add(1);
}

// One task does not end before all others have begun: whoever is free must take
// what lies in the share of the thread that is held up.
TEST(PoolShares, othersTakeWhatAThreadLeaves) {
  sluice_threads *pool = sluice_pool_create(2);
  ASSERT_NE(pool, nullptr);
  for (int64_t held : {0, 4}) {
    struct Run {
      int64_t held;
      std::atomic<int> begun{0};
    } run{held};
    pool->run(
        pool->context, 8,
        [](void *arg, int64_t index) {
          auto *run = static_cast<Run *>(arg);
          run->begun.fetch_add(1);
          while (index == run->held && run->begun.load() < 8)
            std::this_thread::yield();
        },
        &run);
    EXPECT_EQ(run.begun.load(), 8);
  }
  sluice_pool_destroy(pool);
}

// Whether a thread of this process runs, the calling one aside.
bool anyAwake() {
  for (auto &entry : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(entry.path() / "stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    if (entry.path().filename() != std::to_string(getpid()) &&
        text[text.rfind(')') + 2] == 'R')
      return true;
  }
  return false;
}

bool fallAsleep() {
  for (int i = 0; i < 2000 && anyAwake(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return !anyAwake();
}

TEST(PoolSpin, threadsSleepAfterARunUnlessAsked) {
  sluice_threads *pool = sluice_pool_create(2);
  ASSERT_NE(pool, nullptr);
  auto run = [&] {
    std::atomic<int> seen[8] = {};
    pool->run(pool->context, 8, count, seen);
    pool->run(pool->context, 0, count, nullptr);
  };
  run();
  EXPECT_TRUE(fallAsleep());
  sluice_pool_spin(pool, INT64_MAX);
  run();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(anyAwake());
  sluice_pool_spin(pool, 0);
  EXPECT_TRUE(fallAsleep());
  sluice_pool_destroy(pool);
}

// A thread that wakes up is not left waiting behind the caller on its CPU.
TEST(PoolCpus, sleepersWakeOffTheCaller) {
  cpu_set_t all;
  ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);
  if (CPU_COUNT(&all) < 2)
    GTEST_SKIP() << "needs two CPUs";
  sluice_threads *pool = sluice_pool_create(2);
  ASSERT_NE(pool, nullptr);
  struct Run {
    std::thread::id caller = std::this_thread::get_id();
    std::atomic<int> begun{0};
    cpu_set_t worker;
  };
  auto task = [](void *arg, int64_t) {
    auto *run = static_cast<Run *>(arg);
    if (std::this_thread::get_id() != run->caller)
      sched_getaffinity(0, sizeof run->worker, &run->worker);
    run->begun.fetch_add(1);
    while (run->begun.load() < 2)
      std::this_thread::yield();
  };
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &all))
      continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_TRUE(fallAsleep());
    Run run;
    pool->run(pool->context, 2, task, &run);
    pool->run(pool->context, 0, task, nullptr);
    EXPECT_FALSE(CPU_ISSET(cpu, &run.worker));
    EXPECT_EQ(CPU_COUNT(&run.worker), CPU_COUNT(&all) - 1);
    ASSERT_EQ(sched_setaffinity(0, sizeof all, &all), 0);
  }
  sluice_pool_destroy(pool);
}

class Pool : public testing::TestWithParam<int> {};

TEST_P(Pool, runsEveryTaskOnce) {
  sluice_threads *pool = sluice_pool_create(GetParam());
  ASSERT_NE(pool, nullptr);
  EXPECT_EQ(pool->concurrency, GetParam());
  for (int64_t tasks : {0, 1, 2, 5, 7, 100})
    for (int repeat = 0; repeat < 300; ++repeat) {
      std::vector<std::atomic<int>> seen(static_cast<size_t>(tasks));
      pool->run(pool->context, tasks, count, seen.data());
      for (auto &times : seen)
        ASSERT_EQ(times.load(), 1);
    }
  sluice_pool_destroy(pool);
}

TEST_P(Pool, wakesSleepers) {
  sluice_threads *pool = sluice_pool_create(GetParam());
  ASSERT_NE(pool, nullptr);
  for (int repeat = 0; repeat < 5; ++repeat) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::vector<std::atomic<int>> seen(50);
    pool->run(pool->context, 50, count, seen.data());
    for (auto &times : seen)
      ASSERT_EQ(times.load(), 1);
  }
  sluice_pool_destroy(pool);
}

TEST_P(Pool, waitsForSlowTasks) {
  sluice_threads *pool = sluice_pool_create(GetParam());
  ASSERT_NE(pool, nullptr);
  std::atomic<int> done{0};
  pool->run(
      pool->context, GetParam(),
      [](void *arg, int64_t index) {
        // Longer than any spinning, so that the caller sleeps.
        std::this_thread::sleep_for(std::chrono::milliseconds(index ? 30 : 0));
        static_cast<std::atomic<int> *>(arg)->fetch_add(1);
      },
      &done);
  EXPECT_EQ(done.load(), GetParam());
  sluice_pool_destroy(pool);
}

TEST_P(Pool, nestedAndConcurrentRunsComplete) {
  sluice_threads *pool = sluice_pool_create(GetParam());
  ASSERT_NE(pool, nullptr);
  struct Nested {
    sluice_threads *pool;
    std::atomic<int> done{0};
  } nested{pool};
  auto outer = [](void *arg, int64_t) {
    auto *nested = static_cast<Nested *>(arg);
    nested->pool->run(
        nested->pool->context, 3,
        [](void *arg, int64_t) {
          static_cast<Nested *>(arg)->done.fetch_add(1);
        },
        nested);
  };
  auto many = [&] {
    for (int i = 0; i < 200; ++i)
      pool->run(pool->context, 4, outer, &nested);
  };
  std::thread other(many);
  many();
  other.join();
  EXPECT_EQ(nested.done.load(), 2 * 200 * 4 * 3);
  sluice_pool_destroy(pool);
}

TEST_P(Pool, childOfForkStillComputes) {
  sluice_threads *pool = sluice_pool_create(GetParam());
  ASSERT_NE(pool, nullptr);
  pid_t child = fork();
  if (child == 0) { // its workers are gone; the caller takes their tasks
    std::vector<std::atomic<int>> seen(9);
    pool->run(pool->context, 9, count, seen.data());
    bool all = true;
    for (auto &times : seen)
      all &= times.load() == 1;
    _exit(all ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  sluice_pool_destroy(pool);
}

INSTANTIATE_TEST_SUITE_P(Threads, Pool, testing::Values(1, 2, 7));

TEST(PoolCreate, refusesBadCounts) {
  EXPECT_EQ(sluice_pool_create(0), nullptr);
  EXPECT_EQ(sluice_pool_create(-1), nullptr);
  EXPECT_EQ(sluice_pool_create(1 << 30), nullptr);
  sluice_pool_destroy(nullptr);
}

} // namespace
