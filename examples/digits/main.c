/* Classifies the held-out digits with the compiled model: digits.h and
   libdigits.a are all that this program needs besides the C library.

   Usage: digits HELDOUT.BIN [IMAGES_TO_SHOW] */

#include "digits.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 8, PIXELS = SIDE * SIDE, CLASSES = 10, ACROSS = 4 };

typedef struct record {
  unsigned char pixels[PIXELS]; /* 0 to 16 */
  unsigned char label;
  unsigned char tensorflow; /* TensorFlow's answer */
} record;

typedef struct answer {
  int digit;
  float probability;
} answer;

static _Alignas(64) unsigned char workspace[DIGITS_WORKSPACE_SIZE];

/* The records of the file at `path`, or NULL; layout in train.py. */
static record *read_records(const char *path, size_t *count) {
  unsigned char header[12];
  record *records = NULL;
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    return NULL;
  }
  if (fread(header, sizeof header, 1, file) == 1 &&
      memcmp(header, "DIGITS1\n", 8) == 0 && header[10] == 0 &&
      header[11] == 0) {
    *count = header[8] + 256u * header[9];
    records = malloc(*count * sizeof *records + 1);
    if (records && fread(records, sizeof *records, *count, file) != *count) {
      free(records);
      records = NULL;
    }
  }
  if (!records)
    fprintf(stderr, "%s: not a complete file of held-out digits\n", path);
  fclose(file);
  return records;
}

static int classify(digits *net, const record *image, answer *result) {
  float pixels[PIXELS], probs[CLASSES];
  for (int i = 0; i < PIXELS; ++i)
    pixels[i] = (float)image->pixels[i] / 16.0f;
  digits_args args = {.images = pixels, .probs = probs};
  int status = digits_run(net, &args);
  if (status)
    return status;
  result->digit = 0;
  for (int i = 1; i < CLASSES; ++i)
    if (probs[i] > probs[result->digit])
      result->digit = i;
  result->probability = probs[result->digit];
  return 0;
}

/* Up to ACROSS images side by side, each with its answer below. */
static void show(const record *images, const answer *answers, size_t count) {
  static const char ink[] = " .:-=+*#%@";
  for (int row = 0; row < SIDE; ++row) {
    for (size_t i = 0; i < count; ++i) {
      printf("   ");
      for (int column = 0; column < SIDE; ++column) {
        char shade = ink[images[i].pixels[row * SIDE + column] * 9 / 16];
        printf("%c%c", shade, shade);
      }
    }
    printf("\n");
  }
  for (size_t i = 0; i < count; ++i) {
    char caption[40], truth[10] = "";
    if (answers[i].digit != images[i].label)
      snprintf(truth, sizeof truth, " not %d", images[i].label);
    snprintf(caption, sizeof caption, "%d %5.1f %%%s", answers[i].digit,
             100.0 * (double)answers[i].probability, truth);
    printf("   %-*s", 2 * SIDE, caption);
  }
  printf("\n\n");
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: %s HELDOUT.BIN [IMAGES_TO_SHOW]\n", argv[0]);
    return 2;
  }
  size_t count = 0, wanted = argc > 2 ? strtoul(argv[2], NULL, 10) : 8;
  record *images = read_records(argv[1], &count);
  if (!images)
    return 2;
  answer *answers = calloc(count + 1, sizeof *answers);
  if (!answers)
    return 2;

  digits net;
  digits_options options = {.workspace = workspace,
                            .workspace_size = sizeof workspace};
  int status = digits_init(&net, &options);
  size_t right = 0, tensorflow_right = 0, differ = 0;
  for (size_t i = 0; i < count && !status; ++i) {
    status = classify(&net, &images[i], &answers[i]);
    right += answers[i].digit == images[i].label;
    tensorflow_right += images[i].tensorflow == images[i].label;
    differ += answers[i].digit != images[i].tensorflow;
  }
  if (status) {
    fprintf(stderr, "digits: %s\n", sluice_status_text(status));
    return 2;
  }

  for (size_t i = 0; i < wanted && i < count; i += ACROSS) {
    size_t most = wanted < count ? wanted : count;
    show(&images[i], &answers[i], most - i < ACROSS ? most - i : ACROSS);
  }
  printf("%zu of %zu held-out digits right: accuracy %.2f %%\n", right, count,
         100.0 * (double)right / (double)count);
  printf("TensorFlow: %zu of %zu; answers that differ: %zu\n", tensorflow_right,
         count, differ);
  digits_release(&net);
  free(answers);
  free(images);
  return right == tensorflow_right && differ == 0 ? 0 : 1;
}
