//===- TensorValue.h - Decode tensor values ---------------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_TENSORVALUE_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_TENSORVALUE_H

#include "compiler/Import/TensorFlow/Reader/FlatGraph.h"

namespace sluice {
namespace tf {
class TensorShapeProto;
} // namespace tf

namespace tensorflow {

/// TensorFlow's own limit.
constexpr int maxRank = 254;

/// What is wrong with a value, without its place; the caller adds that.
struct ValueProblem {
  std::string text;
  bool limit = false; ///< a budget was exceeded
};

/// A shape whose sizes must all be known, with its element count checked
/// against int64 and, times the element size, against `budget`.
std::optional<ValueProblem>
readFullShape(const tf::TensorShapeProto &proto, unsigned elementBytes,
              uint64_t budget, llvm::SmallVectorImpl<int64_t> &shape);

/// A shape with unknown sizes allowed; sizes below -1 are a problem.
std::optional<ValueProblem> readPartialShape(const tf::TensorShapeProto &proto,
                                             PartialShape &shape);

/// "[2, ?, 3]" or "unknown rank".
std::string shapeText(const PartialShape &shape);

/// Every encoding of a TensorProto: tensor_content, typed lists with the last
/// value repeated, zeros.
std::optional<ValueProblem> decodeTensor(const tf::TensorProto &proto,
                                         uint64_t budget, HostTensor &value);

/// `bytes` (little-endian, exactly the right number) into `value`'s elements;
/// bool bytes become 0 or 1.
void copyElements(llvm::StringRef bytes, HostTensor &value);

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_TENSORVALUE_H
