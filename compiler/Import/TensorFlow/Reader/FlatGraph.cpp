//===- FlatGraph.cpp - A TensorFlow graph ready for import ----------------===//

#include "compiler/Import/TensorFlow/Reader/FlatGraph.h"

#include "compiler/Import/TensorFlow/Reader/ModelData.h"
#include "compiler/Import/TensorFlow/Reader/TensorValue.h"
#include "compiler/Import/TensorFlow/Reader/Variables.h"

namespace sluice {
namespace tensorflow {

FlatGraph::FlatGraph(std::shared_ptr<ModelData> data) : data(std::move(data)) {}
FlatGraph::~FlatGraph() = default;

llvm::StringRef FlatGraph::sourceFile() const { return data->file; }
int FlatGraph::producer() const { return data->graph->versions().producer(); }
llvm::ArrayRef<Signature> FlatGraph::signatures() const {
  return data->signatures;
}
llvm::ArrayRef<std::string> FlatGraph::warnings() const {
  return data->warnings;
}

std::optional<uint32_t> FlatGraph::find(llvm::StringRef name) const {
  auto it = nodeByName.find(name);
  if (it == nodeByName.end())
    return std::nullopt;
  return it->second;
}

std::optional<unsigned> FlatGraph::feedOf(Port port) const {
  if (!nodeList[port.node].fed)
    return std::nullopt;
  auto it = feedByPort.find(uint64_t(port.node) << 32 | port.index);
  if (it == feedByPort.end())
    return std::nullopt;
  return it->second;
}

llvm::Error FlatGraph::error(const Node &node, const llvm::Twine &message,
                             llvm::StringRef attribute,
                             llvm::StringRef help) const {
  ModelErrorText text;
  text.file = data->file;
  text.node = node.name;
  text.op = node.op().str();
  text.attribute = attribute.str();
  text.message = message.str();
  if (!help.empty())
    text.help.push_back(help.str());
  return makeModelError(std::move(text));
}

bool FlatGraph::isVariable(uint32_t node) const {
  return isVariableOp(nodeList[node].op());
}

llvm::Error FlatGraph::checkState() const {
  llvm::Error errors = llvm::Error::success();
  for (const VariableWrite &write : writeList)
    errors = llvm::joinErrors(
        std::move(errors),
        error(nodeList[write.node],
              "changes variable '" + nodeList[write.variable].name +
                  "', and variables that change are not supported yet",
              "",
              "pick other outputs with --fetch, or freeze the model's "
              "variables"));
  return errors;
}

llvm::Expected<HostTensor> FlatGraph::variableValue(uint32_t node) const {
  if (released)
    return error(nodeList[node], "has no value any more: it was released");
  return readVariable(*data, nodeList[node]);
}

// The strings that hold tensors are on the heap, not in the arena.
void FlatGraph::releaseValues() {
  released = true;
  auto release = [](tf::NodeDef &node) {
    for (auto &attribute : *node.mutable_attr())
      if (attribute.value().has_tensor()) {
        tf::TensorProto *tensor = attribute.mutable_value()->mutable_tensor();
        std::string().swap(*tensor->mutable_tensor_content());
      }
  };
  for (tf::NodeDef &node : *data->graph->mutable_node())
    release(node);
  for (tf::FunctionDef &function :
       *data->graph->mutable_library()->mutable_function())
    for (tf::NodeDef &node : *function.mutable_node_def())
      release(node);
}

llvm::Expected<HostTensor> FlatGraph::decode(const Node &node,
                                             llvm::StringRef attrName) const {
  if (released)
    return error(node, "has no value any more: it was released", attrName);
  Attr attribute = node.attr(attrName);
  if (!attribute)
    return error(node, "is missing, expected a tensor", attrName);
  const tf::TensorProto *proto = attribute.tensor();
  if (!proto)
    return error(node, "must be a tensor, got " + attribute.kindName(),
                 attrName);
  std::optional<int> declared = node.attr("dtype").type();
  if (attrName == "value" && declared && *declared != proto->dtype())
    return error(node,
                 "holds values of type " + dataTypeName(proto->dtype()) +
                     ", but attribute 'dtype' says " + dataTypeName(*declared),
                 attrName);
  HostTensor value;
  std::optional<ValueProblem> wrong =
      decodeTensor(*proto, data->budgets.tensorBytes, value);
  if (!wrong)
    return value;
  ModelErrorText text;
  text.file = data->file;
  text.node = node.name;
  text.op = node.op().str();
  text.attribute = attrName.str();
  text.message = "cannot be read: " + wrong->text;
  if (wrong->limit) {
    text.kind = ErrorKind::Limit;
    text.help.push_back("raise the limit on the size of one tensor");
  }
  return makeModelError(std::move(text));
}

/// The shared part of the typed accessors: `get` reads one kind.
template <typename T, typename Get>
static llvm::Expected<T>
typedAttr(const FlatGraph &graph, const Node &node, llvm::StringRef name,
          std::optional<T> absent, llvm::StringRef kind, Get get) {
  Attr attribute = node.attr(name);
  if (!attribute) {
    if (absent)
      return *absent;
    return graph.error(node, "is missing, expected " + kind, name);
  }
  if (auto value = get(attribute))
    return T(*value);
  return graph.error(node, "must be " + kind + ", got " + attribute.kindName(),
                     name);
}

llvm::Expected<int64_t>
FlatGraph::intAttr(const Node &node, llvm::StringRef name,
                   std::optional<int64_t> absent) const {
  return typedAttr<int64_t>(*this, node, name, absent, "an int",
                            [](Attr a) { return a.integer(); });
}

llvm::Expected<float> FlatGraph::floatAttr(const Node &node,
                                           llvm::StringRef name,
                                           std::optional<float> absent) const {
  return typedAttr<float>(*this, node, name, absent, "a float",
                          [](Attr a) { return a.real(); });
}

llvm::Expected<bool> FlatGraph::boolAttr(const Node &node, llvm::StringRef name,
                                         std::optional<bool> absent) const {
  return typedAttr<bool>(*this, node, name, absent, "a bool",
                         [](Attr a) { return a.boolean(); });
}

llvm::Expected<std::string>
FlatGraph::stringAttr(const Node &node, llvm::StringRef name,
                      std::optional<llvm::StringRef> absent) const {
  std::optional<std::string> other;
  if (absent)
    other = absent->str();
  return typedAttr<std::string>(*this, node, name, other, "a string",
                                [](Attr a) { return a.string(); });
}

llvm::Expected<int> FlatGraph::typeAttr(const Node &node, llvm::StringRef name,
                                        std::optional<int> absent) const {
  llvm::Expected<int> type = typedAttr<int>(*this, node, name, absent, "a type",
                                            [](Attr a) { return a.type(); });
  if (type && *type == DT_INVALID)
    return error(node, "must be a type, got DT_INVALID", name);
  return type;
}

llvm::Expected<PartialShape> FlatGraph::shapeAttr(const Node &node,
                                                  llvm::StringRef name) const {
  Attr attribute = node.attr(name);
  if (!attribute)
    return PartialShape();
  if (std::optional<PartialShape> shape = attribute.shape())
    return *shape;
  if (attribute.kindName() == "a shape")
    return error(node,
                 "must have sizes of -1 or more, and at most " +
                     llvm::Twine(maxRank) + " of them",
                 name);
  return error(node, "must be a shape, got " + attribute.kindName(), name);
}

llvm::Expected<llvm::SmallVector<int64_t>>
FlatGraph::intsAttr(const Node &node, llvm::StringRef name,
                    std::optional<llvm::ArrayRef<int64_t>> absent) const {
  std::optional<llvm::SmallVector<int64_t>> other;
  if (absent)
    other.emplace(absent->begin(), absent->end());
  return typedAttr<llvm::SmallVector<int64_t>>(
      *this, node, name, other, "a list of ints",
      [](Attr a) { return a.integers(); });
}

llvm::Expected<llvm::SmallVector<int>>
FlatGraph::typesAttr(const Node &node, llvm::StringRef name,
                     std::optional<llvm::ArrayRef<int>> absent) const {
  std::optional<llvm::SmallVector<int>> other;
  if (absent)
    other.emplace(absent->begin(), absent->end());
  return typedAttr<llvm::SmallVector<int>>(*this, node, name, other,
                                           "a list of types",
                                           [](Attr a) { return a.types(); });
}

llvm::Expected<std::vector<std::string>> FlatGraph::stringsAttr(
    const Node &node, llvm::StringRef name,
    std::optional<llvm::ArrayRef<llvm::StringRef>> absent) const {
  std::optional<std::vector<std::string>> other;
  if (absent)
    other.emplace(absent->begin(), absent->end());
  return typedAttr<std::vector<std::string>>(
      *this, node, name, other, "a list of strings",
      [](Attr a) -> std::optional<std::vector<std::string>> {
        std::optional<std::vector<llvm::StringRef>> list = a.strings();
        if (!list)
          return std::nullopt;
        return std::vector<std::string>(list->begin(), list->end());
      });
}

} // namespace tensorflow
} // namespace sluice
