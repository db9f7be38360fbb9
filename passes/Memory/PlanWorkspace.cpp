//===- PlanWorkspace.cpp - Place buffers in one workspace -----------------===//

#include "dialects/Graph/CollectOps.h"
#include "dialects/Kernel/KernelFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "passes/Memory/InPlace.h"
#include "passes/Memory/OffsetPlanner.h"
#include "passes/Memory/Passes.h"
#include "llvm/Support/MathExtras.h"

namespace sluice {
#define GEN_PASS_DEF_PLANWORKSPACE
#define GEN_PASS_DEF_VERIFYWORKSPACE
#include "passes/Memory/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

namespace {

constexpr int64_t alignment = 64;
// Vector loads at the end of a buffer may touch what follows it.
constexpr int64_t slack = 64;
// No machine has more.
constexpr int64_t maxBytes = int64_t(1) << 47;

// Steps are positions of operators in the runner, bytes those of the elements.
struct Lifetime : LiveRange {
  kernel::BufferOp buffer;

  int64_t start() { return static_cast<int64_t>(*buffer.getOffset()); }
  int64_t end() { return start() + alignedBytes(); }
  int64_t alignedBytes() const {
    return static_cast<int64_t>(llvm::alignTo(bytes, alignment));
  }
};

// Where an operator begins and ends, its regions between. Regions come one
// after the other, also those of which only one runs.
using Positions = DenseMap<Operation *, std::pair<int64_t, int64_t>>;

void numberOperators(Block &block, int64_t &position, Positions &positions) {
  for (Operation &op : block) {
    int64_t start = position++;
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        numberOperators(inner, position, positions);
    positions[&op] = {start, position++};
  }
}

// A buffer lives in its block from the first operator that uses it, or has a
// use inside, to the last: what an iteration keeps stands outside the loop.
FailureOr<SmallVector<Lifetime>> getLifetimes(func::FuncOp function) {
  SmallVector<Lifetime> lifetimes;
  Positions positions;
  int64_t position = 0;
  numberOperators(function.getBody().front(), position, positions);
  for (kernel::BufferOp buffer : collectOps<kernel::BufferOp>(function)) {
    std::optional<int64_t> bytes =
        kernel::getByteSize(cast<MemRefType>(buffer.getType()));
    if (!bytes || *bytes > maxBytes) {
      buffer.emitOpError("is too large: ") << buffer.getType();
      return failure();
    }
    auto [first, last] = positions[buffer];
    Lifetime lifetime{{*bytes, first, last}, buffer};
    bool isUsed = false;
    SmallVector<Value> names{buffer.getResult()};
    while (!names.empty()) {
      for (Operation *user : names.pop_back_val().getUsers()) {
        if (isa<ViewLikeOpInterface>(user)) {
          llvm::append_range(names, user->getResults());
          continue;
        }
        auto [start, end] =
            positions[buffer->getBlock()->findAncestorOpInBlock(*user)];
        lifetime.first = isUsed ? std::min(lifetime.first, start) : start;
        lifetime.last = isUsed ? std::max(lifetime.last, end) : end;
        isUsed = true;
      }
    }
    lifetimes.push_back(lifetime);
  }
  return lifetimes;
}

class PlanWorkspace : public sluice::impl::PlanWorkspaceBase<PlanWorkspace> {
public:
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    FailureOr<SmallVector<Lifetime>> found = getLifetimes(function);
    if (failed(found))
      return signalPassFailure();
    SmallVector<LiveRange> exact(found->begin(), found->end()), ranges;
    for (Lifetime &lifetime : *found)
      ranges.push_back(
          {lifetime.alignedBytes(), lifetime.first, lifetime.last});
    std::optional<OffsetPlan> plan = planOffsets(ranges, maxBytes - slack);
    if (!plan) {
      function.emitError("the workspace would be larger than 128 TiB");
      return signalPassFailure();
    }
    for (auto [lifetime, offset] : llvm::zip_equal(*found, plan->offsets))
      lifetime.buffer.setOffset(offset);
    Builder builder(&getContext());
    auto setBytes = [&](StringRef name, int64_t bytes) {
      function->setAttr(name, builder.getI64IntegerAttr(bytes));
    };
    setBytes("kernel.workspace", plan->bytes ? plan->bytes + slack : 0);
    setBytes("kernel.live_bytes", getMaxLiveBytes(exact));
  }
};

// An input may be the output only where the kernel writes over it or updates
// it.
LogicalResult verifyLaunch(kernel::LaunchOp launch) {
  auto kernel = SymbolTable::lookupNearestSymbolFrom<kernel::FuncOp>(
      launch, launch.getKernelAttr());
  if (!kernel)
    return success();
  std::optional<unsigned> allowed =
      kernel::getUpdatedInput(kernel.getBody().front());
  if (std::optional<uint64_t> overwritten = kernel.getOverwritten())
    allowed = static_cast<unsigned>(*overwritten);
  for (Value output : launch.getOutputs())
    for (auto [i, input] : llvm::enumerate(launch.getInputs()))
      if (startTogether(input, output) && i != allowed)
        return launch.emitOpError("writes over input ")
               << i << ", which its kernel does not allow";
  return success();
}

class VerifyWorkspace
    : public sluice::impl::VerifyWorkspaceBase<VerifyWorkspace> {
public:
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    FailureOr<SmallVector<Lifetime>> lifetimes = getLifetimes(function);
    auto total = function->getAttrOfType<IntegerAttr>("kernel.workspace");
    if (failed(lifetimes) || !total) {
      function.emitOpError("has no planned workspace");
      return signalPassFailure();
    }
    for (size_t i = 0; i < lifetimes->size(); ++i) {
      Lifetime &lifetime = (*lifetimes)[i];
      if (!lifetime.buffer.getOffset() || lifetime.end() > total.getInt()) {
        lifetime.buffer.emitOpError("does not lie in the workspace of ")
            << total.getInt() << " bytes";
        return signalPassFailure();
      }
      for (Lifetime &other : MutableArrayRef(*lifetimes).take_front(i))
        if (lifetime.overlaps(other) && lifetime.start() < other.end() &&
            other.start() < lifetime.end()) {
          auto diagnostic = lifetime.buffer.emitOpError(
              "overlaps another live buffer in memory");
          diagnostic.attachNote(other.buffer->getLoc()) << "this one";
          return signalPassFailure();
        }
    }
    WalkResult launches = function.walk([](kernel::LaunchOp launch) {
      return WalkResult(verifyLaunch(launch));
    });
    if (launches.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
