// Runs a model's tasks on a thread pool of Eigen's.
#ifndef SLUICE_EIGEN_HPP
#define SLUICE_EIGEN_HPP

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unsupported/Eigen/CXX11/ThreadPool>

namespace sluice_eigen {

// One run. Helpers that the pool starts late still find it, and nothing to do.
class Job {
public:
  Job(int64_t count, void (*task)(void *, int64_t), void *arg)
      : count(count), task(task), arg(arg) {}

  // Takes tasks until none is left.
  void help() {
    int64_t taken = 0;
    for (int64_t i; (i = next.fetch_add(1)) < count; ++taken)
      task(arg, i);
    if (taken == 0)
      return;
    std::lock_guard<std::mutex> lock(mutex);
    done += taken;
    if (done == count)
      finished.notify_one();
  }

  void wait() {
    std::unique_lock<std::mutex> lock(mutex);
    finished.wait(lock, [this] { return done == count; });
  }

private:
  const int64_t count;
  void (*const task)(void *, int64_t);
  void *const arg;
  std::atomic<int64_t> next{0};
  std::mutex mutex;
  std::condition_variable finished;
  int64_t done = 0; // guarded by mutex
};

// The context is an Eigen::ThreadPoolInterface. The caller works too, so that
// a run ends even when it is called from a thread of a pool that is busy.
inline void run(void *context, int64_t count,
                void (*task)(void *arg, int64_t index), void *arg) {
  auto *pool = static_cast<Eigen::ThreadPoolInterface *>(context);
  auto job = std::make_shared<Job>(count, task, arg);
  int64_t helpers = std::min<int64_t>(count - 1, pool->NumThreads());
  for (int64_t i = 0; i < helpers; ++i)
    pool->Schedule([job] { job->help(); });
  job->help();
  job->wait();
}

// For sluice_threads' members: {sluice_eigen::run, &pool, size(pool)}. The
// caller is one thread more.
inline int size(const Eigen::ThreadPoolInterface &pool) {
  return pool.NumThreads() + 1;
}

} // namespace sluice_eigen

#endif
