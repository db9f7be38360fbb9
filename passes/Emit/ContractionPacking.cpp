//===- ContractionPacking.cpp - Weights in the order they are read --------===//

#include "mlir/IR/BuiltinAttributes.h"
#include "passes/Emit/ContractionPlan.h"
#include <cstring>

using namespace mlir;
using namespace sluice;

Attribute sluice::toAttribute(MLIRContext *context, const PanelShape &panels) {
  auto i64 = IntegerType::get(context, 64);
  SmallVector<NamedAttribute> fields;
  auto add = [&](StringRef name, int64_t value) {
    fields.emplace_back(StringAttr::get(context, name),
                        IntegerAttr::get(i64, value));
  };
  add("lanes", panels.lanes);
  add("panel", panels.panel);
  if (panels.rows != 1)
    add("rows", panels.rows);
  return DictionaryAttr::get(context, fields);
}

std::optional<PanelShape> sluice::parsePanelShape(Attribute attribute) {
  auto dictionary = dyn_cast<DictionaryAttr>(attribute);
  if (!dictionary)
    return std::nullopt;
  auto panel = dictionary.getAs<IntegerAttr>("panel");
  auto lanes = dictionary.getAs<IntegerAttr>("lanes");
  auto rows = dictionary.getAs<IntegerAttr>("rows");
  if (!panel || !lanes || !panel.getType().isInteger(64) ||
      !lanes.getType().isInteger(64) ||
      (rows && !rows.getType().isInteger(64)) ||
      (!rows && dictionary.contains("rows")))
    return std::nullopt;
  // No vector and no tile has more.
  constexpr int64_t mostLanes = 64, mostColumns = 1024;
  PanelShape shape{panel.getInt(), lanes.getInt(), rows ? rows.getInt() : 1};
  if (shape.rows < 1 || shape.rows > 4 || shape.lanes <= 0 ||
      shape.lanes > mostLanes || shape.panel < shape.lanes ||
      shape.panel > mostColumns || shape.panel % shape.lanes != 0)
    return std::nullopt;
  return shape;
}

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
      for (int64_t k = 0; k < packing.depth; ++k) {
        int64_t inRun = k % packing.paddedRun();
        int64_t row = k / packing.paddedRun() * packing.run + inRun;
        // Where the row's first column goes.
        char *first =
            to + (k / packing.interleaved * packing.interleaved * stored +
                  k % packing.interleaved) *
                     int64_t(bytes);
        for (int64_t i = 0; i < used && inRun < packing.run; ++i)
          std::memcpy(first + i * packing.interleaved * int64_t(bytes),
                      group + (row * packing.depthStride +
                               (n + i) * packing.widthStride) *
                                  int64_t(bytes),
                      bytes);
      }
      to += packing.depth * stored * int64_t(bytes);
    }
  }
  return packed;
}
