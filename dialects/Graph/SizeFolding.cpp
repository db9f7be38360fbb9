//===- SizeFolding.cpp - Integer tensors whose elements are sizes ---------===//

#include "dialects/Graph/SizeFolding.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphOps.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

// Values that reach shapes are small.
static constexpr int64_t maxElements = 1024;

Attribute sluice::graph::makeSizeConstant(DimsAttr dims,
                                          RankedTensorType type) {
  std::optional<ElementKind> kind = getElementKind(type.getElementType());
  if (!kind || !isInteger(*kind) || !type.hasStaticShape() ||
      type.getNumElements() != static_cast<int64_t>(dims.getRank()))
    return {};
  HostTensor tensor(*kind, type.getShape());
  for (unsigned i = 0; i < dims.getRank(); ++i) {
    Size size = dims.getSize(i);
    if (!size.isStatic())
      return dims;
    tensor.setInt(i, size.getStatic());
    if (tensor.getInt(i) != size.getStatic())
      return {};
  }
  return toAttribute(dims.getContext(), tensor);
}

std::optional<SmallVector<Size>>
sluice::graph::getSizeValues(Attribute constant) {
  SmallVector<Size> sizes;
  if (auto dims = dyn_cast_or_null<DimsAttr>(constant)) {
    for (unsigned i = 0; i < dims.getRank(); ++i)
      sizes.push_back(dims.getSize(i));
    return sizes;
  }
  std::optional<HostTensor> tensor = toHostTensor(constant);
  if (!tensor || !isInteger(tensor->kind()) || tensor->size() > maxElements)
    return std::nullopt;
  for (int64_t i = 0; i < tensor->size(); ++i)
    sizes.push_back(tensor->getInt(i));
  return sizes;
}

// Whether the operator only moves elements of the operand.
static bool movesElements(Operation *op, unsigned operand) {
  if (isa<GatherOp, GatherNdOp, DynamicSliceOp>(op))
    return operand == 0;
  return isa<BroadcastOp, TransposeOp, ReshapeOp, ConcatOp, PadOp, SliceOp>(op);
}

// A movement operator is evaluated on tickets: numbers that stand for sizes.
static std::optional<SmallVector<Size>> moveSizes(Operation *op,
                                                  ArrayRef<Attribute> operands,
                                                  ArrayRef<int64_t> shape) {
  SmallVector<Size> sizes;
  SmallVector<HostTensor> inputs;
  for (auto [i, attribute] : llvm::enumerate(operands)) {
    if (!movesElements(op, i)) {
      std::optional<HostTensor> tensor = toHostTensor(attribute);
      if (!tensor)
        return std::nullopt;
      inputs.push_back(std::move(*tensor));
      continue;
    }
    auto type = cast<RankedTensorType>(op->getOperand(i).getType());
    std::optional<SmallVector<Size>> values = getSizeValues(attribute);
    if (!values || !type.hasStaticShape() ||
        static_cast<int64_t>(values->size()) != type.getNumElements())
      return std::nullopt;
    HostTensor tickets(ElementKind::I64, type.getShape());
    for (auto [k, size] : llvm::enumerate(*values)) {
      tickets.setInt(k, sizes.size());
      sizes.push_back(size);
    }
    inputs.push_back(std::move(tickets));
  }
  SmallVector<const HostTensor *> pointers;
  for (const HostTensor &input : inputs)
    pointers.push_back(&input);
  HostTensor moved(ElementKind::I64, shape);
  if (llvm::Error error = cast<EvaluableOp>(op).evaluate(pointers, {moved})) {
    llvm::consumeError(std::move(error)); // reported when it runs
    return std::nullopt;
  }
  SmallVector<Size> result;
  for (int64_t i = 0; i < moved.size(); ++i)
    result.push_back(sizes[moved.getInt(i)]);
  return result;
}

using Combine = Size (*)(Size, Size);

// The function of two sizes that the operator applies to each element.
static Combine getCombine(StringRef name) {
  return llvm::StringSwitch<Combine>(name)
      .Case("graph.add", [](Size x, Size y) { return x + y; })
      .Case("graph.sub", [](Size x, Size y) { return x - y; })
      .Case("graph.mul", [](Size x, Size y) { return x * y; })
      .Case("graph.floor_div", [](Size x, Size y) { return x.floorDiv(y); })
      .Case("graph.maximum", [](Size x, Size y) { return x.max(y); })
      .Case("graph.minimum", [](Size x, Size y) { return x.min(y); })
      .Default(nullptr);
}

static std::optional<SmallVector<Size>>
computeSizes(Operation *op, ArrayRef<Attribute> operands) {
  StringRef name = op->getName().getStringRef();
  SmallVector<SmallVector<Size>> inputs;
  for (Attribute operand : operands) {
    std::optional<SmallVector<Size>> values = getSizeValues(operand);
    if (!values)
      return std::nullopt;
    inputs.push_back(std::move(*values));
  }
  if (name == "graph.cast" && inputs.size() == 1)
    return inputs[0];
  // A product of all sizes: the number of elements.
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    auto type = cast<RankedTensorType>(reduce.getOperand().getType());
    if (reduce.getKind() != ReduceKind::Product || type.getRank() != 1 ||
        reduce.getDims().size() != 1)
      return std::nullopt;
    return SmallVector<Size>{product(inputs[0])};
  }
  Combine combine = getCombine(name);
  if (!combine || inputs.size() != 2 || inputs[0].size() != inputs[1].size())
    return std::nullopt;
  SmallVector<Size> result;
  for (auto [x, y] : llvm::zip_equal(inputs[0], inputs[1]))
    result.push_back(combine(x, y));
  return result;
}

LogicalResult sluice::graph::foldSizes(Operation *op,
                                       ArrayRef<Attribute> operands,
                                       SmallVectorImpl<OpFoldResult> &results) {
  if (op->getNumResults() != 1 || llvm::is_contained(operands, Attribute()))
    return failure();
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.hasStaticShape() || type.getNumElements() > maxElements)
    return failure();
  std::optional<SmallVector<Size>> sizes =
      movesElements(op, 0) ? moveSizes(op, operands, type.getShape())
                           : computeSizes(op, operands);
  if (!sizes || llvm::any_of(*sizes, [](Size size) { return !size.isValid(); }))
    return failure();
  Attribute constant = makeSizeConstant(
      cast<DimsAttr>(makeDims(op->getContext(), *sizes)), type);
  if (!constant)
    return failure();
  results.push_back(constant);
  return success();
}
