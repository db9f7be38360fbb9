//===- KernelRules.cpp - What an operator allows its kernel ---------------===//

#include "passes/Fusion/KernelRules.h"
#include "dialects/Graph/GraphLoopOps.h"
#include "dialects/Kernel/KernelOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Memory/PlaceValues.h"

using namespace mlir;
using namespace sluice;

bool sluice::needsCode(Operation *op) {
  return !isa<func::ReturnOp, graph::YieldOp, graph::ControlFlowOp,
              kernel::FusedOp, graph::ViewOp>(op) &&
         !op->hasTrait<OpTrait::ConstantLike>();
}

bool sluice::staysOutside(Operation *op, bool hasHome) {
  if (!kernel::isPlacement(op))
    return false;
  auto join = dyn_cast<graph::JoinOp>(op);
  if (join && join.getPartCount() > 1)
    return isWorthPlacing(join);
  if (hasHome || join)
    return !hasHome;
  // A kernel computes no more of its operand than the part.
  Operation *producer = op->getOperand(0).getDefiningOp();
  return !producer || !producer->hasOneUse() ||
         !isa<graph::ElementOp>(producer) ||
         isa<graph::KernelRootOp>(producer) || kernel::isPlacement(producer);
}

bool sluice::endsOnRegisters(Operation *op) {
  auto root = dyn_cast_or_null<graph::KernelRootOp>(op);
  return root && (root.getRootKind() == graph::RootKind::Contraction ||
                  root.getRootKind() == graph::RootKind::Transform);
}

bool sluice::hasLanes(Operation *op) {
  auto element = dyn_cast<graph::ElementOp>(op);
  return element && element.supportsLanes();
}

bool sluice::endsRoot(Operation *op) {
  SmallVector<Operation *> open{op};
  SmallPtrSet<Operation *, 8> seen;
  while (!open.empty())
    for (Value operand : open.pop_back_val()->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (!producer || !seen.insert(producer).second)
        continue;
      auto root = dyn_cast<graph::KernelRootOp>(producer);
      if ((root && root.allowsEpilogue()) || seen.size() > maxKernelSize)
        return true;
      if (isa<graph::ElementwiseOp>(producer))
        open.push_back(producer);
    }
  return false;
}
