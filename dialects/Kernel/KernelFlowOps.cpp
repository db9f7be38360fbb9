//===- KernelFlowOps.cpp - Verification of loops and branches -------------===//

#include "dialects/Kernel/KernelFlowOps.h"
#include "dialects/Graph/FlowInterfaces.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::kernel;

#define GET_OP_CLASSES
#include "dialects/Kernel/KernelFlowOps.cpp.inc"

std::optional<unsigned> sluice::kernel::getUpdatedInput(Block &body) {
  for (Operation &op : body)
    if (isa<graph::UpdateOp>(op))
      if (auto argument = dyn_cast<BlockArgument>(op.getOperand(0)))
        return argument.getArgNumber();
  return std::nullopt;
}

static bool isOne(Value buffer, ArrayRef<unsigned> widths) {
  auto type = dyn_cast<MemRefType>(buffer.getType());
  return type && type.hasStaticShape() && type.getNumElements() == 1 &&
         llvm::any_of(widths, [&](unsigned width) {
           return type.getElementType().isInteger(width);
         });
}

static LogicalResult checkArguments(Operation *op, StringRef constraint) {
  for (Region &region : op->getRegions())
    if (region.getNumArguments())
      return op->emitOpError("(")
             << constraint << ") region " << region.getRegionNumber()
             << " has arguments";
  return success();
}

LogicalResult IfOp::verify() {
  if (!isOne(getCondition(), {8}))
    return emitOpError("(C1) the condition must be one byte, found ")
           << getCondition().getType();
  return checkArguments(*this, "C2");
}

LogicalResult WhileOp::verify() {
  Block &block = getCondition().front();
  if (block.empty() || !isa<ConditionOp>(block.back()))
    return emitOpError("(C1) the first region must end in kernel.condition");
  return checkArguments(*this, "C1");
}

LogicalResult ConditionOp::verify() {
  if (!isOne(getFlag(), {8}))
    return emitOpError("(C1) the flag must be one byte, found ")
           << getFlag().getType();
  return success();
}

LogicalResult ForOp::verify() {
  if (!isOne(getCounter(), {32, 64}) ||
      static_cast<int64_t>(getTripCount()) < 0)
    return emitOpError("(C1) cannot count to ")
           << static_cast<int64_t>(getTripCount()) << " in "
           << getCounter().getType();
  return checkArguments(*this, "C2");
}
