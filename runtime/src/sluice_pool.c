/*===- sluice_pool.c - An optional thread pool -------------------*- C -*-===*\
|*
|* Linked only by programs that call sluice_pool_create. Slot t of a run holds
|* tasks t, t + threads, ...; thread t takes slot t first, so that it meets the
|* same data in every run, and the caller takes over slots whose thread has not
|* started. Waiting spins, then yields, then sleeps: a spinning thread must not
|* keep the one it waits for from running (one CPU, real-time priorities).
|*
\*===----------------------------------------------------------------------===*/

#define _GNU_SOURCE 1 /* sched_getaffinity */

#include "sluice/sluice.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { LINE = 64, SPINS = 20000, YIELDS = 64, MAX_THREADS = 4096 };

struct slot {
  _Alignas(LINE) _Atomic uint64_t taken; /* generation that took it last */
};

struct worker {
  struct pool *pool;
  int index;
  pthread_t thread;
};

struct pool {
  sluice_threads threads; /* first: the handle users hold */
  int count;
  int spins;
  /* The job of the current generation. */
  void (*task)(void *arg, int64_t index);
  void *arg;
  int64_t tasks;
  struct slot *slots;
  struct worker *workers;
  _Alignas(LINE) _Atomic uint64_t generation;
  _Alignas(LINE) _Atomic int done; /* slots finished in this generation */
  _Alignas(LINE) _Atomic int busy;
  _Atomic int sleepers;       /* workers asleep or about to be */
  _Atomic int caller_waiting; /* the caller is */
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

/* Takes slot `index` of `generation` and runs it; 0 when it was taken. */
static int take_slot(struct pool *pool, int index, uint64_t generation) {
  uint64_t before = generation - 1;
  if (!atomic_compare_exchange_strong(&pool->slots[index].taken, &before,
                                      generation))
    return 0;
  /* The run cannot end before this slot is done: the job is stable. */
  for (int64_t i = index; i < pool->tasks; i += pool->count)
    pool->task(pool->arg, i);
  if (atomic_fetch_add(&pool->done, 1) + 1 == pool->count &&
      atomic_load(&pool->caller_waiting)) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_signal(&pool->finished);
    pthread_mutex_unlock(&pool->mutex);
  }
  return 1;
}

static uint64_t await_work(struct pool *pool, uint64_t seen) {
  for (int i = 0; i < pool->spins + YIELDS; ++i) {
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
    if (atomic_load_explicit(&pool->done, memory_order_acquire) == pool->count)
      return;
    if (i < pool->spins)
      relax();
    else
      sched_yield();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->caller_waiting, 1);
  while (atomic_load(&pool->done) != pool->count)
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
    take_slot(pool, worker->index, seen);
  }
}

static void pool_run(void *context, int64_t count,
                     void (*task)(void *arg, int64_t index), void *arg) {
  struct pool *pool = context;
  /* Nested runs, and runs of two instances at once, stay on their caller. */
  if (pool->count == 1 || count <= 1 || atomic_exchange(&pool->busy, 1)) {
    for (int64_t i = 0; i < count; ++i)
      task(arg, i);
    return;
  }
  pool->task = task;
  pool->arg = arg;
  pool->tasks = count;
  atomic_store(&pool->done, 0);
  uint64_t generation = atomic_load(&pool->generation) + 1;
  publish(pool, generation);
  for (int i = 0; i < pool->count; ++i)
    take_slot(pool, i, generation);
  await_done(pool);
  atomic_store(&pool->busy, 0);
}

static int available_cpus(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
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
  free(pool->slots);
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
  pool->spins = available_cpus() >= threads ? SPINS : 0;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->work, NULL);
  pthread_cond_init(&pool->finished, NULL);
  size_t count = (size_t)threads;
  pool->slots = aligned_alloc(LINE, count * sizeof *pool->slots);
  pool->workers = calloc(count, sizeof *pool->workers);
  if (!pool->slots || !pool->workers) {
    free_pool(pool);
    return NULL;
  }
  for (size_t i = 0; i < count; ++i)
    atomic_init(&pool->slots[i].taken, 0);
  int started = start_workers(pool);
  if (started < threads) {
    stop_workers(pool, started);
    free_pool(pool);
    return NULL;
  }
  return &pool->threads;
}

void sluice_pool_destroy(sluice_threads *threads) {
  if (!threads)
    return;
  struct pool *pool = threads->context;
  stop_workers(pool, pool->count);
  free_pool(pool);
}
