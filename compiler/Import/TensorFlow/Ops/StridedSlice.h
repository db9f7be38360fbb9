//===- StridedSlice.h - What the masks of StridedSlice mean -----*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_OPS_STRIDEDSLICE_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_OPS_STRIDEDSLICE_H

#include "compiler/Import/TensorFlow/NodeContext.h"

namespace sluice::tensorflow {

/// Bits count entries of begin, end and strides.
struct StridedSliceMasks {
  int64_t begin = 0, end = 0, ellipsis = 0, newAxis = 0, shrinkAxis = 0;
};

/// A dimension of the operand, or a new one, in order.
struct StridedSliceDim {
  bool isNewAxis = false;
  bool shrink = false; ///< one position, and the dimension goes away
  /// The entry of begin and end that describes it; none: the whole dimension.
  std::optional<unsigned> source;
  bool beginOpen = true, endOpen = true;
  int64_t stride = 1;
};

/// Spreads the entries over the dimensions of an operand of rank `rank`.
/// nullopt after an error.
std::optional<llvm::SmallVector<StridedSliceDim>>
resolveStridedSlice(NodeContext &node, const StridedSliceMasks &masks,
                    llvm::ArrayRef<int64_t> strides, int64_t rank);

struct StridedRange {
  graph::Size start, size;
  int64_t stride;
};

/// The positions of dimension `d` of size `whole`; `first` and `last` are the
/// entries of begin and end. nullopt after an error.
std::optional<StridedRange> resolveRange(NodeContext &node,
                                         const StridedSliceDim &dim, unsigned d,
                                         graph::Size whole, mlir::Value first,
                                         mlir::Value last);

} // namespace sluice::tensorflow

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_OPS_STRIDEDSLICE_H
