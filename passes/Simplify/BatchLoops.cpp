//===- BatchLoops.cpp - One product of all rows instead of one each -------===//

#include "dialects/Graph/Builders/Elementwise.h"
#include "dialects/Graph/Builders/Movement.h"
#include "dialects/Graph/CollectOps.h"
#include "dialects/Graph/GraphLoopOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Simplify/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_BATCHLOOPS
#include "passes/Simplify/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::Size;

namespace {

// What a batched product may take of the workspace.
constexpr int64_t maxBatchBytes = int64_t(64) << 20;
// Rows that are computed but not used, per row that is.
constexpr int64_t maxSurplus = 1;

class Batcher {
public:
  explicit Batcher(graph::ForOp loop) : loop(loop) {}
  void run();

private:
  bool isOutside(Value value) {
    return !loop.getBody().isAncestor(value.getParentRegion());
  }
  void hoistInvariants();
  graph::GatherOp getRow(Value value);
  bool split(graph::ContractOp product);
  bool batch(graph::ContractOp product);

  graph::ForOp loop;
};

} // namespace

void Batcher::hoistInvariants() {
  for (Operation &op :
       llvm::make_early_inc_range(loop.getBody().front().without_terminator()))
    if (op.getNumRegions() == 0 && isPure(&op) &&
        llvm::all_of(op.getOperands(),
                     [&](Value operand) { return isOutside(operand); }))
      op.moveBefore(loop);
}

// The choice of one row of a tensor from outside the loop, most of whose rows
// the loop chooses.
graph::GatherOp Batcher::getRow(Value value) {
  auto gather = value.getDefiningOp<graph::GatherOp>();
  if (!gather || isOutside(value) || !isOutside(gather.getOperand()) ||
      gather.getAxis() != 0 || gather.getBatchDims() != 0 ||
      graph::GraphBuilder::rank(gather.getIndices()) != 0)
    return {};
  auto type = cast<RankedTensorType>(gather.getOperand().getType());
  int64_t trips = static_cast<int64_t>(loop.getTripCount());
  if (!type.hasStaticShape() || type.getDimSize(0) == 0 ||
      type.getDimSize(0) - trips > maxSurplus * trips)
    return {};
  return gather;
}

// [x, h] W = x W' + h W'' where x is a row from outside: the first product
// leaves the loop.
bool Batcher::split(graph::ContractOp product) {
  auto joined = product.getLhs().getDefiningOp<graph::ConcatOp>();
  if (!joined || product.getTransposeLhs() ||
      !isa<FloatType>(product.getType().getElementType()) ||
      graph::GraphBuilder::rank(joined.getResult()) != 2 ||
      joined.getDim() != 1 || !isOutside(product.getRhs()) ||
      llvm::none_of(joined->getOperands(),
                    [&](Value part) { return bool(getRow(part)); }))
    return false;
  OpBuilder builder(product);
  graph::GraphBuilder b(builder, product.getLoc());
  OpBuilder before(loop);
  graph::GraphBuilder outside(before, product.getLoc());
  bool transposed = product.getTransposeRhs();
  int64_t depth = 0;
  Value sum;
  for (Value part : joined->getOperands()) {
    Size size = graph::getSizes(part)[1];
    Value weights = graph::buildRange(outside, product.getRhs(),
                                      transposed ? 1 : 0, depth, size);
    Value term =
        graph::ContractOp::create(builder, product.getLoc(), part, weights,
                                  false, transposed, product.getSumTypeAttr());
    sum = sum ? graph::AddOp::create(builder, product.getLoc(), sum, term)
                    .getResult()
              : term;
    depth += size.getStatic();
  }
  product.replaceAllUsesWith(sum);
  product.erase();
  return true;
}

// X[i] W = (X W)[i]
bool Batcher::batch(graph::ContractOp product) {
  graph::GatherOp row = getRow(product.getLhs());
  if (!row || product.getTransposeLhs() || !isOutside(product.getRhs()) ||
      graph::GraphBuilder::rank(product.getResult()) != 2)
    return false;
  Value rows = row.getOperand();
  SmallVector<Size> sizes = graph::getSizes(rows),
                    result = graph::getSizes(product.getResult());
  auto type = graph::makeTensorType({sizes[0], result[0], result[1]},
                                    product.getType().getElementType());
  if (!type || !type.hasStaticShape() ||
      type.getNumElements() > maxBatchBytes / 16)
    return false;
  OpBuilder before(loop);
  graph::GraphBuilder outside(before, product.getLoc());
  Value flat = outside.reshape(rows, {sizes[0] * sizes[1], sizes[2]});
  Value all = graph::ContractOp::create(
      before, product.getLoc(), flat, product.getRhs(), false,
      product.getTransposeRhs(), product.getSumTypeAttr());
  all = outside.reshape(all, {sizes[0], result[0], result[1]});
  OpBuilder builder(product);
  graph::GraphBuilder b(builder, product.getLoc());
  Value chosen = graph::buildGather(b, all, row.getIndices(), 0, 0,
                                    /*wrap=*/row.getWrap());
  product.replaceAllUsesWith(chosen);
  product.erase();
  return true;
}

void Batcher::run() {
  hoistInvariants();
  Block &block = loop.getBody().front();
  auto products = [&] {
    return llvm::to_vector(block.getOps<graph::ContractOp>());
  };
  for (graph::ContractOp product : products())
    split(product);
  for (graph::ContractOp product : products())
    batch(product);
}

namespace {
class BatchLoops : public sluice::impl::BatchLoopsBase<BatchLoops> {
public:
  void runOnOperation() override {
    // Inner loops first.
    for (graph::ForOp loop : collectOps<graph::ForOp>(getOperation()))
      Batcher(loop).run();
  }
};
} // namespace
