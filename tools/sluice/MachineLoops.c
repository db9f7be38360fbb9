/*===- MachineLoops.c - What this core can do at this moment -----*- C -*-===*/

#define _DEFAULT_SOURCE
#include "tools/sluice/MachineLoops.h"
#include <unistd.h>

/* Two units with a latency of 4 or 5 cycles need 10 chains; with both factors
   they fit 16 registers. The accumulators are registers by name: an array of
   them may end up in memory, where each step waits for the store of the one
   before. */
enum { CHAINS = 12, REPEATS = 8 };
/* clang-format off */
#define EACH_CHAIN(DO)                                                         \
  DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)                              \
  DO(8) DO(9) DO(10) DO(11)
/* clang-format on */
#define DECLARE_CHAIN(i) sum##i = y,

/* The three loops with vectors of LANES floats. STEP is one multiply-add of
   chain i, spelled out so that no compiler splits or narrows it. */
#define DEFINE_LOOPS(LEVEL, TARGET, LANES, REGISTER, STEP)                     \
  typedef float floats_##LEVEL                                                 \
      __attribute__((vector_size(LANES * sizeof(float))));                     \
  typedef int32_t ints_##LEVEL                                                 \
      __attribute__((vector_size(LANES * sizeof(int32_t))));                   \
                                                                               \
  TARGET static void multiply_add_##LEVEL(int64_t rounds) {                    \
    floats_##LEVEL x = {0.5f}, y = {1.0f}, EACH_CHAIN(DECLARE_CHAIN) end = y;  \
    for (int64_t round = 0; round < rounds; ++round)                           \
      for (int repeat = 0; repeat < REPEATS; ++repeat) {                       \
        EACH_CHAIN(STEP)                                                       \
      }                                                                        \
    (void)end;                                                                 \
  }                                                                            \
                                                                               \
  TARGET static void read_##LEVEL(const void *block, size_t bytes,             \
                                  int64_t rounds) {                            \
    const ints_##LEVEL *at = block;                                            \
    size_t count = bytes / sizeof *at;                                         \
    ints_##LEVEL a = {0}, b = a, c = a, d = a;                                 \
    for (int64_t round = 0; round < rounds; ++round) {                         \
      for (size_t i = 0; i < count; i += 8) {                                  \
        a |= at[i];                                                            \
        b |= at[i + 1];                                                        \
        c |= at[i + 2];                                                        \
        d |= at[i + 3];                                                        \
        a |= at[i + 4];                                                        \
        b |= at[i + 5];                                                        \
        c |= at[i + 6];                                                        \
        d |= at[i + 7];                                                        \
      }                                                                        \
      /* No round can be left out, and no sum. */                              \
      __asm__ volatile("" : "+" REGISTER(a) : : "memory");                     \
    }                                                                          \
    b |= c | d;                                                                \
    __asm__ volatile("" : : REGISTER(b));                                      \
  }                                                                            \
                                                                               \
  TARGET static void copy_##LEVEL(void *block, size_t bytes, int64_t rounds) { \
    size_t count = bytes / 2 / sizeof(ints_##LEVEL);                           \
    const ints_##LEVEL *from = block;                                          \
    ints_##LEVEL *to = (ints_##LEVEL *)block + count;                          \
    for (int64_t round = 0; round < rounds; ++round) {                         \
      for (size_t i = 0; i < count; i += 4) {                                  \
        ints_##LEVEL a = from[i], b = from[i + 1];                             \
        ints_##LEVEL c = from[i + 2], d = from[i + 3];                         \
        /* Not a call of memcpy. */                                            \
        __asm__ volatile(""                                                    \
                         : "+" REGISTER(a), "+" REGISTER(b), "+" REGISTER(c),  \
                           "+" REGISTER(d));                                   \
        to[i] = a;                                                             \
        to[i + 1] = b;                                                         \
        to[i + 2] = c;                                                         \
        to[i + 3] = d;                                                         \
      }                                                                        \
      __asm__ volatile("" : : : "memory");                                     \
    }                                                                          \
  }

#if defined(__x86_64__)

#define FUSED_STEP(i)                                                          \
  __asm__ volatile("vfmadd231ps %2, %1, %0" : "+v"(sum##i) : "v"(x), "v"(y));
#define SEPARATE_STEP(i)                                                       \
  __asm__ volatile("mulps %1, %0\n\taddps %2, %0"                              \
                   : "+x"(sum##i)                                              \
                   : "x"(x), "x"(y));
DEFINE_LOOPS(avx512, __attribute__((target("avx512f"))), 16, "v", FUSED_STEP)
DEFINE_LOOPS(avx2, __attribute__((target("avx2,fma"))), 8, "x", FUSED_STEP)
DEFINE_LOOPS(base, , 4, "x", SEPARATE_STEP)

static int level(void) {
  return __builtin_cpu_supports("avx512f")                                 ? 2
         : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 1
                                                                           : 0;
}
#define CALL(LOOP, ...)                                                        \
  (level() == 2   ? LOOP##_avx512(__VA_ARGS__)                                 \
   : level() == 1 ? LOOP##_avx2(__VA_ARGS__)                                   \
                  : LOOP##_base(__VA_ARGS__))
static int64_t lanes(void) { return (int64_t)4 << level(); }

#elif defined(__aarch64__)

#define FUSED_STEP(i)                                                          \
  __asm__ volatile("fmla %0.4s, %1.4s, %2.4s" : "+w"(sum##i) : "w"(x), "w"(y));
DEFINE_LOOPS(base, , 4, "w", FUSED_STEP)
#define CALL(LOOP, ...) LOOP##_base(__VA_ARGS__)
static int64_t lanes(void) { return 4; }

#else
#error "no loops for this architecture"
#endif

int64_t machine_operations_per_round(void) {
  return 2 * CHAINS * REPEATS * lanes();
}

void machine_multiply_add(int64_t rounds) { CALL(multiply_add, rounds); }

void machine_read(const void *block, size_t bytes, int64_t rounds) {
  CALL(read, block, bytes, rounds);
}

void machine_copy(void *block, size_t bytes, int64_t rounds) {
  CALL(copy, block, bytes, rounds);
}

size_t machine_cache_bytes(int which) {
  static const int names[] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE,
                              _SC_LEVEL3_CACHE_SIZE};
  long bytes = which >= 1 && which <= 3 ? sysconf(names[which - 1]) : 0;
  return bytes > 0 ? (size_t)bytes : 0;
}
