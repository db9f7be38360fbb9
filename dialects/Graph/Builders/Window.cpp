//===- Window.cpp - Windows, padding rules, channel layouts ---------------===//

#include "dialects/Graph/Builders/Window.h"
#include "dialects/Graph/Builders/Reduction.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

bool sluice::graph::computeSamePadding(int64_t size, int64_t window,
                                       int64_t stride, int64_t dilation,
                                       int64_t &low, int64_t &high) {
  if (size < 0 || window < 1 || stride < 1 || dilation < 1)
    return false;
  Size out = Size(size).ceilDiv(stride);
  Size total = (out - Size(1)) * Size(stride) +
               Size(window - 1) * Size(dilation) + Size(1) - Size(size);
  if (!total.isValid())
    return false;
  int64_t padding = std::max<int64_t>(total.getStatic(), 0);
  low = padding / 2;
  high = padding - low;
  return true;
}

// Moves one dimension to another place.
static Value moveDimension(GraphBuilder &b, Value operand, bool toLast) {
  if (!operand || GraphBuilder::rank(operand) < 3)
    return operand;
  auto permutation =
      llvm::to_vector(llvm::seq<int64_t>(0, GraphBuilder::rank(operand)));
  if (toLast)
    std::rotate(permutation.begin() + 1, permutation.begin() + 2,
                permutation.end());
  else
    std::rotate(permutation.begin() + 1, permutation.end() - 1,
                permutation.end());
  return b.transpose(operand, permutation);
}

Value sluice::graph::buildChannelsLast(GraphBuilder &b, Value operand) {
  return moveDimension(b, operand, /*toLast=*/true);
}

Value sluice::graph::buildChannelsFirst(GraphBuilder &b, Value operand) {
  return moveDimension(b, operand, /*toLast=*/false);
}

Value sluice::graph::buildPool(GraphBuilder &b, PoolKind kind, Value operand,
                               const WindowShape &shape) {
  return b.create<PoolOp>({operand},
                          {{"kind", PoolKindAttr::get(b.context(), kind)},
                           {"window", b.integers(shape.window)},
                           {"strides", b.integers(shape.strides)},
                           {"pad_low", b.integers(shape.padLow)},
                           {"pad_high", b.integers(shape.padHigh)},
                           {"dilations", b.integers(shape.dilations)}});
}

Value sluice::graph::buildDepthMaxPool(GraphBuilder &b, Value operand,
                                       int64_t window) {
  if (!operand)
    return {};
  SmallVector<Size> sizes = getSizes(operand);
  int64_t last = static_cast<int64_t>(sizes.size()) - 1;
  Size channels = sizes.back();
  if (window < 1 || !channels.isStatic() || channels.getStatic() % window != 0)
    return b.error("a window of " + llvm::Twine(window) +
                   " channels does not divide the channels");
  sizes.back() = channels.getStatic() / window;
  sizes.push_back(window);
  return buildReduce(b, ReduceKind::Max, b.reshape(operand, sizes), last + 1);
}

Value sluice::graph::buildResize(GraphBuilder &b, ResizeMode mode,
                                 Value operand, ArrayRef<int64_t> sizes,
                                 ResizeRule rule, ResizeRounding rounding) {
  SmallVector<Size> to = getSizes(sizes);
  return b.create<ResizeOp>(
      {operand},
      {{"mode", ResizeModeAttr::get(b.context(), mode)},
       {"sizes", makeDims(b.context(), to)},
       {"rule", ResizeRuleAttr::get(b.context(), rule)},
       {"rounding", ResizeRoundingAttr::get(b.context(), rounding)}});
}
