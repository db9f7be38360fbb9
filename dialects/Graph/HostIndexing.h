//===- HostIndexing.h - Index arithmetic of reference evaluation -*- C++
//-*-===//

#ifndef SLUICE_DIALECTS_GRAPH_HOSTINDEXING_H
#define SLUICE_DIALECTS_GRAPH_HOSTINDEXING_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace sluice::graph {

/// Distance between elements along each dimension, row-major.
inline llvm::SmallVector<int64_t>
rowMajorStrides(llvm::ArrayRef<int64_t> shape) {
  llvm::SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t d = static_cast<int64_t>(shape.size()) - 2; d >= 0; --d)
    strides[d] = strides[d + 1] * shape[d + 1];
  return strides;
}

/// Calls `visit(position, indices)` for each element, in row-major order.
inline void visitElements(
    llvm::ArrayRef<int64_t> shape,
    llvm::function_ref<void(int64_t, llvm::ArrayRef<int64_t>)> visit) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  llvm::SmallVector<int64_t> indices(shape.size());
  for (int64_t position = 0; position < count; ++position) {
    visit(position, indices);
    for (int64_t d = static_cast<int64_t>(shape.size()) - 1;
         d >= 0 && ++indices[d] == shape[d]; --d)
      indices[d] = 0;
  }
}

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_HOSTINDEXING_H
