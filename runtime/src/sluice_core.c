/*===- sluice_core.c - Instances of a model ----------------------*- C -*-===*/

#include "sluice/abi.h"

const unsigned char sluice_abi_1 = 1;

static const sluice_error no_error = {SLUICE_OK, 0, -1, -1, -1, -1,
                                      0,         0, "", "", ""};

static int fail(sluice_instance *instance, int status) {
  instance->error.status = status;
  return status;
}

int sluice_init(sluice_instance *instance, const sluice_model *model,
                const sluice_options *options) {
  if (!instance)
    return SLUICE_NULL_ARGUMENT;
  *instance = (sluice_instance){0};
  instance->error = no_error;
  if (!model)
    return fail(instance, SLUICE_NULL_ARGUMENT);
  if (model->abi != SLUICE_ABI || model->size != sizeof(sluice_model)) {
    instance->error.required = SLUICE_ABI;
    instance->error.found = model->abi;
    return fail(instance, SLUICE_ABI_MISMATCH);
  }
  instance->level = -1;
  for (int32_t i = 0; i < model->level_count; ++i) {
    if (sluice_cpu_supports(&model->levels[i])) {
      instance->level = i;
      break;
    }
  }
  if (instance->level < 0) {
    instance->model = model;
    /* The last level asks for least: the one worth naming. */
    if (model->level_count > 0)
      instance->error.text = model->levels[model->level_count - 1].name;
    return fail(instance, SLUICE_CPU_UNSUPPORTED);
  }
  instance->model = model;
  if (options) {
    instance->workspace = options->workspace;
    instance->workspace_size = options->workspace_size;
    instance->state = options->state;
    instance->threads = options->threads;
    instance->device = options->device;
  }
  instance->check = SLUICE_INSTANCE_CHECK;
  return SLUICE_OK;
}

int sluice_set_workspace(sluice_instance *instance, void *workspace,
                         size_t size) {
  if (!instance)
    return SLUICE_NULL_ARGUMENT;
  if (instance->check != SLUICE_INSTANCE_CHECK)
    return SLUICE_NOT_INITIALISED;
  instance->error = no_error;
  instance->workspace = workspace;
  instance->workspace_size = size;
  return SLUICE_OK;
}

void sluice_release(sluice_instance *instance) {
  if (!instance)
    return;
  *instance = (sluice_instance){0};
  instance->error = no_error;
}

const sluice_error *sluice_last_error(const sluice_instance *instance) {
  return instance ? &instance->error : &no_error;
}
