//===- FormKernels.cpp - Group the operators that one kernel computes -----===//

#include "dialects/Graph/GraphLoopOps.h"
#include "dialects/Kernel/KernelOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "passes/Fusion/KernelRules.h"
#include "passes/Fusion/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace sluice {
#define GEN_PASS_DEF_FORMKERNELS
#include "passes/Fusion/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

namespace {

// How often the code of one operator may be repeated in a kernel.
constexpr int64_t maxCopies = 16;
// Results of one kernel besides its last: each is a stream of memory.
constexpr size_t maxShared = 3;

struct Group {
  SmallVector<Operation *> ops; ///< last first
  Operation *root = nullptr;
  /// Whose results others read too, besides that of the last.
  SmallVector<Operation *> shared;
};

class KernelFormer {
public:
  explicit KernelFormer(func::FuncOp function) : function(function) {}
  LogicalResult run();

private:
  LogicalResult form(Block &block);
  Group *findHome(Operation *op);
  Group *findSharedHome(Operation *op);
  bool reachesRoot(Value value);
  bool belongsToRoot(Operation *op, const Group &home);
  bool repeat(Operation *op);
  void add(Operation *op, Group &group);
  bool canJoin(Operation *op, Group &group);
  int64_t getCopies(Operation *op);
  void build(Group &group);
  void copyResults();

