//===- SavedModel.h - Open a SavedModel -------------------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_SAVEDMODEL_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_SAVEDMODEL_H

#include "compiler/Import/TensorFlow/Reader/ModelData.h"

namespace sluice {
namespace tensorflow {

/// Reads the saved_model file of `data.folder` (or `path`, when it names one)
/// and fills in meta graph, graph and signatures.
llvm::Error openSavedModel(ModelData &data, const ReadOptions &options);

/// The same from a parsed message.
llvm::Error chooseMetaGraph(ModelData &data, tf::SavedModel &model,
                            const ReadOptions &options);

/// The signature to compile: the wanted one, `serving_default`, or the only
/// one.
llvm::Expected<const Signature *> chooseSignature(const ModelData &data,
                                                  llvm::StringRef wanted);

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_SAVEDMODEL_H
