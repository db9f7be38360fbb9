//===- GraphLoopOps.cpp - Control flow and updates in place ---------------===//

#include "dialects/Graph/GraphLoopOps.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/MovementSupport.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#include "dialects/Graph/FlowInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/Graph/GraphLoopOps.cpp.inc"

static YieldOp getYield(Region &region) {
  Block &block = region.front();
  return dyn_cast_or_null<YieldOp>(block.empty() ? nullptr : &block.back());
}

static bool isBoolScalar(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() == 0 &&
         tensor.getElementType().isInteger(1);
}

static LogicalResult checkYields(Operation *op, Region &region, TypeRange types,
                                 StringRef constraint) {
  YieldOp yield = getYield(region);
  if (yield && yield.getOperandTypes() == types)
    return success();
  InFlightDiagnostic error = op->emitOpError("(")
                             << constraint << ") region "
                             << region.getRegionNumber() << " must yield ("
                             << types << ')';
  if (yield)
    error << ", it yields (" << yield.getOperandTypes() << ')';
  return error;
}

static SmallVector<HostTensor> copyAll(ArrayRef<const HostTensor *> values) {
  SmallVector<HostTensor> copies;
  for (const HostTensor *value : values)
    copies.push_back(*value);
  return copies;
}

// Replaces the operator by what a region computes for `arguments`.
static void replaceByRegion(PatternRewriter &rewriter, Operation *op,
                            Region &region, ValueRange arguments) {
  YieldOp yield = getYield(region);
  SmallVector<Value> results;
  rewriter.inlineBlockBefore(&region.front(), op, arguments);
  llvm::append_range(results, yield.getOperands());
  rewriter.eraseOp(yield);
  rewriter.replaceOp(op, results);
}

//===----------------------------------------------------------------------===//
// IfOp
//===----------------------------------------------------------------------===//

LogicalResult IfOp::verify() {
  if (!isBoolScalar(getCondition().getType()))
    return emitOpError("(C1) the condition must be a tensor<i1>, found ")
           << getCondition().getType();
  for (Region &region : (*this)->getRegions()) {
    if (region.getNumArguments())
      return emitOpError("(C2) region ")
             << region.getRegionNumber() << " has arguments";
    if (failed(checkYields(*this, region, getResultTypes(), "C2")))
      return failure();
  }
  return success();
}

llvm::Error IfOp::execute(RegionRunner run,
                          ArrayRef<const HostTensor *> operands,
                          SmallVectorImpl<HostTensor> &results) {
  auto values =
      run(operands.front()->getInt(0) ? getThenBody() : getElseBody(), {});
  if (!values)
    return values.takeError();
  results = std::move(*values);
  return llvm::Error::success();
}

OperandRange IfOp::getCarriedInits() {
  return (*this)->getOperands().take_front(0);
}
ArrayRef<BlockArgument> IfOp::getCarriedArguments(Region &) { return {}; }
bool IfOp::yieldsResults(Region &) { return true; }

namespace {
struct KnownBranch : OpRewritePattern<IfOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(IfOp op,
                                PatternRewriter &rewriter) const override {
    DenseIntElementsAttr condition;
    if (!matchPattern(op.getCondition(), m_Constant(&condition)))
      return failure();
    bool holds = condition.getSplatValue<APInt>().getBoolValue();
    replaceByRegion(rewriter, op, holds ? op.getThenBody() : op.getElseBody(),
                    {});
    return success();
  }
};

// The carried values that a result or the condition depends on.
llvm::BitVector findLive(ControlFlowOp loop) {
  llvm::BitVector live(loop->getNumResults());
  SmallVector<Value> work;
  DenseSet<Value> seen;
  auto carry = [&](unsigned i) {
    if (live.test(i))
      return;
    live.set(i);
    for (Region &region : loop->getRegions())
      if (loop.yieldsResults(region))
        work.push_back(getYield(region).getOperand(i));
  };
  for (OpResult result : loop->getResults())
    if (!result.use_empty())
      carry(result.getResultNumber());
  for (Region &region : loop->getRegions())
    if (!loop.yieldsResults(region))
      llvm::append_range(work, getYield(region).getOperands());
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (!loop->isAncestor(value.getParentBlock()->getParentOp()) ||
        !seen.insert(value).second)
      continue;
    if (Operation *op = value.getDefiningOp()) {
      op->walk([&](Operation *inner) {
        llvm::append_range(work, inner->getOperands());
      });
      continue;
    }
    Region *region = value.getParentRegion();
    if (region->getParentOp() != loop)
      continue; // of a loop inside, whose operands count as well
    ArrayRef<BlockArgument> carried = loop.getCarriedArguments(*region);
    for (unsigned i = 0; i < carried.size(); ++i)
      if (carried[i] == value)
        carry(i);
  }
  return live;
}

