//===- WidenConvolutions.cpp - Neighbouring positions as channels ---------===//

#include "dialects/Graph/Builders/Movement.h"
#include "dialects/Graph/CollectOps.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/Widening.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/Layout/Passes.h"
#include "llvm/Support/MathExtras.h"

namespace sluice {
#define GEN_PASS_DEF_WIDENCONVOLUTIONS
#include "passes/Layout/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::GraphBuilder;

namespace {

// The fewest lanes of a vector of f32 that are worth filling.
constexpr int64_t lanes = 16;
constexpr int64_t maxPositions = 32, maxFilterElements = int64_t(1) << 18;

// A convolution along the last spatial dimension.
struct Line {
  int64_t window, stride, dilation, channels, results, positions;

  /// Elements of the window of `count` neighbouring positions.
  int64_t reach(int64_t count) const {
    return stride * (count - 1) + dilation * (window - 1) + 1;
  }
  /// Products for each row of the result, those with lanes that hold nothing
  /// and positions that nobody wants included.
  int64_t cost(int64_t count) const {
    int64_t taps = count == 1 ? window : reach(count);
    int64_t products = taps * llvm::alignTo(count * results, lanes) *
                       llvm::divideCeil(positions, count);
    // What is cut off keeps the operators behind out of the kernel.
    return positions % count ? products + products / 4 : products;
  }
};

} // namespace

// How many positions to compute at once; 1: leave it as it is.
static int64_t selectPositions(graph::ConvOp conv, Line &line) {
  auto input = GraphBuilder::type(conv.getInput());
  auto filter = GraphBuilder::type(conv.getFilter());
  auto result = GraphBuilder::type(conv.getResult());
  if (!input.hasStaticShape() || !filter.hasStaticShape() ||
      !result.hasStaticShape() || result.getNumElements() == 0 ||
      filter.getNumElements() == 0 || conv.getGroups() != 1 ||
      conv.getInputDilations().back() != 1 ||
      !isa<FloatType>(filter.getElementType()) ||
      filter.getNumElements() > maxFilterElements ||
      !matchPattern(conv.getFilter(), m_Constant()))
    return 1;
  unsigned rank = conv.getSpatialRank();
  line = {filter.getDimSize(rank - 1),      conv.getStrides().back(),
          conv.getWindowDilations().back(), filter.getDimSize(rank),
          filter.getDimSize(rank + 1),      result.getDimSize(rank)};
  if (line.stride > maxPositions || line.dilation > maxPositions)
    return 1;
  int64_t best = 1, rows = filter.getNumElements() / line.window / line.results;
  for (int64_t count = 2; count <= std::min(maxPositions, line.positions);
       ++count)
    if (line.cost(count) < line.cost(best) &&
        line.reach(count) * count * line.results * rows <= maxFilterElements)
      best = count;
  // The result may have to be cut: not for little.
  return line.cost(best) * 5 <= line.cost(1) * 3 ? best : 1;
}

// filter'[.., stride * j + dilation * k, c, j * O + o] = filter[.., k, c, o]
static HostTensor widen(const HostTensor &filter, const Line &line,
                        int64_t count) {
  SmallVector<int64_t> shape(filter.shape());
  size_t last = shape.size() - 3;
  shape[last] = line.reach(count);
  shape.back() = count * line.results;
  HostTensor result(filter.kind(), shape);
  size_t bytes = elementSize(filter.kind()) * line.results;
  int64_t outer = filter.size() / line.window / line.channels / line.results;
  for (int64_t w = 0; w < outer; ++w)
    for (int64_t k = 0; k < line.window; ++k)
      for (int64_t j = 0; j < count; ++j)
        for (int64_t c = 0; c < line.channels; ++c) {
          int64_t from = (w * line.window + k) * line.channels + c;
          int64_t to =
              ((w * shape[last] + line.stride * j + line.dilation * k) *
                   line.channels +
               c) *
                  count +
              j;
          std::memcpy(result.data() + to * bytes, filter.data() + from * bytes,
                      bytes);
        }
  return result;
}

static LogicalResult rewrite(graph::ConvOp conv) {
  Line line{};
  int64_t count = selectPositions(conv, line);
  ElementsAttr weights;
  std::optional<HostTensor> filter;
  if (count > 1 && matchPattern(conv.getFilter(), m_Constant(&weights)))
    filter = graph::toHostTensor(weights);
  if (!filter)
    return success();
  OpBuilder builder(conv);
  GraphBuilder b(builder, conv.getLoc());
  unsigned rank = conv.getSpatialRank();
  SmallVector<int64_t> strides(conv.getStrides()), high(conv.getPadsHigh()),
      dilations = conv.getWindowDilations();
  int64_t groups = llvm::divideCeil(line.positions, count);
  int64_t size = GraphBuilder::type(conv.getInput()).getDimSize(rank);
  strides.back() *= count;
  dilations.back() = 1;
  // What is left behind the last window stays outside.
  high.back() = std::max<int64_t>(line.reach(groups * count) - size -
                                      conv.getPadsLow().back(),
                                  std::min<int64_t>(high.back(), 0));
  Value wide = b.create<graph::ConvOp>(
      {conv.getInput(), b.constant(widen(*filter, line, count))},
      {{"strides", b.integers(strides)},
       {"pads_low", conv.getPadsLowAttr()},
       {"pads_high", b.integers(high)},
       {"input_dilation", b.integers(conv.getInputDilations())},
       {"window_dilation", b.integers(dilations)},
       {"groups", b.integer(1)}});
  if (!wide)
    return failure();
  wide.getDefiningOp()->setAttr(graph::widenedAttrName, b.boolean(true));
  auto shape = GraphBuilder::type(conv.getResult()).getShape();
  SmallVector<graph::Size> sizes(shape.begin(), shape.end());
  sizes[rank] = graph::Size(groups * count);
  Value value = b.reshape(wide, sizes);
  if (value && groups * count != line.positions) {
    sizes[rank] = graph::Size(line.positions);
    value =
        graph::buildSlice(b, value, SmallVector<graph::Size>(shape.size(), 0),
                          sizes, SmallVector<int64_t>(shape.size(), 1));
  }
  if (!value)
    return failure();
  conv.replaceAllUsesWith(value);
  conv.erase();
  return success();
}

namespace {
class WidenConvolutions
    : public sluice::impl::WidenConvolutionsBase<WidenConvolutions> {
public:
  void runOnOperation() override {
    for (graph::ConvOp conv : collectOps<graph::ConvOp>(getOperation()))
      if (failed(rewrite(conv)))
        return signalPassFailure();
  }
};
} // namespace
