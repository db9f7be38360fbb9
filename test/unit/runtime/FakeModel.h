//===- FakeModel.h - A model written by hand --------------------*- C++ -*-===//

#ifndef SLUICE_TEST_UNIT_RUNTIME_FAKEMODEL_H
#define SLUICE_TEST_UNIT_RUNTIME_FAKEMODEL_H

#include "sluice/abi.h"
#include <cstring>

/// One entry: y[n][2] = x[n][2] + 1, a bool scalar b and workspace of 128
/// bytes. What the entry function saw last is in `seen`.
struct FakeModel {
  FakeModel();
  sluice_model model{};
  sluice_entry entry{};
  sluice_level level{};
  sluice_dim dim{"n", 1, 8};
  sluice_tensor tensors[3]{};
  sluice_node nodes[2]{{"first", "Add"}, {"second", "Gather"}};
  const char *messages[1]{"x must be positive"};
  int64_t dims[2]{-1, 2};
  int32_t dimArgs[2]{0, -1};

  struct Seen {
    int calls = 0;
    sluice_call call{};
    int32_t status = 0;  ///< what to return
    sluice_error fill{}; ///< node, message, required, found to report
  };
  static Seen seen;
};

inline FakeModel::Seen FakeModel::seen;

inline int32_t fakeEntry(const sluice_call *call) {
  FakeModel::Seen &seen = FakeModel::seen;
  ++seen.calls;
  seen.call = *call;
  if (seen.status) {
    call->error->node = seen.fill.node;
    call->error->message = seen.fill.message;
    call->error->required = seen.fill.required;
    call->error->found = seen.fill.found;
    return seen.status;
  }
  auto *x = static_cast<const float *>(call->tensors[0]);
  auto *y = static_cast<float *>(call->tensors[2]);
  for (int64_t i = 0; i < call->dims[0] * 2; ++i)
    y[i] = x[i] + 1;
  return 0;
}

inline FakeModel::FakeModel() {
  static int32_t (*const functions[])(const sluice_call *) = {fakeEntry};
  seen = Seen();
  tensors[0] = {"x",     "x:in", "x:0", SLUICE_F32, 2, dims,
                dimArgs, -1,     8,     -1,         0, 4};
  tensors[1] = {"b",     "b", "b:0", SLUICE_BOOL, 0, nullptr,
                nullptr, 1,   16,    -1,          0, 1};
  tensors[2] = {"y", "y:out", "y:0", SLUICE_F32,           2, dims, dimArgs,
                -1,  24,      -1,    SLUICE_TENSOR_OUTPUT, 4};
  entry.name = "";
  entry.original = "serving_default";
  entry.tensors = tensors;
  entry.dims = &dim;
  entry.input_count = 2;
  entry.output_count = 1;
  entry.dim_count = 1;
  entry.args_size = 32;
  entry.workspace_size = 128;
  entry.functions = functions;
  level.name = "baseline";
  model.abi = SLUICE_ABI;
  model.size = sizeof model;
  model.name = "fake";
  model.entries = &entry;
  model.levels = &level;
  model.nodes = nodes;
  model.messages = messages;
  model.entry_count = model.level_count = 1;
  model.node_count = 2;
  model.message_count = 1;
  model.workspace_size = 128;
}

#endif // SLUICE_TEST_UNIT_RUNTIME_FAKEMODEL_H
