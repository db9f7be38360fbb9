/*===- sluice_status.c - Statuses and errors as text -------------*- C -*-===*/

#include "sluice/abi.h"

const char *sluice_status_text(int status) {
  switch (status) {
  case SLUICE_OK:
    return "success";
  case SLUICE_NULL_ARGUMENT:
    return "a required argument is null";
  case SLUICE_NOT_INITIALISED:
    return "the instance was not initialised";
  case SLUICE_ABI_MISMATCH:
    return "model and runtime have different ABI versions";
  case SLUICE_CPU_UNSUPPORTED:
    return "this CPU lacks instructions the model was compiled for";
  case SLUICE_ENTRY_OUT_OF_RANGE:
    return "the model has no such entry";
  case SLUICE_TENSOR_NULL:
    return "the pointer of an input or output is null";
  case SLUICE_TENSOR_MISALIGNED:
    return "an input or output is not aligned to its element type";
  case SLUICE_TENSOR_OVERLAP:
    return "an output or the workspace overlaps another buffer";
  case SLUICE_WORKSPACE_TOO_SMALL:
    return "the workspace is missing or too small";
  case SLUICE_DIM_OUT_OF_RANGE:
    return "a dimension is out of range";
  case SLUICE_DIM_MISMATCH:
    return "two dimensions differ that must be equal";
  case SLUICE_BOUND_EXCEEDED:
    return "a dimension exceeds the bound the model was compiled for";
  case SLUICE_OUTPUT_TOO_SMALL:
    return "the capacity of an output is too small";
  case SLUICE_ASSERT_FAILED:
    return "an assertion of the model failed";
  case SLUICE_INDEX_OUT_OF_RANGE:
    return "an index lies outside its dimension";
  case SLUICE_VALUE_OUT_OF_RANGE:
    return "a value is out of the operator's range";
  case SLUICE_DIVISION_BY_ZERO:
    return "integer division by zero";
  case SLUICE_STATE_MISSING:
    return "the model has variables and needs a state block";
  case SLUICE_STATE_MISALIGNED:
    return "the state block is not aligned to 8 bytes";
  case SLUICE_STATE_NOT_INITIALISED:
    return "the state block was not initialised";
  case SLUICE_STATE_MISMATCH:
    return "the state block belongs to another model or layout";
  case SLUICE_DEVICE_UNAVAILABLE:
    return "the device or its driver is not available";
  case SLUICE_DEVICE_FAILED:
    return "the device reported an error";
  case SLUICE_SIZE_MISMATCH:
    return "the size of a buffer differs from its tensor's";
  case SLUICE_OUT_OF_MEMORY:
    return "out of memory";
  default:
    return "unknown status";
  }
}

/* A bounded line that goes on counting when it is full. */
struct line {
  char *buffer;
  size_t size, length;
};

static void put(struct line *line, const char *text) {
  for (; *text; ++text, ++line->length)
    if (line->length + 1 < line->size)
      line->buffer[line->length] = *text;
}

static void put_number(struct line *line, int64_t value) {
  char digits[21];
  char *p = digits + sizeof digits - 1;
  uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  *p = 0;
  do
    *--p = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0)
    put(line, "-");
  put(line, p);
}

/* The word at `index` of words with spaces between them. */
static void put_word(struct line *line, const char *words, int32_t index) {
  for (; index > 0 && *words; ++words)
    index -= *words == ' ';
  for (; *words && *words != ' '; ++words) {
    const char letter[2] = {*words, 0};
    put(line, letter);
  }
}

/* What this machine lacks of the level that asks for least. */
static void put_missing(struct line *line, const sluice_model *model) {
  if (model->level_count < 1)
    return;
  const sluice_level *level = &model->levels[model->level_count - 1];
  int32_t i = sluice_cpu_missing(level, 0);
  put(line, i < level->bit_count ? " (missing"
                                 : " (the system does not save its registers");
  for (; i < level->bit_count; i = sluice_cpu_missing(level, i + 1)) {
    put(line, " ");
    put_word(line, level->features, i);
  }
  put(line, ")");
}

size_t sluice_error_text(const sluice_instance *instance, char *buffer,
                         size_t size) {
  struct line line = {buffer, buffer ? size : 0, 0};
  const sluice_error *error = sluice_last_error(instance);
  if (instance && instance->model) {
    put(&line, instance->model->name);
    put(&line, ": ");
  }
  if (error->node_name && *error->node_name) {
    put(&line, "node '");
    put(&line, error->node_name);
    put(&line, "' (");
    put(&line, error->node_op);
    put(&line, "): ");
  }
  put(&line, sluice_status_text(error->status));
  if (error->text && *error->text) {
    put(&line, ": '");
    put(&line, error->text);
    put(&line, "'");
  }
  if (error->status == SLUICE_CPU_UNSUPPORTED && instance->model)
    put_missing(&line, instance->model);
  if (error->required || error->found) {
    put(&line, " (found ");
    put_number(&line, error->found);
    put(&line, ", required ");
    put_number(&line, error->required);
    put(&line, ")");
  }
  if (line.size > 0)
    buffer[line.length < line.size ? line.length : line.size - 1] = 0;
  return line.length;
}
