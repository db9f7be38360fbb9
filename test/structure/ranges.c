/* Runs a model on the floats of a file, its kernels' chunks in as many ranges
   as the third argument says, the last one first: ranges INPUT OUTPUT COUNT. */

#include "m.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static float x[X_COUNT], y[Y_COUNT];
static unsigned char workspace[M_WORKSPACE_SIZE];

static int transfer(const char *path, const char *mode, float *values,
                    size_t count) {
  FILE *file = fopen(path, mode);
  if (!file)
    return 0;
  size_t done = mode[0] == 'r' ? fread(values, sizeof *values, count, file)
                               : fwrite(values, sizeof *values, count, file);
  return fclose(file) == 0 && done == count;
}

static void run(void *context, int64_t tasks,
                void (*task)(void *arg, int64_t index), void *arg) {
  (void)context;
  while (tasks-- > 0)
    task(arg, tasks);
}

int main(int argc, char **argv) {
  if (argc != 4 || !transfer(argv[1], "rb", x, X_COUNT))
    return 100;
  sluice_threads threads = {.run = run, .concurrency = atoi(argv[3])};
  memset(workspace, 0xff, sizeof workspace); /* not a number */
  m net;
  m_args args = {.x = x, .y = y};
  sluice_options options = {.workspace = workspace,
                            .workspace_size = sizeof workspace,
                            .threads = &threads};
  int status = m_init(&net, &options);
  if (!status)
    status = m_run(&net, &args);
  return status ? status : transfer(argv[2], "wb", y, Y_COUNT) ? 0 : 101;
}
