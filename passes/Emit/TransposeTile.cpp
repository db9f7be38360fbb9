//===- TransposeTile.cpp - Squares of vectors in registers ----------------===//

#include "passes/Emit/TransposeTile.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace sluice;

// Squares of squares: at each step the blocks of one size beside the diagonal
// change places.
void sluice::transposeTile(NestBuilder &nest, MutableArrayRef<Value> vectors) {
  auto lanes = static_cast<int64_t>(vectors.size());
  for (int64_t size = lanes / 2; size >= 1; size /= 2) {
    SmallVector<int64_t> low, high; // of the pair of vectors
    for (int64_t j = 0; j < lanes; ++j) {
      low.push_back(j & size ? lanes + j - size : j);
      high.push_back(j & size ? lanes + j : j + size);
    }
    for (int64_t i = 0; i < lanes; ++i) {
      if (i & size)
        continue;
      Value &above = vectors[i], &below = vectors[i + size];
      Value first =
          vector::ShuffleOp::create(nest.builder, nest.loc, above, below, low);
      below =
          vector::ShuffleOp::create(nest.builder, nest.loc, above, below, high);
      above = first;
    }
  }
}
