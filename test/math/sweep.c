/* Compares compiled one-operator models with the references. math_test.py
   writes models.h: their headers, the lists UNARY_MODELS and BINARY_MODELS, and
   LEVELS(NAME), the models of a function for LEVEL_COUNT instruction sets.

   Usage: sweep check NAME FIRST STRIDE   the floats of bits FIRST, FIRST +
                                          STRIDE, ...; for two operands every
                                          STRIDEth of the samples, from FIRST
          sweep special NAME              the floats around special ones
          sweep time NAME LOW HIGH        nanoseconds per element
   The variable LEAST is an exponent in whose ULP smaller results are measured.
   Prints a line per level. That of a check has: points, largest error in ULP,
   the operands there, the result and what it should be, the largest absolute
   error, then how many results are wrong in being NaN or in their sign and the
   operands of the first. */

#define _POSIX_C_SOURCE 200809L
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models.h"
#include "reference.h"

enum { BLOCK = 4096 }; /* elements of a model */

typedef struct function {
  const char *name;
  const sluice_model *models[LEVEL_COUNT];
  vec (*unary)(vec);
  vec (*binary)(vec, vec);
} function;

#define UNARY_ROW(name) {#name, LEVELS(name), ref_##name, NULL},
#define BINARY_ROW(name) {#name, LEVELS(name), NULL, ref_##name},
static const function functions[] = {UNARY_MODELS(UNARY_ROW)
                                         BINARY_MODELS(BINARY_ROW)};

static _Alignas(64) float x[BLOCK], y[BLOCK], result[BLOCK];
static _Alignas(64) double expected[BLOCK], errors[BLOCK], distances[BLOCK];

static float from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/*===-- Samples -----------------------------------------------------------===*/