// A value that every iteration hands on unchanged, or that nothing but its next
// value depends on, is not carried.
template <typename OpTy> struct DropCarried : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Region &body = op.getBody();
    YieldOp yield = getYield(body);
    llvm::BitVector dropped = findLive(op).flip();
    for (unsigned i = 0; i < op->getNumResults(); ++i) {
      Value next = yield.getOperand(i), init = op.getInits()[i];
      if (next == op.getCarriedArguments(body)[i] || next == init)
        dropped.set(i);
    }
    if (dropped.none())
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      for (unsigned i : dropped.set_bits()) {
        rewriter.replaceAllUsesWith(op->getResult(i), op.getInits()[i]);
        for (Region &region : op->getRegions())
          rewriter.replaceAllUsesWith(op.getCarriedArguments(region)[i],
                                      op.getInits()[i]);
      }
      for (Region &region : op->getRegions()) {
        unsigned first = region.getNumArguments() - op->getNumResults();
        for (int i = dropped.find_last(); i >= 0; i = dropped.find_prev(i))
          region.front().eraseArgument(first + i);
      }
      yield->eraseOperands(dropped);
    });
    SmallVector<Value> inits, results;
    SmallVector<Type> types;
    for (unsigned i = 0; i < op->getNumResults(); ++i)
      if (!dropped[i]) {
        inits.push_back(op.getInits()[i]);
        types.push_back(op->getResultTypes()[i]);
      }
    OperationState state(op.getLoc(), OpTy::getOperationName(), inits, types,
                         op->getAttrs());
    for (unsigned i = 0; i < op->getNumRegions(); ++i)
      state.addRegion();
    Operation *kept = rewriter.create(state);
    for (auto [from, to] : llvm::zip(op->getRegions(), kept->getRegions()))
      rewriter.inlineRegionBefore(from, to, to.end());
    for (unsigned i = 0, k = 0; i < op->getNumResults(); ++i)
      results.push_back(dropped[i] ? Value(op.getInits()[i])
                                   : Value(kept->getResult(k++)));
    rewriter.replaceOp(op, results);
    return success();
  }
};

struct NeverRuns : OpRewritePattern<WhileOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(WhileOp op,
                                PatternRewriter &rewriter) const override {
    DenseIntElementsAttr condition;
    if (!matchPattern(getYield(op.getCondition()).getOperand(0),
                      m_Constant(&condition)) ||
        condition.getSplatValue<APInt>().getBoolValue())
      return failure();
    rewriter.replaceOp(op, SmallVector<Value>(op.getInits()));
    return success();
  }
};

struct FewIterations : OpRewritePattern<ForOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ForOp op,
                                PatternRewriter &rewriter) const override {
    int64_t count = static_cast<int64_t>(op.getTripCount());
    if (count > 1)
      return failure();
    SmallVector<Value> carried(op.getInits());
    if (count == 0) {
      rewriter.replaceOp(op, carried);
      return success();
    }
    auto type = cast<RankedTensorType>(op.getCounter().getType());
    Value zero = ConstantOp::create(
        rewriter, op.getLoc(),
        DenseElementsAttr::get(type,
                               rewriter.getZeroAttr(type.getElementType())));
    carried.insert(carried.begin(), zero);
    replaceByRegion(rewriter, op, op.getBody(), carried);
    return success();
  }
};
} // namespace

void IfOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                       MLIRContext *context) {
  patterns.add<KnownBranch>(context);
}

//===----------------------------------------------------------------------===//
// WhileOp
//===----------------------------------------------------------------------===//

LogicalResult WhileOp::verify() {
  TypeRange types = getInits().getTypes();
  if (getResultTypes() != types)
    return emitOpError("(C1) results (")
           << getResultTypes() << ") differ from operands (" << types << ')';
  for (Region &region : (*this)->getRegions())
    if (region.getArgumentTypes() != types)
      return emitOpError("(C1) region ")
             << region.getRegionNumber() << " takes ("
             << region.getArgumentTypes() << "), not the operands' types ("
             << types << ')';
  YieldOp condition = getYield(getCondition());
  if (!condition || condition.getNumOperands() != 1 ||
      !isBoolScalar(condition.getOperand(0).getType()))
    return emitOpError("(C2) the condition must yield one tensor<i1>");
  return checkYields(*this, getBody(), types, "C3");
}

llvm::Error WhileOp::execute(RegionRunner run,
                             ArrayRef<const HostTensor *> operands,
                             SmallVectorImpl<HostTensor> &results) {
  results = copyAll(operands);
  while (true) {
    auto condition = run(getCondition(), results);
    if (!condition)
      return condition.takeError();
    if (!condition->front().getInt(0))
      return llvm::Error::success();
    auto next = run(getBody(), results);
    if (!next)
      return next.takeError();
    results = std::move(*next);
  }
}

