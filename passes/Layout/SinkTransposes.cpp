//===- SinkTransposes.cpp - Move transposes down until they cancel --------===//

#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/LayoutInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/Layout/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_SINKTRANSPOSES
#define GEN_PASS_DEF_VERIFYTRANSPOSES
#include "passes/Layout/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::GraphBuilder;
using Permutation = SmallVector<int64_t>;

// Larger constants are transposed when the model runs.
static constexpr int64_t maxConstantElements = int64_t(1) << 24;

static bool isConstant(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return matchPattern(value, m_Constant()) && type.hasStaticShape() &&
         type.getNumElements() <= maxConstantElements;
}

static bool isIdentity(ArrayRef<int64_t> permutation) {
  return llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size()));
}

// A transpose that moves unit dimensions only is a view.
static bool movesUnitsOnly(Value operand, ArrayRef<int64_t> permutation) {
  auto type = cast<RankedTensorType>(operand.getType());
  int64_t previous = -1;
  for (int64_t d : permutation) {
    if (type.getDimSize(d) == 1)
      continue;
    if (d < previous)
      return false;
    previous = d;
  }
  return true;
}

// The dimensions of a broadcast after its result is transposed.
static Permutation moveDimensions(graph::BroadcastOp broadcast,
                                  ArrayRef<int64_t> permutation) {
  Permutation places = graph::invert(permutation), dimensions;
  for (int64_t d : broadcast.getDimensions())
    dimensions.push_back(places[d]);
  return dimensions;
}

// Whether `value` can be had with its dimensions permuted at no cost.
static bool isFree(Value value, ArrayRef<int64_t> permutation) {
  if (isConstant(value) || movesUnitsOnly(value, permutation))
    return true;
  if (auto transpose = value.getDefiningOp<graph::TransposeOp>())
    return llvm::equal(graph::invert(transpose.getPermutation()), permutation);
  if (auto broadcast = value.getDefiningOp<graph::BroadcastOp>())
    return isConstant(broadcast.getOperand()) ||
           llvm::is_sorted(moveDimensions(broadcast, permutation));
  return false;
}

// `value` with its dimensions permuted, without a transpose if it is free.
static Value permute(GraphBuilder &b, Value value,
                     ArrayRef<int64_t> permutation) {
  if (auto inner = value.getDefiningOp<graph::TransposeOp>()) {
    Permutation merged;
    for (int64_t d : permutation)
      merged.push_back(inner.getPermutation()[d]);
    if (isIdentity(merged))
      return inner.getOperand();
    value = inner.getOperand();
    permutation = b.builder.getDenseI64ArrayAttr(merged).asArrayRef();
  }
  if (isIdentity(permutation))
    return value;
  SmallVector<graph::Size> sizes;
  SmallVector<graph::Size> from = graph::getSizes(value);
  for (int64_t d : permutation)
    sizes.push_back(from[d]);
  if (isConstant(value))
    return b.transpose(value, permutation);
  auto broadcast = value.getDefiningOp<graph::BroadcastOp>();
  if (broadcast && isFree(value, permutation)) {
    // A constant operand is brought into the order of the dimensions.
    Permutation dimensions = moveDimensions(broadcast, permutation), order;
    llvm::append_range(order, llvm::seq<int64_t>(0, dimensions.size()));
    llvm::sort(order, [&](int64_t lhs, int64_t rhs) {
      return dimensions[lhs] < dimensions[rhs];
    });
    llvm::sort(dimensions);
    return b.broadcast(b.transpose(broadcast.getOperand(), order), dimensions,
                       sizes);
  }
  if (movesUnitsOnly(value, permutation)) {
    // Views of views are views of the origin.
    auto view = value.getDefiningOp<graph::ReshapeOp>();
    if (view && view.getOperand().getType() ==
                    graph::makeTensorType(sizes, b.elementType(value)))
      return view.getOperand();
    return b.reshape(value, sizes);
  }
  return b.transpose(value, permutation);
}

// Whether `transpose` is gone when `user` no longer reads it: transposes that
// read it read its operand instead. With many readers it is taken to stay.
static bool vanishesWithout(graph::TransposeOp transpose, Operation *user) {
  constexpr unsigned maxReaders = 16;
  if (llvm::hasNItemsOrMore(transpose->getUsers(), maxReaders))
    return false;
  return llvm::all_of(transpose->getUsers(), [&](Operation *other) {
    return other == user || isa<graph::TransposeOp>(other);
  });
}

