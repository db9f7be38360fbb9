// Runs a model's tasks in an arena of oneTBB.
#ifndef SLUICE_TBB_HPP
#define SLUICE_TBB_HPP

#include <cstdint>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

// The context is a tbb::task_arena that outlives the model's instance.
inline void sluice_tbb_run(void *context, int64_t count,
                           void (*task)(void *arg, int64_t index), void *arg) {
  auto *arena = static_cast<tbb::task_arena *>(context);
  // Tasks are as large as they should be: split to single ones, not to more.
  arena->execute([&] {
    tbb::parallel_for(
        tbb::blocked_range<int64_t>(0, count, 1),
        [&](const tbb::blocked_range<int64_t> &range) {
          for (int64_t i = range.begin(); i != range.end(); ++i)
            task(arg, i);
        },
        tbb::simple_partitioner());
  });
}

// For sluice_threads' members: {sluice_tbb_run, &arena,
// sluice_tbb_size(arena)}.
inline int sluice_tbb_size(const tbb::task_arena &arena) {
  return arena.max_concurrency();
}

#endif
