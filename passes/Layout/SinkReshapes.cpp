//===- SinkReshapes.cpp - Move reshapes below elementwise operators -------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/LayoutInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/Layout/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_SINKRESHAPES
#include "passes/Layout/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::GraphBuilder;
using graph::Size;

static bool isConstant(Value value) {
  return matchPattern(value, m_Constant());
}

namespace {
// A broadcast to other dimensions: its operand in the shape `sizes`, repeated
// along all but `dimensions`.
struct MovedBroadcast {
  SmallVector<int64_t> dimensions;
  SmallVector<Size> sizes;
};
} // namespace

// `broadcast` when its result is reshaped to `sizes`: each of its dimensions,
// or several that follow one another, must be a dimension there too, between
// as many elements.
static std::optional<MovedBroadcast> move(graph::BroadcastOp broadcast,
                                          ArrayRef<Size> sizes) {
  SmallVector<Size> from = graph::getSizes(broadcast.getResult()),
                    operand = graph::getSizes(broadcast.getOperand());
  ArrayRef<int64_t> dimensions = broadcast.getDimensions();
  MovedBroadcast moved;
  Size before = 1, reached = 1; // elements of the leading dimensions
  size_t next = 0, d = 0;
  for (size_t i = 0; i < dimensions.size(); ++i) {
    for (; d < static_cast<size_t>(dimensions[i]); ++d)
      before = before * from[d];
    // A unit dimension has no place of its own.
    if (!before.isValid() || from[d] == Size(1))
      return std::nullopt;
    while (next < sizes.size() && (reached != before || sizes[next] == Size(1)))
      reached = reached * sizes[next++];
    if (next == sizes.size())
      return std::nullopt;
    Size merged = from[d], size = operand[i];
    while (sizes[next] != merged) {
      // All of what is merged is there, none of it repeated.
      if (size != merged || i + 1 == dimensions.size() ||
          dimensions[i + 1] != dimensions[i] + 1)
        return std::nullopt;
      before = before * from[d++];
      merged = merged * from[d];
      size = size * operand[++i];
      if (!merged.isValid())
        return std::nullopt;
    }
    if (size != merged && size != Size(1))
      return std::nullopt;
    moved.dimensions.push_back(next);
    moved.sizes.push_back(size);
    reached = reached * sizes[next++];
  }
  return moved;
}

// How often a small constant that is repeated along all but the last dimension
// stands in the last dimension of `sizes`; 0: it is no such constant.
static int64_t countRepetitions(graph::BroadcastOp broadcast,
                                ArrayRef<Size> sizes) {
  constexpr int64_t maxElements = 1024;
  auto from = GraphBuilder::type(broadcast.getResult());
  auto operand = GraphBuilder::type(broadcast.getOperand());
  if (sizes.empty() || !sizes.back().isStatic() || operand.getRank() != 1 ||
      !isConstant(broadcast.getOperand()) ||
      broadcast.getDimensions()[0] != from.getRank() - 1)
    return 0;
  int64_t size = from.getShape().back(), wanted = sizes.back().getStatic();
  if (size <= 0 || operand.getDimSize(0) != size || wanted > maxElements ||
      wanted % size != 0)
    return 0;
  return wanted / size;
}

static Value repeat(GraphBuilder &b, graph::BroadcastOp broadcast,
                    ArrayRef<Size> sizes, int64_t count) {
  ElementsAttr attribute;
  if (!matchPattern(broadcast.getOperand(), m_Constant(&attribute)))
    return {};
  std::optional<HostTensor> once = graph::toHostTensor(attribute);
  if (!once || once->kind() == ElementKind::String)
    return {};
  HostTensor all(once->kind(), {once->size() * count});
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(all.data() + i * once->byteSize(), once->data(),
                once->byteSize());
  int64_t last = static_cast<int64_t>(sizes.size()) - 1;
  return b.broadcast(b.constant(all), last, sizes);
}

