//===- OrientContractions.cpp - Right operands with contiguous rows -------===//

#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/Layout/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_ORIENTCONTRACTIONS
#include "passes/Layout/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

namespace {
class OrientContractions
    : public sluice::impl::OrientContractionsBase<OrientContractions> {
public:
  void runOnOperation() override {
    getOperation().walk([](graph::ContractOp op) {
      if (!op.getTransposeRhs() || matchPattern(op.getRhs(), m_Constant()))
        return;
      OpBuilder builder(op);
      auto type = op.getRhs().getType();
      auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
      std::swap(permutation[permutation.size() - 2], permutation.back());
      op.getRhsMutable().assign(graph::TransposeOp::create(
          builder, op.getLoc(), op.getRhs(), permutation));
      op.setTransposeRhs(false);
    });
  }
};
} // namespace
