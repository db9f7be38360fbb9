//===- ContractionPacking.cpp - Weights in the order they are read --------===//

#include "passes/Emit/ContractionPlan.h"
#include <cstring>

using namespace sluice;

HostTensor sluice::packContractionWeights(const HostTensor &weights,
                                          const ContractionPacking &packing) {
  HostTensor packed(weights.kind(), {packing.size()});
  unsigned bytes = elementSize(weights.kind());
  char *to = packed.data();
  for (int64_t g = 0; g < packing.groups; ++g) {
    const char *group =
        weights.data() + g * packing.groupStride * int64_t(bytes);
    for (int64_t n = 0; n < packing.width; n += packing.panel) {
      bool full = n + packing.panel <= packing.width;
      int64_t used = full ? packing.panel : packing.width - n;
      int64_t stored =
          full ? packing.panel : packing.tailVectors() * packing.lanes;
      for (int64_t k = 0; k < packing.depth; ++k, to += stored * bytes)
        for (int64_t i = 0; i < used; ++i)
          std::memcpy(to + i * bytes,
                      group + (k * packing.depthStride +
                               (n + i) * packing.widthStride) *
                                  int64_t(bytes),
                      bytes);
    }
  }
  return packed;
}
