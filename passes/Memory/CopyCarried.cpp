//===- CopyCarried.cpp - One buffer for each value that a loop carries ----===//

#include "dialects/Graph/GraphLoopOps.h"
#include "dialects/Kernel/KernelFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/Memory/InPlace.h"
#include "passes/Memory/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_COPYCARRIED
#include "passes/Memory/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

static Value makeCopy(OpBuilder &builder, Value value) {
  return kernel::createCopy(builder, value.getLoc(), value).getResult(0);
}

// The kernel of `block` that makes `value`, perhaps seen through views.
static kernel::FusedOp getKernel(Value value, Block &block) {
  auto fused = getViewed(value).getDefiningOp<kernel::FusedOp>();
  return fused && fused->getBlock() == &block ? fused : kernel::FusedOp();
}

// Whether a kernel of the block makes `value` and nothing else reads it.
static bool hasOwnKernel(Value value, Block &block) {
  for (; value.hasOneUse(); value = value.getDefiningOp()->getOperand(0)) {
    if (auto fused = value.getDefiningOp<kernel::FusedOp>())
      return fused->getBlock() == &block;
    if (!value.getDefiningOp<graph::ViewOp>())
      return false;
  }
  return false;
}

// The first kernel that writes the buffer of `fused`, which may be an update
// of what other kernels left there.
static kernel::FusedOp getFirstWriter(kernel::FusedOp fused) {
  while (auto input = kernel::getUpdatedInput(fused.getBody().front())) {
    auto before = fused.getInputs()[*input].getDefiningOp<kernel::FusedOp>();
    if (!before || before->getBlock() != fused->getBlock())
      break;
    fused = before;
  }
  return fused;
}

//===----------------------------------------------------------------------===//
// Updates
//===----------------------------------------------------------------------===//

// Whether the kernel may write into the buffer of the tensor that it updates.
static bool canUpdateInPlace(kernel::FusedOp fused) {
  Block &body = fused.getBody().front(), &block = *fused->getBlock();
  std::optional<unsigned> input = kernel::getUpdatedInput(body);
  if (!input || !body.getArgument(*input).hasOneUse())
    return false;
  Value destination = fused.getInputs()[*input];
  if (auto made = destination.getDefiningOp<kernel::FusedOp>())
    return destination.hasOneUse() && made->getBlock() == &block;
  // A carried value whose next value this is.
  auto argument = dyn_cast<BlockArgument>(destination);
  auto flow = dyn_cast_or_null<graph::ControlFlowOp>(block.getParentOp());
  if (!argument || argument.getOwner() != &block || !flow ||
      !flow.yieldsResults(*block.getParent()))
    return false;
  ArrayRef<BlockArgument> carried =
      flow.getCarriedArguments(*block.getParent());
  const BlockArgument *found = llvm::find(carried, argument);
  return found != carried.end() &&
         block.getTerminator()->getOperand(found - carried.begin()) ==
             fused.getResult(0) &&
         !isReadFrom(destination, fused, fused) &&
         llvm::count(fused.getInputs(), destination) == 1;
}

static void copyDestination(kernel::FusedOp fused) {
  Block &body = fused.getBody().front();
  for (Operation &op : body) {
    if (!isa<graph::UpdateOp>(op) || canUpdateInPlace(fused))
      continue;
    // The kernel may also read the old value: the copy is an input of its own.
    OpBuilder builder(fused);
    Value destination = op.getOperand(0), copy;
    if (auto argument = dyn_cast<BlockArgument>(destination))
      copy = makeCopy(builder, fused.getInputs()[argument.getArgNumber()]);
    else
      copy = makeCopy(builder, destination);
    op.setOperand(0, body.addArgument(copy.getType(), copy.getLoc()));
    fused.getInputsMutable().append(copy);
    for (int i = body.getNumArguments() - 1; i >= 0; --i)
      if (body.getArgument(i).use_empty()) {
        body.eraseArgument(i);
        fused->eraseOperand(i);
      }
    return;
  }
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

// Whether the kernel reads the value and may write its result over it.
static bool writesOver(kernel::FusedOp fused, Value present) {
  for (auto [i, input] : llvm::enumerate(fused.getInputs()))
    if (getViewed(input) == present && canWriteOver(fused, i))
      return true;
  return false;
}

// Each value that the region yields is a result of a kernel, once, and that
// kernel writes when the carried value is not read any more.
static void copyYields(graph::ControlFlowOp flow, Region &region) {
  Block &block = region.front();
  Operation *yield = block.getTerminator();
  ArrayRef<BlockArgument> carried = flow.getCarriedArguments(region);
  OpBuilder builder(yield);
  auto isUnchanged = [&](OpOperand &operand) {
    return !carried.empty() &&
           operand.get() == carried[operand.getOperandNumber()];
  };
  DenseSet<Value> claimed;
  for (OpOperand &operand : yield->getOpOperands()) {
    if (isUnchanged(operand))
      continue;
    kernel::FusedOp fused = getKernel(operand.get(), block);
    if (!fused || !claimed.insert(getViewed(operand.get())).second)
      operand.set(makeCopy(builder, operand.get()));
  }
  if (carried.empty())
    return;
  for (OpOperand &operand : yield->getOpOperands()) {
    if (isUnchanged(operand))
      continue;
    kernel::FusedOp fused = getKernel(operand.get(), block);
    Value present = carried[operand.getOperandNumber()];
    std::optional<unsigned> updated =
        kernel::getUpdatedInput(fused.getBody().front());
    bool updatesPresent = updated && fused.getInputs()[*updated] == present &&
                          operand.get() == fused.getResult(0);
    if (!updatesPresent && !writesOver(fused, present) &&
        isReadFrom(present, getFirstWriter(fused), nullptr))
      operand.set(makeCopy(builder, operand.get()));
  }
}

static void visit(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (auto fused = dyn_cast<kernel::FusedOp>(op))
      copyDestination(fused);
    auto flow = dyn_cast<graph::ControlFlowOp>(op);
    if (!flow)
      continue;
    OpBuilder builder(flow);
    for (OpOperand &operand :
         op.getOpOperands().take_back(flow.getCarriedInits().size()))
      if (!hasOwnKernel(operand.get(), block))
        operand.set(makeCopy(builder, operand.get()));
    for (Region &region : op.getRegions()) {
      visit(region.front());
      if (flow.yieldsResults(region))
        copyYields(flow, region);
    }
  }
}

namespace {
class CopyCarried : public sluice::impl::CopyCarriedBase<CopyCarried> {
public:
  void runOnOperation() override {
    if (!getOperation().isExternal())
      visit(getOperation().getBody().front());
  }
};
} // namespace
