//===- Library.h - Archive, headers and metadata of a model -----*- C++ -*-===//

#ifndef SLUICE_COMPILER_CODEGEN_LIBRARY_H
#define SLUICE_COMPILER_CODEGEN_LIBRARY_H

#include "compiler/Codegen/ModelInterface.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace sluice {

/// Compiled kernels and entries of one level: a relocatable ELF object.
struct KernelObject {
  std::string level; ///< InterfaceLevel::name
  llvm::SmallVector<char, 0> bytes;
};

/// Read-only data that compiled code refers to as a hidden external symbol. The
/// bytes are borrowed.
struct Constant {
  std::string symbol; ///< constantSymbol(...)
  llvm::ArrayRef<char> bytes;
  uint64_t alignment = 64;
};

struct LibraryOptions {
  std::string output;   ///< path of the archive; other files lie beside it
  std::string cxxClass; ///< "ns::Name" or empty
  bool extras = true;   ///< NAME.pc, NAME.mk, NAMEConfig.cmake
  /// Makefile-style list of what the output depends on, or empty.
  std::string depfile;
  std::vector<std::string> dependencies; ///< files read, for the depfile
};

/// One member of the archive.
struct LibraryMember {
  std::string name;
  llvm::SmallVector<char, 0> bytes;
};

/// NAME of "dir/libNAME.a"; an error when nothing usable is left.
llvm::Expected<std::string> libraryName(llvm::StringRef output);

/// Objects of the model itself, without the runtime: interface (entry points,
/// descriptor), kernels, weights. For in-memory use: the process that loads
/// them provides the runtime.
llvm::Expected<std::vector<LibraryMember>>
buildModelObjects(const ModelInterface &model,
                  llvm::ArrayRef<KernelObject> kernels,
                  llvm::ArrayRef<Constant> constants);

/// Writes libNAME.a, NAME.h, NAME.hpp, NAME.json and extras: all or, as far as
/// the file system allows, none. Returns the paths written.
llvm::Expected<std::vector<std::string>> writeModelLibrary(
    const ModelInterface &model, llvm::ArrayRef<KernelObject> kernels,
    llvm::ArrayRef<Constant> constants, const LibraryOptions &options);

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_LIBRARY_H
