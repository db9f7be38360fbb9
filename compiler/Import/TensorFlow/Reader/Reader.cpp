//===- Reader.cpp - From a path to a flat graph ---------------------------===//

#include "compiler/Import/TensorFlow/Reader/Reader.h"

#include "compiler/Import/TensorFlow/Reader/Flattener.h"
#include "compiler/Import/TensorFlow/Reader/ModelFile.h"
#include "compiler/Import/TensorFlow/Reader/SavedModel.h"
#include "compiler/Import/TensorFlow/Reader/Variables.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

namespace sluice {
namespace tensorflow {

/// The GraphDef version we implement: that of TensorFlow 2.21.
constexpr int graphVersion = 2314;

static llvm::Error checkVersions(const ModelData &data) {
  const tf::VersionDef &versions = data.graph->versions();
  if (versions.min_consumer() > graphVersion)
    return makeFileError(data.file, "graph needs a reader of version " +
                                        llvm::Twine(versions.min_consumer()) +
                                        " or later, this one is of version " +
                                        llvm::Twine(graphVersion));
  if (llvm::is_contained(versions.bad_consumers(), graphVersion))
    return makeFileError(data.file, "graph forbids readers of version " +
                                        llvm::Twine(graphVersion) +
                                        " (bad_consumers)");
  return llvm::Error::success();
}

static llvm::Error checkSize(const ModelData &data) {
  uint64_t nodes = static_cast<uint64_t>(data.graph->node_size());
  if (nodes == 0)
    return makeFileError(data.file, "graph has no nodes");
  for (const tf::FunctionDef &function : data.graph->library().function())
    nodes += static_cast<uint64_t>(function.node_def_size());
  if (nodes > data.budgets.graphNodes)
    return makeFileError(data.file,
                         "graph has " + llvm::Twine(nodes) +
                             " nodes, more than the limit of " +
                             llvm::Twine(data.budgets.graphNodes),
                         ErrorKind::Limit);
  return llvm::Error::success();
}

/// A name given by the user is one of the signature's, or a tensor's.
static SignatureTensor named(llvm::StringRef name,
                             llvm::ArrayRef<SignatureTensor> ofSignature) {
  for (const SignatureTensor &tensor : ofSignature)
    if (tensor.name == name && !tensor.tensorName.empty())
      return tensor;
  SignatureTensor tensor;
  tensor.name = tensor.tensorName = name.str();
  bool hasPort = name.contains(':') || name.starts_with("^");
  if (!hasPort)
    tensor.name += ":0";
  return tensor;
}

static llvm::Error checkPlainTensors(const ModelData &data, llvm::StringRef key,
                                     llvm::StringRef role,
                                     llvm::ArrayRef<SignatureTensor> tensors) {
  for (const SignatureTensor &tensor : tensors)
    if (tensor.tensorName.empty())
      return makeFileError(data.file, "signature '" + key + "': " + role +
                                          " '" + tensor.name +
                                          "' names no tensor (a sparse or "
                                          "composite tensor, or an empty "
                                          "name)");
  return llvm::Error::success();
}

static llvm::Expected<std::unique_ptr<FlatGraph>>
flatten(std::shared_ptr<ModelData> data, const ReadOptions &options) {
  if (llvm::Error wrong = checkVersions(*data))
    return wrong;
  if (llvm::Error wrong = checkSize(*data))
    return wrong;
  data->library = std::make_unique<Library>(data->file, *data->graph);
  if (llvm::Error wrong = data->library->initialize())
    return wrong;

  const Signature *signature = nullptr;
  bool wantsSignature = options.feeds.empty() || options.fetches.empty() ||
                        !options.signature.empty();
  if (!data->meta && !options.signature.empty())
    return makeFileError(data->file, "a GraphDef has no signatures",
                         ErrorKind::Usage, "name outputs with --fetch");
  if (data->meta) {
    llvm::Expected<const Signature *> chosen =
        chooseSignature(*data, options.signature);
    if (chosen)
      signature = *chosen;
    else if (wantsSignature && options.fetches.empty())
      return chosen.takeError();
    else // the user said everything that a signature would say
      llvm::consumeError(chosen.takeError());
  }
  llvm::ArrayRef<SignatureTensor> inputs, outputs;
  if (signature) {
    inputs = signature->inputs;
    outputs = signature->outputs;
  }

  Flattener flattener(data);
  if (llvm::Error wrong = flattener.initialize())
    return wrong;
  bool signatureFeeds = options.feeds.empty() && signature;
  bool signatureFetches = options.fetches.empty() && signature;
  if (signatureFeeds) {
    if (llvm::Error wrong =
            checkPlainTensors(*data, signature->key, "input", inputs))
      return wrong;
    for (const SignatureTensor &input : inputs)
      if (llvm::Error wrong = flattener.addFeed(input))
        return wrong;
  }
  for (const std::string &name : options.feeds)
    if (llvm::Error wrong = flattener.addFeed(named(name, inputs)))
      return wrong;

  if (signatureFetches) {
    if (llvm::Error wrong =
            checkPlainTensors(*data, signature->key, "output", outputs))
      return wrong;
    if (outputs.empty())
      return makeFileError(data->file,
                           "signature '" + signature->key + "' has no outputs");
    for (const SignatureTensor &output : outputs)
      if (llvm::Error wrong = flattener.addFetch(output))
        return wrong;
  } else if (options.fetches.empty()) {
    if (llvm::Error wrong = flattener.addSinkFetches())
      return wrong;
  }
  for (const std::string &name : options.fetches)
    if (llvm::Error wrong = flattener.addFetch(named(name, outputs)))
      return wrong;
  if (!signatureFeeds && options.feeds.empty())
    if (llvm::Error wrong = flattener.addPlaceholderFeeds(
            /*onlyNeeded=*/!options.fetches.empty()))
      return wrong;

  llvm::Expected<std::unique_ptr<FlatGraph>> graph =
      flattener.finish(signature ? signature->key : "");
  if (!graph)
    return graph;
  bool usesVariables = false;
  for (uint32_t i = 0; i < (*graph)->nodes().size() && !usesVariables; ++i)
    usesVariables = (*graph)->isVariable(i);
  if (usesVariables)
    if (llvm::Error wrong = bindVariables(data))
      return wrong;
  return graph;
}

static llvm::Error parseGraph(ModelData &data, llvm::StringRef bytes) {
  Recognised found = recognise(bytes);
  if (found.content == Content::Empty)
    return makeFileError(data.file, "is empty, expected a GraphDef");
  if (found.content == Content::Foreign)
    return makeFileError(data.file,
                         "is " + found.foreign + ", expected a GraphDef",
                         ErrorKind::Model, found.help);
  auto *graph =
      google::protobuf::Arena::CreateMessage<tf::GraphDef>(&data.arena);
  data.graph = graph;
  return parseMessage(bytes, found.content == Content::Text, data.file,
                      "GraphDef", *graph, data.warnings);
}

llvm::Expected<std::unique_ptr<FlatGraph>>
readGraphBytes(llvm::StringRef bytes, llvm::StringRef file,
               const ReadOptions &options) {
  auto data = std::make_shared<ModelData>();
  data->file = file.str();
  data->budgets = options.budgets;
  if (llvm::Error wrong = parseGraph(*data, bytes))
    return wrong;
  return flatten(std::move(data), options);
}

llvm::Expected<std::unique_ptr<FlatGraph>>
readModel(llvm::StringRef path, const ReadOptions &options) {
  llvm::StringRef name = llvm::sys::path::filename(path);
  bool isFolder = isDirectory(path);
  bool isModelFile = name == "saved_model.pb" || name == "saved_model.pbtxt";
  if (!isFolder && !isModelFile) {
    if (name.ends_with(".cpb"))
      return makeFileError(path,
                           "is a SavedModel in chunks, which is not supported");
    llvm::Expected<std::string> bytes =
        readRegularFile(path, options.budgets.fileBytes);
    if (!bytes)
      return bytes.takeError();
    return readGraphBytes(*bytes, path, options);
  }
  auto data = std::make_shared<ModelData>();
  data->file = path.str();
  data->budgets = options.budgets;
  data->folder = path.str();
  if (!isFolder) {
    llvm::StringRef parent = llvm::sys::path::parent_path(path);
    data->folder = parent.empty() ? "." : parent.str();
  }
  if (llvm::Error wrong = openSavedModel(*data, options))
    return wrong;
  return flatten(std::move(data), options);
}

} // namespace tensorflow
} // namespace sluice