// Whether moving transposes by `permutation` from the operands of `op` below
// it makes no more of them. With `freeOnly`, no operand may need one in turn:
// this does not depend on what else reads the operands.
static bool isWorthSinking(Operation *op, ArrayRef<int64_t> permutation,
                           bool freeOnly) {
  if (!graph::acceptsPermutation(op, permutation))
    return false;
  Permutation inverse = graph::invert(permutation);
  SmallPtrSet<Value, 4> seen;
  int64_t vanishing = 0, added = 0;
  for (OpOperand &operand : op->getOpOperands()) {
    Value value = operand.get();
    if (!graph::isLayoutOperand(op, operand.getOperandNumber()) ||
        !seen.insert(value).second)
      continue;
    auto transpose = value.getDefiningOp<graph::TransposeOp>();
    if (transpose && transpose.getPermutation() == permutation)
      vanishing += vanishesWithout(transpose, op);
    else if (!isFree(value, inverse))
      ++added;
  }
  // Nothing but the result is transposed: the step leads down. Otherwise there
  // must be fewer afterwards, or steps could undo one another.
  return added == 0 || (!freeOnly && vanishing > added + 1);
}

// A transpose that moves below `op`; null if none.
static graph::TransposeOp findTranspose(Operation *op, bool freeOnly = false) {
  if (!isa<graph::ElementwiseOp, graph::LayoutOp>(op))
    return {};
  SmallVector<ArrayRef<int64_t>, 2> tried;
  for (OpOperand &operand : op->getOpOperands()) {
    auto transpose = operand.get().getDefiningOp<graph::TransposeOp>();
    if (!transpose || !graph::isLayoutOperand(op, operand.getOperandNumber()) ||
        llvm::is_contained(tried, transpose.getPermutation()))
      continue;
    tried.push_back(transpose.getPermutation());
    if (isWorthSinking(op, transpose.getPermutation(), freeOnly))
      return transpose;
    if (tried.size() == 4) // an operator with many orders gains nothing
      break;
  }
  return {};
}

static LogicalResult sink(Operation *op, graph::TransposeOp transpose) {
  OpBuilder builder(op);
  GraphBuilder b(builder, op->getLoc());
  ArrayRef<int64_t> permutation = transpose.getPermutation();
  Permutation inverse = graph::invert(permutation), order;
  SmallVector<Value> operands;
  for (OpOperand &operand : op->getOpOperands())
    operands.push_back(graph::isLayoutOperand(op, operand.getOperandNumber())
                           ? permute(b, operand.get(), inverse)
                           : operand.get());
  if (llvm::is_contained(operands, Value()))
    return failure();
  Value value = graph::buildPermuted(b, op, permutation, operands, order);
  if (value)
    value = permute(b, value, order);
  if (!value)
    return failure();
  op->getResult(0).replaceAllUsesWith(value);
  op->erase();
  return success();
}

namespace {
class SinkTransposes : public sluice::impl::SinkTransposesBase<SinkTransposes> {
public:
  // One walk is enough: producers come first, so the transposes above an
  // operator are where they end when it is looked at.
  void runOnOperation() override {
    for (Block &block : getOperation().getBody()) {
      for (Operation &op : llvm::make_early_inc_range(block))
        if (failed(visit(&op)))
          return signalPassFailure();
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
        if (isOpTriviallyDead(&op))
          op.erase();
    }
  }

private:
  LogicalResult visit(Operation *op) {
    if (auto transpose = dyn_cast<graph::TransposeOp>(op)) {
      Value operand = transpose.getOperand();
      bool changes = operand.getDefiningOp<graph::TransposeOp>() ||
                     isIdentity(transpose.getPermutation()) ||
                     isFree(operand, transpose.getPermutation());
      if (!changes)
        return success();
      OpBuilder builder(op);
      GraphBuilder b(builder, op->getLoc());
      Value value = permute(b, operand, transpose.getPermutation());
      if (!value)
        return failure();
      transpose.replaceAllUsesWith(value);
      transpose.erase();
      return success();
    }
    graph::TransposeOp transpose = findTranspose(op);
    return transpose ? sink(op, transpose) : success();
  }
};

class VerifyTransposes
    : public sluice::impl::VerifyTransposesBase<VerifyTransposes> {
public:
  void runOnOperation() override {
    getOperation().walk([&](Operation *op) {
      auto transpose = dyn_cast<graph::TransposeOp>(op);
      bool stacked = transpose &&
                     transpose.getOperand().getDefiningOp<graph::TransposeOp>();
      if (!stacked && (transpose || !findTranspose(op, /*freeOnly=*/true)))
        return;
      op->emitOpError(stacked ? "transposes what is transposed"
                              : "stands below a transpose that can follow it");
      signalPassFailure();
    });
  }
};
} // namespace
