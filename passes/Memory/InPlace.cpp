//===- InPlace.cpp - What may be written over -----------------------------===//

#include "passes/Memory/InPlace.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Kernel/InPlace.h"
#include "dialects/Kernel/KernelFlowOps.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace sluice;

Value sluice::getViewed(Value value) {
  while (value.getDefiningOp<graph::ViewOp>())
    value = value.getDefiningOp()->getOperand(0);
  return value;
}

bool sluice::isReadFrom(Value value, Operation *position, Operation *except) {
  SmallVector<Value> names{value};
  while (!names.empty())
    for (Operation *user : names.pop_back_val().getUsers()) {
      // What reads a part may read it where it is.
      if (isa<graph::ViewOp, graph::PartOp>(user))
        llvm::append_range(names, user->getResults());
      if (isa<graph::ViewOp>(user))
        continue;
      Operation *reader = position->getBlock()->findAncestorOpInBlock(*user);
      if (reader && reader != except && !reader->isBeforeInBlock(position))
        return true;
    }
  return false;
}

// Whose elements a view or a part shows.
static Value getWhole(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<graph::ViewOp, graph::PartOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

bool sluice::canWriteOver(kernel::FusedOp fused, unsigned input) {
  if (fused->getNumResults() != 1 ||
      !kernel::canWriteOver(fused.getBody().front(), input))
    return false;
  Value tensor = getViewed(fused.getInputs()[input]);
  return llvm::count(llvm::map_range(fused.getInputs(), getWhole), tensor) ==
             1 &&
         !isReadFrom(tensor, fused, fused);
}

Value sluice::getUpdate(Value tensor) {
  if (!tensor.hasOneUse())
    return {};
  OpOperand &use = *tensor.use_begin();
  auto user = dyn_cast<kernel::FusedOp>(use.getOwner());
  if (!user ||
      kernel::getUpdatedInput(user.getBody().front()) != use.getOperandNumber())
    return {};
  return user.getResult(0);
}

bool sluice::startTogether(Value buffer, Value other) {
  auto getStart = [](Value value) {
    int64_t offset =
        cast<MemRefType>(value.getType()).getStridesAndOffset().second;
    while (auto view = value.getDefiningOp<ViewLikeOpInterface>())
      value = view.getViewSource();
    return std::pair(value, offset);
  };
  return cast<MemRefType>(buffer.getType()).getNumElements() != 0 &&
         getStart(buffer) == getStart(other);
}