  func::FuncOp function;
  SmallVector<std::unique_ptr<Group>> groups;
  DenseMap<Operation *, Group *> homes;
  /// How often the code of an operator stands in its kernel.
  DenseMap<Operation *, int64_t> copies;
};

// The operators of the group that compute with a result of `op`.
SetVector<Operation *> getDependents(Operation *op, const Group &group) {
  SetVector<Operation *> dependents;
  dependents.insert(op);
  for (Operation *member : llvm::reverse(group.ops))
    for (Value operand : member->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        if (dependents.contains(producer))
          dependents.insert(member);
  dependents.remove(op);
  return dependents;
}

} // namespace

// Elementwise readers of one element share its code; a reader that moves
// elements computes each one that it asks for.
int64_t KernelFormer::getCopies(Operation *op) {
  int64_t shared = 0, moved = 0;
  for (OpOperand &use : op->getUses()) {
    int64_t count = copies.lookup(use.getOwner());
    if (isa<graph::ElementwiseOp>(use.getOwner()))
      shared = std::max(shared, count);
    else
      moved += count;
  }
  return shared + moved;
}

bool KernelFormer::canJoin(Operation *op, Group &group) {
  if (group.ops.size() >= maxKernelSize || op->getNumResults() != 1)
    return false;
  Type type = op->getResult(0).getType();
  if (auto root = dyn_cast<graph::KernelRootOp>(op)) {
    // Only work on the finished elements may follow a root.
    if (group.root || !root.allowsEpilogue())
      return false;
    if (!group.shared.empty() &&
        root.getRootKind() != graph::RootKind::Contraction)
      return false;
    if (endsOnRegisters(op) && !llvm::all_of(group.ops, hasLanes))
      return false;
    auto shape = cast<RankedTensorType>(type).getShape();
    return llvm::all_of(getDependents(op, group), [&](Operation *user) {
      return isa<graph::ElementwiseOp>(user) &&
             cast<RankedTensorType>(user->getResult(0).getType()).getShape() ==
                 shape;
    });
  }
  if (!isa<graph::ElementOp>(op) ||
      (endsOnRegisters(group.root) && !hasLanes(op)))
    return false;
  bool isFree = !isa<graph::ElementwiseOp>(op);
  unsigned moves = 0;
  for (OpOperand &use : op->getUses()) {
    Operation *user = use.getOwner();
    if (auto root = dyn_cast<graph::KernelRootOp>(user)) {
      if (!root.allowsPrologue(use.getOperandNumber()))
        return false;
      continue;
    }
    auto element = cast<graph::ElementOp>(user);
    if (!isFree && element.getReadCount(use.getOperandNumber()) > 1)
      return false;
    moves += !isa<graph::ElementwiseOp>(user);
  }
  // Two moving readers ask for an element at two places: it is computed twice.
  return isFree || moves <= 1;
}

Group *KernelFormer::findHome(Operation *op) {
  Group *home = nullptr;
  for (Operation *user : op->getUsers()) {
    Group *group = homes.lookup(user);
    // What stands before a loop is not computed again in each iteration.
    if (!group || (home && group != home) ||
        group->ops.front()->getBlock() != op->getBlock())
      return nullptr;
    home = group;
  }
  return home && canJoin(op, *home) && getCopies(op) <= maxCopies ? home
                                                                  : nullptr;
}

// Whether the value is what a contraction with no other kernel yet computes, or
// elementwise operators on it alone.
bool KernelFormer::reachesRoot(Value value) {
  Type type = value.getType();
  for (int64_t i = 0; i < maxCopies; ++i) {
    Operation *producer = value.getDefiningOp();
    if (!producer || !producer->hasOneUse() || homes.contains(producer))
      return false;
    if (endsOnRegisters(producer))
      return cast<graph::KernelRootOp>(producer).allowsEpilogue();
    if (!isa<graph::ElementwiseOp>(producer) || !hasLanes(producer))
      return false;
    auto full = llvm::find_if(producer->getOperands(), [&](Value operand) {
      auto element = operand.getDefiningOp<graph::ElementOp>();
      return operand.getType() == type && element && !element.isRepetition();
    });
    if (full == producer->operand_end())
      return false;
    value = *full;
  }
  return false;
}

// Whether an operator that joins tensors is better the epilogue of a
// contraction before it than part of a kernel that will be another's. In a sum
// of many products each adds to what the ones before have left, and no kernel
// reads all.
bool KernelFormer::belongsToRoot(Operation *op, const Group &home) {
  if (!isa<graph::ElementwiseOp>(op) || !op->hasOneUse() || !hasLanes(op))
    return false;
  Type type = op->getResult(0).getType();
  int64_t tensors = llvm::count_if(op->getOperands(), [&](Value operand) {
    auto element = operand.getDefiningOp<graph::ElementOp>();
    return operand.getType() == type && (!element || !element.isRepetition());
  });
  auto reaches = [&](Value operand) { return reachesRoot(operand); };
  if (tensors < 2 || !llvm::any_of(op->getOperands(), reaches))
    return false;
  return home.root ||
         llvm::any_of(op->getUsers().begin()->getOperands(), [&](Value other) {
           return other.getDefiningOp() != op && reachesRoot(other);
         });
}

// The kernel of one of the users, which stores the result for the others on the
// way: it computes the element at the same index anyway, and runs before them.
Group *KernelFormer::findSharedHome(Operation *op) {
  auto element = dyn_cast<graph::ElementOp>(op);
  if (!isa<graph::ElementwiseOp>(op) || !element || element.makesStrings() ||
      op->getNumResults() != 1 || endsRoot(op))
    return nullptr;
  Block *block = op->getBlock();
  auto shape = cast<RankedTensorType>(op->getResult(0).getType()).getShape();
  auto canShare = [&](Group &group) {
    Operation *last = group.ops.front();
    if (group.root || group.ops.size() >= maxKernelSize ||
        group.shared.size() >= maxShared || last->getBlock() != block)
      return false;
    bool followsElements =
        llvm::all_of(getDependents(op, group), [&](Operation *user) {
          return isa<graph::ElementwiseOp>(user) &&
                 cast<RankedTensorType>(user->getResult(0).getType())
                         .getShape() == shape;
        });
    return followsElements &&
           llvm::all_of(op->getUsers(), [&](Operation *user) {
             Group *other = homes.lookup(user);
             if (other == &group)
               return true;
             Operation *reader = other ? other->ops.front() : user;
             reader = block->findAncestorOpInBlock(*reader);
             return reader && last->isBeforeInBlock(reader);
           });
  };
  for (Operation *user : op->getUsers())
    if (Group *group = homes.lookup(user))
      if (canShare(*group))
        return group;
  return nullptr;
}

void KernelFormer::add(Operation *op, Group &group) {
  group.ops.push_back(op);
  if (isa<graph::KernelRootOp>(op))
    group.root = op;
  homes[op] = &group;
  copies[op] = group.ops.size() == 1 ? 1 : getCopies(op);
}

// Gives each kernel that can take it a copy of an operator that repeats its
// operand. True if nothing else reads it: then it is gone.
bool KernelFormer::repeat(Operation *op) {
  SetVector<Group *> readers;
  for (Operation *user : op->getUsers())
    if (Group *group = homes.lookup(user))
      readers.insert(group);
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  for (Group *group : readers) {
    Operation *copy = builder.clone(*op);
    op->replaceUsesWithIf(copy, [&](OpOperand &use) {
      return homes.lookup(use.getOwner()) == group;
    });
    if (canJoin(copy, *group) && getCopies(copy) <= maxCopies) {
      add(copy, *group);
      continue;
    }
    copy->replaceAllUsesWith(op);
    copy->erase();
  }
  if (!op->use_empty())
    return false;
  op->erase();
  return true;
}

void KernelFormer::build(Group &group) {
  Operation *last = group.ops.front();
  OpBuilder builder(last);
  SetVector<Value> inputs;
  SmallVector<Value> constants;
  for (Operation *op : llvm::reverse(group.ops))
    for (Value operand : op->getOperands()) {
      if (homes.lookup(operand.getDefiningOp()) == &group)
        continue;
      if (kernel::isHeldByKernels(operand))
        constants.push_back(operand);
      else
        inputs.insert(operand);
    }
  SmallVector<Location> locations;
  for (Operation *op : llvm::reverse(group.ops))
    locations.push_back(op->getLoc());
  Location loc = builder.getFusedLoc(locations);
  SmallVector<Value> made(last->getResults());
  for (Operation *op : group.shared)
    made.push_back(op->getResult(0));
  auto fused = kernel::FusedOp::create(
      builder, loc, ValueRange(made).getTypes(), inputs.getArrayRef());
  Block &block = fused.getBody().emplaceBlock();
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, block.addArgument(input.getType(), input.getLoc()));
  builder.setInsertionPointToEnd(&block);
  for (Value constant : constants)
    if (!mapping.contains(constant))
      mapping.map(constant,
                  builder.clone(*constant.getDefiningOp())->getResult(0));
  for (Operation *op : llvm::reverse(group.ops))
    builder.clone(*op, mapping);
  SmallVector<Value> results;
  for (auto [value, result] : llvm::zip_equal(made, fused.getResults())) {
    results.push_back(mapping.lookup(value));
    value.replaceAllUsesWith(result);
  }
  kernel::YieldOp::create(builder, loc, results);
  for (Operation *op : group.ops)
    op->erase();
}

