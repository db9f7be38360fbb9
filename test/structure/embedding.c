/* Runs the digits model as often as told and prints a checksum of all results;
   the second argument is the number of threads, 0 for no pool. With the
   interposer, prints how many calls the runs made. */

#include "digits.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

long interposed_calls(void) __attribute__((weak));

static unsigned char workspace[DIGITS_WORKSPACE_SIZE + 64];

int main(int argc, char **argv) {
  int runs = argc > 1 ? atoi(argv[1]) : 1,
      threads = argc > 2 ? atoi(argv[2]) : 0;
  size_t skip = argc > 3 ? (size_t)atoi(argv[3]) : 0;
  sluice_threads *pool = threads ? sluice_pool_create(threads) : NULL;
  digits_options options = {0};
  digits net;
  float images[64], probs[10];
  unsigned hash = 2166136261u;
  long before = 0, after = 0;
  int status, i, run;
  size_t byte;
  options.workspace = workspace + skip;
  options.workspace_size = DIGITS_WORKSPACE_SIZE;
  options.threads = pool;
  status = digits_init(&net, &options);
  memset(workspace, 0xa5, sizeof workspace);
  if (interposed_calls)
    before = interposed_calls();
  for (run = 0; run < runs && !status; ++run) {
    digits_args args;
    unsigned char bytes[sizeof probs];
    for (i = 0; i < 64; ++i)
      images[i] = (float)((i * 7 + run * 13) % 17) / 16.0f;
    args.images = images;
    args.probs = probs;
    status = digits_run(&net, &args);
    memcpy(bytes, probs, sizeof probs);
    for (byte = 0; byte < sizeof bytes; ++byte)
      hash = (hash ^ bytes[byte]) * 16777619u;
  }
  if (interposed_calls)
    after = interposed_calls();
  printf("status %d hash %08x calls %ld\n", status, hash, after - before);
  digits_release(&net);
  sluice_pool_destroy(pool);
  return status;
}
