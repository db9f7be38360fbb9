//===- RuntimeObjects.h - The runtime's objects, built with Sluice -*- C++ -*-//

#ifndef SLUICE_COMPILER_CODEGEN_RUNTIMEOBJECTS_H
#define SLUICE_COMPILER_CODEGEN_RUNTIMEOBJECTS_H

#include "llvm/ADT/StringRef.h"
#include <vector>

namespace sluice {

struct RuntimeObject {
  llvm::StringRef name; ///< archive member, "sluice_run.o"
  llvm::StringRef bytes;
};

/// Objects for "x86_64" or "aarch64", sorted by name.
std::vector<RuntimeObject> runtimeObjects(llvm::StringRef arch);

/// Text of sluice.h and sluice.hpp from their include guards on.
llvm::StringRef runtimeHeaderC();
llvm::StringRef runtimeHeaderCxx();

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_RUNTIMEOBJECTS_H