static uint64_t mix(uint64_t z) {
  z += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/* In [0, 1). */
static double uniform(uint64_t *state) {
  *state = mix(*state);
  return (double)(*state >> 11) * 0x1p-53;
}

/* Sample `index` of two operands: all bits; results over the range of f32 from
   any base, from bases near 1 and from negative bases with integer exponents;
   operands of similar size. */
static void sample(uint64_t index, float *a, float *b) {
  uint64_t state = mix(index);
  uint32_t bits = (uint32_t)state;
  *a = from_bits(bits);
  *b = from_bits((uint32_t)(state >> 32));
  double target = uniform(&state) * 284 - 153, base;
  switch (index % 5) {
  case 0:
    return;
  case 1:
    *a = from_bits(bits & 0x7FFFFFFF);
    *b = (float)(target / log2(*a));
    return;
  case 2:
    base = ldexp(uniform(&state) - 0.5, -(int)(bits % 23));
    *a = (float)(1 + base);
    *b = (float)(target / log2(*a));
    return;
  case 3:
    *b = (float)round(ldexp(uniform(&state), (int)(bits % 26)));
    *a = *b == 0 ? -*a : (float)-exp2(target / *b);
    return;
  default:
    *b = (float)(*a * ldexp(uniform(&state) * 2 - 1, (int)(bits % 61) - 30));
  }
}

static float special(int index) {
  static const uint32_t centres[] = {
      0x00000000, 0x00800000, 0x33800000, 0x3E800000, 0x3ED413CD, 0x3F000000,
      0x3F200000, 0x3F3504F3, 0x3F490FDB, 0x3F6E147B, 0x3F800000, 0x3FB504F3,
      0x3FC90FDB, 0x40000000, 0x40400000, 0x40490FDB, 0x40800000, 0x41000000,
      0x41B00000, 0x42AEAC50, 0x42B17218, 0x42CFF1B5, 0x43000000, 0x47CE4780,
      0x4B000000, 0x4B800000, 0x4F000000, 0x5F000000, 0x7EFFFFFF, 0x7F7FFFFF,
      0x7F800000, 0x7FC00000,
      /* Where all floats showed an error that a sample does not. */
      0x40B15638, 0x40D198FF};
  enum { AROUND = 16, SIGNED = 2 * AROUND };
  uint32_t centre =
      centres[index / SIGNED % (sizeof centres / sizeof *centres)];
  int offset = index % SIGNED / 2 - AROUND / 2;
  uint32_t bits = centre + (uint32_t)offset;
  return from_bits((bits & 0x7FFFFFFF) | (index % 2 ? 0x80000000 : 0));
}
enum { SPECIALS = 34 * 32 };

/*===-- Errors ------------------------------------------------------------===*/

/* Biased, in a double: smaller results are measured in the ULP of this one. */
static uint64_t least_exponent = 1023 - 126;

typedef struct worst {
  uint64_t points, wrong;
  double error, distance;
  float x, y, result, wrong_x, wrong_y;
  double expected;
} worst;

/* -1: wrong in being NaN or in its sign. */
static inline double error_of(double found, double exact, double *distance) {
  union {
    double value;
    uint64_t bits;
  } size, ulp;
  size.value = fabs(exact);
  uint64_t exponent = size.bits >> 52;
  exponent = exponent < least_exponent ? least_exponent : exponent;
  ulp.bits = (exponent - 23) << 52;
  /* The number behind the largest finite one stands for infinity. */
  int overflows = size.value >= 0x1p128 - 0x1p103;
  double limited = fabs(found) > FLT_MAX ? copysign(0x1p128, found) : found;
  double difference = fabs(limited - exact);
  difference = overflows && fabs(found) > FLT_MAX ? 0 : difference;
  *distance = overflows ? 0 : difference;
  int nan = isnan(exact) || isnan(found);
  int bad =
      nan ? !(isnan(exact) && isnan(found)) : signbit(exact) != signbit(found);
  *distance = nan ? 0 : *distance;
  return bad ? -1 : nan ? 0 : difference / ulp.value;
}

static void evaluate(const function *f) {
  for (int i = 0; i < BLOCK; i += WIDTH) {
    vec a, b;
    for (int lane = 0; lane < WIDTH; ++lane) {
      a[lane] = x[i + lane];
      b[lane] = y[i + lane];
    }
    vec exact = f->unary ? f->unary(a) : f->binary(a, b);
    memcpy(expected + i, &exact, sizeof exact);
  }
}

static void compare(worst *all) {
  double largest = 0, least = 0, distance = 0;
  for (int i = 0; i < BLOCK; ++i)
    errors[i] = error_of(result[i], expected[i], &distances[i]);
  for (int i = 0; i < BLOCK; ++i) {
    largest = errors[i] > largest ? errors[i] : largest;
    least = errors[i] < least ? errors[i] : least;
    distance = distances[i] > distance ? distances[i] : distance;
  }
  all->points += BLOCK;
  if (distance > all->distance)
    all->distance = distance;
  if (largest <= all->error && least == 0)
    return;
  for (int i = 0; i < BLOCK; ++i) {
    if (errors[i] > all->error) {
      all->error = errors[i];
      all->x = x[i];
      all->y = y[i];
      all->result = result[i];
      all->expected = expected[i];
    }
    if (errors[i] < 0 && all->wrong++ == 0) {
      all->wrong_x = x[i];
      all->wrong_y = y[i];
    }
  }
}

/*===-- Commands ----------------------------------------------------------===*/

static void run(sluice_instance *instance, const function *f) {
  void *unary[] = {x, result}, *binary[] = {x, y, result};
  int status = sluice_run(instance, 0, f->unary ? unary : binary, NULL);
  if (status) {
    fprintf(stderr, "%s: %s\n", f->name, sluice_status_text(status));
    exit(1);
  }
}

static void check_block(sluice_instance *levels, const function *f,
                        worst *all) {
  evaluate(f);
  for (int level = 0; level < LEVEL_COUNT; ++level) {
    run(&levels[level], f);
    compare(&all[level]);
  }
}

static void check(sluice_instance *levels, const function *f, uint64_t first,
                  uint64_t stride, worst *all) {
  const uint64_t end = f->unary ? (uint64_t)1 << 32 : (uint64_t)1 << 30;
  for (uint64_t next = first; next < end;) {
    for (int i = 0; i < BLOCK; ++i, next += stride) {
      uint64_t index = next < end ? next : first;
      if (f->unary)
        x[i] = from_bits((uint32_t)index);
      else
        sample(index, &x[i], &y[i]);
    }
    check_block(levels, f, all);
  }
}

static void check_special(sluice_instance *levels, const function *f,
                          worst *all) {
  int rounds = f->unary ? 1 : SPECIALS;
  int filled = 0;
  for (int round = 0; round < rounds; ++round)
    for (int i = 0; i < SPECIALS; ++i) {
      x[filled] = special(i);
      y[filled] = special(round);
      if (++filled < BLOCK && !(f->unary && i == SPECIALS - 1))
        continue;
      check_block(levels, f, all);
      filled = 0;
    }
}

static void report(const worst *all) {
  printf("%llu %.4f %a %a %a %a %.3g %llu %a %a\n",
         (unsigned long long)all->points, all->error, (double)all->x,
         (double)all->y, (double)all->result, all->expected, all->distance,
         (unsigned long long)all->wrong, (double)all->wrong_x,
         (double)all->wrong_y);
}

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* The fastest of many runs over operands in the innermost cache. */
static double time_run(sluice_instance *instance, const function *f, double low,
                       double high) {
  enum { SAMPLES = 200, REPEATS = 20 };
  uint64_t state = 1;
  for (int i = 0; i < BLOCK; ++i) {
    x[i] = (float)(low + uniform(&state) * (high - low));
    y[i] = (float)(low + uniform(&state) * (high - low));
  }
  double best = INFINITY;
  for (int i = 0; i < SAMPLES; ++i) {
    double start = seconds();
    for (int j = 0; j < REPEATS; ++j)
      run(instance, f);
    double taken = seconds() - start;
    best = taken < best ? taken : best;
  }
  return best / REPEATS / BLOCK * 1e9;
}

int main(int argc, char **argv) {
  const function *f = NULL;
  for (size_t i = 0; argc > 2 && i < sizeof functions / sizeof *functions; ++i)
    if (strcmp(functions[i].name, argv[2]) == 0)
      f = &functions[i];
  if (!f) {
    fprintf(stderr, "usage: sweep check|special|time NAME ...\n");
    return 2;
  }
  if (getenv("LEAST"))
    least_exponent = (uint64_t)(1023 + atoi(getenv("LEAST")));
  sluice_instance levels[LEVEL_COUNT];
  worst all[LEVEL_COUNT];
  memset(all, 0, sizeof all);
  for (int level = 0; level < LEVEL_COUNT; ++level) {
    static _Alignas(64) char workspace[1 << 16];
    sluice_options options;
    memset(&options, 0, sizeof options);
    options.workspace = workspace;
    options.workspace_size = sizeof workspace;
    int status = sluice_init(&levels[level], f->models[level], &options);
    if (status) {
      fprintf(stderr, "%s: %s\n", f->name, sluice_status_text(status));
      return 1;
    }
  }
  if (strcmp(argv[1], "check") == 0 && argc == 5)
    check(levels, f, strtoull(argv[3], NULL, 0), strtoull(argv[4], NULL, 0),
          all);
  else if (strcmp(argv[1], "special") == 0 && argc == 3)
    check_special(levels, f, all);
  else if (strcmp(argv[1], "time") != 0 || argc != 5)
    return 2;
  for (int level = 0; level < LEVEL_COUNT; ++level)
    if (argv[1][0] == 't')
      printf("%.4f\n",
             time_run(&levels[level], f, atof(argv[3]), atof(argv[4])));
    else
      report(&all[level]);
  return 0;
}