OperandRange WhileOp::getCarriedInits() { return getInits(); }
ArrayRef<BlockArgument> WhileOp::getCarriedArguments(Region &region) {
  return region.getArguments();
}
bool WhileOp::yieldsResults(Region &region) { return &region == &getBody(); }

void WhileOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {
  patterns.add<DropCarried<WhileOp>, NeverRuns>(context);
}

//===----------------------------------------------------------------------===//
// ForOp
//===----------------------------------------------------------------------===//

LogicalResult ForOp::verify() {
  Block &block = getBody().front();
  auto counter =
      block.getNumArguments()
          ? dyn_cast<RankedTensorType>(block.getArgument(0).getType())
          : RankedTensorType();
  int64_t count = static_cast<int64_t>(getTripCount());
  if (!counter || counter.getRank() != 0 ||
      !(counter.getElementType().isInteger(32) ||
        counter.getElementType().isInteger(64)))
    return emitOpError("(C1) the region's first argument must be a tensor<i32> "
                       "or a tensor<i64>");
  if (count < 0 ||
      (counter.getElementType().isInteger(32) && count > INT32_MAX))
    return emitOpError("(C1) trip count ")
           << count << " is negative or not representable in " << counter;
  TypeRange types = getInits().getTypes();
  if (getResultTypes() != types ||
      TypeRange(ValueRange(block.getArguments().drop_front())) != types)
    return emitOpError("(C2) the region must take a counter and (")
           << types << ") and the results must have these types";
  return checkYields(*this, getBody(), types, "C2");
}

llvm::Error ForOp::execute(RegionRunner run,
                           ArrayRef<const HostTensor *> operands,
                           SmallVectorImpl<HostTensor> &results) {
  results = copyAll(operands);
  std::optional<ElementKind> kind = getElementKind(
      cast<RankedTensorType>(getCounter().getType()).getElementType());
  for (int64_t i = 0, end = getTripCount(); i < end; ++i) {
    SmallVector<HostTensor> arguments;
    arguments.emplace_back(*kind, ArrayRef<int64_t>());
    arguments.back().setInt(0, i);
    llvm::append_range(arguments, results);
    auto next = run(getBody(), arguments);
    if (!next)
      return next.takeError();
    results = std::move(*next);
  }
  return llvm::Error::success();
}

OperandRange ForOp::getCarriedInits() { return getInits(); }
ArrayRef<BlockArgument> ForOp::getCarriedArguments(Region &region) {
  return ArrayRef<BlockArgument>(region.getArguments()).drop_front();
}
bool ForOp::yieldsResults(Region &) { return true; }

void ForOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                        MLIRContext *context) {
  patterns.add<DropCarried<ForOp>, FewIterations>(context);
}

//===----------------------------------------------------------------------===//
// DynamicUpdateSliceOp
//===----------------------------------------------------------------------===//

LogicalResult DynamicUpdateSliceOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto whole = cast<RankedTensorType>(adaptor.getDestination().getType());
  auto row = cast<RankedTensorType>(adaptor.getUpdate().getType());
  auto index = cast<RankedTensorType>(adaptor.getIndex().getType());
  if (whole.getRank() == 0 || whole.getElementType() != row.getElementType() ||
      ArrayRef<Size>(getSizes(whole)).drop_front() !=
          ArrayRef<Size>(getSizes(row)))
    return emitOptionalError(location, "(C1) a row of ", whole,
                             " cannot be replaced by ", row);
  if (index.getRank() != 0)
    return emitOptionalError(location,
                             "(C2) the index must have rank 0, found ", index);
  types.push_back(whole);
  return success();
}

// The destination's elements stay where they are.
int64_t DynamicUpdateSliceOp::countElementsRead(unsigned operand) {
  return operand == 0 ? 0 : countElements(getOperand(operand));
}

llvm::Error
DynamicUpdateSliceOp::evaluate(ArrayRef<const HostTensor *> operands,
                               MutableArrayRef<HostTensor> results) {
  const HostTensor &destination = *operands[0], &update = *operands[1];
  int64_t index = operands[2]->getInt(0), size = destination.shape().front();
  if (index < 0 || index >= size)
    return indexError(index, size);
  for (int64_t i = 0; i < destination.size(); ++i)
    copyElement(destination, i, results[0], i);
  for (int64_t i = 0; i < update.size(); ++i)
    copyElement(update, i, results[0], index * update.size() + i);
  return llvm::Error::success();
}

RootKind DynamicUpdateSliceOp::getRootKind() { return RootKind::Serial; }
bool DynamicUpdateSliceOp::allowsPrologue(unsigned operand) {
  return operand != 0;
}
// The rest of the destination's rows are not at hand.
bool DynamicUpdateSliceOp::allowsEpilogue() { return false; }
