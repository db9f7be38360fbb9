/*===- sluice_pool.c - An optional thread pool -------------------*- C -*-===*\
|*
|* Linked only by programs that call sluice_pool_create. Share t of a run is the
|* t-th part of its tasks; thread t takes those of share t first, so that it
|* meets the same data in every run, and then what others have not come to: a
|* run does not wait for a thread whose CPU is busy with something else. Waiting
|* spins, then yields, then sleeps: a spinning thread must not keep the one it
|* waits for from running (one CPU, real-time priorities). After a run threads
|* sleep at once, or as soon as sluice_pool_spin says, and are woken on other
|* CPUs than the caller's: Linux may put two on one for milliseconds.
|*
\*===----------------------------------------------------------------------===*/

#define _GNU_SOURCE 1 /* CPU affinity */

#include "sluice/sluice.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
  LINE = 64,
  SPINS = 20000,
  YIELDS = 64,
  CLOCK_READS = 64,
  MAX_THREADS = 4096
};

struct share {
  /* Low half of the generation, then how many tasks are left: whoever takes
     one changes both at once, so that nobody takes one of another run. */
  _Alignas(LINE) _Atomic uint64_t left;
  int64_t end; /* stable while a task of the run is not done */
};

struct worker {
  struct pool *pool;
  int index;
  pthread_t thread;
};

struct pool {
  sluice_threads threads; /* first: the handle users hold */
  int count;
  int spins;              /* between the kernels of a run */
  cpu_set_t cpus;         /* of the thread that made the pool */
  int cpu_count;          /* 0: unknown */
  int caller_cpu;         /* the one workers keep off, or -1 */
  _Atomic int64_t linger; /* nanoseconds awake after a run */
  /* The job of the current generation. */
  void (*task)(void *arg, int64_t index);
  void *arg;
  int64_t tasks;
  struct share *shares;
  struct worker *workers;
  _Alignas(LINE) _Atomic uint64_t generation;
  _Alignas(LINE) _Atomic int64_t done; /* tasks finished in this generation */
  _Alignas(LINE) _Atomic int busy;
  _Atomic int sleepers;       /* workers asleep or about to be */
  _Atomic int caller_waiting; /* the caller is */
  _Atomic int resting;        /* no run since the last one's end */
  _Atomic int stop;
  pthread_mutex_t mutex;
  pthread_cond_t work, finished;
};

static void relax(void) {
#if defined(__x86_64__)
  __asm__ volatile("pause");
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Takes a task of the share; negative when none is left in `generation`. */
static int64_t take_task(struct share *share, uint64_t generation) {
  uint64_t left = atomic_load(&share->left);
  while (left >> 32 == (generation & UINT32_MAX) && (left & UINT32_MAX))
    if (atomic_compare_exchange_weak(&share->left, &left, left - 1))
      return share->end - (int64_t)(left & UINT32_MAX);
  return -1;
}

/* Thread `index`: its own share, then the rest of the others. */
static void take_tasks(struct pool *pool, int index, uint64_t generation) {
  int64_t taken = 0, tasks = 0;
  for (int i = 0; i < pool->count; ++i) {
    struct share *share = &pool->shares[(index + i) % pool->count];
    int64_t task;
    while ((task = take_task(share, generation)) >= 0) {
      /* The run cannot end before this task is counted: the job is stable. */
      pool->task(pool->arg, task);
      tasks = pool->tasks;
      ++taken;
    }
  }
  if (taken && atomic_fetch_add(&pool->done, taken) + taken == tasks &&
      atomic_load(&pool->caller_waiting)) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_signal(&pool->finished);
    pthread_mutex_unlock(&pool->mutex);
  }
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Whether to stay awake for the i-th time; *until is when a rest ends. */
static int stays_awake(struct pool *pool, int64_t i, int64_t *until) {
  if (!atomic_load_explicit(&pool->resting, memory_order_relaxed))
    return i < pool->spins + YIELDS;
  int64_t linger = atomic_load_explicit(&pool->linger, memory_order_relaxed);
  if (linger <= 0)
    return 0;
  if (!*until)
    *until = now() + linger;
  return i % CLOCK_READS || now() < *until;
}

static uint64_t await_work(struct pool *pool, uint64_t seen) {
  int64_t until = 0;
  for (int64_t i = 0; stays_awake(pool, i, &until); ++i) {
    uint64_t now =
        atomic_load_explicit(&pool->generation, memory_order_acquire);
    if (now != seen)
      return now;
    if (i < pool->spins)
      relax();
    else
      sched_yield();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->sleepers, 1);
  uint64_t now;
  while ((now = atomic_load(&pool->generation)) == seen)
    pthread_cond_wait(&pool->work, &pool->mutex);
  atomic_fetch_sub(&pool->sleepers, 1);
  pthread_mutex_unlock(&pool->mutex);
  return now;
}

/* A wake-up may find the last free CPU taken for a moment, by whoever called
   the caller, and then leaves the thread waiting behind the caller itself. */
static void keep_off_caller(struct pool *pool) {
  int cpu = sched_getcpu();
  if (cpu == pool->caller_cpu || cpu < 0 || cpu >= CPU_SETSIZE ||
      pool->cpu_count < pool->count)
    return;
  cpu_set_t others = pool->cpus;
  CPU_CLR(cpu, &others);
  for (int i = 1; i < pool->count; ++i)
    pthread_setaffinity_np(pool->workers[i].thread, sizeof others, &others);
  pool->caller_cpu = cpu;
}

static void publish(struct pool *pool, uint64_t generation) {
  atomic_store(&pool->generation, generation);
  if (atomic_load(&pool->sleepers) == 0)
    return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->work);
  pthread_mutex_unlock(&pool->mutex);
}

