//===- LoadedModel.h - A compiled model inside this process -----*- C++ -*-===//
//
// Links the objects that `compile` would write into memory, against the
// runtime that is part of the tool, and runs them through the generic entry.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_DRIVER_LOADEDMODEL_H
#define SLUICE_COMPILER_DRIVER_LOADEDMODEL_H

#include "compiler/Codegen/Library.h"
#include "dialects/Support/HostTensor.h"
#include "sluice/sluice.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <vector>

namespace sluice {

class LoadedModel;

/// Buffers of one call: inputs filled in, outputs and workspace allocated, all
/// on 64-byte boundaries. Can run any number of times.
class PreparedRun {
public:
  ~PreparedRun();

  /// A status; 0 is success. Neither allocates nor locks, but for a workspace
  /// that grows for strings.
  int run();
  /// The runtime's line about the last failure.
  std::string errorText() const;
  std::vector<HostTensor> outputs() const;
  size_t workspaceBytes() const { return workspaceSize; }
  /// Of the model's levels the one that this machine runs.
  llvm::StringRef levelName() const {
    return instance.model->levels[instance.level].name;
  }

private:
  friend class LoadedModel;
  PreparedRun() = default;

  void *allocate(size_t bytes);
  bool growWorkspace();

  const sluice_entry *entry = nullptr;
  int32_t entryIndex = 0;
  sluice_instance instance = {};
  std::vector<void *> owned;
  std::vector<void *> tensors;
  std::vector<int64_t> dims;
  std::vector<llvm::SmallVector<int64_t>> outputShapes;
  std::vector<HostTensor> stringInputs; ///< the bytes strings point to
  size_t workspaceSize = 0;
};

class LoadedModel {
public:
  /// `name` is ModelInterface::name of the objects.
  static llvm::Expected<std::unique_ptr<LoadedModel>>
  load(std::vector<LibraryMember> objects, llvm::StringRef name);
  ~LoadedModel();

  const sluice_model &descriptor() const { return *model; }

  /// One tensor per input of the entry, in its order. Dynamic dims follow from
  /// the inputs' shapes. `threads` may be null and must outlive the run.
  llvm::Expected<std::unique_ptr<PreparedRun>>
  prepare(int32_t entry, llvm::ArrayRef<HostTensor> inputs,
          const sluice_threads *threads = nullptr) const;

  /// prepare, run, outputs.
  llvm::Expected<std::vector<HostTensor>>
  run(int32_t entry, llvm::ArrayRef<HostTensor> inputs) const;

private:
  LoadedModel();

  class Linker;
  std::unique_ptr<Linker> linker;
  const sluice_model *model = nullptr;
};

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_LOADEDMODEL_H
