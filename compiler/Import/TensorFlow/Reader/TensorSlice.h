//===- TensorSlice.h - Parts of tensors -------------------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_TENSORSLICE_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_TENSORSLICE_H

#include "dialects/Support/HostTensor.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace sluice {
namespace tf {
class TensorSliceProto;
} // namespace tf

namespace tensorflow {

/// One [start, start + length) per dimension; length -1: the whole dimension.
struct TensorSlice {
  llvm::SmallVector<int64_t> starts, lengths;

  /// Replaces -1 by the size. Returns what is wrong, or "".
  std::string fit(llvm::ArrayRef<int64_t> shape);
};

TensorSlice readSlice(const tf::TensorSliceProto &proto);

/// RestoreV2's form: the full shape, then "start,length" or "-" per dimension,
/// as in "10 4 0,5:-". Returns what is wrong, or "".
std::string parseSliceSpec(llvm::StringRef spec,
                           llvm::SmallVectorImpl<int64_t> &shape,
                           TensorSlice &slice);

/// The key under which a checkpoint stores a slice (before -1 is replaced).
std::string sliceKey(llvm::StringRef name, const TensorSlice &slice);

/// True when two slices of one tensor share an element. Both are fitted.
bool overlap(const TensorSlice &a, const TensorSlice &b);

/// Copies between a tensor and its (fitted) slice.
void copySliceIn(const HostTensor &part, const TensorSlice &slice,
                 HostTensor &whole);
void copySliceOut(const HostTensor &whole, const TensorSlice &slice,
                  HostTensor &part);

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_TENSORSLICE_H
