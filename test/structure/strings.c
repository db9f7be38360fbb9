/* Joins strings in workspaces of every size from nothing to what the first run
   asked for; the argument moves the workspace by so many bytes. */

#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                       \
  do                                                                           \
    if (!(condition)) {                                                        \
      printf("line %d: %s\n", __LINE__, #condition);                           \
      return 1;                                                                \
    }                                                                          \
  while (0)

enum { CHARACTERS = 3 + 5, GUARD = 64 }; /* of xy and of xyx */

static unsigned char block[TEXT_WORKSPACE_SIZE + 1024];

static void print(const char *name, const sluice_string *strings) {
  int i;
  printf("%s %.*s|%.*s|%.*s ", name, (int)strings[0].size, strings[0].data,
         (int)strings[1].size, strings[1].data, (int)strings[2].size,
         strings[2].data);
  for (i = 0; i < 3; ++i)
    if (strings[i].size && !strings[i].data)
      printf("null ");
}

int main(int argc, char **argv) {
  size_t skip = argc > 1 ? (size_t)atoi(argv[1]) : 0;
  unsigned char *workspace = block + GUARD + skip;
  const sluice_string x[3] = {{"a", 1}, {"c", 1}, {0, 0}};
  const sluice_string y[3] = {{"b??", 1}, {0, 0}, {"", 0}};
  sluice_string xy[3], xyx[3];
  unsigned char same[3];
  const sluice_error *error;
  const char *first;
  size_t size, fixed = 0, wanted = 0;
  text net;
  text_args args;
  text_options options = {0};
  args.x = x;
  args.y = y;
  args.xy = xy;
  args.xyx = xyx;
  args.same = same;
  CHECK(!text_workspace_size(&fixed));
  CHECK(fixed <= TEXT_WORKSPACE_SIZE);
  CHECK(text_model.entries[0].flags & SLUICE_ENTRY_STRINGS);

  /* Without characters it is too small, whatever its size. */
  for (size = 0; size <= fixed + CHARACTERS; ++size) {
    int status;
    size_t i;
    memset(block, 0x5a, sizeof block);
    options.workspace = size ? workspace : 0;
    options.workspace_size = size;
    CHECK(!text_init(&net, &options));
    status = text_run(&net, &args);
    for (i = 0; i < sizeof block; ++i)
      CHECK(block[i] == 0x5a ||
            (block + i >= workspace && block + i < workspace + size));
    if (!status)
      break;
    error = sluice_last_error(&net.base);
    CHECK(status == SLUICE_WORKSPACE_TOO_SMALL && error->status == status);
    CHECK(error->found == (int64_t)size);
    CHECK(error->required > (int64_t)size);
    wanted = (size_t)error->required;
    if (error->node >= 0)
      CHECK(!strcmp(error->node_op, "Add") &&
            !strncmp(error->node_name, "xy", 2));
  }
  CHECK(wanted && wanted <= fixed + 64 + CHARACTERS);

  /* What it asked for suffices at every address. */
  options.workspace = workspace;
  options.workspace_size = wanted;
  CHECK(!text_init(&net, &options));
  CHECK(!text_run(&net, &args));
  for (size = 0; size < 3; ++size) {
    CHECK(!xy[size].size ||
          ((const unsigned char *)xy[size].data >= workspace &&
           (const unsigned char *)xy[size].data + xy[size].size <=
               workspace + wanted));
  }
  /* The next run makes them in the same places. */
  first = xyx[0].data;
  CHECK(!text_run(&net, &args));
  CHECK(first == xyx[0].data);

  /* All of the workspace is the run's: no output may lie in it. */
  options.workspace_size = sizeof block - GUARD - skip;
  CHECK(!text_init(&net, &options));
  args.same = block + sizeof block - 3;
  CHECK(text_run(&net, &args) == SLUICE_TENSOR_OVERLAP);
  args.same = same;
  CHECK(!text_run(&net, &args));

  print("xy", xy);
  print("xyx", xyx);
  printf("same %d%d%d\n", same[0], same[1], same[2]);
  text_release(&net);
  return 0;
}
