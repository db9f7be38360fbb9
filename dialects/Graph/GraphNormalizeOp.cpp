//===- GraphNormalizeOp.cpp - Rows of mean 0 and variance 1 ---------------===//

#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/ReductionCode.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

LogicalResult NormalizeOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  if (type.getRank() == 0)
    return emitOptionalError(location, "(C1) ", type,
                             " has no dimension to normalise along");
  double epsilon = adaptor.getEpsilon().convertToDouble();
  if (!std::isfinite(epsilon) || epsilon < 0)
    return emitOptionalError(location, "(C2) epsilon ", epsilon,
                             " is no finite number of 0 or more");
  types.push_back(type);
  return success();
}

int64_t NormalizeOp::getEvaluationCost() {
  int64_t cost = 0;
  if (!getType().hasStaticShape() ||
      __builtin_mul_overflow(getType().getNumElements(), 4, &cost))
    return -1;
  return cost;
}

llvm::Error NormalizeOp::evaluate(ArrayRef<const HostTensor *> operands,
                                  MutableArrayRef<HostTensor> results) {
  const HostTensor &x = *operands[0];
  int64_t size = x.shape().back();
  auto count = static_cast<double>(size);
  double epsilon = getEpsilon().convertToDouble();
  for (int64_t start = 0; start < x.size(); start += size) {
    double mean = 0, variance = 0;
    for (int64_t i = start; getCentred() && i < start + size; ++i)
      mean += x.getDouble(i) / count;
    for (int64_t i = start; i < start + size; ++i) {
      double difference = x.getDouble(i) - mean;
      variance += difference * difference / count;
    }
    for (int64_t i = start; i < start + size; ++i)
      results[0].setDouble(i, (x.getDouble(i) - mean) /
                                  std::sqrt(variance + epsilon));
  }
  return llvm::Error::success();
}

// Each element from the whole row: for readers of single elements. Kernels of
// normalize have an emitter that computes row by row.
Value NormalizeOp::buildElement(ElementBuilder &b, ValueRange indices) {
  Type element = getType().getElementType();
  Accumulation mean{ReduceKind::Mean, element};
  int64_t size = getType().getShape().back();
  SmallVector<Value> at(indices);
  auto forRow = [&](function_ref<Value(Value)> apply) {
    Value total =
        b.loop(b.index(0), b.index(size), mean.identity(b),
               [&](Value iv, ValueRange carried) -> SmallVector<Value> {
                 at.back() = iv;
                 Value x = widenFloat(b, b.read(getOperand(), at));
                 return {mean.combine(b, carried[0], apply(x))};
               })[0];
    return arith::DivFOp::create(
               b.builder, b.loc, total,
               b.number(getElementTypeOrSelf(total), static_cast<double>(size)))
        .getResult();
  };
  Value centre;
  if (getCentred())
    centre = forRow([](Value x) { return x; });
  auto centred = [&](Value x) -> Value {
    return centre ? arith::SubFOp::create(b.builder, b.loc, x, centre) : x;
  };
  Value variance = forRow([&](Value x) -> Value {
    Value difference = centred(x);
    return arith::MulFOp::create(b.builder, b.loc, difference, difference);
  });
  Value epsilon =
      b.number(getElementTypeOrSelf(variance), getEpsilon().convertToDouble());
  Value root = math::SqrtOp::create(
      b.builder, b.loc,
      arith::AddFOp::create(b.builder, b.loc, variance, epsilon));
  Value x = centred(widenFloat(b, b.read(getOperand(), indices)));
  return narrowFloat(b, arith::DivFOp::create(b.builder, b.loc, x, root),
                     element);
}

bool NormalizeOp::supportsLanes() { return false; }
// A row is read three times for each of its elements.
int64_t NormalizeOp::getReadCount(unsigned) {
  int64_t size = getType().getShape().back();
  return ShapedType::isDynamic(size) ? 3 : std::max<int64_t>(3, size);
}
RootKind NormalizeOp::getRootKind() { return RootKind::Reduction; }
bool NormalizeOp::allowsPrologue(unsigned) { return true; }
