//===- NodeCheck.h - Compiled code against the evaluator --------*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_NODECHECK_H
#define SLUICE_COMPILER_DRIVER_NODECHECK_H

#include "compiler/Driver/Compare.h"
#include "compiler/Driver/CompileOptions.h"
#include "llvm/Support/Error.h"

namespace sluice {

struct NodeCheck {
  bool equal = false;
  /// One line per output; then, when one differs, the first node that does.
  std::vector<std::string> lines;
};

/// Compiles the model twice for generated inputs: as it is, and with the value
/// of every node as an output. Both are compared with the evaluator. The first
/// finds mistakes of fusion, the second names the node.
llvm::Expected<NodeCheck> checkNodes(CompileOptions options, uint64_t seed,
                                     Tolerance tolerance);

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_NODECHECK_H
