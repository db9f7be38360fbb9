//===- GraphInterfaces.cpp - Folding by evaluation ------------------------===//

#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/SizeFolding.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

int64_t sluice::graph::countElements(Value tensor) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  return type ? elementCount(type.getShape()).value_or(-1) : -1;
}

int64_t sluice::graph::countOperationsOf(Operation *op) {
  if (!isa<ElementwiseOp, KernelRootOp>(op))
    return 0;
  return cast<EvaluableOp>(op).getEvaluationCost();
}

// Larger results stay operators: folding may not blow up the artefact.
static constexpr int64_t maxFoldedBytes = int64_t(64) << 20;
static constexpr int64_t maxFoldingCost = int64_t(1) << 28;

// The value of an operand: a constant, or a repeated constant, which stays an
// operator of its own unless it is small.
static std::optional<HostTensor> getOperandValue(Value operand,
                                                 Attribute constant) {
  if (constant)
    return toHostTensor(constant);
  auto repeated = operand.getDefiningOp<BroadcastOp>();
  if (!repeated || !repeated.getType().hasStaticShape() ||
      !matchPattern(repeated.getOperand(), m_Constant(&constant)))
    return std::nullopt;
  std::optional<HostTensor> source = toHostTensor(constant);
  std::optional<int64_t> count = elementCount(repeated.getType().getShape());
  if (!source || !count || *count > maxFoldedBytes / 16)
    return std::nullopt;
  HostTensor values(source->kind(), repeated.getType().getShape());
  if (llvm::Error error = repeated.evaluate({&*source}, {values})) {
    llvm::consumeError(std::move(error));
    return std::nullopt;
  }
  return values;
}

LogicalResult
sluice::graph::foldByEvaluation(Operation *op, ArrayRef<Attribute> operands,
                                SmallVectorImpl<OpFoldResult> &results,
                                std::string *failedCheck) {
  auto evaluable = dyn_cast<EvaluableOp>(op);
  if (!evaluable)
    return failure();
  if (llvm::any_of(operands, llvm::IsaAndPresentPred<DimsAttr>))
    return foldSizes(op, operands, results);
  // At least one constant proper: an operator of repeated scalars only is
  // better moved before the repetition.
  if (!operands.empty() &&
      llvm::all_of(operands, [](Attribute operand) { return !operand; }))
    return failure();
  int64_t cost = evaluable.getEvaluationCost();
  if (cost < 0 || cost > maxFoldingCost)
    return failure();
  SmallVector<HostTensor> inputs;
  for (auto [value, constant] : llvm::zip_equal(op->getOperands(), operands)) {
    std::optional<HostTensor> input = getOperandValue(value, constant);
    if (!input)
      return failure();
    inputs.push_back(std::move(*input));
  }
  // Strings are as long as they like: a result's are no longer together than
  // those of all operands.
  size_t longest = 0;
  for (const HostTensor &input : inputs) {
    size_t ofInput = 0;
    for (const std::string &string : input.strings)
      ofInput = std::max(ofInput, string.size());
    longest += ofInput;
  }
  SmallVector<HostTensor> values;
  for (Type type : op->getResultTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape())
      return failure();
    std::optional<ElementKind> kind = getElementKind(tensor.getElementType());
    std::optional<int64_t> count = elementCount(tensor.getShape());
    if (!kind || !count || *count > maxFoldedBytes / 16 ||
        (longest && *count > maxFoldedBytes / static_cast<int64_t>(longest)))
      return failure();
    values.emplace_back(*kind, tensor.getShape());
  }
  SmallVector<const HostTensor *> pointers;
  for (const HostTensor &input : inputs)
    pointers.push_back(&input);
  if (llvm::Error error = evaluable.evaluate(pointers, values)) {
    std::string text = llvm::toString(std::move(error));
    if (failedCheck) // otherwise reported when it runs
      *failedCheck = std::move(text);
    return failure();
  }
  for (const HostTensor &value : values)
    results.push_back(toAttribute(op->getContext(), value));
  return success();
}
