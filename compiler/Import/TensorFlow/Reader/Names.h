//===- Names.h - Node names and input strings -------------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_NAMES_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_NAMES_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>

namespace sluice {
namespace tensorflow {

/// What an input string says: "name", "name:2", "^name", and in function
/// bodies "name:output:2" or the bare name of a parameter.
struct InputName {
  bool control = false;
  llvm::StringRef node;
  llvm::StringRef output; ///< only of three-part names
  uint32_t index = 0;
  unsigned parts = 1; ///< pieces between the colons
};

/// The reason why `text` is malformed; empty when it was taken apart.
std::string parseInputName(llvm::StringRef text, InputName &name);

/// The reason why a node may not be called this; empty when it may.
std::string checkNodeName(llvm::StringRef name);

/// "input 3 ('a:-1')".
std::string inputText(int position, llvm::StringRef text);

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_NAMES_H
