//===- Names.h - Names of a model as C, C++ and text see them ---*- C++ -*-===//
//
// Names in a model file are any bytes. Each place they reach has one routine
// here that makes them harmless.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_CODEGEN_NAMES_H
#define SLUICE_COMPILER_CODEGEN_NAMES_H

#include "compiler/Codegen/ModelInterface.h"

namespace sluice {

/// A lower-case C and C++ identifier: other bytes become single '_', keywords
/// and well-known macros get a trailing '_'. Never empty, at most 100 bytes.
std::string toIdentifier(llvm::StringRef name);

/// The same for a model's name, which keeps its case and must not clash with
/// functions of the C library or the runtime's prefix.
std::string modelIdentifier(llvm::StringRef name);

/// Printable ASCII that cannot end a C comment or start another.
std::string inComment(llvm::StringRef text);
/// A C string literal with its quotes.
std::string stringLiteral(llvm::StringRef text);
/// Bytes for a constant C string: NUL, which would cut it, becomes "\0".
std::string withoutNul(llvm::StringRef text);
/// Valid UTF-8.
std::string inJson(llvm::StringRef text);

/// Unique identifiers of one entry.
struct EntryNames {
  std::string suffix; ///< "" for the only entry, else the signature's name
  std::string prefix; ///< "digits" or "digits_train"
  std::vector<std::string> tensors; ///< inputs, then outputs
  std::vector<std::string> dims;
};

struct InterfaceNames {
  std::string model; ///< prefix of every C name
  std::string macro; ///< the same in capitals
  std::vector<EntryNames> entries;
};

InterfaceNames resolveNames(const ModelInterface &model);

std::string upperCase(llvm::StringRef name);

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_NAMES_H
