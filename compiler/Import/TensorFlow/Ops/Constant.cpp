//===- Constant.cpp - Importers of constants, ranges and identities -------===//

#include "compiler/Import/TensorFlow/NodeContext.h"
#include "dialects/Graph/Builders/Movement.h"
#include "dialects/Graph/Constants.h"
#include <cmath>

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;
using graph::Size;

// Larger ranges would blow up the artefact.
static constexpr int64_t maxRange = int64_t(1) << 24;

static void importConst(NodeContext &node) {
  if (!node.expectInputs(0))
    return;
  Type type = node.typeAttr("dtype");
  std::optional<HostTensor> value = node.tensorAttr("value");
  if (!type || !value)
    return;
  if (graph::getElementKind(type) != value->kind())
    return node.error("holds a tensor of " + elementName(value->kind()) +
                          ", contrary to attribute 'dtype'",
                      "value");
  node.setOutput(node.builder.constant(*value));
}

// A variable, and the handle of one, stands for its value: nothing that the
// fetches need writes it, or FlatGraph::checkState would have said so.
static void importVariable(NodeContext &node) {
  if (!node.expectInputs(0))
    return;
  llvm::Expected<HostTensor> value = node.graph().variableValue(node.index());
  if (!value)
    return node.report(value.takeError());
  node.setOutput(node.builder.constant(*value));
}

static void importReadVariable(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  Type type = node.typeAttr("dtype");
  Value variable = node.input(0);
  if (!type || !variable)
    return;
  Type held = cast<RankedTensorType>(variable.getType()).getElementType();
  if (held != type) {
    std::string text;
    llvm::raw_string_ostream(text) << "is " << type << ", but the variable "
                                   << "holds " << held;
    return node.error(text, "dtype");
  }
  node.setOutput(variable);
}

// An assertion about shapes is decided while compiling.
static void importAssert(NodeContext &node) {
  if (!node.expectAtLeast(1))
    return;
  std::optional<HostTensor> condition = node.constant(0, "condition");
  if (!condition)
    return;
  if (condition->kind() != ElementKind::Bool || condition->size() != 1)
    return node.error("the condition must be one bool, found " +
                      llvm::Twine(condition->size()) + " elements of " +
                      elementName(condition->kind()));
  if (!condition->getInt(0))
    node.error("the assertion does not hold for these shapes");
}

// Each output is the input at its position.
static void importIdentity(NodeContext &node) {
  if (!node.expectAtLeast(1))
    return;
  for (unsigned i = 0; i < node.numInputs(); ++i)
    node.setOutput(i, node.input(i));
}

// Only the first input is passed on.
static void importFirst(NodeContext &node) {
  if (node.expectAtLeast(1))
    node.setOutput(node.input(0));
}

static void importNothing(NodeContext &) {}

