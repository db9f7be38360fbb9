//===- FoldBatchNorm.cpp - Scales of channels as part of the weights ------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/Simplify/Passes.h"
#include <cmath>

namespace sluice {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "passes/Simplify/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::GraphBuilder;

namespace {
// One number per index of the last dimension.
using Channels = SmallVector<double>;

// `value * channels` or `value + channels`.
struct Step {
  bool isProduct = false;
  Value value;
  Channels channels;
};
} // namespace

// Constants of the whole shape are looked through up to this size; they are
// small ones that folding has repeated.
static constexpr int64_t maxScanned = int64_t(1) << 16;

// What differs by the last dimension of `value` only.
static std::optional<Channels> getChannels(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t rank = type.getRank();
  if (rank == 0 || type.isDynamicDim(rank - 1))
    return std::nullopt;
  int64_t count = type.getDimSize(rank - 1);
  auto broadcast = value.getDefiningOp<graph::BroadcastOp>();
  if (broadcast) {
    ArrayRef<int64_t> dimensions = broadcast.getDimensions();
    if (dimensions.size() > 1 ||
        (dimensions.size() == 1 && dimensions[0] != rank - 1))
      return std::nullopt;
    value = broadcast.getOperand();
  }
  ElementsAttr attribute;
  if (!matchPattern(value, m_Constant(&attribute)) ||
      attribute.getNumElements() > std::max(count, maxScanned))
    return std::nullopt;
  std::optional<HostTensor> tensor = graph::toHostTensor(attribute);
  if (!tensor || tensor->size() == 0 || count == 0)
    return std::nullopt;
  Channels channels(count);
  for (int64_t i = 0; i < count; ++i)
    channels[i] = tensor->getDouble(tensor->size() == 1 ? 0 : i);
  for (int64_t i = count; i < tensor->size(); ++i)
    if (tensor->getDouble(i) != channels[i % count])
      return std::nullopt;
  // Infinities do not distribute.
  if (!llvm::all_of(channels, [](double x) { return std::isfinite(x); }))
    return std::nullopt;
  return channels;
}

// `op` as a product or sum of a value and a constant per channel.
static std::optional<Step> matchStep(Operation *op) {
  if (!isa_and_nonnull<graph::AddOp, graph::SubOp, graph::MulOp, graph::DivOp>(
          op))
    return std::nullopt;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!type.getElementType().isF32() && !type.getElementType().isF64())
    return std::nullopt;
  Step step;
  step.isProduct = isa<graph::MulOp, graph::DivOp>(op);
  step.value = op->getOperand(0);
  std::optional<Channels> channels = getChannels(op->getOperand(1));
  if (!channels && isa<graph::AddOp, graph::MulOp>(op)) {
    step.value = op->getOperand(1);
    channels = getChannels(op->getOperand(0));
  }
  if (!channels)
    return std::nullopt;
  step.channels = std::move(*channels);
  for (double &x : step.channels) {
    if (isa<graph::SubOp>(op))
      x = -x;
    else if (isa<graph::DivOp>(op))
      x = 1 / x;
  }
  return step;
}

// The operand of `op` that holds the weights of its output channels, if it is a
// constant that nothing else reads.
static OpOperand *findWeights(Operation *op) {
  if (!isa_and_nonnull<graph::ConvOp, graph::ContractOp>(op))
    return nullptr;
  OpOperand &weights = op->getOpOperand(1);
  return weights.get().hasOneUse() && matchPattern(weights.get(), m_Constant())
             ? &weights
             : nullptr;
}

// The constant with the numbers, broadcast to the type of `like`; null when one
// is not finite in the element type.
static Value makeChannels(GraphBuilder &b, ArrayRef<double> channels,
                          Value like) {
  std::optional<ElementKind> kind =
      graph::getElementKind(GraphBuilder::elementType(like));
  HostTensor tensor(*kind, {static_cast<int64_t>(channels.size())});
  for (auto [i, x] : llvm::enumerate(channels)) {
    tensor.setDouble(i, x);
    if (!std::isfinite(tensor.getDouble(i)))
      return {};
  }
  return b.broadcastTo(b.constant(tensor), graph::getSizes(like));
}

// The weights times a factor per output channel; null when one is not finite.
static Value scaleWeights(GraphBuilder &b, OpOperand &weights,
                          ArrayRef<double> factors) {
  Attribute attribute;
  if (!matchPattern(weights.get(), m_Constant(&attribute)))
    return {};
  std::optional<HostTensor> tensor = graph::toHostTensor(attribute);
  if (!tensor || tensor->rank() < 2)
    return {};
  // Output channels are the last dimension, or the one before it.
  auto contract = dyn_cast<graph::ContractOp>(weights.getOwner());
  bool isTransposed = contract && contract.getTransposeRhs();
  int64_t inner = isTransposed ? tensor->shape().back() : 1;
  int64_t count = tensor->shape()[tensor->rank() - 1 - isTransposed];
  if (count != static_cast<int64_t>(factors.size()))
    return {};
  for (int64_t i = 0; i < tensor->size(); ++i) {
    double weight = tensor->getDouble(i);
    tensor->setDouble(i, weight * factors[i / inner % count]);
    if (std::isfinite(weight) && !std::isfinite(tensor->getDouble(i)))
      return {};
  }
  return b.constant(*tensor);
}

// The contraction that a chain of one sum at most begins with.
static Operation *findContraction(Value value, std::optional<Step> &sum) {
  if (!value.hasOneUse())
    return nullptr;
  Operation *op = value.getDefiningOp();
  if (findWeights(op))
    return op;
  sum = matchStep(op);
  if (!sum || sum->isProduct || !sum->value.hasOneUse())
    return nullptr;
  op = sum->value.getDefiningOp();
  return findWeights(op) ? op : nullptr;
}

static void fold(Operation *op) {
  std::optional<Step> step = matchStep(op);
  if (!step)
    return;
  std::optional<Step> sum;
  Operation *contraction = findContraction(step->value, sum);
  if (!contraction || (!step->isProduct && !sum))
    return;
  OpBuilder builder(op);
  GraphBuilder b(builder, op->getLoc());
  Value result = op->getResult(0), constant, weights;
  if (sum) {
    Channels combined = sum->channels;
    for (auto [x, y] : llvm::zip_equal(combined, step->channels))
      x = step->isProduct ? x * y : x + y;
    if (!(constant = makeChannels(b, combined, result)))
      return;
  }
  if (step->isProduct) {
    OpOperand &old = *findWeights(contraction);
    if (!(weights = scaleWeights(b, old, step->channels)))
      return;
    weights.getDefiningOp()->moveBefore(contraction);
    old.set(weights);
  }
  Value replacement = contraction->getResult(0);
  if (constant)
    replacement =
        graph::AddOp::create(builder, op->getLoc(), replacement, constant);
  result.replaceAllUsesWith(replacement);
  // What nothing reads any more goes at once: `hasOneUse` must stay true.
  Operation *previous = step->value.getDefiningOp();
  op->erase();
  if (sum)
    previous->erase();
}

namespace {
class FoldBatchNorm : public sluice::impl::FoldBatchNormBase<FoldBatchNorm> {
public:
  // Producers come first: what one step leaves is what the next one finds.
  void runOnOperation() override {
    for (Block &block : getOperation().getBody()) {
      for (Operation &op : llvm::make_early_inc_range(block))
        fold(&op);
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
        if (isOpTriviallyDead(&op))
          op.erase();
    }
  }
};
} // namespace
