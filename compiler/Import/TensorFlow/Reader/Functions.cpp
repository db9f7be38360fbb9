//===- Functions.cpp - Functions that control flow runs -------------------===//
//
// The branches of an If and the body of a While are no part of the graph that
// holds the node: each becomes a flat graph of its own when it is asked for.
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/TensorFlow/Reader/Flattener.h"

namespace sluice {
namespace tensorflow {

// Regions inside regions; every level is a level of recursion somewhere.
constexpr unsigned maxControlDepth = 64;

llvm::Error Flattener::initialize(const tf::NameAttrList &call,
                                  const tf::FunctionDef &function,
                                  std::string prefix) {
  llvm::Expected<const Body *> body = library.functionBody(function);
  if (!body)
    return body.takeError();
  const tf::OpDef &signature = function.signature();
  Scope &scope = scopes.emplace_back();
  scope.body = *body;
  scope.entryKnown = true;
  scope.prefix = std::move(prefix);
  scope.attrs.function = &function;
  scope.attrs.values = &call.attr();
  for (const tf::OpDef::ArgDef &arg : signature.input_arg()) {
    auto *def =
        google::protobuf::Arena::CreateMessage<tf::NodeDef>(&data->arena);
    def->set_name(arg.name());
    def->set_op("_Arg");
    Node &node = nodes.emplace_back();
    node.name = scope.prefix + arg.name();
    node.def = def;
    node.fed = true;
    parameters.push_back(static_cast<uint32_t>(nodes.size() - 1));
    required.push_back(false);
    inMain.push_back(true);
    SignatureTensor feed;
    feed.name = feed.tensorName = arg.name();
    feed.port = Port{parameters.back(), 0};
    feeds.push_back(std::move(feed));
  }
  for (int i = 0; i < signature.output_arg_size(); ++i) {
    llvm::Expected<Port> port =
        resolve(0, (*body)->results[static_cast<size_t>(i)]);
    if (!port)
      return port.takeError();
    SignatureTensor fetch;
    fetch.name = fetch.tensorName = signature.output_arg(i).name();
    fetch.port = *port;
    fetches.push_back(std::move(fetch));
  }
  return activate(0);
}

llvm::Expected<unsigned>
FlatGraph::functionCount(const Node &node, llvm::StringRef attribute) const {
  const tf::AttrValue *value = findAttr(node.def->attr(), attribute);
  if (!value)
    return error(node, "is missing, expected a list of functions", attribute);
  if (!value->has_list())
    return error(node,
                 "must be a list of functions, got " + Attr(value).kindName(),
                 attribute);
  return static_cast<unsigned>(value->list().func_size());
}

llvm::Expected<std::unique_ptr<FlatGraph>>
FlatGraph::function(const Node &node, llvm::StringRef attribute,
                    std::optional<unsigned> index) const {
  const tf::AttrValue *value = findAttr(node.def->attr(), attribute);
  if (!value)
    return error(node, "is missing, expected a function", attribute);
  const tf::NameAttrList *call = nullptr;
  std::string prefix = node.name + "/" + attribute.str();
  if (!index && value->has_func())
    call = &value->func();
  if (index && value->has_list() &&
      *index < static_cast<unsigned>(value->list().func_size())) {
    call = &value->list().func(static_cast<int>(*index));
    prefix += std::to_string(*index);
  }
  if (!call)
    return error(node, "must be a function, got " + Attr(value).kindName(),
                 attribute);
  const tf::FunctionDef *called = data->library->find(call->name());
  if (!called)
    return error(node,
                 "names function '" + call->name() +
                     "', which is not in the library",
                 attribute);
  if (depth >= maxControlDepth)
    return error(node, "unsupported: control flow is nested more than " +
                           llvm::Twine(maxControlDepth) + " deep");
  Flattener flattener(data);
  if (llvm::Error wrong = flattener.initialize(*call, *called, prefix + "/"))
    return wrong;
  llvm::Expected<std::unique_ptr<FlatGraph>> graph =
      flattener.finish(chosenSignature);
  if (graph)
    (*graph)->depth = depth + 1;
  return graph;
}

Port FlatGraph::source(Port port) const {
  while (true) {
    const Node &node = nodeList[port.node];
    if (node.fed || (node.op() != "Identity" && node.op() != "IdentityN") ||
        port.index >= node.inputs.size())
      return port;
    port = node.inputs[port.index];
  }
}

} // namespace tensorflow
} // namespace sluice
