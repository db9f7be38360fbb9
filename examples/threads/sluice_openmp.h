/* Runs a model's tasks on the threads of OpenMP. */
#ifndef SLUICE_OPENMP_H
#define SLUICE_OPENMP_H

#include <omp.h>
#include <stdint.h>

static inline void sluice_openmp_run(void *context, int64_t count,
                                     void (*task)(void *arg, int64_t index),
                                     void *arg) {
  (void)context;
  if (count == 0) /* a run is over */
    return;
  /* A few equal tasks for each thread: whoever is done takes the next. */
#pragma omp parallel for schedule(dynamic)
  for (int64_t i = 0; i < count; ++i)
    task(arg, i);
}

/* For sluice_threads' members: {sluice_openmp_run, 0, sluice_openmp_size()}. */
static inline int sluice_openmp_size(void) { return omp_get_max_threads(); }

#endif
