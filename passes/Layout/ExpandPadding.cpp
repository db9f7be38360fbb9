//===- ExpandPadding.cpp - Zero padding of convolutions as an operator ----===//

#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Layout/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_EXPANDPADDING
#include "passes/Layout/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

// Only positive pads, on an input that is not dilated.
static bool canExpand(graph::ConvOp conv) {
  bool isPadded = false;
  for (auto [low, high] :
       llvm::zip_equal(conv.getPadsLow(), conv.getPadsHigh())) {
    if (low < 0 || high < 0)
      return false;
    isPadded |= low > 0 || high > 0;
  }
  return isPadded && llvm::all_of(conv.getInputDilations(),
                                  [](int64_t factor) { return factor == 1; });
}

static LogicalResult expand(graph::ConvOp conv) {
  OpBuilder builder(conv);
  graph::GraphBuilder graphBuilder(builder, conv.getLoc());
  // The batch and channel dimensions are not padded.
  auto surround = [](ArrayRef<int64_t> pads) {
    SmallVector<int64_t> all{0};
    llvm::append_range(all, pads);
    all.push_back(0);
    return all;
  };
  Value input = conv.getInput();
  Value zero = graphBuilder.scalar(graph::GraphBuilder::elementType(input), 0);
  auto mode =
      graph::PadModeAttr::get(conv.getContext(), graph::PadMode::Constant);
  Value padded = graphBuilder.create<graph::PadOp>(
      {input, zero},
      {{"low", graphBuilder.integers(surround(conv.getPadsLow()))},
       {"high", graphBuilder.integers(surround(conv.getPadsHigh()))},
       {"mode", mode}});
  if (!padded)
    return failure();
  SmallVector<int64_t> none(conv.getSpatialRank(), 0);
  conv.getInputMutable().assign(padded);
  conv.setPadsLow(none);
  conv.setPadsHigh(none);
  return success();
}

namespace {
class ExpandPadding : public sluice::impl::ExpandPaddingBase<ExpandPadding> {
public:
  void runOnOperation() override {
    SmallVector<graph::ConvOp> convs;
    getOperation().walk([&](graph::ConvOp conv) {
      if (canExpand(conv))
        convs.push_back(conv);
    });
    for (graph::ConvOp conv : convs)
      if (failed(expand(conv)))
        return signalPassFailure();
  }
};
} // namespace
