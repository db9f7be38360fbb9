//===- Importer.cpp - From a flat graph to the graph dialect --------------===//

#include "compiler/Import/TensorFlow/Importer.h"
#include "compiler/Import/TensorFlow/ListTypes.h"
#include "compiler/Import/TensorFlow/NodeContext.h"
#include "compiler/Support/ModelError.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/Size.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

// Wider nodes than any framework writes cost time that grows with the square.
static constexpr size_t maxInputs = 16384;
// All problems of real models; further ones are counted by operator.
static constexpr size_t maxErrors = 10000;

static const ImporterTable &getImporters() {
  static const ImporterTable table = [] {
    ImporterTable made;
    addElementwiseImporters(made);
    addShapeImporters(made);
    addConstantImporters(made);
    addMovementImporters(made);
    addSliceImporters(made);
    addSpaceImporters(made);
    addMatrixImporters(made);
    addReductionImporters(made);
    addWindowImporters(made);
    addNormalizationImporters(made);
    addContractionImporters(made);
    addControlFlowImporters(made);
    addListImporters(made);
    return made;
  }();
  return table;
}

std::vector<StringRef> sluice::tensorflow::supportedOperators() {
  std::vector<StringRef> names;
  for (StringRef name : getImporters().keys())
    names.push_back(name);
  llvm::sort(names);
  return names;
}

namespace {
/// Imports the nodes of one graph: the model's, or a function's.
class NodesImporter {
public:
  NodesImporter(const FlatGraph &graph, OpBuilder &builder,
                const KnownValues &known)
      : context(*builder.getContext()), graph(graph), builder(builder),
        known(known), values(graph.nodes().size()) {}

  /// Gives an output its value before the nodes are imported.
  void feed(Port port, Value value);
  llvm::Error run();
  /// Null where the node failed.
  Value get(Port port) const;
  Location getLocation(const Node &node);

private:
  llvm::Error importNode(uint32_t index);
  llvm::Expected<SmallVector<Value>> call(const FlatGraph &function,
                                          ArrayRef<Value> arguments);

  MLIRContext &context;
  const FlatGraph &graph;
  OpBuilder &builder;
  const KnownValues &known;
  /// Outputs of each node made so far; null where it failed.
  std::vector<SmallVector<Value, 1>> values;
};

class Importer {
public:
  Importer(MLIRContext &context, const FlatGraph &graph,
           const ImportOptions &options)
      : context(context), graph(graph), options(options), builder(&context),
        nodes(graph, builder, known) {}

  llvm::Expected<OwningOpRef<ModuleOp>> run();

private:
  llvm::Expected<RankedTensorType> getFeedType(const SignatureTensor &feed);
  llvm::Error bindReturns(func::FuncOp function);
  const InputSpec *findSpec(const SignatureTensor &feed);

  MLIRContext &context;
  const FlatGraph &graph;
  const ImportOptions &options;
  OpBuilder builder;
  KnownValues known;
  NodesImporter nodes;
};
} // namespace

// The node's name; the operator's name travels along for diagnostics.
Location NodesImporter::getLocation(const Node &node) {
  auto op = NameLoc::get(StringAttr::get(&context, node.op()));
  return NameLoc::get(StringAttr::get(&context, node.name), op);
}

// The name that users see: a signature's, else the node's where it has one
// output.
static StringRef getPublicName(const SignatureTensor &tensor) {
  StringRef name = tensor.name, source = tensor.tensorName;
  name.consume_back(":0");
  source.consume_back(":0");
  return name == source ? name : StringRef(tensor.name);
}

const InputSpec *Importer::findSpec(const SignatureTensor &feed) {
  for (StringRef name : {StringRef(feed.name), StringRef(feed.tensorName),
                         StringRef(graph.node(feed.port.node).name)}) {
    auto found = options.inputs.find(name);
    if (found != options.inputs.end())
      return &found->second;
  }
  return nullptr;
}

