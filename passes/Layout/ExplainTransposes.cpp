//===- ExplainTransposes.cpp - Say why transposes are left ----------------===//

#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/LayoutInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Remarks.h"
#include "passes/Layout/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_EXPLAINTRANSPOSES
#include "passes/Layout/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

namespace {
class ExplainTransposes
    : public sluice::impl::ExplainTransposesBase<ExplainTransposes> {
public:
  void runOnOperation() override;
};
} // namespace

// Why the reader does not work on the transpose's operand instead.
static std::string explainReader(OpOperand &use, ArrayRef<int64_t> order) {
  Operation *reader = use.getOwner();
  if (reader->hasTrait<OpTrait::IsTerminator>())
    return "the result is wanted in this order";
  std::string name = reader->getName().getStringRef().str();
  if (!graph::isLayoutOperand(reader, use.getOperandNumber()))
    return name + " reads operand " + std::to_string(use.getOperandNumber()) +
           " in this order only";
  if (!graph::acceptsPermutation(reader, order))
    return name + " works in this order only";
  return "other operands of " + name + " would be transposed in its place";
}

void ExplainTransposes::runOnOperation() {
  if (!getContext().getRemarkEngine())
    return;
  getOperation().walk([](graph::TransposeOp transpose) {
    SmallVector<std::string> reasons;
    for (OpOperand &use : transpose->getUses()) {
      std::string reason = explainReader(use, transpose.getPermutation());
      if (!llvm::is_contained(reasons, reason))
        reasons.push_back(std::move(reason));
    }
    std::string order =
        llvm::join(llvm::map_range(transpose.getPermutation(),
                                   [](int64_t d) { return std::to_string(d); }),
                   ", ");
    std::string text =
        llvm::formatv("a transpose [{0}] to {1} stays: {2}", order,
                      transpose.getType(), llvm::join(reasons, "; "));
    remark::missed(transpose.getLoc(),
                   remark::RemarkOpts::name("transpose").category("layout"))
        << text;
  });
}