static void importPlaceholder(NodeContext &node) {
  node.error("the placeholder is needed but not fed", "",
             "feed it: --feed " + node.node().name);
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

// An integer range: exact, in unsigned arithmetic that wraps like TensorFlow's.
static void importIntegerRange(NodeContext &node, const HostTensor &start,
                               const HostTensor &limit,
                               const HostTensor &delta) {
  int64_t first = start.getInt(0), last = limit.getInt(0),
          step = delta.getInt(0);
  if (step == 0)
    return node.error("delta is 0");
  if (step > 0 ? first > last : first < last)
    return node.error("start " + llvm::Twine(first) + ", limit " +
                      llvm::Twine(last) + " and delta " + llvm::Twine(step) +
                      " contradict each other");
  uint64_t distance = step > 0 ? uint64_t(last) - uint64_t(first)
                               : uint64_t(first) - uint64_t(last);
  uint64_t stride = step > 0 ? uint64_t(step) : -uint64_t(step);
  uint64_t count = distance / stride + (distance % stride != 0);
  if (count > uint64_t(maxRange))
    return node.unsupported("a range of " + llvm::Twine(count) + " elements");
  HostTensor result(start.kind(), {static_cast<int64_t>(count)});
  for (uint64_t i = 0; i < count; ++i)
    result.setInt(i,
                  static_cast<int64_t>(uint64_t(first) + i * uint64_t(step)));
  node.setOutput(node.builder.constant(result));
}

// Steps are summed in the element type, as TensorFlow's kernel does.
static void importFloatRange(NodeContext &node, const HostTensor &start,
                             const HostTensor &limit, const HostTensor &delta) {
  double first = start.getDouble(0), last = limit.getDouble(0),
         step = delta.getDouble(0);
  if (step == 0)
    return node.error("delta is 0");
  if (step > 0 ? first > last : first < last)
    return node.error("start, limit and delta contradict each other");
  double count = std::ceil(std::abs((last - first) / step));
  if (start.kind() == ElementKind::F32)
    count = std::ceil(std::abs((float(last) - float(first)) / float(step)));
  if (!(count <= double(maxRange)))
    return node.unsupported("a range of more than " + llvm::Twine(maxRange) +
                            " elements, or of none that can be counted");
  HostTensor result(start.kind(), {static_cast<int64_t>(count)});
  HostTensor value = start;
  for (int64_t i = 0; i < result.size(); ++i) {
    result.setDouble(i, value.getDouble(0));
    value.setDouble(0, value.getDouble(0) + step);
  }
  node.setOutput(node.builder.constant(result));
}

static void importRange(NodeContext &node) {
  if (!node.expectInputs(3))
    return;
  // 0, 1, .. up to a size that is a symbol.
  std::optional<SmallVector<Size>> sizes = graph::getKnownSizes(node.input(1));
  if (sizes && sizes->size() == 1 && !sizes->front().isStatic()) {
    std::optional<int64_t> first = node.constantInt(0, "start"),
                           step = node.constantInt(2, "delta");
    if (!first || !step)
      return;
    if (*first != 0 || *step != 1)
      return node.unsupported("a range up to a size known at run time must "
                              "start at 0 and have delta 1");
    Attribute type = TypeAttr::get(node.builder.elementType(node.input(1)));
    return node.setOutput(node.builder.create<graph::IotaOp>(
        {}, {{"dim", node.builder.integer(0)},
             {"shape", graph::makeDims(node.context(), *sizes)},
             {"element_type", type}}));
  }
  std::optional<HostTensor> start = node.constant(0, "start"),
                            limit = node.constant(1, "limit"),
                            delta = node.constant(2, "delta");
  if (!start || !limit || !delta)
    return;
  if (start->size() != 1 || limit->size() != 1 || delta->size() != 1)
    return node.error("start, limit and delta must be scalars");
  if (start->kind() != limit->kind() || start->kind() != delta->kind())
    return node.error("start, limit and delta differ in type");
  if (isInteger(start->kind()))
    return importIntegerRange(node, *start, *limit, *delta);
  if (isFloat(start->kind()))
    return importFloatRange(node, *start, *limit, *delta);
  node.unsupported("a range of " + elementName(start->kind()));
}

// The last element is exactly `stop`.
static void importLinSpace(NodeContext &node) {
  if (!node.expectInputs(3))
    return;
  std::optional<HostTensor> start = node.constant(0, "start"),
                            stop = node.constant(1, "stop");
  std::optional<int64_t> count = node.constantInt(2, "num");
  if (!start || !stop || !count)
    return;
  if (start->size() != 1 || stop->size() != 1 || !isFloat(start->kind()) ||
      start->kind() != stop->kind())
    return node.error("start and stop must be scalars of one float type");
  if (*count < 1 || *count > maxRange)
    return node.error("num must be from 1 to " + llvm::Twine(maxRange) +
                      ", found " + llvm::Twine(*count));
  HostTensor result(start->kind(), {*count}), step(start->kind(), {});
  if (*count > 1)
    step.setDouble(0, (stop->getDouble(0) - start->getDouble(0)) /
                          static_cast<double>(*count - 1));
  for (int64_t i = 0; i < *count; ++i)
    result.setDouble(i, start->getDouble(0) +
                            step.getDouble(0) * static_cast<double>(i));
  if (*count > 1)
    result.setDouble(*count - 1, stop->getDouble(0));
  node.setOutput(node.builder.constant(result));
}

static void importInvertPermutation(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  std::optional<SmallVector<int64_t>> list = node.constantInts(0, "x");
  if (!list)
    return;
  HostTensor result(
      *graph::getElementKind(node.builder.elementType(node.input(0))),
      {static_cast<int64_t>(list->size())});
  SmallVector<bool> seen(list->size());
  for (auto [i, position] : llvm::enumerate(*list)) {
    if (position < 0 || position >= result.size() || seen[position])
      return node.error("x is no permutation of " + llvm::Twine(result.size()) +
                        " positions");
    seen[position] = true;
    result.setInt(position, i);
  }
  node.setOutput(node.builder.constant(result));
}

void sluice::tensorflow::addConstantImporters(ImporterTable &table) {
  table["Const"] = importConst;
  table["Placeholder"] = importPlaceholder;
  table["PlaceholderWithDefault"] = importFirst;
  for (const char *name :
       {"Identity", "IdentityN", "StopGradient", "PreventGradient", "Snapshot"})
    table[name] = importIdentity;
  for (const char *name :
       {"VarHandleOp", "VariableV2", "Variable", "AutoReloadVariable"})
    table[name] = importVariable;
  table["ReadVariableOp"] = importReadVariable;
  table["Assert"] = importAssert;
  table["NoOp"] = importNothing;
  table["Range"] = importRange;
  table["LinSpace"] = importLinSpace;
  table["InvertPermutation"] = importInvertPermutation;
}
