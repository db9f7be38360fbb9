//===- OperationCounts.h - Costs of sums of products ------------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_OPERATIONCOUNTS_H
#define SLUICE_DIALECTS_GRAPH_OPERATIONCOUNTS_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>

namespace sluice::graph {

/// `count` times the factors; -1 where one is negative, which stands for
/// unknown, or the product is too large.
inline int64_t scaledCost(int64_t count, llvm::ArrayRef<int64_t> factors) {
  for (int64_t factor : factors)
    if (count < 0 || factor < 0 ||
        __builtin_mul_overflow(count, factor, &count))
      return -1;
  return count;
}

/// A product and a sum each.
inline int64_t countMultiplyAdds(int64_t products) {
  return scaledCost(products, {2});
}

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_OPERATIONCOUNTS_H
