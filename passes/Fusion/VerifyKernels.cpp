//===- VerifyKernels.cpp - Whatever needs code stands in a kernel ---------===//

#include "dialects/Kernel/KernelOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Fusion/KernelRules.h"
#include "passes/Fusion/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_VERIFYKERNELS
#include "passes/Fusion/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

namespace {
class VerifyKernels : public sluice::impl::VerifyKernelsBase<VerifyKernels> {
public:
  void runOnOperation() override {
    getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<kernel::FusedOp>(op))
        return WalkResult::skip();
      if (op != getOperation() && needsCode(op) && !kernel::isPlacement(op)) {
        op->emitOpError("stands in no kernel");
        signalPassFailure();
      }
      return WalkResult::advance();
    });
  }
};
} // namespace
