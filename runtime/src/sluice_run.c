/*===- sluice_run.c - Checks around a run ------------------------*- C -*-===*\
|*
|* All that can be wrong with the arguments is found here, so that compiled code
|* checks nothing. No allocation, no lock, no libc call.
|*
\*===----------------------------------------------------------------------===*/

#include "sluice/abi.h"

static int fail(sluice_error *error, int status) {
  error->status = status;
  return status;
}

static int fail_tensor(sluice_error *error, int status,
                       const sluice_entry *entry, int32_t index) {
  error->tensor = index;
  error->text = entry->tensors[index].original;
  return fail(error, status);
}

/* Bytes of a tensor for these dims; -1 when they do not fit. */
static int64_t tensor_bytes(const sluice_tensor *tensor, const int64_t *dims) {
  if (tensor->bytes >= 0)
    return tensor->bytes;
  int64_t bytes = tensor->element_size;
  for (int32_t i = 0; i < tensor->rank; ++i) {
    int64_t dim = tensor->dim_args && tensor->dim_args[i] >= 0
                      ? dims[tensor->dim_args[i]]
                      : tensor->dims[i];
    if (dim == 0)
      return 0;
    if (dim < 0 || __builtin_mul_overflow(bytes, dim, &bytes))
      return -1;
  }
  return bytes;
}

static int check_dims(sluice_error *error, const sluice_entry *entry,
                      const int64_t *dims) {
  for (int32_t i = 0; i < entry->dim_count; ++i) {
    const sluice_dim *dim = &entry->dims[i];
    int low = dims[i] < dim->min || dims[i] < 0;
    if (!low && (dim->max < 0 || dims[i] <= dim->max))
      continue;
    error->dim = i;
    error->text = dim->name;
    error->found = dims[i];
    error->required = low ? dim->min : dim->max;
    return fail(error, low ? SLUICE_DIM_OUT_OF_RANGE : SLUICE_BOUND_EXCEEDED);
  }
  return SLUICE_OK;
}

/* The element type's own alignment: a complex number is aligned as its parts,
   a string as its pointer. */
static uintptr_t element_alignment(const sluice_tensor *tensor) {
  switch (tensor->type) {
  case SLUICE_C64:
    return 4;
  case SLUICE_C128:
  case SLUICE_STRING:
    return 8;
  default:
    return tensor->element_size;
  }
}

static int check_pointers(sluice_error *error, const sluice_entry *entry,
                          void *const *tensors, const int64_t *dims) {
  int32_t count = entry->input_count + entry->output_count;
  for (int32_t i = 0; i < count; ++i) {
    const sluice_tensor *tensor = &entry->tensors[i];
    int64_t bytes = tensor_bytes(tensor, dims);
    uintptr_t address = (uintptr_t)tensors[i];
    if (bytes < 0) {
      /* The buffer cannot exist: its dims are out of any range. */
      return fail_tensor(error, SLUICE_DIM_OUT_OF_RANGE, entry, i);
    }
    if (bytes == 0)
      continue;
    if (!address) {
      error->required = bytes;
      return fail_tensor(error, SLUICE_TENSOR_NULL, entry, i);
    }
    uintptr_t alignment = element_alignment(tensor);
    if (address & (alignment - 1)) {
      error->required = (int64_t)alignment;
      error->found = (int64_t)(address & (alignment - 1));
      return fail_tensor(error, SLUICE_TENSOR_MISALIGNED, entry, i);
    }
    if (address + (uint64_t)bytes < address)
      return fail_tensor(error, SLUICE_TENSOR_OVERLAP, entry, i);
  }
  return SLUICE_OK;
}

static int overlap(const void *a, int64_t a_bytes, const void *b,
                   int64_t b_bytes) {
  uintptr_t x = (uintptr_t)a, y = (uintptr_t)b;
  return a_bytes > 0 && b_bytes > 0 && x < y + (uint64_t)b_bytes &&
         y < x + (uint64_t)a_bytes;
}

/* Nothing that a run writes may overlap anything else. */
static int check_overlap(sluice_error *error, const sluice_entry *entry,
                         const sluice_call *call, int64_t workspace_bytes,
                         int64_t state_bytes) {
  int32_t count = entry->input_count + entry->output_count;
  const unsigned char *workspace = call->workspace;
  if (entry->flags & SLUICE_ENTRY_STRINGS) { /* all of the block is written */
    workspace = call->instance->workspace;
    workspace_bytes = (int64_t)call->instance->workspace_size;
  }
  for (int32_t i = 0; i < count; ++i) {
    const void *data = call->tensors[i];
    int64_t bytes = tensor_bytes(&entry->tensors[i], call->dims);
    int bad = overlap(data, bytes, workspace, workspace_bytes) ||
              overlap(data, bytes, call->state, state_bytes);
    /* Each output against all inputs and the outputs before it. */
    for (int32_t j = 0; i >= entry->input_count && j < i && !bad; ++j)
      bad = overlap(data, bytes, call->tensors[j],
                    tensor_bytes(&entry->tensors[j], call->dims));
    if (bad)
      return fail_tensor(error, SLUICE_TENSOR_OVERLAP, entry, i);
  }
  if (overlap(workspace, workspace_bytes, call->state, state_bytes))
    return fail(error, SLUICE_TENSOR_OVERLAP);
  return SLUICE_OK;
}

static int workspace_bytes(const sluice_entry *entry, const int64_t *dims,
                           int64_t *bytes) {
  *bytes = entry->workspace_size;
  if (!entry->workspace_bytes)
    return SLUICE_OK;
  int status = entry->workspace_bytes(dims, bytes);
  return !status && *bytes < 0 ? SLUICE_DIM_OUT_OF_RANGE : status;
}

