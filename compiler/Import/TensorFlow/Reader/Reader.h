//===- Reader.h - From a path to a flat graph -------------------*- C++ -*-===//
//
// Reads a GraphDef (binary or text), a SavedModel folder or its saved_model.pb
// and prepares the part of it that the wanted fetches need.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_READER_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_READER_H

#include "compiler/Import/TensorFlow/Reader/FlatGraph.h"

namespace sluice {
namespace tensorflow {

/// Exceeding one of them is an ErrorKind::Limit error.
struct ReadBudgets {
  uint64_t fileBytes = uint64_t(1) << 31; ///< protobuf's own limit is 2 GiB
  uint64_t inlinedNodes = 1000000;        ///< nodes and calls of functions
  /// Nodes of functions that are copied to fill in the call's attributes.
  uint64_t copiedBytes = uint64_t(1) << 30;
  uint64_t graphNodes = 8000000; ///< nodes in the file
  uint64_t callDepth = 1000;     ///< functions inside functions
  /// One decoded constant or variable.
  uint64_t tensorBytes = uint64_t(1) << 32;
};

struct ReadOptions {
  std::vector<std::string> tags = {"serve"};
  /// Empty: serving_default, else the only one.
  std::string signature;
  /// Tensor names ("x", "x:0"); for a SavedModel with a chosen signature also
  /// its input and output names. Empty feeds: the signature's inputs, or every
  /// Placeholder. Empty fetches: the signature's outputs, or every sink.
  std::vector<std::string> feeds, fetches;
  ReadBudgets budgets;
};

llvm::Expected<std::unique_ptr<FlatGraph>>
readModel(llvm::StringRef path, const ReadOptions &options = {});

/// The same for a GraphDef in memory; `file` is used in diagnostics only.
llvm::Expected<std::unique_ptr<FlatGraph>>
readGraphBytes(llvm::StringRef bytes, llvm::StringRef file,
               const ReadOptions &options = {});

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_READER_H
