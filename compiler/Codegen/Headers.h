//===- Headers.h - Text files that go with a library ------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_CODEGEN_HEADERS_H
#define SLUICE_COMPILER_CODEGEN_HEADERS_H

#include "compiler/Codegen/InterfaceModule.h"
#include "compiler/Codegen/Names.h"

namespace sluice {

/// NAME.h: C99 and C++11, needs <stdint.h> and <stddef.h> only.
std::string renderHeader(const ModelInterface &model);

/// NAME.hpp: C++17. `cxxClass`, "ns::Name" or empty, adds the drop-in class.
llvm::Expected<std::string> renderCxxHeader(const ModelInterface &model,
                                            llvm::StringRef cxxClass);

/// The drop-in class alone.
llvm::Expected<std::string> renderDropInClass(const ModelInterface &model,
                                              llvm::StringRef cxxClass);

/// NAME.json.
std::string renderMetadata(const ModelInterface &model, int64_t weightBytes,
                           const ContentHash &hash);

/// NAME.pc, NAME.mk, NAMEConfig.cmake. `archive` is the archive's file name.
std::string renderPkgConfig(const ModelInterface &model,
                            llvm::StringRef archive);
std::string renderMakefile(const ModelInterface &model,
                           llvm::StringRef archive);
std::string renderCMakeConfig(const ModelInterface &model,
                              llvm::StringRef archive);

/// "target: dependency ..." as make and ninja read it.
std::string renderDepfile(llvm::StringRef target,
                          llvm::ArrayRef<std::string> dependencies);

/// Element types as C and C++ spell them.
llvm::StringRef cType(ElementKind kind);
llvm::StringRef cxxType(ElementKind kind);

/// "[batch, 8, 8, 1]" with the dims' C names.
std::string shapeText(const InterfaceTensor &tensor, const EntryNames &names);

/// "1024u", or "...ull" where unsigned int is too small.
std::string sizeLiteral(int64_t value);

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_HEADERS_H
