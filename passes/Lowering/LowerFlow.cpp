//===- LowerFlow.cpp - From the runner's loops to branches ----------------===//

#include "passes/Lowering/RunnerLowering.h"

using namespace mlir;
using namespace sluice;

Block *RunnerLowering::addBlock() {
  OpBuilder::InsertionGuard guard(builder);
  Region *region = builder.getBlock()->getParent();
  return builder.createBlock(region, region->end());
}

// Goes on in `block` with the launches of a region. What is computed there is
// not known behind it.
LogicalResult RunnerLowering::lowerRegion(Region &region, Block *block) {
  builder.setInsertionPointToEnd(block);
  DenseMap<Value, Value> outside = addresses;
  LogicalResult result = lower(region.front());
  addresses = std::move(outside);
  return result;
}

FailureOr<Value> RunnerLowering::loadFlag(Value buffer) {
  FailureOr<Value> address = getAddress(buffer);
  if (failed(address))
    return failure();
  Type i8 = builder.getI8Type();
  Value flag = LLVM::LoadOp::create(builder, loc, i8, *address);
  return LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::ne, flag,
                              constant(i8, 0))
      .getResult();
}

LogicalResult RunnerLowering::branch(kernel::IfOp op) {
  loc = op.getLoc();
  FailureOr<Value> flag = loadFlag(op.getCondition());
  if (failed(flag))
    return failure();
  Block *thenBlock = addBlock(), *elseBlock = addBlock(), *next = addBlock();
  LLVM::CondBrOp::create(builder, loc, *flag, thenBlock, elseBlock);
  for (auto [region, block] : {std::pair(&op.getThenBody(), thenBlock),
                               std::pair(&op.getElseBody(), elseBlock)}) {
    if (failed(lowerRegion(*region, block)))
      return failure();
    LLVM::BrOp::create(builder, op.getLoc(), next);
  }
  builder.setInsertionPointToEnd(next);
  return success();
}

LogicalResult RunnerLowering::loop(kernel::WhileOp op) {
  Block *head = addBlock(), *body = addBlock(), *next = addBlock();
  LLVM::BrOp::create(builder, op.getLoc(), head);
  if (failed(lowerRegion(op.getCondition(), head)))
    return failure();
  loc = op.getLoc();
  auto condition = cast<kernel::ConditionOp>(op.getCondition().front().back());
  DenseMap<Value, Value> outside = addresses;
  FailureOr<Value> flag = loadFlag(condition.getFlag());
  addresses = std::move(outside);
  if (failed(flag))
    return failure();
  LLVM::CondBrOp::create(builder, loc, *flag, body, next);
  if (failed(lowerRegion(op.getBody(), body)))
    return failure();
  LLVM::BrOp::create(builder, op.getLoc(), head);
  builder.setInsertionPointToEnd(next);
  return success();
}

LogicalResult RunnerLowering::loop(kernel::ForOp op) {
  loc = op.getLoc();
  FailureOr<Value> counter = getAddress(op.getCounter());
  if (failed(counter))
    return failure();
  Type type = cast<MemRefType>(op.getCounter().getType()).getElementType();
  Block *head = addBlock(), *body = addBlock(), *next = addBlock();
  BlockArgument i = head->addArgument(i64, loc);
  LLVM::BrOp::create(builder, loc, ValueRange{constant(i64, 0)}, head);
  builder.setInsertionPointToEnd(head);
  Value goesOn = LLVM::ICmpOp::create(
      builder, loc, LLVM::ICmpPredicate::slt, i,
      constant(i64, static_cast<int64_t>(op.getTripCount())));
  LLVM::CondBrOp::create(builder, loc, goesOn, body, next);
  builder.setInsertionPointToEnd(body);
  Value number = i;
  if (type != i64)
    number = LLVM::TruncOp::create(builder, loc, type, i);
  LLVM::StoreOp::create(builder, loc, number, *counter);
  if (failed(lowerRegion(op.getBody(), body)))
    return failure();
  loc = op.getLoc();
  Value following = LLVM::AddOp::create(builder, loc, i, constant(i64, 1));
  LLVM::BrOp::create(builder, loc, ValueRange{following}, head);
  builder.setInsertionPointToEnd(next);
  return success();
}

LogicalResult RunnerLowering::lower(Block &block) {
  for (Operation &op : block) {
    LogicalResult result = success();
    if (auto call = dyn_cast<kernel::LaunchOp>(op))
      result = launch(call);
    else if (auto choice = dyn_cast<kernel::IfOp>(op))
      result = branch(choice);
    else if (auto repeated = dyn_cast<kernel::WhileOp>(op))
      result = loop(repeated);
    else if (auto counted = dyn_cast<kernel::ForOp>(op))
      result = loop(counted);
    if (failed(result))
      return failure();
  }
  return success();
}