// `value` with the dimensions `sizes`, if that costs nothing and hides no
// producer from its kernel; null otherwise.
static bool isFree(Value value, ArrayRef<Size> sizes) {
  if (isConstant(value))
    return true;
  if (auto view = value.getDefiningOp<graph::ReshapeOp>())
    return llvm::equal(graph::getSizes(view.getOperand()), sizes);
  auto broadcast = value.getDefiningOp<graph::BroadcastOp>();
  return broadcast &&
         (move(broadcast, sizes) || countRepetitions(broadcast, sizes));
}

static Value reshape(GraphBuilder &b, Value value, ArrayRef<Size> sizes) {
  if (auto view = value.getDefiningOp<graph::ReshapeOp>())
    if (llvm::equal(graph::getSizes(view.getOperand()), sizes))
      return view.getOperand();
  if (auto broadcast = value.getDefiningOp<graph::BroadcastOp>()) {
    if (std::optional<MovedBroadcast> moved = move(broadcast, sizes)) {
      Value operand = broadcast.getOperand();
      if (!llvm::equal(graph::getSizes(operand), moved->sizes))
        operand = b.reshape(operand, moved->sizes);
      return b.broadcast(operand, moved->dimensions, sizes);
    }
    if (int64_t count = countRepetitions(broadcast, sizes))
      if (Value repeated = repeat(b, broadcast, sizes, count))
        return repeated;
  }
  return b.reshape(value, sizes);
}

// Whether an elementwise operator on the reshape's operand would become part of
// the kernel that computes it.
static bool producerTakesMore(graph::ReshapeOp view) {
  Operation *producer = view.getOperand().getDefiningOp();
  // Transposes follow in the same way.
  while (producer && isa<graph::TransposeOp, graph::ReshapeOp>(producer) &&
         producer->hasOneUse())
    producer = producer->getOperand(0).getDefiningOp();
  if (!producer)
    return false;
  if (auto root = dyn_cast<graph::KernelRootOp>(producer))
    return root.allowsEpilogue();
  return isa<graph::ElementwiseOp>(producer);
}

// The reshape that moves below `op`; null if none.
static graph::ReshapeOp findReshape(Operation *op) {
  if (!isa<graph::ElementwiseOp>(op) || op->getNumResults() != 1)
    return {};
  for (Value operand : op->getOperands()) {
    auto view = operand.getDefiningOp<graph::ReshapeOp>();
    if (!view || !producerTakesMore(view))
      continue;
    SmallVector<Size> sizes = graph::getSizes(view.getOperand());
    if (llvm::all_of(op->getOperands(),
                     [&](Value other) { return isFree(other, sizes); }))
      return view;
  }
  return {};
}

static LogicalResult sink(Operation *op, graph::ReshapeOp view) {
  OpBuilder builder(op);
  GraphBuilder b(builder, op->getLoc());
  SmallVector<Size> sizes = graph::getSizes(view.getOperand());
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(reshape(b, operand, sizes));
  Value value = graph::buildElementwiseLike(b, op, operands, sizes);
  if (!value)
    return failure();
  value = b.reshape(value, graph::getSizes(op->getResult(0)));
  if (!value)
    return failure();
  op->getResult(0).replaceAllUsesWith(value);
  op->erase();
  return success();
}

// Reshapes of reshapes read the origin; those to its type vanish.
static void merge(graph::ReshapeOp view) {
  if (auto inner = view.getOperand().getDefiningOp<graph::ReshapeOp>())
    view.getOperandMutable().assign(inner.getOperand());
  if (view.getOperand().getType() == view.getType()) {
    view.replaceAllUsesWith(view.getOperand());
    view.erase();
  }
}

namespace {
class SinkReshapes : public sluice::impl::SinkReshapesBase<SinkReshapes> {
public:
  // Producers come first, so one walk moves each reshape to its end.
  void runOnOperation() override {
    for (Block &block : getOperation().getBody()) {
      for (Operation &op : llvm::make_early_inc_range(block)) {
        if (auto view = dyn_cast<graph::ReshapeOp>(op))
          merge(view);
        else if (graph::ReshapeOp operand = findReshape(&op))
          if (failed(sink(&op, operand)))
            return signalPassFailure();
      }
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
        if (isOpTriviallyDead(&op))
          op.erase();
    }
  }
};
} // namespace