llvm::Expected<RankedTensorType>
Importer::getFeedType(const SignatureTensor &feed) {
  const Node &node = graph.node(feed.port.node);
  const InputSpec *spec = findSpec(feed);
  PartialShape shape = feed.shape;
  // In producers before 22 an empty shape of a Placeholder means unknown.
  if (!shape && node.op().starts_with("Placeholder")) {
    llvm::Expected<PartialShape> declared = graph.shapeAttr(node, "shape");
    if (!declared)
      return declared.takeError();
    shape = *declared;
    if (shape && shape->empty() && graph.producer() < 22)
      shape = std::nullopt;
  }
  if (spec) {
    bool fits = !shape || shape->size() == spec->shape.size();
    for (size_t i = 0; fits && shape && i < shape->size(); ++i)
      fits = (*shape)[i] < 0 || spec->shape[i] < 0 ||
             (*shape)[i] == spec->shape[i];
    if (!fits)
      return graph.error(node, "the shape given for input '" + feed.name +
                                   "' contradicts the shape in the file");
    if (!shape)
      shape = spec->shape;
    for (size_t i = 0; i < shape->size(); ++i)
      if ((*shape)[i] < 0)
        (*shape)[i] = spec->shape[i];
  }
  if (!shape)
    return graph.error(
        node, "unsupported: the rank of input '" + feed.name + "' is unknown",
        "", "give its shape: --input " + feed.name + "=2,3");
  std::optional<ElementKind> kind = elementKindOf(feed.dtype);
  if (feed.dtype == DT_INVALID) {
    for (StringRef attribute : {"dtype", "T", "DstT"})
      if (std::optional<int> type = node.attr(attribute).type())
        if ((kind = elementKindOf(*type)))
          break;
    if (!kind && spec)
      kind = spec->kind;
    if (!kind)
      return graph.error(node, "unsupported: the data type of input '" +
                                   feed.name + "' is unknown");
  }
  if (!kind)
    return graph.error(node, "unsupported: input '" + feed.name +
                                 "' has data type " + dataTypeName(feed.dtype));
  if (spec && spec->kind && spec->kind != kind)
    return graph.error(node, "the data type given for input '" + feed.name +
                                 "' is " + elementName(*spec->kind) +
                                 ", in the file it is " + elementName(*kind));
  StringRef symbol = feed.name;
  symbol.consume_back(":0");
  SmallVector<graph::Size> sizes;
  for (auto [i, size] : llvm::enumerate(*shape))
    sizes.push_back(size >= 0 ? graph::Size(size)
                              : graph::Size::symbol(
                                    &context, (symbol + "_" + Twine(i)).str()));
  RankedTensorType type =
      graph::makeTensorType(sizes, graph::getElementType(&context, *kind));
  if (!type)
    return graph.error(node, "the size of input '" + feed.name +
                                 "' does not fit 63 bits");
  return type;
}

llvm::Error NodesImporter::importNode(uint32_t index) {
  const Node &node = graph.node(index);
  if (node.cut)
    return llvm::Error::success();
  auto importer = getImporters().find(node.op());
  if (importer == getImporters().end())
    return graph.error(node, "unsupported operator");
  if (node.inputs.size() > maxInputs)
    return graph.error(
        node, "unsupported: the node has " + llvm::Twine(node.inputs.size()) +
                  " inputs; the limit is " + llvm::Twine(maxInputs));
  // A producer that failed was reported; its users say nothing.
  SmallVector<Value> inputs;
  for (Port port : node.inputs) {
    Value value = get(port);
    if (!value)
      return llvm::Error::success();
    if (!isa<RankedTensorType>(value.getType()) &&
        !handlesList(node.op(), inputs.size()))
      return graph.error(node, "unsupported: input " +
                                   llvm::Twine(inputs.size()) +
                                   " is a list of tensors of unknown shape");
    inputs.push_back(value);
  }
  graph::GraphBuilder graphBuilder(builder, getLocation(node));
  auto import = [&](const FlatGraph &function, ArrayRef<Value> arguments) {
    return call(function, arguments);
  };
  NodeContext nodeContext(graph, index, graphBuilder, inputs, known, import);
  {
    // Diagnostics of builders are about this node.
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
        nodeContext.error(diagnostic.str());
      return success();
    });
    importer->second(nodeContext);
  }
  SmallVector<Value, 1> outputs = nodeContext.takeOutputs();
  bool failed = nodeContext.failed();
  if (llvm::Error error = nodeContext.takeErrors())
    return error;
  if (failed)
    return llvm::Error::success();
  // A fed output was put in place before its node.
  SmallVector<Value, 1> &slots = values[index];
  if (slots.size() < outputs.size())
    slots.resize(outputs.size());
  for (auto [slot, value] : llvm::zip(slots, outputs))
    if (!slot)
      slot = value;
  return llvm::Error::success();
}

void NodesImporter::feed(Port port, Value value) {
  SmallVector<Value, 1> &slots = values[port.node];
  if (slots.size() <= port.index)
    slots.resize(port.index + 1);
  slots[port.index] = value;
}

Value NodesImporter::get(Port port) const {
  ArrayRef<Value> outputs = values[port.node];
  return port.index < outputs.size() ? outputs[port.index] : Value();
}

llvm::Expected<SmallVector<Value>>
NodesImporter::call(const FlatGraph &function, ArrayRef<Value> arguments) {
  if (llvm::Error error = function.checkState())
    return error;
  NodesImporter inner(function, builder, known);
  for (auto [parameter, argument] : llvm::zip(function.feeds(), arguments))
    inner.feed(parameter.port, argument);
  if (llvm::Error error = inner.run())
    return error;
  SmallVector<Value> results;
  for (const SignatureTensor &result : function.fetches())
    results.push_back(inner.get(result.port));
  return results;
}

