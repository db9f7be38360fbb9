/* Times one compiled model; built by compare.py against each archive with
   -DMODEL_HEADER="NAME.h" -DMODEL=NAME_model.

   Usage: worker THREADS [INPUT=RAW_FILE ...]     one line per command on stdin:
     run N        N runs; answers with their nanoseconds
     dump PREFIX  writes each output's bytes to PREFIX.NUMBER
   Usage: worker --once [INPUT=RAW_FILE ...]      one run, then the end */

#define _POSIX_C_SOURCE 200809L
#include MODEL_HEADER
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_TENSORS = 64, ALIGNMENT = 64 };

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void *allocate(int64_t bytes) {
  size_t size = ((size_t)bytes / ALIGNMENT + 1) * ALIGNMENT;
  void *block = aligned_alloc(ALIGNMENT, size);
  if (!block)
    exit(3);
  memset(block, 0, size);
  return block;
}

static void load(void *target, int64_t bytes, const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fread(target, 1, (size_t)bytes, file) != (size_t)bytes) {
    fprintf(stderr, "%s: cannot read %lld bytes\n", path, (long long)bytes);
    exit(3);
  }
  fclose(file);
}

/* Graphs name tensors NODE:0. */
static int same_tensor(const char *original, const char *name, size_t length) {
  return strncmp(original, name, length) == 0 &&
         (!original[length] || strcmp(original + length, ":0") == 0);
}

int main(int argc, char **argv) {
  const sluice_model *model = &MODEL;
  const sluice_entry *entry = &model->entries[0];
  int count = entry->input_count + entry->output_count;
  void *tensors[MAX_TENSORS];
  if (argc < 2 || count > MAX_TENSORS)
    return 2;
  int once = strcmp(argv[1], "--once") == 0;
  for (int i = 0; i < count; ++i)
    tensors[i] = allocate(entry->tensors[i].bytes);
  for (int i = 2; i < argc; ++i) {
    char *path = strchr(argv[i], '=');
    int found = 0;
    for (int t = 0; path && t < entry->input_count; ++t)
      if (same_tensor(entry->tensors[t].original, argv[i],
                      (size_t)(path - argv[i]))) {
        load(tensors[t], entry->tensors[t].bytes, path + 1);
        found = 1;
      }
    if (!found) {
      fprintf(stderr, "no input for '%s'\n", argv[i]);
      return 2;
    }
  }

  int64_t started = now();
  int threads = once ? 1 : atoi(argv[1]);
  sluice_options options;
  sluice_instance instance;
  memset(&options, 0, sizeof options);
  options.workspace_size = (size_t)model->workspace_size + ALIGNMENT;
  options.workspace = allocate((int64_t)options.workspace_size);
  sluice_threads *pool = threads > 1 ? sluice_pool_create(threads) : NULL;
  if (pool)
    sluice_pool_spin(pool, 1000); /* one run follows another */
  options.threads = pool;
  int status = sluice_init(&instance, model, &options);
  if (!status)
    status = sluice_run(&instance, 0, tensors, NULL);
  if (status) {
    fprintf(stderr, "%s\n", sluice_status_text(status));
    return 1;
  }
  if (once)
    return 0;

  char line[4096];
  printf("ready %.3f\n", (double)(now() - started) / 1e6);
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    if (strncmp(line, "run ", 4) == 0) {
      long runs = atol(line + 4);
      int64_t start = now();
      for (long i = 0; i < runs && !status; ++i)
        status = sluice_run(&instance, 0, tensors, NULL);
      printf("%lld\n", (long long)(now() - start));
    } else if (strncmp(line, "dump ", 5) == 0) {
      for (int i = entry->input_count; i < count; ++i) {
        char path[8192];
        snprintf(path, sizeof path, "%s.%d", line + 5, i - entry->input_count);
        FILE *file = fopen(path, "wb");
        if (!file)
          return 3;
        fwrite(tensors[i], 1, (size_t)entry->tensors[i].bytes, file);
        fclose(file);
      }
      printf("done\n");
    }
    fflush(stdout);
    if (status)
      return 1;
  }
  return 0;
}
