//===- GraphInterfaces.cpp - Folding by evaluation ------------------------===//

#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Graph/Constants.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

// Larger results stay operators: folding may not blow up the artefact.
static constexpr int64_t maxFoldedBytes = int64_t(64) << 20;
static constexpr int64_t maxFoldingCost = int64_t(1) << 28;

LogicalResult
sluice::graph::foldByEvaluation(Operation *op, ArrayRef<Attribute> operands,
                                SmallVectorImpl<OpFoldResult> &results,
                                std::string *failedCheck) {
  auto evaluable = dyn_cast<EvaluableOp>(op);
  if (!evaluable || llvm::is_contained(operands, Attribute()))
    return failure();
  int64_t cost = evaluable.getEvaluationCost();
  if (cost < 0 || cost > maxFoldingCost)
    return failure();
  SmallVector<HostTensor> values;
  for (Type type : op->getResultTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape())
      return failure();
    std::optional<ElementKind> kind = getElementKind(tensor.getElementType());
    std::optional<int64_t> count = elementCount(tensor.getShape());
    if (!kind || !count || *count > maxFoldedBytes / 16)
      return failure();
    values.emplace_back(*kind, tensor.getShape());
  }
  SmallVector<HostTensor> inputs;
  for (Attribute operand : operands) {
    std::optional<HostTensor> input = toHostTensor(operand);
    if (!input)
      return failure();
    inputs.push_back(std::move(*input));
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