/* Rounds the caller's block up to the boundary compiled code relies on. */
static int place_workspace(sluice_error *error, const sluice_instance *instance,
                           int64_t bytes, unsigned char **start) {
  uintptr_t address = (uintptr_t)instance->workspace;
  uintptr_t skip = (0 - address) & (SLUICE_ALIGNMENT - 1);
  /* String space starts there even where the block has ended. */
  *start = (unsigned char *)(address + skip);
  if (bytes == 0)
    return SLUICE_OK;
  if (!address || instance->workspace_size < skip ||
      instance->workspace_size - skip < (uint64_t)bytes ||
      address + instance->workspace_size < address) {
    error->required = bytes + (int64_t)skip;
    error->found = address ? (int64_t)instance->workspace_size : 0;
    return fail(error, SLUICE_WORKSPACE_TOO_SMALL);
  }
  return SLUICE_OK;
}

static int check_state(sluice_error *error, const sluice_instance *instance) {
  const sluice_model *model = instance->model;
  if (model->state_size == 0)
    return SLUICE_OK;
  if (!instance->state) {
    error->required = model->state_size;
    return fail(error, SLUICE_STATE_MISSING);
  }
  if ((uintptr_t)instance->state & 7)
    return fail(error, SLUICE_STATE_MISALIGNED);
  const sluice_state_header *header = instance->state;
  if (header->magic != SLUICE_STATE_MAGIC || !header->initialised)
    return fail(error, SLUICE_STATE_NOT_INITIALISED);
  if (header->abi != SLUICE_ABI || header->layout_hash != model->state_hash)
    return fail(error, SLUICE_STATE_MISMATCH);
  return SLUICE_OK;
}

/* What compiled code knows by index, the caller gets by name. */
static void name_error(sluice_error *error, const sluice_model *model) {
  if (error->node >= 0 && error->node < model->node_count) {
    error->node_name = model->nodes[error->node].name;
    error->node_op = model->nodes[error->node].op;
  }
  if (error->message >= 0 && error->message < model->message_count)
    error->text = model->messages[error->message];
}

int sluice_workspace_size(const sluice_model *model, int32_t index,
                          const int64_t *dims, size_t *size) {
  if (!model || !size)
    return SLUICE_NULL_ARGUMENT;
  *size = 0;
  if (model->abi != SLUICE_ABI)
    return SLUICE_ABI_MISMATCH;
  if (index < 0 || index >= model->entry_count)
    return SLUICE_ENTRY_OUT_OF_RANGE;
  const sluice_entry *entry = &model->entries[index];
  if (entry->dim_count > 0 && !dims)
    return SLUICE_NULL_ARGUMENT;
  sluice_error error = {0};
  int64_t bytes = 0;
  int status = check_dims(&error, entry, dims);
  if (!status)
    status = workspace_bytes(entry, dims, &bytes);
  /* Slack, so that a block of any alignment will do. */
  if (!status)
    *size = (size_t)bytes + (bytes ? SLUICE_ALIGNMENT : 0);
  return status;
}

static void no_task(void *arg, int64_t index) {
  (void)arg;
  (void)index;
}

int sluice_run(sluice_instance *instance, int32_t index, void *const *tensors,
               const int64_t *dims) {
  if (!instance)
    return SLUICE_NULL_ARGUMENT;
  if (instance->check != SLUICE_INSTANCE_CHECK)
    return SLUICE_NOT_INITIALISED;
  const sluice_model *model = instance->model;
  sluice_error *error = &instance->error;
  *error = (sluice_error){SLUICE_OK, 0, -1, -1, -1, -1, 0, 0, "", "", ""};
  if (index < 0 || index >= model->entry_count) {
    error->found = index;
    error->required = model->entry_count;
    return fail(error, SLUICE_ENTRY_OUT_OF_RANGE);
  }
  const sluice_entry *entry = &model->entries[index];
  if (!tensors || (entry->dim_count > 0 && !dims))
    return fail(error, SLUICE_NULL_ARGUMENT);

  sluice_call call = {tensors,           dims,  0, instance->state,
                      instance->threads, error, 0, instance};
  int64_t bytes = 0;
  int status = check_dims(error, entry, dims);
  if (!status)
    status = check_pointers(error, entry, tensors, dims);
  if (!status && (status = workspace_bytes(entry, dims, &bytes)))
    fail(error, status);
  if (!status)
    status = place_workspace(error, instance, bytes, &call.workspace);
  if (!status)
    status = check_state(error, instance);
  if (!status)
    status = check_overlap(error, entry, &call, bytes, model->state_size);
  if (status)
    return status;

  status = entry->functions[instance->level](&call);
  const sluice_threads *threads = instance->threads;
  if (threads && threads->run)
    threads->run(threads->context, 0, no_task, 0);
  if (status) {
    fail(error, status);
    name_error(error, model);
  }
  return status;
}

/* The args struct holds its dims first, then one pointer per tensor without
   gaps, so it needs no unpacking. */
int sluice_run_args(sluice_instance *instance, int32_t index,
                    const void *args) {
  if (!instance)
    return SLUICE_NULL_ARGUMENT;
  if (instance->check != SLUICE_INSTANCE_CHECK)
    return SLUICE_NOT_INITIALISED;
  const sluice_model *model = instance->model;
  if (!args || index < 0 || index >= model->entry_count)
    return sluice_run(instance, index, 0, 0);
  const sluice_entry *entry = &model->entries[index];
  const unsigned char *bytes = args;
  return sluice_run(
      instance, index,
      (void *const *)(const void *)(bytes + entry->tensors[0].offset),
      entry->dim_count > 0 ? (const int64_t *)args : 0);
}
