//===- FuseDepthwise.cpp - Compute two convolutions in one kernel ---------===//

#include "dialects/Kernel/KernelOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Emit/ContractionRows.h"
#include "passes/Emit/FusedDepthwise.h"
#include "passes/Emit/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_FUSEDEPTHWISE
#include "passes/Emit/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

// The convolution that a kernel is built around, if it runs row by row.
static graph::ConvOp getConv(kernel::FusedOp kernel,
                             const TargetDescription &target,
                             std::optional<ContractionPlan> &plan) {
  Block &body = kernel.getBody().front();
  graph::ConvOp conv;
  for (Operation &op : body)
    if (isa<graph::KernelRootOp>(op))
      conv = dyn_cast<graph::ConvOp>(op);
  if (!conv || conv.getSpatialRank() != 2 || kernel->getNumResults() != 1)
    return {};
  // Both operands come from outside, the weights as constants.
  auto input = dyn_cast<BlockArgument>(conv.getInput());
  auto filter = dyn_cast<BlockArgument>(conv.getFilter());
  if (!input || !filter || !filter.hasOneUse())
    return {};
  Operation *weights =
      kernel.getInputs()[filter.getArgNumber()].getDefiningOp();
  if (!weights || !weights->hasTrait<OpTrait::ConstantLike>())
    return {};
  plan = planContraction(conv, target);
  bool isByRows = plan && plan->groupCount() == 1 && plan->rows.dim == 1 &&
                  plan->columns.dim == 2 && plan->rowSplit.largest() == 1;
  Value result = body.getTerminator()->getOperand(0);
  return isByRows && hasVectorEpilogue(conv, result) ? conv : graph::ConvOp();
}

// As few bands as the second cache allows: of the rows of the first convolution
// an eighth may be made twice. Then chunks for threads, none too small to be
// worth one.
static bool choose(FusedDepthwise &fused, const TargetDescription &target,
                   const ContractionPlan &first,
                   const ContractionPlan &second) {
  constexpr int64_t wantedChunks = 32, leastProducts = 1 << 17;
  fused.panel = first.packing.panel;
  if (fused.panel % second.packing.lanes != 0)
    return false;
  // What the second cache has room for is there anyway. A panel's channels are
  // pieces of the result's rows: with few of them, writing those costs what is
  // gained.
  int64_t made = cast<RankedTensorType>(fused.made.getType()).getNumElements();
  if (made * fused.elementBytes() <= target.l2Bytes * 3 / 2 ||
      fused.panels() < 3)
    return false;
  int64_t rowBytes = fused.rowElements() * fused.elementBytes();
  int64_t shared = std::max<int64_t>(0, fused.extent - fused.stride);
  while (fused.rowsRead(fused.bandRows()) * rowBytes > target.l2Bytes / 2 &&
         fused.bands * shared * 8 <= fused.madeRows && fused.bands < fused.rows)
    ++fused.bands;
  int64_t products = fused.madeRows * first.columns.count *
                     first.packing.depth * fused.panel / fused.bands;
  int64_t wanted = (wantedChunks + fused.units() - 1) / fused.units();
  int64_t most =
      std::min(products / leastProducts + 1, fused.rows / fused.bands / 2);
  fused.groups = std::clamp<int64_t>(wanted, 1, std::max<int64_t>(most, 1));
  return true;
}

// One kernel that does what both do, where the second reads what the first
// makes, perhaps padded.
static kernel::FusedOp merge(kernel::FusedOp first, kernel::FusedOp second,
                             Operation *pad, unsigned read) {
  OpBuilder builder(second);
  Location loc = builder.getFusedLoc({first.getLoc(), second.getLoc()});
  SmallVector<Value> inputs(first.getInputs());
  for (auto [i, input] : llvm::enumerate(second.getInputs()))
    if (i != read)
      inputs.push_back(input);
  auto made =
      kernel::FusedOp::create(builder, loc, second.getResultTypes(), inputs);
  Block &block = made.getBody().emplaceBlock();
  IRMapping mapping;
  builder.setInsertionPointToEnd(&block);
  auto addArgument = [&](BlockArgument argument) {
    mapping.map(argument,
                block.addArgument(argument.getType(), argument.getLoc()));
  };
  Block &before = first.getBody().front(), &after = second.getBody().front();
  for (BlockArgument argument : before.getArguments())
    addArgument(argument);
  for (BlockArgument argument : after.getArguments())
    if (argument.getArgNumber() != read)
      addArgument(argument);
  for (Operation &op : before.without_terminator())
    builder.clone(op, mapping);
  Value value = mapping.lookup(before.getTerminator()->getOperand(0));
  if (pad) {
    mapping.map(first.getResult(0), value);
    for (Value operand : llvm::drop_begin(pad->getOperands()))
      mapping.map(operand,
                  builder.clone(*operand.getDefiningOp())->getResult(0));
    value = builder.clone(*pad, mapping)->getResult(0);
  }
  mapping.map(after.getArgument(read), value);
  for (Operation &op : after)
    builder.clone(op, mapping);
  return made;
}

static void fuse(kernel::FusedOp second, const TargetDescription &target) {
  std::optional<ContractionPlan> firstPlan, secondPlan;
  graph::ConvOp depthwise = getConv(second, target, secondPlan);
  if (!depthwise || !secondPlan->keepsChannels())
    return;
  auto input = cast<BlockArgument>(depthwise.getInput());
  unsigned read = input.getArgNumber();
  Value value = second.getInputs()[read];
  auto pad = value.getDefiningOp<graph::JoinOp>();
  if (!input.hasOneUse() || !value.hasOneUse())
    return;
  if (pad) {
    // What it fills with is its other operand.
    bool isConstant = llvm::all_of(llvm::drop_begin(pad->getOperands()),
                                   kernel::isHeldByKernels);
    if (pad.getPartCount() != 1 || !isConstant)
      return;
    value = pad->getOperand(0);
  }
  auto first = value.getDefiningOp<kernel::FusedOp>();
  if (!first || !value.hasOneUse() || first->getBlock() != second->getBlock())
    return;
  graph::ConvOp conv = getConv(first, target, firstPlan);
  if (!conv || firstPlan->depthwise)
    return;
  kernel::FusedOp merged = merge(first, second, pad, read);
  auto fused = FusedDepthwise::match(merged.getBody().front());
  if (!fused || !choose(*fused, target, *firstPlan, *secondPlan)) {
    merged.erase();
    return;
  }
  fused->set();
  second->replaceAllUsesWith(merged);
  second.erase();
  if (pad)
    pad->erase();
  first.erase();
}

namespace {
class FuseDepthwise : public sluice::impl::FuseDepthwiseBase<FuseDepthwise> {
public:
  using FuseDepthwiseBase::FuseDepthwiseBase;

  void runOnOperation() override {
    TargetDescription target = describeTarget(triple, cpu, features);
    SmallVector<kernel::FusedOp> kernels;
    getOperation().walk(
        [&](kernel::FusedOp kernel) { kernels.push_back(kernel); });
    // What goes besides the kernel itself has been visited: it stands before.
    for (kernel::FusedOp kernel : kernels)
      fuse(kernel, target);
  }
};
} // namespace
