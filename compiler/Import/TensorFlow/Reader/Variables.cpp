//===- Variables.cpp - Values of variables --------------------------------===//

#include "compiler/Import/TensorFlow/Reader/Variables.h"

#include "compiler/Import/TensorFlow/Reader/Flattener.h"
#include "compiler/Import/TensorFlow/Reader/ModelFile.h"
#include "compiler/Import/TensorFlow/Reader/TensorValue.h"

namespace sluice {
namespace tensorflow {

bool isVariableOp(llvm::StringRef op) {
  return op == "VarHandleOp" || op == "VariableV2" || op == "Variable" ||
         op == "AutoReloadVariable";
}

std::optional<uint32_t> followToVariable(llvm::ArrayRef<Node> nodes,
                                         uint32_t node) {
  auto forwards = [](llvm::StringRef op) {
    return op == "Identity" || op == "RefIdentity" || op == "Enter" ||
           op == "RefEnter" || op == "Switch" || op == "RefSwitch";
  };
  while (forwards(nodes[node].op()) && !nodes[node].inputs.empty())
    node = nodes[node].inputs[0].node;
  if (!isVariableOp(nodes[node].op()))
    return std::nullopt;
  return node;
}

/// Container and shared name; the node's own name when it shares none.
static std::string identity(const Node &node) {
  // TensorFlow's mark for "never shared".
  constexpr llvm::StringLiteral anonymous =
      "cd2c89b7-88b7-44c8-ad83-06c2a9158347";
  llvm::StringRef shared = node.attr("shared_name").string().value_or("");
  if (shared.empty() || shared == anonymous)
    shared = node.def->name();
  llvm::StringRef container = node.attr("container").string().value_or("");
  // Names hold no NUL.
  std::string text = container.str();
  text += '\0';
  text += shared;
  return text;
}

namespace {
/// Reads what a restore or init operator assigns.
class Binder {
public:
  Binder(ModelData &data, const FlatGraph &graph) : data(data), graph(graph) {}

  llvm::Error run() {
    for (const Node &node : graph.nodes()) {
      if ((node.op() != "Assign" && node.op() != "AssignVariableOp") ||
          node.inputs.size() < 2)
        continue;
      std::optional<uint32_t> variable =
          followToVariable(graph.nodes(), node.inputs[0].node);
      if (!variable)
        continue;
      if (llvm::Error wrong = bind(graph.node(*variable), node))
        return wrong;
    }
    return llvm::Error::success();
  }

private:
  llvm::Error bind(const Node &variable, const Node &assign) {
    VariableSource &source = data.variables[identity(variable)];
    source.assignNode = assign.name;
    Port value = followIdentity(assign.inputs[1]);
    const Node &from = graph.node(value.node);
    if (from.op() == "Const") {
      source.initialValue = from.def;
      return llvm::Error::success();
    }
    if (from.op() != "RestoreV2" || from.inputs.size() < 3)
      return llvm::Error::success();
    llvm::Expected<std::string> key = stringAt(from, 1, value.index);
    if (!key)
      return key.takeError();
    llvm::Expected<std::string> slice = stringAt(from, 2, value.index);
    if (!slice)
      return slice.takeError();
    source.checkpointKey = std::move(*key);
    source.slice = std::move(*slice);
    return llvm::Error::success();
  }

  Port followIdentity(Port port) const {
    while (true) {
      const Node &node = graph.node(port.node);
      if (node.inputs.empty() ||
          (node.op() != "Identity" && node.op() != "IdentityN") ||
          port.index >= node.inputs.size())
        return port;
      port = node.inputs[port.index];
    }
  }

  /// Element `index` of a RestoreV2's list of names or slices.
  llvm::Expected<std::string> stringAt(const Node &restore, unsigned input,
                                       uint32_t index) {
    const Node &list = graph.node(followIdentity(restore.inputs[input]).node);
    if (list.op() != "Const")
      return graph.error(restore, "input " + llvm::Twine(input) +
                                      " must be a constant list of strings, "
                                      "it comes from a " +
                                      list.op());
    auto [it, isNew] = decoded.try_emplace(list.def);
    if (isNew) {
      llvm::Expected<HostTensor> value = graph.decode(list, "value");
      if (!value)
        return value.takeError();
      it->second = std::move(value->strings);
    }
    if (index >= it->second.size())
      return graph.error(
          restore, "output " + llvm::Twine(index) + " is used, but input " +
                       llvm::Twine(input) + " lists " +
                       llvm::Twine(it->second.size()) + " strings");
    return it->second[index];
  }

