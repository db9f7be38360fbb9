//===- DepthwiseTile.cpp - The register tile of a depthwise conv ----------===//

#include "passes/Emit/DepthwiseTile.h"
#include <map>

using namespace mlir;
using namespace sluice;

// Steps of the window from `level` on.
static int64_t countTaps(ArrayRef<NestLoop> sums) {
  int64_t taps = 1;
  for (const NestLoop &loop : sums)
    taps *= loop.count;
  return taps;
}

// Unrolled taps hold one weight vector each: beside the sums, an input vector
// and one in flight they must fit the registers, or they spill. What does not
// fit stays a loop.
static bool fitsRegisters(ArrayRef<NestLoop> sums, const DepthwiseTile &tile) {
  return countTaps(sums) + tile.positions + 2 <= tile.registers;
}

namespace {
class DepthwiseEmitter {
public:
  DepthwiseEmitter(NestBuilder &nest, const DepthwiseTile &tile)
      : nest(nest), tile(tile) {}

  SmallVector<Value> reduce(size_t level, Value lhsAt, Value rhsAt,
                            SmallVector<Value> sums) {
    ArrayRef<NestLoop> loops = tile.sums.drop_front(level);
    if (fitsRegisters(loops, tile))
      return unrolled(loops, lhsAt, rhsAt, std::move(sums));
    const NestLoop &loop = loops.front();
    return nest.loop(
        nest.index(0), nest.index(loop.count), 1, sums,
        [&](Value i, ValueRange carried) {
          return reduce(
              level + 1, nest.add(lhsAt, nest.mul(i, loop.lhsStride)),
              nest.add(rhsAt, nest.mul(i, loop.rhsStride * tile.rhsRowStride)),
              SmallVector<Value>(carried));
        });
  }

private:
  SmallVector<Value> unrolled(ArrayRef<NestLoop> loops, Value lhsAt,
                              Value rhsAt, SmallVector<Value> sums) {
    // Which products each input vector takes part in, by its offset.
    struct Use {
      int64_t position, row;
    };
    std::map<int64_t, SmallVector<Use>> uses;
    int64_t taps = countTaps(loops);
    for (int64_t t = 0; t < taps; ++t) {
      int64_t offset = 0, row = 0, rest = t;
      for (const NestLoop &loop : llvm::reverse(loops)) {
        offset += rest % loop.count * loop.lhsStride;
        row += rest % loop.count * loop.rhsStride;
        rest /= loop.count;
      }
      for (int64_t p = 0; p < tile.positions; ++p)
        uses[offset + p * tile.positionStride].push_back({p, row});
    }
    SmallVector<Value> weights;
    for (int64_t t = 0; t < taps; ++t)
      weights.push_back(nest.loadVector(
          tile.rhs, nest.add(rhsAt, t * tile.rhsRowStride), tile.mask));
    for (auto &[offset, list] : uses) {
      Value input =
          nest.loadVector(tile.lhs, nest.add(lhsAt, offset), tile.mask);
      for (const Use &use : list)
        sums[use.position] =
            nest.multiplyAdd(input, weights[use.row], sums[use.position]);
    }
    return sums;
  }

  NestBuilder &nest;
  const DepthwiseTile &tile;
};
} // namespace

SmallVector<Value> sluice::emitDepthwiseTile(NestBuilder &nest,
                                             const DepthwiseTile &tile) {
  SmallVector<Value> sums(tile.positions, nest.zero());
  return DepthwiseEmitter(nest, tile)
      .reduce(0, tile.lhsStart, tile.rhsStart, std::move(sums));
}
