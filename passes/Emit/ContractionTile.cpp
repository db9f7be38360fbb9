//===- ContractionTile.cpp - The register tile of a contraction -----------===//

#include "passes/Emit/ContractionTile.h"

using namespace mlir;
using namespace sluice;

namespace {
class TileEmitter {
public:
  TileEmitter(NestBuilder &nest, const ContractionTile &tile)
      : nest(nest), tile(tile),
        accumulators(tile.offsets.size() * tile.vectors) {
    // Two multiply-adds a cycle of four cycles each: fewer than eight chains
    // leave units idle, so several steps get accumulators of their own.
    int64_t steps = tile.sums.empty() ? 1 : tile.sums.back().count;
    while (accumulators * sets < 8 && sets * 4 <= steps)
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
    sums.resize(accumulators);
    return sums;
  }

private:
  // The loops from `level` on.
  SmallVector<Value> reduce(size_t level, Value lhsAt, Value rhsAt,
                            ValueRange sums) {
    if (level == tile.sums.size())
      return step(lhsAt, rhsAt, SmallVector<Value>(sums), 0);
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
    int64_t whole = loop.count / unroll * unroll;
    SmallVector<Value> result =
        nest.loop(nest.index(0), nest.index(whole), unroll, sums,
                  [&](Value i, ValueRange carried) {
                    SmallVector<Value> next(carried);
                    for (int64_t u = 0; u < unroll; ++u) {
                      auto [lhs, rhs] = at(nest.add(i, u));
                      next = step(lhs, rhs, next, u % sets);
                    }
                    return next;
                  });
    for (int64_t i = whole; i < loop.count; ++i) {
      auto [lhs, rhs] = at(nest.index(i));
      result = step(lhs, rhs, result, 0);
    }
    return result;
  }

  // One row of weights times one scalar per position.
  SmallVector<Value> step(Value lhsAt, Value rhsAt, SmallVector<Value> sums,
                          int64_t set) {
    constexpr int64_t prefetchRows = 64, lineBytes = 64;
    int64_t lanes = nest.vectorType.getNumElements();
    int64_t bytes = nest.elementType.getIntOrFloatBitWidth() / 8;
    SmallVector<Value> weights;
    for (int64_t v = 0; v < tile.vectors; ++v)
      weights.push_back(
          nest.loadVector(tile.rhs, nest.add(rhsAt, v * lanes),
                          v + 1 == tile.vectors ? tile.lastMask : Value()));
    if (tile.nextWeights) {
      Value done =
          nest.shiftRight(nest.sub(rhsAt, tile.rhsStart), tile.nextShift);
      nest.prefetch(tile.rhs, nest.add(tile.nextWeights, done), /*level=*/2);
    } else if (tile.prefetch) {
      for (int64_t byte = 0; byte < tile.vectors * lanes * bytes;
           byte += lineBytes)
        nest.prefetch(
            tile.rhs,
            nest.add(rhsAt, prefetchRows * tile.rhsRowStride + byte / bytes));
    }
    Value *sum = sums.data() + set * accumulators;
    for (int64_t offset : tile.offsets) {
      Value factor =
          nest.broadcast(nest.load(tile.lhs, nest.add(lhsAt, offset)));
      for (Value weight : weights) {
        *sum = nest.multiplyAdd(factor, weight, *sum);
        ++sum;
      }
    }
    return sums;
  }

  NestBuilder &nest;
  const ContractionTile &tile;
  int64_t accumulators, sets = 1, unroll = 1;
};
} // namespace

SmallVector<Value> sluice::emitContractionTile(NestBuilder &nest,
                                               const ContractionTile &tile) {
  return TileEmitter(nest, tile).emit();
}
