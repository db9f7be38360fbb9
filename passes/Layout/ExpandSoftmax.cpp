//===- ExpandSoftmax.cpp - Softmax along dimensions that are not the last -===//

#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Layout/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_EXPANDSOFTMAX
#include "passes/Layout/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

// With shorter rows vectors would be mostly empty.
static constexpr int64_t leastInside = 16;

// The transpose that brings the dimension of the rows to the end, if all
// readers transpose back.
static graph::TransposeOp matchTransposes(Operation *softmax) {
  auto transpose = softmax->getOperand(0).getDefiningOp<graph::TransposeOp>();
  if (!transpose || softmax->use_empty())
    return {};
  auto type = cast<RankedTensorType>(transpose.getOperand().getType());
  ArrayRef<int64_t> order = transpose.getPermutation();
  // Narrower elements are rounded once by softmax, in each step by a formula.
  Type element = type.getElementType();
  if (!type.hasStaticShape() || !(element.isF32() || element.isF64()) ||
      order.back() == type.getRank() - 1 ||
      type.getShape().back() < leastInside)
    return {};
  bool areInverse = llvm::all_of(softmax->getUsers(), [&](Operation *user) {
    auto back = dyn_cast<graph::TransposeOp>(user);
    if (!back)
      return false;
    for (auto [d, source] : llvm::enumerate(back.getPermutation()))
      if (order[source] != static_cast<int64_t>(d))
        return false;
    return true;
  });
  return areInverse ? transpose : graph::TransposeOp();
}

static LogicalResult expand(Operation *softmax, graph::TransposeOp transpose) {
  OpBuilder builder(softmax);
  graph::GraphBuilder b(builder, softmax->getLoc());
  Value x = transpose.getOperand();
  int64_t dim = transpose.getPermutation().back();
  SmallVector<int64_t> others;
  for (int64_t d = 0; d < graph::GraphBuilder::rank(x); ++d)
    if (d != dim)
      others.push_back(d);
  auto reduce = [&](Value value, graph::ReduceKind kind) {
    return b.create<graph::ReduceOp>(
        {value}, {{"kind", graph::ReduceKindAttr::get(b.context(), kind)},
                  {"dims", b.integers({dim})}});
  };
  auto repeat = [&](Value value) {
    return b.broadcast(value, others, graph::getSizes(x));
  };
  Value greatest = repeat(reduce(x, graph::ReduceKind::Max));
  Value shifted = b.create<graph::SubOp>({x, greatest});
  Value exponentials = b.create<graph::ExpOp>({shifted});
  Value sum = reduce(exponentials, graph::ReduceKind::Sum);
  Value result = isa<graph::SoftmaxOp>(softmax)
                     ? b.create<graph::DivOp>({exponentials, repeat(sum)})
                     : b.create<graph::SubOp>(
                           {shifted, repeat(b.create<graph::LogOp>({sum}))});
  if (!result)
    return failure();
  for (Operation *user : llvm::make_early_inc_range(softmax->getUsers())) {
    user->getResult(0).replaceAllUsesWith(result);
    user->erase();
  }
  softmax->erase();
  if (transpose->use_empty())
    transpose->erase();
  return success();
}

namespace {
class ExpandSoftmax : public sluice::impl::ExpandSoftmaxBase<ExpandSoftmax> {
public:
  void runOnOperation() override {
    SmallVector<Operation *> found;
    getOperation().walk([&](Operation *op) {
      if (isa<graph::SoftmaxOp, graph::LogSoftmaxOp>(op))
        found.push_back(op);
    });
    for (Operation *softmax : found)
      if (graph::TransposeOp transpose = matchTransposes(softmax))
        if (failed(expand(softmax, transpose)))
          return signalPassFailure();
  }
};
} // namespace
