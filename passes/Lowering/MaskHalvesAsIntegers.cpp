//===- MaskHalvesAsIntegers.cpp - Masked accesses to 16-bit floats --------===//

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "passes/Lowering/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_MASKHALVESASINTEGERS
#include "passes/Lowering/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

// The vector of i16 for one of bf16 or f16, else null.
static VectorType getIntegers(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  if (!vector || !isa<BFloat16Type, Float16Type>(vector.getElementType()))
    return {};
  return VectorType::get(vector.getShape(),
                         IntegerType::get(type.getContext(), 16));
}

static Value cast(OpBuilder &builder, Location loc, Type type, Value value) {
  return LLVM::BitcastOp::create(builder, loc, type, value);
}

static void rewrite(LLVM::MaskedLoadOp load) {
  VectorType integers = getIntegers(load.getType());
  if (!integers)
    return;
  OpBuilder builder(load);
  Location loc = load.getLoc();
  Value otherwise;
  if (load.getPassThru())
    otherwise = cast(builder, loc, integers, load.getPassThru());
  auto moved = LLVM::MaskedLoadOp::create(
      builder, loc, integers, load.getData(), load.getMask(), otherwise,
      load.getAlignmentAttr(), load.getNontemporalAttr());
  load.replaceAllUsesWith(cast(builder, loc, load.getType(), moved));
  load.erase();
}

static void rewrite(LLVM::MaskedStoreOp store) {
  VectorType integers = getIntegers(store.getValue().getType());
  if (!integers)
    return;
  OpBuilder builder(store);
  Value value = cast(builder, store.getLoc(), integers, store.getValue());
  store.getValueMutable().assign(value);
}

namespace {
class MaskHalvesAsIntegers
    : public sluice::impl::MaskHalvesAsIntegersBase<MaskHalvesAsIntegers> {
public:
  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      if (auto load = dyn_cast<LLVM::MaskedLoadOp>(op))
        rewrite(load);
      else if (auto store = dyn_cast<LLVM::MaskedStoreOp>(op))
        rewrite(store);
    });
  }
};
} // namespace