// Every result has a kernel that writes it: copies inputs and constants that
// are returned, and what is returned twice.
void KernelFormer::copyResults() {
  auto ret = cast<func::ReturnOp>(function.getBody().front().getTerminator());
  OpBuilder builder(ret);
  DenseSet<Value> written;
  for (OpOperand &operand : ret->getOpOperands()) {
    Value source = operand.get();
    while (source.getDefiningOp<graph::ViewOp>())
      source = source.getDefiningOp()->getOperand(0);
    bool isMade =
        isa_and_nonnull<kernel::FusedOp, graph::JoinOp>(source.getDefiningOp());
    if (isMade && written.insert(source).second)
      continue;
    Value value = operand.get();
    auto copy = kernel::createCopy(builder, value.getLoc(), value);
    operand.set(copy.getResult(0));
  }
}

LogicalResult KernelFormer::form(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    if (isa<graph::ControlFlowOp>(op))
      for (Region &region : op.getRegions())
        if (failed(form(region.front())))
          return failure();
    if (!needsCode(&op))
      continue;
    auto element = dyn_cast<graph::ElementOp>(op);
    if (!element && !isa<graph::KernelRootOp>(op)) {
      return op.emitOpError("cannot be compiled: it has no kernel");
    }
    Group *home = findHome(&op);
    if (home && belongsToRoot(&op, *home))
      home = nullptr;
    if (staysOutside(&op, home != nullptr))
      continue;
    if (!home && element && element.isRepetition() && repeat(&op))
      continue;
    if (!home && (home = findSharedHome(&op)))
      home->shared.push_back(&op);
    if (!home)
      home = groups.emplace_back(std::make_unique<Group>()).get();
    add(&op, *home);
  }
  return success();
}

LogicalResult KernelFormer::run() {
  if (failed(form(function.getBody().front())))
    return failure();
  for (std::unique_ptr<Group> &group : llvm::reverse(groups))
    build(*group);
  copyResults();
  return success();
}

namespace {
class FormKernels : public sluice::impl::FormKernelsBase<FormKernels> {
public:
  void runOnOperation() override {
    if (!getOperation().isExternal() &&
        failed(KernelFormer(getOperation()).run()))
      signalPassFailure();
  }
};
} // namespace
