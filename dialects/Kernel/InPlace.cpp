//===- InPlace.cpp - Kernels that write over an operand -------------------===//

#include "dialects/Kernel/InPlace.h"
#include "dialects/Graph/FlowInterfaces.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Graph/InPlaceInterface.h"
#include "dialects/Kernel/KernelOps.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sluice;

static Type getElementType(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getElementType();
}

// What roots that read rows first need in order not to be computed element by
// element instead: numbers in vectors.
static bool hasVectors(Block &body) {
  auto isNumber = [](Value tensor) {
    return getElementType(tensor).isIntOrFloat();
  };
  return llvm::all_of(body.getArguments(), isNumber) &&
         llvm::all_of(body.without_terminator(), [&](Operation &op) {
           auto element = dyn_cast<graph::ElementOp>(op);
           return (op.hasTrait<OpTrait::ConstantLike>() ||
                   isa<graph::InPlaceOp>(op) ||
                   (element && element.supportsLanes())) &&
                  llvm::all_of(op.getResults(), isNumber);
         });
}

bool sluice::kernel::canWriteOver(Block &body, unsigned number) {
  BlockArgument argument = body.getArgument(number);
  Operation *yield = body.getTerminator();
  if (yield->getNumOperands() != 1 || argument.use_empty() ||
      llvm::any_of(body, llvm::IsaPred<graph::UpdateOp>))
    return false;
  Value result = yield->getOperand(0);
  Type storage = getStorageType(getElementType(argument));
  if (storage != getStorageType(getElementType(result)) ||
      !storage.isIntOrFloat())
    return false;
  llvm::SmallSetVector<Value, 8> values;
  values.insert(argument);
  bool readsRows = false;
  for (size_t i = 0; i < values.size(); ++i)
    for (OpOperand &use : values[i].getUses()) {
      Operation *user = use.getOwner();
      if (user == yield)
        continue;
      if (!isa<graph::ElementwiseOp>(user)) {
        auto root = dyn_cast<graph::InPlaceOp>(user);
        if (!root || !root.allowsInPlace(use.getOperandNumber()))
          return false;
        readsRows = true;
      }
      values.insert(user->getResult(0));
    }
  auto shape = cast<RankedTensorType>(result.getType()).getShape();
  return llvm::all_of(
             values,
             [&](Value value) {
               return cast<RankedTensorType>(value.getType()).getShape() ==
                      shape;
             }) &&
         (!readsRows || hasVectors(body));
}

bool sluice::kernel::isReadBehind(Value value, Operation *root) {
  llvm::SmallSetVector<Value, 8> before;
  before.insert(value);
  for (size_t i = 0; i < before.size(); ++i)
    for (Operation *user : before[i].getUsers()) {
      if (user == root)
        continue;
      if (!user->getNumResults() || !user->isBeforeInBlock(root))
        return true;
      before.insert(user->getResult(0));
    }
  return false;
}
