// The digits model on a pool of the program's own. Build with one of
// -DUSE_OPENMP, -DUSE_TBB, -DUSE_EIGEN.

#include "digits.h"
#include <cstdio>
#include <cstring>

#if defined(USE_OPENMP)
#include "sluice_openmp.h"
#elif defined(USE_TBB)
#include "sluice_tbb.hpp"
#elif defined(USE_EIGEN)
#include "sluice_eigen.hpp"
#endif

enum { BATCH = 256 }; // one image is not worth a second thread

alignas(64) static unsigned char workspace[DIGITS_WORKSPACE_SIZE];
static int64_t tasks; // on the caller only: proves that the pool was asked

static void (*pool_run)(void *, int64_t, void (*)(void *, int64_t), void *);

static void counted_run(void *context, int64_t count,
                        void (*task)(void *, int64_t), void *arg) {
  tasks += count;
  pool_run(context, count, task, arg);
}

static int classify(const sluice_threads *threads, const float *image,
                    float *probs) {
  digits net;
  digits_options options = {};
  options.workspace = workspace;
  options.workspace_size = sizeof workspace;
  options.threads = threads;
  digits_args args = {};
  args.images = image;
  args.probs = probs;
  int status = digits_init(&net, &options);
  return status ? status : digits_run(&net, &args);
}

int main() {
#if defined(USE_OPENMP)
  pool_run = sluice_openmp_run;
  sluice_threads threads = {counted_run, nullptr, sluice_openmp_size()};
#elif defined(USE_TBB)
  tbb::task_arena arena(4);
  pool_run = sluice_tbb_run;
  sluice_threads threads = {counted_run, &arena, sluice_tbb_size(arena)};
#elif defined(USE_EIGEN)
  Eigen::ThreadPool pool(3);
  pool_run = sluice_eigen::run;
  sluice_threads threads = {counted_run, &pool, sluice_eigen::size(pool)};
#endif
  static float images[BATCH * 64], alone[BATCH * 10], together[BATCH * 10];
  for (int i = 0; i < BATCH * 64; ++i)
    images[i] = float(i % 17) / 16;
  int status = classify(nullptr, images, alone);
  for (int i = 0; i < 100 && !status; ++i) {
    status = classify(&threads, images, together);
    if (!status && std::memcmp(alone, together, sizeof alone) != 0) {
      std::puts("the results differ");
      return 1;
    }
  }
  if (status) {
    std::printf("error: %s\n", sluice_status_text(status));
    return 1;
  }
  std::printf("the same bits on %d threads, %lld tasks\n", threads.concurrency,
              static_cast<long long>(tasks));
  return 0;
}
