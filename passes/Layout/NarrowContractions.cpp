//===- NarrowContractions.cpp - Products of integers before they are wide -===//

#include "dialects/Graph/Builders/Elementwise.h"
#include "dialects/Graph/CollectOps.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/Emit/ProductForm.h"
#include "passes/Layout/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_NARROWCONTRACTIONS
#include "passes/Layout/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::GraphBuilder;

// Operators between a cast and a contraction that are followed.
static constexpr unsigned maxSteps = 8;

static std::optional<HostTensor> getConstant(Value value) {
  ElementsAttr attribute;
  if (!matchPattern(value, m_Constant(&attribute)))
    return std::nullopt;
  return graph::toHostTensor(attribute);
}

// The narrowest type that holds the constant's integers, or null.
static Type narrowestType(MLIRContext *context, const HostTensor &constant) {
  int64_t least = 0, most = 0;
  for (int64_t i = 0; i < constant.size(); ++i) {
    least = std::min(least, constant.getInt(i));
    most = std::max(most, constant.getInt(i));
  }
  if (least >= INT8_MIN && most <= INT8_MAX)
    return IntegerType::get(context, 8);
  if (least >= 0 && most <= UINT8_MAX)
    return IntegerType::get(context, 8, IntegerType::Unsigned);
  if (least >= INT16_MIN && most <= INT16_MAX)
    return IntegerType::get(context, 16);
  return {};
}

// A step that only moves its operand's elements, and may as well move narrow
// ones.
static bool movesElements(Operation *op) {
  return isa<graph::ViewOp>(op) ||
         (isa<graph::TransposeOp, graph::BroadcastOp>(op) && op->hasOneUse());
}

// The element type, at most 16 bits, of what `value` was widened from; null:
// it was not, or may have lost something.
static Type findNarrow(Value value) {
  if (std::optional<HostTensor> constant = getConstant(value))
    return narrowestType(value.getContext(), *constant);
  for (unsigned step = 0; step < maxSteps; ++step) {
    Operation *op = value.getDefiningOp();
    if (auto cast = dyn_cast_if_present<graph::CastOp>(op)) {
      auto from =
          dyn_cast<IntegerType>(GraphBuilder::elementType(cast.getOperand()));
      if (!from || from.getWidth() > 16)
        return {};
      // Bits are numbers too.
      return from.getWidth() == 1 ? IntegerType::get(from.getContext(), 8)
                                  : from;
    }
    if (!op || !movesElements(op))
      return {};
    value = op->getOperand(0);
  }
  return {};
}

// `value` with elements of `type`, which hold all that it has.
static Value narrow(GraphBuilder &b, Value value, Type type) {
  if (std::optional<HostTensor> wide = getConstant(value)) {
    HostTensor constant(*graph::getElementKind(type), wide->shape());
    for (int64_t i = 0; i < wide->size(); ++i)
      constant.setInt(i, wide->getInt(i));
    return b.constant(constant);
  }
  Operation *op = value.getDefiningOp();
  if (auto cast = dyn_cast<graph::CastOp>(op))
    return graph::buildCast(b, cast.getOperand(), type);
  SmallVector<Value> operands(op->getOperands());
  operands[0] = narrow(b, operands[0], type);
  return b.create(op->getName().getStringRef(), operands, op->getAttrs());
}

template <typename OpTy> static LogicalResult narrow(OpTy op) {
  ProductTypes types = ProductTypes::get(op);
  if (op.getSumType() || !types.result.isSignlessInteger())
    return success();
  types.lhs = findNarrow(op->getOperand(0));
  types.rhs = findNarrow(op->getOperand(1));
  if (!types.lhs || !types.rhs)
    return success();
  // The narrower one takes the width of the other.
  auto width = [](Type type) { return type.getIntOrFloatBitWidth(); };
  if (width(types.lhs) != width(types.rhs)) {
    Type &less = width(types.lhs) < width(types.rhs) ? types.lhs : types.rhs;
    less = IntegerType::get(op.getContext(), 16);
  }
  if (width(types.result) <= width(types.lhs) || getProductGroup(types) == 1)
    return success();
  OpBuilder builder(op);
  GraphBuilder b(builder, op.getLoc());
  SmallVector<NamedAttribute> attributes(op->getAttrs());
  attributes.emplace_back(op.getSumTypeAttrName(), TypeAttr::get(types.result));
  Value result = b.create(OpTy::getOperationName(),
                          {narrow(b, op->getOperand(0), types.lhs),
                           narrow(b, op->getOperand(1), types.rhs)},
                          attributes);
  if (!result)
    return failure();
  op.getResult().replaceAllUsesWith(result);
  op.erase();
  return success();
}

namespace {
class NarrowContractions
    : public sluice::impl::NarrowContractionsBase<NarrowContractions> {
public:
  void runOnOperation() override {
    for (auto op : collectOps<graph::ContractOp>(getOperation()))
      if (failed(narrow(op)))
        return signalPassFailure();
    for (auto op : collectOps<graph::ConvOp>(getOperation()))
      // Products of one channel each are not summed in groups.
      if (!op.isDepthwise() && failed(narrow(op)))
        return signalPassFailure();
  }
};
} // namespace
