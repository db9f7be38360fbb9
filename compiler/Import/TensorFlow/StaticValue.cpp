//===- StaticValue.cpp - Values known while compiling ---------------------===//

#include "compiler/Import/TensorFlow/StaticValue.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

// Shapes, axes and indices are small; anything larger is data.
static constexpr int64_t maxElements = 1 << 16;
static constexpr size_t maxOperators = 4096;

static bool isSmall(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return false;
  std::optional<int64_t> count = elementCount(tensor.getShape());
  return count && *count <= maxElements &&
         graph::getElementKind(tensor.getElementType());
}

std::optional<HostTensor>
sluice::tensorflow::evaluateStatically(Value value, const KnownValues &known) {
  DenseMap<Value, HostTensor> done;
  SmallVector<Value> stack{value};
  size_t operators = 0;
  while (!stack.empty()) {
    Value current = stack.back();
    if (done.contains(current)) {
      stack.pop_back();
      continue;
    }
    if (!isSmall(current.getType()))
      return std::nullopt;
    Attribute attribute;
    if (const HostTensor *given = known.lookup(current)) {
      done[current] = *given;
      continue;
    }
    if (matchPattern(current, m_Constant(&attribute))) {
      std::optional<HostTensor> constant = graph::toHostTensor(attribute);
      if (!constant)
        return std::nullopt;
      done[current] = std::move(*constant);
      continue;
    }
    auto op = current.getDefiningOp<graph::EvaluableOp>();
    if (!op || op->getNumResults() != 1)
      return std::nullopt;
    size_t before = stack.size();
    for (Value operand : op->getOperands())
      if (!done.contains(operand))
        stack.push_back(operand);
    if (stack.size() > before)
      continue;
    int64_t cost = op.getEvaluationCost();
    if (++operators > maxOperators || cost < 0 || cost > maxElements * 16)
      return std::nullopt;
    SmallVector<const HostTensor *> operands;
    for (Value operand : op->getOperands())
      operands.push_back(&done.find(operand)->second);
    auto type = cast<RankedTensorType>(current.getType());
    SmallVector<HostTensor> results;
    results.emplace_back(*graph::getElementKind(type.getElementType()),
                         type.getShape());
    if (llvm::Error error = op.evaluate(operands, results)) {
      llvm::consumeError(std::move(error));
      return std::nullopt;
    }
    done[current] = std::move(results.front());
  }
  return std::move(done.find(value)->second);
}