  ModelData &data;
  const FlatGraph &graph;
  llvm::DenseMap<const tf::NodeDef *, std::vector<std::string>> decoded;
};
} // namespace

/// Everything that running `target` would run, as a flat graph.
static llvm::Error bindTarget(const std::shared_ptr<ModelData> &data,
                              llvm::StringRef target) {
  Flattener flattener(data);
  if (llvm::Error wrong = flattener.initialize())
    return wrong;
  // Restore operators may be named as a tensor, "restore:0".
  if (llvm::Error wrong = flattener.addTarget(target.split(':').first))
    return wrong;
  // The file name and the paths of assets: their values do not matter here.
  if (llvm::Error wrong = flattener.addPlaceholderFeeds(/*onlyNeeded=*/true))
    return wrong;
  llvm::Expected<std::unique_ptr<FlatGraph>> graph = flattener.finish("");
  if (!graph)
    return graph.takeError();
  return Binder(*data, **graph).run();
}

/// The nodes that initialise a SavedModel after its variables are restored.
static std::vector<std::string> initTargets(const tf::MetaGraphDef &meta) {
  std::vector<std::string> targets;
  for (const tf::SignatureDefEntry &signature : meta.signature_def())
    if (signature.key() == "__saved_model_init_op")
      for (const tf::TensorInfoEntry &output : signature.value().outputs())
        targets.push_back(output.value().name());
  for (llvm::StringRef key : {"saved_model_main_op", "legacy_init_op"})
    for (const tf::CollectionDefEntry &entry : meta.collection_def())
      if (targets.empty() && entry.key() == key)
        for (const std::string &name : entry.value().node_list().value())
          targets.push_back(name);
  return targets;
}

llvm::Error bindVariables(const std::shared_ptr<ModelData> &data) {
  if (!data->meta)
    return llvm::Error::success();
  if (!data->folder.empty()) {
    std::string prefix = data->folder + "/variables/variables";
    if (exists(prefix + ".index")) {
      llvm::Expected<std::unique_ptr<Bundle>> bundle =
          Bundle::open(prefix, data->budgets);
      if (!bundle)
        return bundle.takeError();
      data->bundle = std::move(*bundle);
      const std::string &restore = data->meta->saver_def().restore_op_name();
      if (restore.empty())
        return makeFileError(data->file,
                             "has a checkpoint but names no operator that "
                             "restores it (restore_op_name of saver_def)");
      if (llvm::Error wrong = bindTarget(data, restore))
        return wrong;
    }
  }
  for (const std::string &target : initTargets(*data->meta))
    if (llvm::Error wrong = bindTarget(data, target))
      return wrong;
  return llvm::Error::success();
}

static llvm::Error variableError(const ModelData &data, const Node &node,
                                 const llvm::Twine &message,
                                 llvm::StringRef note = "",
                                 llvm::StringRef help = "") {
  ModelErrorText text;
  text.file = data.file;
  text.node = node.name;
  text.op = node.op().str();
  text.message = message.str();
  if (!note.empty())
    text.notes.push_back(note.str());
  if (!help.empty())
    text.help.push_back(help.str());
  return makeModelError(std::move(text));
}

static llvm::Expected<HostTensor> readSource(const ModelData &data,
                                             const Node &node) {
  auto it = data.variables.find(identity(node));
  bool known = it != data.variables.end();
  if (known && it->second.initialValue) {
    HostTensor value;
    const tf::AttrValue *attr =
        findAttr(it->second.initialValue->attr(), "value");
    if (!attr || !attr->has_tensor())
      return variableError(data, node, "has an initial value without a tensor");
    if (std::optional<ValueProblem> wrong =
            decodeTensor(attr->tensor(), data.budgets.tensorBytes, value))
      return variableError(data, node,
                           "has an initial value that cannot be read: " +
                               wrong->text);
    return value;
  }
  if (known && data.bundle && !it->second.checkpointKey.empty())
    return data.bundle->read(it->second.checkpointKey, it->second.slice);
  if (known)
    return variableError(data, node, "variable has no value",
                         "it is set by node '" + it->second.assignNode +
                             "', but not to a constant or a checkpoint entry");
  if (!data.meta)
    return variableError(
        data, node, "variable has no value: a GraphDef holds none", "",
        "give the SavedModel folder, or feed the nodes that read the variable");
  return variableError(data, node,
                       "variable has no value: nothing restores it from the "
                       "checkpoint and nothing initialises it");
}

llvm::Expected<HostTensor> readVariable(const ModelData &data,
                                        const Node &node) {
  llvm::Expected<HostTensor> value = readSource(data, node);
  if (!value)
    return value;
  if (std::optional<int> type = node.attr("dtype").type()) {
    std::optional<ElementKind> kind = elementKindOf(*type);
    if (!kind || *kind != value->kind())
      return variableError(data, node,
                           "variable is " + dataTypeName(*type) +
                               ", but its value is " +
                               elementName(value->kind()));
  }
  std::optional<PartialShape> shape = node.attr("shape").shape();
  if (!shape || !*shape)
    return value;
  llvm::ArrayRef<int64_t> got = value->shape();
  bool same = got.size() == (*shape)->size();
  for (size_t i = 0; same && i < got.size(); ++i)
    same = (**shape)[i] < 0 || (**shape)[i] == got[i];
  if (!same)
    return variableError(
        data, node,
        "variable has shape " + shapeText(*shape) + ", but its value has " +
            shapeText(llvm::SmallVector<int64_t>(got.begin(), got.end())));
  return value;
}

} // namespace tensorflow
} // namespace sluice
