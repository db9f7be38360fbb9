/* Runs a model on the floats of a file with the level that the machine has:
   levels INPUT OUTPUT. Prints the level's name; on failure the error's line,
   with the status as exit code. */

#include "m.h"
#include <stdio.h>

static float x[M_X_COUNT], y[M_Y_COUNT];
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

int main(int argc, char **argv) {
  m net;
  m_args args = {.x = x, .y = y};
  sluice_options options = {.workspace = workspace,
                            .workspace_size = sizeof workspace};
  int status = m_init(&net, &options);
  if (!status && (argc != 3 || !transfer(argv[1], "rb", x, M_X_COUNT)))
    return 100;
  if (!status)
    status = m_run(&net, &args);
  if (status) {
    char text[400];
    sluice_error_text(&net.base, text, sizeof text);
    puts(text);
    return status;
  }
  puts(m_model.levels[net.base.level].name);
  return transfer(argv[2], "wb", y, M_Y_COUNT) ? 0 : 101;
}
