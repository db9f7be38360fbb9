//===- LaunchWork.h - What the launches of a model have to do ---*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_LAUNCHWORK_H
#define SLUICE_COMPILER_DRIVER_LAUNCHWORK_H

#include "compiler/Driver/Interpreter.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace sluice {

/// Bytes that a launch reads or writes once, and how many bytes the model
/// touches between their last use and this one, in runs that follow one
/// another: what a cache must hold to still have them.
struct Traffic {
  int64_t bytes = 0;
  int64_t reuseDistance = 0;
};

struct LaunchWork {
  std::string kernel;                  ///< symbol of the kernel
  std::vector<std::string> tuningKeys; ///< of its contractions
  std::vector<std::string> operators;  ///< of the graph dialect, in order
  std::vector<NodeName> nodes;         ///< of the model
  int64_t runs = 1;       ///< in one run of the model, all counted below
  int64_t operations = 0; ///< arithmetic; each value counted once
  int64_t bytesRead = 0, bytesWritten = 0;
  std::vector<Traffic> traffic; ///< of all of these bytes
};

/// The launches of the first entry of a scheduled module, in order: operations
/// and reads as the operators themselves count them (EvaluableOp), bytes from
/// the buffers. Work that a kernel does twice counts once. A loop whose
/// iterations are not known beforehand counts as one.
std::vector<LaunchWork> describeLaunches(mlir::ModuleOp module);

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_LAUNCHWORK_H
