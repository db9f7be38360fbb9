//===- ContractionTile.cpp - The register tile of a contraction -----------===//

#include "passes/Emit/ContractionTile.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sluice;

namespace {
class TileEmitter {
public:
  TileEmitter(NestBuilder &nest, ProductStep &product,
              const ContractionTile &tile)
      : nest(nest), product(product), tile(tile),
        perRow(tile.vectors * product.form.sums) {
    int64_t rows = tile.offsets.size() + product.form.raisesFactors;
    accumulators = rows * perRow;
    // Two multiply-adds a cycle of four cycles each: fewer than eight chains
    // leave units idle, so several steps get accumulators of their own.
    int64_t steps =
        tile.sums.empty() ? 1 : tile.sums.back().count / product.form.group;
    // A sum that takes two products a step leaves registers to their factors.
    int64_t products = product.form.weights / product.form.sums;
    while (accumulators * sets * products < 8 && sets * 4 <= steps)
      sets *= 2;
    unroll = sets;
    if (sets == 1 && tile.offsets.size() == 1 && steps >= 2)
      unroll = 2;
  }

  SmallVector<Value> emit() {
    SmallVector<Value> sums(accumulators * sets, nest.zero());
    sums = reduce(0, tile.lhsStart, tile.rhsStart, sums);
    for (int64_t count = sets; count > 1; count /= 2)
      for (int64_t s = 0; s < count / 2; ++s)
        for (int64_t i = 0; i < accumulators; ++i)
          sums[s * accumulators + i] =
              nest.sum(sums[s * accumulators + i],
                       sums[(s + count / 2) * accumulators + i]);
    return finish(sums);
  }

private:
  // The sums of each column, less what raised factors added.
  SmallVector<Value> finish(ArrayRef<Value> sums) {
    SmallVector<Value> result;
    auto row = [&](int64_t r) { return sums.slice(r * perRow, perRow); };
    int64_t rows = tile.offsets.size();
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t v = 0; v < tile.vectors; ++v) {
        int64_t count = product.form.sums;
        Value sum = product.finish(row(r).slice(v * count, count));
        if (product.form.raisesFactors)
          sum = nest.sub(sum, row(rows)[v]);
        result.push_back(sum);
      }
    return result;
  }

  // The loops from `level` on.
  SmallVector<Value> reduce(size_t level, Value lhsAt, Value rhsAt,
                            ValueRange sums) {
    if (level == tile.sums.size())
      return step(lhsAt, rhsAt, SmallVector<Value>(sums), 0, 1, 1);
    const NestLoop &loop = tile.sums[level];
    int64_t rhsStride = loop.rhsStride * tile.rhsRowStride;
    auto at = [&](Value i) {
      return std::make_pair(nest.add(lhsAt, nest.mul(i, loop.lhsStride)),
                            nest.add(rhsAt, nest.mul(i, rhsStride)));
    };
    if (level + 1 < tile.sums.size())
      return nest.loop(nest.index(0), nest.index(loop.count), 1, sums,
                       [&](Value i, ValueRange carried) {
                         auto [lhs, rhs] = at(i);
                         return reduce(level + 1, lhs, rhs, carried);
                       });
    int64_t group = product.form.group, stride = loop.lhsStride;
    int64_t whole = loop.count / (group * unroll) * group * unroll;
    SmallVector<Value> result(sums);
    if (whole > 0)
      result = nest.loop(nest.index(0), nest.index(whole), group * unroll, sums,
                         [&](Value i, ValueRange carried) {
                           SmallVector<Value> next(carried);
                           for (int64_t u = 0; u < unroll; ++u) {
                             auto [lhs, rhs] = at(nest.add(i, u * group));
                             next =
                                 step(lhs, rhs, next, u % sets, stride, group);
                           }
                           return next;
                         });
    for (int64_t i = whole; i < loop.count; i += group) {
      auto [lhs, rhs] = at(nest.index(i));
      result =
          step(lhs, rhs, result, 0, stride, std::min(group, loop.count - i));
    }
    return result;
  }

  // One group of rows of weights times one factor per position.
  SmallVector<Value> step(Value lhsAt, Value rhsAt, SmallVector<Value> sums,
                          int64_t set, int64_t lhsStride, int64_t present) {
    constexpr int64_t prefetchSteps = 64, lineBytes = 64;
    int64_t lanes = nest.vectorType.getNumElements();
    int64_t group = product.form.group;
    int64_t bytes =
        getElementTypeOrSelf(tile.rhs.getType()).getIntOrFloatBitWidth() / 8;
    SmallVector<ProductStep::Values> weights;
    for (int64_t v = 0; v < tile.vectors; ++v)
      weights.push_back(
          product.loadWeights(tile.rhs, nest.add(rhsAt, v * lanes * group),
                              v + 1 == tile.vectors ? tile.lastMask : Value()));
    if (tile.nextWeights) {
      Value done =
          nest.shiftRight(nest.sub(rhsAt, tile.rhsStart), tile.nextShift);
      nest.prefetch(tile.rhs, nest.add(tile.nextWeights, done), /*level=*/2);
    } else if (tile.prefetch) {
      for (int64_t byte = 0; byte < tile.vectors * lanes * group * bytes;
           byte += lineBytes)
        nest.prefetch(tile.rhs, nest.add(rhsAt, prefetchSteps * group *
                                                        tile.rhsRowStride +
                                                    byte / bytes));
    }
    Value *sum = sums.data() + set * accumulators;
    auto multiply = [&](const ProductStep::Values &factor) {
      for (const ProductStep::Values &weight : weights) {
        product.multiplyAdd(factor, weight, sum);
        sum += product.form.sums;
      }
    };
    for (int64_t offset : tile.offsets)
      multiply(product.loadFactor(tile.lhs, nest.add(lhsAt, offset), lhsStride,
                                  present));
    if (product.form.raisesFactors)
      multiply(product.raisedFactor());
    return sums;
  }

  NestBuilder &nest;
  ProductStep &product;
  const ContractionTile &tile;
  int64_t perRow; ///< accumulators
  int64_t accumulators, sets = 1, unroll = 1;
};
} // namespace

SmallVector<Value> sluice::emitContractionTile(NestBuilder &nest,
                                               ProductStep &product,
                                               const ContractionTile &tile) {
  return TileEmitter(nest, product, tile).emit();
}

SmallVector<Value> sluice::emitContractionTile(NestBuilder &nest,
                                               const ContractionTile &tile) {
  Type element = nest.vectorType.getElementType();
  ProductStep product(nest, ProductForm(), {element, element, element},
                      /*hasPairProducts=*/false, /*hasIntegerDots=*/false);
  return emitContractionTile(nest, product, tile);
}
