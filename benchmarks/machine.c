/* What the machine can do at this moment, asked by compare.py beside the
   measurements. One line per command on stdin:
     peak          answers with this core's multiply-add peak in GFLOP/s
     read BYTES    with its read bandwidth over a block of that size, in GB/s
     copy BYTES    with the bytes read and written by copying one half onto the
                   other, in GB/s */

#define _POSIX_C_SOURCE 200809L
#include "tools/sluice/MachineLoops.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static char *block;
static size_t bytes;

static void do_peak(int64_t rounds) { machine_multiply_add(rounds); }
static void do_read(int64_t rounds) { machine_read(block, bytes, rounds); }
static void do_copy(int64_t rounds) { machine_copy(block, bytes, rounds); }

/* 1e9 units of work a second; the best of three, as others may disturb. */
static double rate(void (*loop)(int64_t rounds), double work) {
  double best = 0;
  int64_t rounds = 1;
  for (int attempt = 0; attempt < 3;) {
    double start = now();
    loop(rounds);
    double seconds = now() - start;
    if (seconds < 0.5e-3) {
      rounds *= 2;
      continue;
    }
    double found = work * (double)rounds / seconds / 1e9;
    best = found > best ? found : best;
    ++attempt;
  }
  return best;
}

int main(void) {
  char line[256];
  printf("ready\n");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    size_t size = 0;
    double result = 0;
    if (strncmp(line, "peak", 4) == 0) {
      result = rate(do_peak, (double)machine_operations_per_round());
    } else if (sscanf(line, "%*s %zu", &size) == 1 && size >= 8192) {
      bytes = size / 8192 * 8192;
      free(block);
      block = aligned_alloc(4096, bytes);
      if (!block)
        return 3;
      memset(block, 1, bytes);
      result = rate(line[0] == 'c' ? do_copy : do_read, (double)bytes);
    } else {
      return 2;
    }
    printf("%.3f\n", result);
    fflush(stdout);
  }
  return 0;
}
