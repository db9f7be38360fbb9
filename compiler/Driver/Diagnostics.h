//===- Diagnostics.h - MLIR diagnostics as model errors ---------*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_DIAGNOSTICS_H
#define SLUICE_COMPILER_DRIVER_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/Error.h"
#include <string>

namespace sluice {

/// While it lives, errors emitted in the context are collected, each once,
/// with the node and operator of its location.
class DiagnosticCollector {
public:
  DiagnosticCollector(mlir::MLIRContext &context, llvm::StringRef file);
  ~DiagnosticCollector();

  /// What was collected; "failed without saying why" when nothing was but
  /// `stage` (a noun) failed nevertheless.
  llvm::Error takeErrors(llvm::StringRef stage);
  bool hasErrors() const { return count != 0; }

private:
  void add(mlir::Diagnostic &diagnostic);

  std::string file;
  llvm::Error errors = llvm::Error::success();
  std::string last; ///< text of the previous error: repetitions are dropped
  unsigned count = 0;
  mlir::ScopedDiagnosticHandler handler;
};

/// Gives errors about nodes that name no file the file `file`.
llvm::Error addFile(llvm::Error error, llvm::StringRef file);

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_DIAGNOSTICS_H
