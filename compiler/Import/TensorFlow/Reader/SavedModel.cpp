//===- SavedModel.cpp - Open a SavedModel ---------------------------------===//

#include "compiler/Import/TensorFlow/Reader/SavedModel.h"

#include "compiler/Import/TensorFlow/Reader/ModelFile.h"
#include "compiler/Import/TensorFlow/Reader/TensorValue.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <set>

namespace sluice {
namespace tensorflow {

static std::string quotedList(const std::set<std::string> &names) {
  std::string text;
  for (const std::string &name : names)
    text += (text.empty() ? "'" : ", '") + name + "'";
  return text.empty() ? "none" : text;
}

static std::set<std::string> tagsOf(const tf::MetaGraphDef &meta) {
  return {meta.meta_info_def().tags().begin(),
          meta.meta_info_def().tags().end()};
}

static llvm::Error
readTensors(const ModelData &data, llvm::StringRef key, llvm::StringRef role,
            const google::protobuf::RepeatedPtrField<tf::TensorInfoEntry> &map,
            std::vector<SignatureTensor> &tensors) {
  std::map<std::string, const tf::TensorInfo *> sorted;
  for (const tf::TensorInfoEntry &entry : map)
    sorted[entry.key()] = &entry.value(); // the last of equal keys wins
  for (const auto &[name, info] : sorted) {
    SignatureTensor tensor;
    tensor.name = name;
    tensor.dtype = info->dtype();
    if (info->has_name() && info->name().empty())
      return makeFileError(data.file, "signature '" + key + "': " + role +
                                          " '" + name + "' names no tensor");
    if (info->has_name())
      tensor.tensorName = info->name();
    if (info->has_tensor_shape())
      if (std::optional<ValueProblem> wrong =
              readPartialShape(info->tensor_shape(), tensor.shape))
        return makeFileError(data.file, "signature '" + key + "': " + role +
                                            " '" + name + "': " + wrong->text);
    tensors.push_back(std::move(tensor));
  }
  return llvm::Error::success();
}

static llvm::Error readSignatures(ModelData &data) {
  std::map<std::string, const tf::SignatureDef *> sorted;
  for (const tf::SignatureDefEntry &entry : data.meta->signature_def())
    sorted[entry.key()] = &entry.value();
  for (const auto &[key, definition] : sorted) {
    Signature signature;
    signature.key = key;
    signature.method = definition->method_name();
    if (llvm::Error wrong = readTensors(data, key, "input",
                                        definition->inputs(), signature.inputs))
      return wrong;
    if (llvm::Error wrong = readTensors(
            data, key, "output", definition->outputs(), signature.outputs))
      return wrong;
    data.signatures.push_back(std::move(signature));
  }
  return llvm::Error::success();
}

/// Asset files lie below the folder `assets`; a name may not lead out of it.
static llvm::Error checkAssets(const ModelData &data) {
  for (const tf::AssetFileDef &asset : data.meta->asset_file_def()) {
    llvm::StringRef name = asset.filename();
    bool leadsOut = name.starts_with("/") || name.contains('\0');
    for (llvm::StringRef part : llvm::split(name, '/'))
      leadsOut |= part == "..";
    if (name.empty() || leadsOut)
      return makeFileError(data.file,
                           "asset file '" + name +
                               "' must be a path inside the folder 'assets'");
  }
  return llvm::Error::success();
}

llvm::Error chooseMetaGraph(ModelData &data, tf::SavedModel &model,
                            const ReadOptions &options) {
  if (model.saved_model_schema_version() != 1)
    return makeFileError(data.file,
                         "SavedModel has schema version " +
                             llvm::Twine(model.saved_model_schema_version()) +
                             ", expected 1");
  if (model.meta_graphs_size() == 0)
    return makeFileError(data.file, "SavedModel holds no MetaGraph");
  std::set<std::string> wanted(options.tags.begin(), options.tags.end());
  std::string present;
  for (tf::MetaGraphDef &meta : *model.mutable_meta_graphs()) {
    std::set<std::string> tags = tagsOf(meta);
    present += (present.empty() ? "{" : ", {") + quotedList(tags) + "}";
    if (tags != wanted)
      continue;
    if (data.meta)
      return makeFileError(data.file,
                           "SavedModel holds two MetaGraphs with the tags {" +
                               quotedList(tags) + "}");
    data.meta = &meta;
  }
  // Without a tag set of the user's choice, one that also serves will do.
  if (!data.meta && wanted == std::set<std::string>{"serve"} &&
      model.meta_graphs_size() == 1)
    if (tagsOf(model.meta_graphs(0)).count("serve"))
      data.meta = model.mutable_meta_graphs(0);
  if (!data.meta)
    return makeFileError(data.file,
                         "SavedModel has no MetaGraph with the tags {" +
                             quotedList(wanted) + "}; it has " + present,
                         ErrorKind::Model, "choose with --tag");
  data.graph = data.meta->mutable_graph_def();
  if (llvm::Error wrong = checkAssets(data))
    return wrong;
  return readSignatures(data);
}

llvm::Error openSavedModel(ModelData &data, const ReadOptions &options) {
  std::string binary = data.folder + "/saved_model.pb";
  std::string text = data.folder + "/saved_model.pbtxt";
  std::string path = binary;
  if (!exists(binary)) {
    if (exists(text)) {
      path = text;
    } else if (exists(data.folder + "/saved_model.cpb")) {
      return makeFileError(
          data.file,
          "is a SavedModel in chunks (saved_model.cpb), which is not supported",
          ErrorKind::Model,
          "save the model again with its weights as variables, so that the "
          "graph stays below 2 GiB");
    } else {
      return makeFileError(
          data.file, "is a folder without saved_model.pb or saved_model.pbtxt",
          ErrorKind::Model,
          "give the folder that holds saved_model.pb (for a model server's "
          "layout, the one with the version number)");
    }
  }
  llvm::Expected<std::string> bytes =
      readRegularFile(path, data.budgets.fileBytes);
  if (!bytes)
    return bytes.takeError();
  Recognised found = recognise(*bytes, /*mayBeOnnx=*/false);
  if (found.content == Content::Empty)
    return makeFileError(path, "is empty, expected a SavedModel");
  if (found.content == Content::Foreign)
    return makeFileError(path,
                         "is " + found.foreign + ", expected a SavedModel",
                         ErrorKind::Model, found.help);
  auto *model =
      google::protobuf::Arena::CreateMessage<tf::SavedModel>(&data.arena);
  if (llvm::Error wrong =
          parseMessage(*bytes, found.content == Content::Text, path,
                       "SavedModel", *model, data.warnings))
    return wrong;
  return chooseMetaGraph(data, *model, options);
}

/// Signatures that exist for the loader, not for callers.
static bool isInternal(llvm::StringRef key) {
  return key == "__saved_model_init_op" || key == "__saved_model_train_op";
}

llvm::Expected<const Signature *> chooseSignature(const ModelData &data,
                                                  llvm::StringRef wanted) {
  std::set<std::string> keys;
  const Signature *only = nullptr, *byDefault = nullptr;
  for (const Signature &signature : data.signatures) {
    if (!wanted.empty() && signature.key == wanted)
      return &signature;
    if (isInternal(signature.key))
      continue;
    keys.insert(signature.key);
    only = &signature;
    if (signature.key == "serving_default")
      byDefault = &signature;
  }
  if (!wanted.empty())
    return makeFileError(data.file, "has no signature '" + wanted +
                                        "'; it has " + quotedList(keys));
  if (byDefault)
    return byDefault;
  if (keys.size() == 1)
    return only;
  if (keys.empty())
    return makeFileError(data.file, "has no signature", ErrorKind::Model,
                         "name the outputs with --fetch and the inputs with "
                         "--feed");
  return makeFileError(data.file,
                       "has no signature 'serving_default' but several "
                       "others: " +
                           quotedList(keys),
                       ErrorKind::Model, "choose one with --signature");
}

} // namespace tensorflow
} // namespace sluice
