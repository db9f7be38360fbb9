//===- NodeContext.cpp - What the importer of one operator sees -----------===//

#include "compiler/Import/TensorFlow/NodeContext.h"
#include "dialects/Graph/Builders/Movement.h"
#include "dialects/Graph/Constants.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

void NodeContext::report(llvm::Error error) {
  hasFailed = true;
  errors = llvm::joinErrors(std::move(errors), std::move(error));
}

void NodeContext::error(const llvm::Twine &message, StringRef attribute,
                        StringRef help) {
  report(flatGraph.error(node(), message, attribute, help));
}

void NodeContext::unsupported(const llvm::Twine &reason, StringRef help) {
  report(flatGraph.error(node(), "unsupported: " + reason, "", help));
}

Value NodeContext::input(unsigned i) {
  if (i < values.size())
    return values[i];
  error("expected at least " + llvm::Twine(i + 1) + " inputs, found " +
        llvm::Twine(values.size()));
  return {};
}

bool NodeContext::expectInputs(unsigned count) {
  if (values.size() == count)
    return true;
  error("expected " + llvm::Twine(count) + " inputs, found " +
        llvm::Twine(values.size()));
  return false;
}

bool NodeContext::expectAtLeast(unsigned count) {
  if (values.size() >= count)
    return true;
  error("expected at least " + llvm::Twine(count) + " inputs, found " +
        llvm::Twine(values.size()));
  return false;
}

std::optional<HostTensor> NodeContext::constant(unsigned i, StringRef what) {
  Value value = input(i);
  if (!value)
    return std::nullopt;
  Attribute attribute;
  if (!matchPattern(value, m_Constant(&attribute))) {
    if (std::optional<HostTensor> tensor = knownValue(value))
      return tensor;
    unsupported(what + " (input " + llvm::Twine(i) +
                ") is computed at run time; it must be a constant");
    return std::nullopt;
  }
  std::optional<HostTensor> tensor = graph::toHostTensor(attribute);
  if (!tensor)
    error(what + " (input " + llvm::Twine(i) + ") has no readable value");
  return tensor;
}

std::optional<HostTensor> NodeContext::knownValue(Value value) {
  Attribute attribute;
  if (matchPattern(value, m_Constant(&attribute)))
    return graph::toHostTensor(attribute);
  return known.empty() ? std::nullopt : evaluateStatically(value, known);
}

std::unique_ptr<FlatGraph>
NodeContext::function(StringRef attribute, unsigned parameters,
                      unsigned results, std::optional<unsigned> index) {
  auto graph = flatGraph.function(node(), attribute, index);
  if (!graph) {
    report(graph.takeError());
    return nullptr;
  }
  size_t taken = (*graph)->feeds().size(), given = (*graph)->fetches().size();
  if (taken == parameters && given == results)
    return std::move(*graph);
  error("names a function of " + llvm::Twine(taken) + " parameters and " +
            llvm::Twine(given) + " results, expected " +
            llvm::Twine(parameters) + " and " + llvm::Twine(results),
        attribute);
  return nullptr;
}

bool NodeContext::call(const FlatGraph &function, ArrayRef<Value> arguments,
                       SmallVectorImpl<Value> &results) {
  auto values = importer(function, arguments);
  if (!values) {
    report(values.takeError());
    return false;
  }
  results.assign(values->begin(), values->end());
  return true;
}

std::optional<SmallVector<int64_t>> NodeContext::constantInts(unsigned i,
                                                              StringRef what) {
  std::optional<HostTensor> tensor = constant(i, what);
  if (!tensor)
    return std::nullopt;
  if (tensor->rank() > 1 || !(isInteger(tensor->kind()))) {
    error(what + " (input " + llvm::Twine(i) +
          ") must hold integers of rank 0 or 1, found " +
          elementName(tensor->kind()) + " of rank " +
          llvm::Twine(tensor->rank()));
    return std::nullopt;
  }
  SmallVector<int64_t> result;
  for (int64_t k = 0; k < tensor->size(); ++k)
    result.push_back(tensor->getInt(k));
  return result;
}

