//===- SubpixelConvolutions.cpp - Transposed convolutions as dense ones ---===//

#include "dialects/Graph/Builders/Movement.h"
#include "dialects/Graph/CollectOps.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/Widening.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/Layout/Passes.h"
#include "passes/Layout/PhaseAxis.h"

namespace sluice {
#define GEN_PASS_DEF_SUBPIXELCONVOLUTIONS
#include "passes/Layout/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::GraphBuilder;

namespace {

constexpr int64_t maxFilterElements = int64_t(1) << 26, maxFactor = 16;

struct Axis : PhaseAxis {
  int64_t first = 0, taps = 0; ///< of the dense window, from its position
  bool isExact = true;         ///< no phase lacks one of the taps

  void place() {
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (int64_t phase = 0; phase < factor; ++phase)
      if (int64_t count = tapsOf(phase)) {
        low = std::min(low, firstRead(phase));
        high = std::max(high, firstRead(phase) + count);
      }
    first = low;
    taps = high - low;
    isExact = true;
    for (int64_t phase = 0; phase < factor; ++phase)
      isExact &= tapsOf(phase) == taps && firstRead(phase) == first;
  }
  /// Chooses `skip` for the fewest products.
  void choose() {
    Axis best = *this;
    best.place();
    for (skip = 1; skip < factor; ++skip) {
      place();
      if (taps * positions() < best.taps * best.positions())
        best = *this;
    }
    *this = best;
  }
};

class Subpixels {
public:
  Subpixels(graph::ConvOp conv, bool exactOnly)
      : conv(conv), exactOnly(exactOnly) {}
  LogicalResult run();

private:
  bool select();
  HostTensor makeFilter(const HostTensor &filter);

  graph::ConvOp conv;
  bool exactOnly;
  SmallVector<Axis, 3> axes;
};

} // namespace

bool Subpixels::select() {
  auto filter = GraphBuilder::type(conv.getFilter());
  auto result = GraphBuilder::type(conv.getResult());
  SmallVector<int64_t> dilations = conv.getInputDilations();
  if (!hasPhases(conv) || !matchPattern(conv.getFilter(), m_Constant()))
    return false;
  double products = 1, filterSize = filter.getNumElements();
  bool isExact = true;
  for (auto [d, factor] : llvm::enumerate(dilations)) {
    if (factor > maxFactor || conv.getPadsLow()[d] < 0)
      return false;
    Axis axis{{factor, filter.getDimSize(d), conv.getPadsLow()[d],
               result.getDimSize(d + 1)}};
    axis.choose();
    products *= double(axis.taps * axis.positions() * factor) /
                double(axis.window * axis.results);
    filterSize *= double(axis.taps * factor) / double(axis.window);
    isExact &= axis.isExact;
    axes.push_back(axis);
  }
  // Bringing the phases together is one pass over the result.
  return products <= 0.6 && filterSize <= maxFilterElements &&
         (isExact || !exactOnly);
}

// filter'[t.., c, phase.., o] = filter[tap.., c, o], zero where the phase does
// not read what tap t reads.
HostTensor Subpixels::makeFilter(const HostTensor &filter) {
  size_t rank = axes.size();
  int64_t channels = filter.shape()[rank], results = filter.shape()[rank + 1];
  SmallVector<int64_t> shape, counts; // of taps and phases
  int64_t phases = 1;
  for (const Axis &axis : axes) {
    shape.push_back(axis.taps);
    phases *= axis.factor;
  }
  counts = shape;
  for (const Axis &axis : axes)
    counts.push_back(axis.factor);
  shape.append({channels, phases * results});
  HostTensor made(filter.kind(), shape);
  size_t bytes = elementSize(filter.kind()) * results;
  SmallVector<int64_t> index(2 * rank, 0);
  do {
    int64_t from = 0, to = 0, phase = 0;
    bool reads = true;
    for (auto [d, axis] : llvm::enumerate(axes)) {
      int64_t p = index[rank + d];
      int64_t tap = axis.firstTap(p) +
                    axis.factor * (index[d] + axis.first - axis.firstRead(p));
      reads &= tap >= 0 && tap < axis.window;
      from = from * axis.window + tap;
      to = to * axis.taps + index[d];
      phase = phase * axis.factor + p;
    }
    for (int64_t c = 0; reads && c < channels; ++c)
      std::memcpy(made.data() + ((to * channels + c) * phases + phase) * bytes,
                  filter.data() + (from * channels + c) * bytes, bytes);
    for (size_t d = 2 * rank; d-- > 0;) {
      if (++index[d] < counts[d])
        break;
      index[d] = 0;
    }
  } while (llvm::any_of(index, [](int64_t i) { return i != 0; }));
  return made;
}

LogicalResult Subpixels::run() {
  ElementsAttr weights;
  std::optional<HostTensor> filter;
  if (select() && matchPattern(conv.getFilter(), m_Constant(&weights)))
    filter = graph::toHostTensor(weights);
  if (!filter)
    return success();
  OpBuilder builder(conv);
  GraphBuilder b(builder, conv.getLoc());
  auto input = GraphBuilder::type(conv.getInput()).getShape();
  auto result = GraphBuilder::type(conv.getResult()).getShape();
  SmallVector<int64_t> low, high, block, ones(axes.size(), 1);
  SmallVector<graph::Size> starts{0}, sizes(result.begin(), result.end());
  bool isExact = true, isCut = false;
  for (auto [d, axis] : llvm::enumerate(axes)) {
    low.push_back(-axis.first);
    high.push_back(axis.positions() + axis.taps - 1 - input[d + 1] -
                   low.back());
    block.push_back(axis.factor);
    starts.push_back(axis.skip);
    isExact &= axis.isExact;
    isCut |= axis.positions() * axis.factor != axis.results;
  }
  starts.push_back(0);
  Value value = b.create<graph::ConvOp>(
      {conv.getInput(), b.constant(makeFilter(*filter))},
      {{"strides", b.integers(ones)},
       {"pads_low", b.integers(low)},
       {"pads_high", b.integers(high)},
       {"groups", b.integer(1)}});
  if (value && !isExact)
    value.getDefiningOp()->setAttr(graph::widenedAttrName, b.boolean(true));
  value = graph::buildDepthToSpace(b, value, block);
  if (value && isCut)
    value = graph::buildSlice(b, value, starts, sizes,
                              SmallVector<int64_t>(sizes.size(), 1));
  if (!value)
    return failure();
  conv.replaceAllUsesWith(value);
  conv.erase();
  return success();
}

namespace {
class SubpixelConvolutions
    : public sluice::impl::SubpixelConvolutionsBase<SubpixelConvolutions> {
public:
  using SubpixelConvolutionsBase::SubpixelConvolutionsBase;

  void runOnOperation() override {
    for (graph::ConvOp conv : collectOps<graph::ConvOp>(getOperation()))
      if (failed(Subpixels(conv, exactOnly).run()))
        return signalPassFailure();
  }
};
} // namespace
