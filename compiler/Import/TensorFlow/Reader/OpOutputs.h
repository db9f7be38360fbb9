//===- OpOutputs.h - Outputs of TensorFlow's operators ----------*- C++ -*-===//
//
// Function bodies name a tensor `node:output_name:index`, graphs `node:port`;
// to bring both to one port number the names and counts of an operator's
// outputs must be known, also for operators that nothing imports.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_OPOUTPUTS_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_OPOUTPUTS_H

#include "llvm/ADT/StringRef.h"
#include <optional>
#include <vector>

namespace sluice {
namespace tensorflow {

struct OutputArg {
  llvm::StringRef name;
  llvm::StringRef numberAttr;   ///< an int attribute holds the count
  llvm::StringRef typeListAttr; ///< the count is this list's length
};

/// The outputs of a primitive operator, or null when it is not in the table
/// (then it is taken to have one output under any name).
const std::vector<OutputArg> *findOpOutputs(llvm::StringRef op);

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_OPOUTPUTS_H
