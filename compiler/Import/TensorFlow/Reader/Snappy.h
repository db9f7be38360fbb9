//===- Snappy.h - Unpack snappy blocks --------------------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_SNAPPY_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_SNAPPY_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace sluice {
namespace tensorflow {

/// Unpacks `bytes` into `out`. Returns what is wrong with them, or "".
std::string unpackSnappy(llvm::StringRef bytes, std::string &out);

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_SNAPPY_H
