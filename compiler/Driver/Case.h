//===- Case.h - Recorded test cases -----------------------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_CASE_H
#define SLUICE_COMPILER_DRIVER_CASE_H

#include "compiler/Driver/Compare.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace sluice {

/// Tolerances where something was said about them.
struct CaseTolerance {
  std::optional<double> rtol, atol;

  bool any() const { return rtol || atol; }
  /// What was said, else the default of the kind; kinds that are compared
  /// exactly stay so.
  Tolerance of(ElementKind kind) const;
};

/// From CASE.json beside CASE.npz; nothing when there is no such file.
llvm::Expected<CaseTolerance> readCaseTolerance(llvm::StringRef npzPath);

/// A folder, or the saved_model.pb in it.
bool isSavedModel(llvm::StringRef path);

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_CASE_H