static void await_done(struct pool *pool) {
  for (int i = 0; i < pool->spins + YIELDS; ++i) {
    if (atomic_load_explicit(&pool->done, memory_order_acquire) == pool->tasks)
      return;
    if (i < pool->spins)
      relax();
    else
      sched_yield();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->caller_waiting, 1);
  while (atomic_load(&pool->done) != pool->tasks)
    pthread_cond_wait(&pool->finished, &pool->mutex);
  atomic_store(&pool->caller_waiting, 0);
  pthread_mutex_unlock(&pool->mutex);
}

static void *work(void *arg) {
  struct worker *worker = arg;
  struct pool *pool = worker->pool;
  uint64_t seen = 0;
  for (;;) {
    seen = await_work(pool, seen);
    if (atomic_load(&pool->stop))
      return NULL;
    take_tasks(pool, worker->index, seen);
  }
}

static void pool_run(void *context, int64_t count,
                     void (*task)(void *arg, int64_t index), void *arg) {
  struct pool *pool = context;
  if (count == 0) { /* the end of a run */
    atomic_store(&pool->resting, 1);
    return;
  }
  /* Nested runs, and runs of two instances at once, stay on their caller. */
  if (pool->count == 1 || count <= 1 || count > INT32_MAX ||
      atomic_exchange(&pool->busy, 1)) {
    for (int64_t i = 0; i < count; ++i)
      task(arg, i);
    return;
  }
  pool->task = task;
  pool->arg = arg;
  pool->tasks = count;
  atomic_store(&pool->done, 0);
  atomic_store(&pool->resting, 0);
  uint64_t generation = atomic_load(&pool->generation) + 1;
  int64_t each = count / pool->count, rest = count % pool->count, end = 0;
  for (int i = 0; i < pool->count; ++i) {
    int64_t size = each + (i < rest);
    pool->shares[i].end = end += size;
    atomic_store_explicit(&pool->shares[i].left,
                          generation << 32 | (uint64_t)size,
                          memory_order_release);
  }
  if (atomic_load_explicit(&pool->sleepers, memory_order_relaxed))
    keep_off_caller(pool);
  publish(pool, generation);
  take_tasks(pool, 0, generation);
  await_done(pool);
  atomic_store(&pool->busy, 0);
}

static void find_cpus(struct pool *pool) {
  CPU_ZERO(&pool->cpus);
  if (sched_getaffinity(0, sizeof pool->cpus, &pool->cpus) == 0)
    pool->cpu_count = CPU_COUNT(&pool->cpus);
  pool->caller_cpu = -1;
  pool->spins = pool->cpu_count >= pool->count ? SPINS : 0;
}

static int start_workers(struct pool *pool) {
  /* Signals belong to the program's own threads. */
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  int started = 1;
  for (; started < pool->count; ++started) {
    struct worker *worker = &pool->workers[started];
    worker->pool = pool;
    worker->index = started;
    if (pthread_create(&worker->thread, NULL, work, worker))
      break;
  }
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  return started;
}

static void stop_workers(struct pool *pool, int started) {
  atomic_store(&pool->stop, 1);
  publish(pool, atomic_load(&pool->generation) + 1);
  for (int i = 1; i < started; ++i)
    pthread_join(pool->workers[i].thread, NULL);
}

static void free_pool(struct pool *pool) {
  pthread_cond_destroy(&pool->work);
  pthread_cond_destroy(&pool->finished);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->shares);
  free(pool->workers);
  free(pool);
}

sluice_threads *sluice_pool_create(int threads) {
  if (threads < 1 || threads > MAX_THREADS)
    return NULL;
  struct pool *pool = aligned_alloc(LINE, sizeof *pool);
  if (!pool)
    return NULL;
  *pool = (struct pool){.threads = {pool_run, pool, threads}, .count = threads};
  find_cpus(pool);
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->work, NULL);
  pthread_cond_init(&pool->finished, NULL);
  size_t count = (size_t)threads;
  pool->shares = aligned_alloc(LINE, count * sizeof *pool->shares);
  pool->workers = calloc(count, sizeof *pool->workers);
  if (!pool->shares || !pool->workers) {
    free_pool(pool);
    return NULL;
  }
  for (size_t i = 0; i < count; ++i) {
    atomic_init(&pool->shares[i].left, 0);
    pool->shares[i].end = 0;
  }
  int started = start_workers(pool);
  if (started < threads) {
    stop_workers(pool, started);
    free_pool(pool);
    return NULL;
  }
  return &pool->threads;
}

void sluice_pool_spin(sluice_threads *threads, int64_t microseconds) {
  struct pool *pool = threads->context;
  int64_t most = INT64_MAX / 4000;
  int64_t bounded = microseconds < most ? microseconds : most;
  atomic_store(&pool->linger, bounded * 1000);
}

void sluice_pool_destroy(sluice_threads *threads) {
  if (!threads)
    return;
  struct pool *pool = threads->context;
  stop_workers(pool, pool->count);
  free_pool(pool);
}
