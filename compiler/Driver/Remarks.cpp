//===- Remarks.cpp - What passes have to say ------------------------------===//

#include "compiler/Driver/Remarks.h"
#include "compiler/Driver/Interpreter.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace sluice;

namespace {
class RemarkCollector : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit RemarkCollector(std::vector<std::string> &remarks)
      : remarks(remarks) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    NodeName name = getNodeName(remark.getLocation());
    std::string text;
    if (!name.node.empty())
      text = "node '" + name.node + "' (" + name.op + "): ";
    for (const remark::detail::Remark::Arg &argument : remark.getArgs())
      text += argument.val;
    remarks.push_back(text + " [" + remark.getCategoryName().str() + "]");
  }

private:
  std::vector<std::string> &remarks;
};
} // namespace

void sluice::collectRemarks(MLIRContext &context,
                            std::vector<std::string> &remarks) {
  // `all` alone enables none.
  remark::RemarkCategories all;
  all.passed = all.missed = all.analysis = all.failed = ".*";
  // Fails only where the context has an engine already.
  (void)remark::enableOptimizationRemarks(
      context, std::make_unique<RemarkCollector>(remarks),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), all);
}
