//===- SideBySide.cpp - Functions of two vectors at once ------------------===//

#include "passes/Emit/SideBySide.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sluice;

namespace {

// Steps that are followed: epilogues are short.
constexpr unsigned mostSteps = 64;

class Pairing {
public:
  Pairing(OpBuilder &builder, Location loc) : builder(builder), loc(loc) {}

  /// Whether steps from `value` on include a function.
  bool hasFunction(Value value);
  Value pair(Value first, Value second);

private:
  bool isStep(Operation *op) {
    return op && op->getNumResults() == 1 && op->getNumRegions() == 0 &&
           isa<VectorType>(op->getResult(0).getType()) &&
           OpTrait::hasElementwiseMappableTraits(op) &&
           llvm::all_of(op->getOperandTypes(), llvm::IsaPred<VectorType>);
  }
  bool isAlike(Operation *first, Operation *second) {
    return isStep(first) && isStep(second) &&
           first->getName() == second->getName() &&
           first->getAttrs() == second->getAttrs() &&
           first->getOperandTypes() == second->getOperandTypes() &&
           first->getResultTypes() == second->getResultTypes();
  }
  VectorType twice(Type type) {
    auto vector = cast<VectorType>(type);
    return VectorType::get({2 * vector.getNumElements()},
                           vector.getElementType());
  }
  Value join(Value first, Value second);

  OpBuilder &builder;
  Location loc;
  DenseSet<Value> visited;
  DenseMap<std::pair<Value, Value>, Value> pairs;
};

} // namespace

bool Pairing::hasFunction(Value value) {
  Operation *op = value.getDefiningOp();
  if (!isStep(op) || visited.size() > mostSteps ||
      !visited.insert(value).second)
    return false;
  return isa<math::MathDialect>(op->getDialect()) ||
         llvm::any_of(op->getOperands(),
                      [&](Value operand) { return hasFunction(operand); });
}

// The lanes of both, one behind the other.
Value Pairing::join(Value first, Value second) {
  VectorType type = twice(first.getType());
  DenseElementsAttr constant, other;
  if (matchPattern(first, m_Constant(&constant)) && constant.isSplat() &&
      matchPattern(second, m_Constant(&other)) && constant == other)
    return arith::ConstantOp::create(builder, loc, constant.resizeSplat(type));
  auto splat = first.getDefiningOp<vector::BroadcastOp>();
  auto otherSplat = second.getDefiningOp<vector::BroadcastOp>();
  if (splat && otherSplat && splat.getSource() == otherSplat.getSource() &&
      !isa<VectorType>(splat.getSourceType()))
    return vector::BroadcastOp::create(builder, loc, type, splat.getSource());
  return vector::ShuffleOp::create(
      builder, loc, first, second,
      llvm::to_vector(llvm::seq<int64_t>(0, type.getNumElements())));
}

Value Pairing::pair(Value first, Value second) {
  auto [found, isNew] = pairs.try_emplace({first, second});
  if (!isNew)
    return found->second;
  Operation *op = first.getDefiningOp(), *other = second.getDefiningOp();
  Value result;
  if (first == second || !isAlike(op, other) || pairs.size() > mostSteps) {
    result = join(first, second);
  } else {
    SmallVector<Value> operands;
    for (auto [x, y] : llvm::zip_equal(op->getOperands(), other->getOperands()))
      operands.push_back(pair(x, y));
    OperationState state(op->getLoc(), op->getName(), operands,
                         twice(first.getType()), op->getAttrs());
    result = builder.create(state)->getResult(0);
  }
  return pairs[{first, second}] = result;
}

void sluice::pairUp(OpBuilder &builder, Location loc, Value &first,
                    Value &second) {
  auto type = dyn_cast<VectorType>(first.getType());
  Pairing pairing(builder, loc);
  if (!type || type.getRank() != 1 || type != second.getType() ||
      !pairing.hasFunction(first))
    return;
  Value both = pairing.pair(first, second);
  int64_t lanes = type.getNumElements();
  auto half = [&](int64_t from) -> Value {
    return vector::ExtractStridedSliceOp::create(builder, loc, both, from,
                                                 lanes, 1);
  };
  first = half(0);
  second = half(lanes);
}
