//===- Inspection.h - What a model is made of -------------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_INSPECTION_H
#define SLUICE_COMPILER_DRIVER_INSPECTION_H

#include "compiler/Driver/Compilation.h"
#include <map>

namespace sluice {

struct TensorInfo {
  std::string name, source, type;
  tensorflow::PartialShape shape;
};

struct SignatureInfo {
  std::string key;
  bool chosen = false;
  std::vector<TensorInfo> inputs, outputs;
};

struct Inspection {
  std::vector<SignatureInfo> signatures;
  std::vector<TensorInfo> inputs, outputs; ///< of what would be compiled
  std::map<std::string, int64_t> operators;
  int64_t nodes = 0;

  bool imported = false; ///< the next four are known
  int64_t parameters = 0, parameterBytes = 0;
  int64_t flops = 0; ///< a multiply-add counts as two
  int64_t bytes = 0; ///< of all values that operators make

  std::vector<std::string> levels; ///< it would be compiled for, best first
  std::optional<int64_t> workspaceBytes;
  int64_t liveBytes = 0;     ///< of temporaries, at most, at one time
  bool makesStrings = false; ///< whose characters need workspace beyond that
  std::vector<std::string> problems; ///< empty: it compiles
};

/// Looks at a model that was read, and compiles as far as it goes.
Inspection inspect(Compilation &compilation);

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_INSPECTION_H
