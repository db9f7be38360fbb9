//===- Table.h - Sorted string tables ---------------------------*- C++ -*-===//
//
// The LevelDB-style table that a checkpoint's index is.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_TABLE_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_TABLE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <map>
#include <string>

namespace sluice {
namespace tensorflow {

using TableEntries = std::map<std::string, std::string, std::less<>>;

/// All entries of a table file. Errors name `file` and the offset.
llvm::Expected<TableEntries> readTable(llvm::StringRef bytes,
                                       llvm::StringRef file);

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_TABLE_H