std::optional<int64_t> NodeContext::constantInt(unsigned i, StringRef what) {
  std::optional<SmallVector<int64_t>> list = constantInts(i, what);
  if (!list)
    return std::nullopt;
  if (list->size() != 1) {
    error(what + " (input " + llvm::Twine(i) + ") must be one integer, found " +
          llvm::Twine(list->size()));
    return std::nullopt;
  }
  return list->front();
}

std::optional<SmallVector<graph::Size>> NodeContext::knownSizes(Value value) {
  if (std::optional<SmallVector<graph::Size>> sizes =
          graph::getKnownSizes(value))
    return sizes;
  std::optional<HostTensor> tensor;
  if (value && !known.empty())
    tensor = evaluateStatically(value, known);
  if (!tensor || !isInteger(tensor->kind()))
    return std::nullopt;
  SmallVector<graph::Size> sizes;
  for (int64_t i = 0; i < tensor->size(); ++i)
    sizes.push_back(tensor->getInt(i));
  return sizes;
}

std::optional<SmallVector<graph::Size>>
NodeContext::constantSizes(unsigned i, StringRef what) {
  Value value = input(i);
  if (!value)
    return std::nullopt;
  if (graph::GraphBuilder::rank(value) > 1) {
    error(what + " (input " + llvm::Twine(i) +
          ") must be a scalar or a vector, found rank " +
          llvm::Twine(graph::GraphBuilder::rank(value)));
    return std::nullopt;
  }
  if (std::optional<SmallVector<graph::Size>> sizes = knownSizes(value))
    return sizes;
  std::optional<SmallVector<int64_t>> list = constantInts(i, what);
  if (!list)
    return std::nullopt;
  return graph::getSizes(*list);
}

int64_t NodeContext::intAttr(StringRef name, std::optional<int64_t> absent) {
  return take<int64_t>(flatGraph.intAttr(node(), name, absent),
                       absent.value_or(0));
}
float NodeContext::floatAttr(StringRef name, std::optional<float> absent) {
  return take<float>(flatGraph.floatAttr(node(), name, absent),
                     absent.value_or(0));
}
bool NodeContext::boolAttr(StringRef name, std::optional<bool> absent) {
  return take<bool>(flatGraph.boolAttr(node(), name, absent),
                    absent.value_or(false));
}
std::string NodeContext::stringAttr(StringRef name,
                                    std::optional<StringRef> absent) {
  return take<std::string>(flatGraph.stringAttr(node(), name, absent), "");
}
SmallVector<int64_t>
NodeContext::intsAttr(StringRef name, std::optional<ArrayRef<int64_t>> absent) {
  return take<SmallVector<int64_t>>(flatGraph.intsAttr(node(), name, absent),
                                    {});
}
std::vector<std::string>
NodeContext::stringsAttr(StringRef name,
                         std::optional<ArrayRef<StringRef>> absent) {
  return take<std::vector<std::string>>(
      flatGraph.stringsAttr(node(), name, absent), {});
}
PartialShape NodeContext::shapeAttr(StringRef name) {
  return take<PartialShape>(flatGraph.shapeAttr(node(), name), std::nullopt);
}

Type NodeContext::typeAttr(StringRef name, std::optional<int> absent) {
  int type =
      take<int>(flatGraph.typeAttr(node(), name, absent), int(DT_INVALID));
  if (hasFailed)
    return {};
  std::optional<ElementKind> kind = elementKindOf(type);
  if (!kind) {
    unsupported("data type " + dataTypeName(type) + " (attribute '" + name +
                "')");
    return {};
  }
  return graph::getElementType(context(), *kind);
}

std::optional<HostTensor> NodeContext::tensorAttr(StringRef name) {
  llvm::Expected<HostTensor> tensor = flatGraph.decode(node(), name);
  if (tensor)
    return std::move(*tensor);
  report(tensor.takeError());
  return std::nullopt;
}

std::optional<int64_t> NodeContext::axis(int64_t axis, int64_t rank,
                                         StringRef what) {
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  error(what + " " + llvm::Twine(axis) + " is out of range for rank " +
        llvm::Twine(rank));
  return std::nullopt;
}

void NodeContext::setOutput(unsigned i, Value value) {
  if (outputs.size() <= i)
    outputs.resize(i + 1);
  outputs[i] = value;
}
