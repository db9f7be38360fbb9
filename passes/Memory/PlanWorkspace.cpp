//===- PlanWorkspace.cpp - Place buffers in one workspace -----------------===//

#include "dialects/Kernel/KernelOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
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

struct Lifetime {
  kernel::BufferOp buffer;
  int64_t bytes;
  int64_t first, last; ///< positions of operators in the runner

  int64_t start() { return static_cast<int64_t>(*buffer.getOffset()); }
  bool overlaps(const Lifetime &other) const {
    return first <= other.last && other.first <= last;
  }
};

// Bytes with alignment and slack; nullopt when not representable.
std::optional<int64_t> getBytes(kernel::BufferOp buffer) {
  std::optional<int64_t> bytes =
      kernel::getByteSize(cast<MemRefType>(buffer.getType()));
  if (!bytes || *bytes > (int64_t(1) << 62))
    return std::nullopt;
  return static_cast<int64_t>(llvm::alignTo(*bytes, alignment));
}

FailureOr<SmallVector<Lifetime>> getLifetimes(func::FuncOp function) {
  SmallVector<Lifetime> lifetimes;
  DenseMap<Operation *, int64_t> positions;
  int64_t position = 0;
  for (Operation &op : function.getBody().front())
    positions[&op] = position++;
  for (auto buffer : function.getOps<kernel::BufferOp>()) {
    std::optional<int64_t> bytes = getBytes(buffer);
    if (!bytes) {
      buffer.emitOpError("is too large: ") << buffer.getType();
      return failure();
    }
    Lifetime lifetime{buffer, *bytes, positions[buffer], positions[buffer]};
    bool isUsed = false;
    SmallVector<Value> names{buffer.getResult()};
    while (!names.empty()) {
      for (Operation *user : names.pop_back_val().getUsers()) {
        if (isa<ViewLikeOpInterface>(user)) {
          llvm::append_range(names, user->getResults());
          continue;
        }
        int64_t at = positions[user];
        lifetime.first = isUsed ? std::min(lifetime.first, at) : at;
        lifetime.last = std::max(lifetime.last, at);
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
    SmallVector<Lifetime> &lifetimes = *found;
    llvm::sort(lifetimes, [](const Lifetime &a, const Lifetime &b) {
      return std::tuple(-a.bytes, a.first, a.last) <
             std::tuple(-b.bytes, b.first, b.last);
    });
    int64_t total = 0;
    SmallVector<std::pair<int64_t, size_t>> placed; // by offset
    for (size_t i = 0; i < lifetimes.size(); ++i) {
      int64_t offset = 0;
      for (auto [start, other] : placed) {
        if (!lifetimes[other].overlaps(lifetimes[i]))
          continue;
        if (start - offset >= lifetimes[i].bytes)
          break;
        offset = std::max(offset, start + lifetimes[other].bytes);
      }
      lifetimes[i].buffer.setOffset(offset);
      int64_t end;
      if (__builtin_add_overflow(offset, lifetimes[i].bytes, &end) ||
          end > (int64_t(1) << 47)) {
        function.emitError("the workspace would be larger than 128 TiB");
        return signalPassFailure();
      }
      placed.insert(llvm::upper_bound(placed, std::pair(offset, SIZE_MAX)),
                    {offset, i});
      total = std::max(total, end);
    }
    if (total)
      total += slack;
    function->setAttr(
        "kernel.workspace",
        IntegerAttr::get(IntegerType::get(&getContext(), 64), total));
  }
};

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
      if (!lifetime.buffer.getOffset() ||
          lifetime.start() + lifetime.bytes > total.getInt()) {
        lifetime.buffer.emitOpError("does not lie in the workspace of ")
            << total.getInt() << " bytes";
        return signalPassFailure();
      }
      int64_t start = lifetime.start();
      for (Lifetime &other : MutableArrayRef(*lifetimes).take_front(i))
        if (lifetime.overlaps(other) && start < other.start() + other.bytes &&
            other.start() < start + lifetime.bytes) {
          auto diagnostic = lifetime.buffer.emitOpError(
              "overlaps another live buffer in memory");
          diagnostic.attachNote(other.buffer->getLoc()) << "this one";
          return signalPassFailure();
        }
    }
  }
};

} // namespace