llvm::Error NodesImporter::run() {
  llvm::Error errors = llvm::Error::success();
  size_t shown = 0;
  llvm::MapVector<StringRef, size_t> hidden; // operator, nodes
  for (uint32_t i = 0; i < graph.nodes().size(); ++i) {
    llvm::Error error = importNode(i);
    if (!error)
      continue;
    if (++shown <= maxErrors) {
      errors = llvm::joinErrors(std::move(errors), std::move(error));
    } else {
      llvm::consumeError(std::move(error));
      ++hidden[graph.node(i).op()];
    }
  }
  for (auto [op, count] : hidden)
    errors = llvm::joinErrors(
        std::move(errors),
        makeFileError(graph.sourceFile(),
                      llvm::Twine(count) + " more nodes of operator '" +
                          escapeForTerminal(op) + "' like these"));
  return errors;
}

llvm::Error Importer::bindReturns(func::FuncOp function) {
  llvm::Error errors = llvm::Error::success();
  SmallVector<Value> results;
  for (auto [i, fetch] : llvm::enumerate(graph.fetches())) {
    Value value = nodes.get(fetch.port);
    if (!value || !isa<RankedTensorType>(value.getType())) {
      errors = llvm::joinErrors(
          std::move(errors),
          graph.error(graph.node(fetch.port.node),
                      "output " + llvm::Twine(fetch.port.index) +
                          " is fetched but has no value"));
      continue;
    }
    std::optional<ElementKind> kind = graph::getElementKind(
        cast<RankedTensorType>(value.getType()).getElementType());
    if (fetch.dtype != DT_INVALID && elementKindOf(fetch.dtype) != kind)
      errors = llvm::joinErrors(
          std::move(errors),
          graph.error(graph.node(fetch.port.node),
                      "output '" + fetch.name + "' is said to be " +
                          dataTypeName(fetch.dtype) + ", it is " +
                          (kind ? elementName(*kind) : "no number")));
    results.push_back(value);
  }
  if (errors)
    return errors;
  func::ReturnOp::create(builder, function.getLoc(), results);
  function.setFunctionType(builder.getFunctionType(
      function.getArgumentTypes(), ValueRange(results).getTypes()));
  for (auto [i, fetch] : llvm::enumerate(graph.fetches())) {
    function.setResultAttr(i, "graph.name",
                           builder.getStringAttr(getPublicName(fetch)));
    function.setResultAttr(i, "graph.source",
                           builder.getStringAttr(fetch.tensorName));
  }
  return llvm::Error::success();
}

llvm::Expected<OwningOpRef<ModuleOp>> Importer::run() {
  llvm::Error errors = graph.checkState();
  Location loc = NameLoc::get(StringAttr::get(&context, graph.sourceFile()));
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  builder.setInsertionPointToEnd(module->getBody());
  auto function = func::FuncOp::create(builder, loc, options.function,
                                       builder.getFunctionType({}, {}));
  Block *entry = function.addEntryBlock();
  SmallVector<Type> types;
  for (const SignatureTensor &feed : graph.feeds()) {
    llvm::Expected<RankedTensorType> type = getFeedType(feed);
    if (!type) {
      errors = llvm::joinErrors(std::move(errors), type.takeError());
      continue;
    }
    types.push_back(*type);
    Value argument = entry->addArgument(
        *type, nodes.getLocation(graph.node(feed.port.node)));
    nodes.feed(feed.port, argument);
    const InputSpec *spec = findSpec(feed);
    if (spec && spec->value && type->hasStaticShape() &&
        spec->value->shape() == type->getShape() &&
        graph::getElementKind(type->getElementType()) == spec->value->kind())
      known[argument] = &*spec->value;
  }
  if (errors)
    return errors;
  function.setFunctionType(builder.getFunctionType(types, {}));
  for (auto [i, feed] : llvm::enumerate(graph.feeds())) {
    function.setArgAttr(i, "graph.name",
                        builder.getStringAttr(getPublicName(feed)));
    function.setArgAttr(i, "graph.source",
                        builder.getStringAttr(feed.tensorName));
  }
  builder.setInsertionPointToEnd(entry);
  if (llvm::Error error = nodes.run())
    return error;
  if (llvm::Error error = bindReturns(function))
    return error;
  finishLists(function);
  return module;
}

llvm::Expected<OwningOpRef<ModuleOp>>
sluice::tensorflow::importGraph(MLIRContext &context, const FlatGraph &graph,
                                const ImportOptions &options) {
  context.loadDialect<graph::GraphDialect, func::FuncDialect>();
  return Importer(context, graph, options).run();
}
