//===- Instantiate.h - Fill in the attributes of a call ---------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_INSTANTIATE_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_INSTANTIATE_H

#include "compiler/Import/TensorFlow/Proto/graph.pb.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace sluice {
namespace tensorflow {

/// The attributes that a function body's `$T` stand for.
struct CallAttrs {
  const tf::FunctionDef *function = nullptr;
  const google::protobuf::RepeatedPtrField<tf::AttrEntry> *values = nullptr;

  /// The call's value, else the declared default, else null.
  const tf::AttrValue *find(llvm::StringRef name) const;
};

/// `source` with every placeholder replaced, on `arena`. Null with `attribute`
/// and `problem` set when one has no value or one of the wrong kind.
const tf::NodeDef *instantiate(const tf::NodeDef &source,
                               const CallAttrs &attrs,
                               google::protobuf::Arena &arena,
                               std::string &attribute, std::string &problem);

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_INSTANTIATE_H
