/*===- sluice_parallel.c - Chunks of a kernel onto threads -------*- C -*-===*/

#include "sluice/abi.h"

/* Ranges for each thread: one that lost its CPU for a while leaves the others
   the rest. More cost more starts of loops. */
enum { RANGES = 4 };

struct job {
  void (*kernel)(void *args, int64_t begin, int64_t end);
  void *args;
  int64_t each, rest;
};

/* Range `index` of contiguous ranges whose sizes differ by one at most. */
static void run_range(void *arg, int64_t index) {
  const struct job *job = arg;
  int64_t extra = index < job->rest ? index : job->rest;
  int64_t begin = index * job->each + extra;
  int64_t end = begin + job->each + (index < job->rest);
  job->kernel(job->args, begin, end);
}

void sluice_parallel(const sluice_threads *threads, int64_t chunks,
                     void (*kernel)(void *args, int64_t begin, int64_t end),
                     void *args) {
  if (chunks <= 0)
    return;
  int64_t tasks = threads && threads->run ? threads->concurrency : 1;
  if (tasks > 1)
    tasks *= RANGES;
  if (tasks > chunks)
    tasks = chunks;
  if (tasks <= 1) {
    kernel(args, 0, chunks);
    return;
  }
  struct job job = {kernel, args, chunks / tasks, chunks % tasks};
  threads->run(threads->context, tasks, run_range, &job);
}
