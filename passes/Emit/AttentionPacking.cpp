//===- AttentionPacking.cpp - Keys and values as panels -------------------===//

#include "passes/Emit/AttentionPacking.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/Emit/TransposeTile.h"

using namespace mlir;
using namespace sluice;
using graph::AttentionTiling;

static constexpr int64_t panel = AttentionTiling::panel;

static void store(NestBuilder &nest, Value vector, Value to, Value index) {
  vector::StoreOp::create(nest.builder, nest.loc, vector, to, index);
}

// Squares of vectors, transposed in registers; what does not exist is not read.
void sluice::packAttentionKeys(NestBuilder &nest, const AttentionTiling &tiling,
                               const AttentionRows &keys, Value scratch,
                               Value base) {
  int64_t lanes = nest.vectorType.getNumElements();
  auto square = [&](Value first, int64_t rows, Value column, int64_t columns) {
    SmallVector<Value> vectors(lanes, nest.zero());
    Value mask = nest.maskOf(columns);
    for (int64_t i = 0; i < rows; ++i)
      vectors[i] =
          nest.loadVector(keys.flat,
                          nest.add(nest.add(keys.start, column),
                                   nest.mul(nest.add(first, i), keys.stride)),
                          mask);
    if (rows)
      transposeTile(nest, vectors);
    Value index = nest.div(first, panel);
    Value to =
        nest.add(nest.add(base, nest.mul(index, panel * tiling.depth)),
                 nest.add(nest.rem(first, panel), nest.mul(column, panel)));
    for (int64_t j = 0; j < columns; ++j)
      store(nest, vectors[j], scratch, nest.add(to, j * panel));
  };
  auto rowOfSquares = [&](Value first, int64_t rows) {
    int64_t whole = tiling.depth / lanes * lanes;
    if (whole)
      nest.loop(nest.index(0), nest.index(whole), lanes,
                [&](Value column) { square(first, rows, column, lanes); });
    if (tiling.depth > whole)
      square(first, rows, nest.index(whole), tiling.depth - whole);
  };
  int64_t whole = tiling.keys / lanes * lanes;
  if (whole)
    nest.loop(nest.index(0), nest.index(whole), lanes,
              [&](Value first) { rowOfSquares(first, lanes); });
  int64_t padded = tiling.keyPanels() * panel;
  for (int64_t first = whole; first < padded; first += lanes)
    rowOfSquares(nest.index(first),
                 std::clamp<int64_t>(tiling.keys - first, 0, lanes - 1));
}

void sluice::packAttentionValues(NestBuilder &nest,
                                 const AttentionTiling &tiling,
                                 const AttentionRows &values, Value scratch,
                                 Value base) {
  int64_t lanes = nest.vectorType.getNumElements();
  int64_t padded = tiling.valuePanels() * panel;
  nest.loop(nest.index(0), nest.index(tiling.keys), 1, [&](Value row) {
    Value from = nest.add(values.start, nest.mul(row, values.stride));
    Value to = nest.add(nest.add(base, tiling.valuesAt), nest.mul(row, panel));
    for (int64_t column = 0; column < padded; column += lanes) {
      int64_t count = tiling.width - column;
      Value vector = nest.zero();
      if (count > 0)
        vector = nest.loadVector(values.flat, nest.add(from, column),
                                 nest.maskOf(count));
      store(
          nest, vector, scratch,
          nest.add(to, column / panel * panel * tiling.keys + column % panel));
    }
  });
}
