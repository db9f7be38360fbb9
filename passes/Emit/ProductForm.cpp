//===- ProductForm.cpp - How elements of a sum are multiplied -------------===//

#include "passes/Emit/ProductForm.h"
#include "mlir/IR/TypeUtilities.h"
#include <algorithm>

using namespace mlir;
using namespace sluice;

Type sluice::getAccumulatorType(Type resultType) {
  MLIRContext *context = resultType.getContext();
  if (resultType.isF16() || resultType.isBF16())
    return Float32Type::get(context);
  if (resultType.isF32() || resultType.isF64())
    return resultType;
  if (auto integer = dyn_cast<IntegerType>(resultType))
    if (integer.getWidth() >= 8)
      return IntegerType::get(context, std::max(32u, integer.getWidth()));
  return {};
}

ProductTypes ProductTypes::get(Operation *contraction) {
  return {getElementTypeOrSelf(contraction->getOperand(0).getType()),
          getElementTypeOrSelf(contraction->getOperand(1).getType()),
          getElementTypeOrSelf(contraction->getResult(0).getType())};
}

int64_t sluice::getProductGroup(const ProductTypes &types) {
  Type sum = types.sum();
  if (!sum || sum.getIntOrFloatBitWidth() != 32)
    return 1;
  if (types.lhs.isBF16() && types.rhs.isBF16())
    return 2;
  auto lhs = dyn_cast<IntegerType>(types.lhs);
  auto rhs = dyn_cast<IntegerType>(types.rhs);
  if (!lhs || !rhs || lhs.getWidth() != rhs.getWidth())
    return 1;
  if (lhs.getWidth() == 8)
    return 4;
  // Signs do not matter for the low bits.
  bool isSigned = !lhs.isUnsigned() && !rhs.isUnsigned();
  bool isLow = types.result.getIntOrFloatBitWidth() <= 16;
  return lhs.getWidth() == 16 && (isSigned || isLow) ? 2 : 1;
}

ProductForm ProductForm::get(const ProductTypes &types, int64_t group,
                             const TargetDescription &target) {
  ProductForm form;
  if (group == 1)
    return form;
  form.group = group;
  if (types.lhs.isBF16()) {
    form.kind = ProductKind::HalfDots;
    if (target.hasBfloat16Dots)
      return form;
    form.kind = ProductKind::Halves;
    form.weights = form.factors = 2;
    return form;
  }
  form.kind = ProductKind::Words;
  if (group == 2)
    return form;
  bool isLhsUnsigned = types.lhs.isUnsignedInteger();
  bool isRhsUnsigned = types.rhs.isUnsignedInteger();
  if (target.hasIntegerDots && !(isLhsUnsigned && isRhsUnsigned)) {
    form.kind = ProductKind::ByteDots;
    form.swapsOperands = isRhsUnsigned;
    form.raisesFactors = !isLhsUnsigned && !isRhsUnsigned;
    return form;
  }
  form.kind = ProductKind::Bytes;
  form.sums = form.weights = 2;
  return form;
}

int64_t ProductForm::mostRows(int64_t registers, int64_t vectors) const {
  // One more for a product on its way, or a constant.
  int64_t used = vectors * weights + factors + 1;
  if (raisesFactors)
    used += vectors * sums;
  return std::max<int64_t>(1, (registers - used) / (vectors * sums));
}
