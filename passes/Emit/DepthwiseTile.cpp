//===- DepthwiseTile.cpp - The register tile of a depthwise conv ----------===//

#include "passes/Emit/DepthwiseTile.h"
#include "llvm/Support/MathExtras.h"
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

  SmallVector<Value> emit() {
    SmallVector<Value> sums(tile.positions, nest.zero());
    if (!isShuffled())
      return reduce(0, tile.lhsStart, tile.rhsStart, std::move(sums));
    // Channels outside, around a loop: a block that used several of one vector
    // would keep all vectors in registers, or rather on the stack.
    for (channel = 0; channel < tile.groups.inputs; ++channel)
      sums = reduce(0, tile.lhsStart,
                    nest.add(tile.rhsStart, channel * tile.rhsRowStride),
                    std::move(sums));
    return sums;
  }

private:
  SmallVector<Value> reduce(size_t level, Value lhsAt, Value rhsAt,
                            SmallVector<Value> sums) {
    ArrayRef<NestLoop> loops = tile.sums.drop_front(level);
    bool isApart =
        level > 0 || loops.empty() || !isShuffled() || tile.groups.inputs == 1;
    if (isApart && fitsRegisters(loops, tile)) {
      if (isShuffled() || tile.groups.inputs == 1)
        return unrolled(loops, lhsAt, rhsAt, std::move(sums));
      return nest.loop(nest.index(0), nest.index(tile.groups.inputs), 1, sums,
                       [&](Value i, ValueRange carried) {
                         return unrolled(
                             loops, nest.add(lhsAt, i),
                             nest.add(rhsAt, nest.mul(i, tile.rhsRowStride)),
                             SmallVector<Value>(carried));
                       });
    }
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

  SmallVector<Value> unrolled(ArrayRef<NestLoop> loops, Value lhsAt,
                              Value rhsAt, SmallVector<Value> sums) {
    // Which products each input vector takes part in, by its offset.
    struct Use {
      int64_t position, tap;
    };
    std::map<int64_t, SmallVector<Use>> uses;
    SmallVector<Value> weights;
    int64_t taps = countTaps(loops);
    for (int64_t t = 0; t < taps; ++t) {
      int64_t offset = 0, row = 0, rest = t;
      for (const NestLoop &loop : llvm::reverse(loops)) {
        offset += rest % loop.count * loop.lhsStride;
        row += rest % loop.count * loop.rhsStride;
        rest /= loop.count;
      }
      for (int64_t p = 0; p < tile.positions; ++p)
        uses[offset + p * tile.positionStride].push_back({p, t});
      weights.push_back(nest.loadVector(
          tile.rhs, nest.add(rhsAt, row * tile.rhsRowStride), tile.mask));
    }
    for (auto &[offset, list] : uses) {
      Value input = loadInput(nest.add(lhsAt, offset));
      for (const Use &use : list)
        sums[use.position] =
            nest.multiplyAdd(input, weights[use.tap], sums[use.position]);
    }
    return sums;
  }

  // The channel of each lane's group. Lanes that hold nothing read what the
  // last one does.
  Value loadInput(Value at) {
    const GroupLanes &groups = tile.groups;
    if (isPlain())
      return nest.loadVector(tile.lhs, at, tile.mask);
    if (groups.groupCount() == 1)
      return loadSplat(at, 0);
    int64_t lanes = nest.vectorType.getNumElements(), inputs = groups.inputs;
    SmallVector<int64_t> groupOf;
    for (int64_t lane = 0; lane < lanes; ++lane)
      groupOf.push_back(groups.groupOf(std::min(lane, groups.present - 1)) -
                        groups.groupOf(0));
    SmallVector<int64_t> sources;
    if (!isShuffled()) {
      for (auto [lane, group] : llvm::enumerate(groupOf))
        sources.push_back(group * lanes + int64_t(lane));
      return nest.shuffle(loadSplat(at, 0), loadSplat(at, 1), sources);
    }
    // The same load for all channels.
    int64_t first = groups.groupOf(0) * inputs;
    auto count =
        int64_t(llvm::PowerOf2Ceil(uint64_t(groups.groupCount() * inputs)));
    count = std::min(count, groups.available);
    int64_t start = std::min(first, groups.available - count);
    for (int64_t group : groupOf)
      sources.push_back(first - start + group * inputs + channel);
    Value input = nest.loadElements(tile.lhs, nest.add(at, start), count);
    return nest.shuffle(input, input, sources);
  }

  // From one of the groups that the vector has.
  Value loadSplat(Value at, int64_t group) {
    int64_t offset = (tile.groups.groupOf(0) + group) * tile.groups.inputs;
    return nest.broadcast(nest.load(tile.lhs, nest.add(at, offset)));
  }

  bool isPlain() const {
    return tile.groups.inputs == 1 && tile.groups.results == 1;
  }
  // Lanes read elements of one vector, rather than one or two elements. Two
  // groups of many channels would take as many passes over the input.
  bool isShuffled() const {
    int64_t count = tile.groups.groupCount(), inputs = tile.groups.inputs;
    bool fits = count * inputs <= nest.vectorType.getNumElements();
    return !isPlain() && (count > 2 || (count == 2 && inputs <= 4 && fits));
  }

  NestBuilder &nest;
  const DepthwiseTile &tile;
  int64_t channel = 0; ///< of the groups, where lanes are shuffled
};
} // namespace

SmallVector<Value> sluice::emitDepthwiseTile(NestBuilder &nest,
                                             const DepthwiseTile &tile) {
  return DepthwiseEmitter(nest, tile).emit();
}
