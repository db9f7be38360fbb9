//===- OutputFiles.h - Writing files whole or not at all --------*- C++ -*-===//

#ifndef SLUICE_COMPILER_CODEGEN_OUTPUTFILES_H
#define SLUICE_COMPILER_CODEGEN_OUTPUTFILES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <functional>
#include <string>
#include <vector>

namespace sluice {

struct OutputFile {
  std::string path;
  llvm::StringRef bytes;
  /// Set: writes the file, in place of `bytes`.
  std::function<llvm::Error(llvm::raw_ostream &)> write = {};
};

/// Writes every file under a temporary name in its own folder, syncs, and
/// renames only when all are complete. On failure no temporary is left and the
/// error carries the path and the system's text.
llvm::Error writeFiles(llvm::ArrayRef<OutputFile> files);

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_OUTPUTFILES_H
