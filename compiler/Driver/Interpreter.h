//===- Interpreter.h - Runs a graph by reference evaluation -----*- C++ -*-===//
//
// Evaluates a function of the graph dialect operator by operator with
// EvaluableOp::evaluate: slow, obvious, and independent of code generation.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_DRIVER_INTERPRETER_H
#define SLUICE_COMPILER_DRIVER_INTERPRETER_H

#include "dialects/Support/HostTensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace sluice {

/// Sees every value of an operator, in program order, before it may be freed;
/// what it leaves there is what later operators read.
using ValueObserver = llvm::function_ref<void(mlir::OpResult, HostTensor &)>;

/// The results of `function` for `inputs`, one per argument. Values are freed
/// behind their last use. Errors: an operator whose checks fail (division by
/// zero, index out of range), a type without a static shape, an operator
/// without reference evaluation; each is a ModelError at the node.
llvm::Expected<std::vector<HostTensor>>
interpret(mlir::func::FuncOp function, llvm::ArrayRef<HostTensor> inputs,
          ValueObserver observer = nullptr);

/// Node name and source operator of a location made by the importers.
struct NodeName {
  std::string node;
  std::string op;
};
NodeName getNodeName(mlir::Location location);

/// A zero-filled tensor of a static tensor type; nullopt for other types.
std::optional<HostTensor> makeTensor(mlir::Type type);

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_INTERPRETER_H
