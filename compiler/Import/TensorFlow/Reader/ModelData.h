//===- ModelData.h - What the reader keeps of a file ------------*- C++ -*-===//
//
// Internal to the reader: the parsed messages, prepared function bodies, the
// checkpoint and where each variable's value lies.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_MODELDATA_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_MODELDATA_H

#include "compiler/Import/TensorFlow/Proto/saved_model.pb.h"
#include "compiler/Import/TensorFlow/Reader/Body.h"
#include "compiler/Import/TensorFlow/Reader/Bundle.h"
#include "compiler/Import/TensorFlow/Reader/Reader.h"
#include "compiler/Support/ModelError.h"
#include "llvm/ADT/StringMap.h"
#include <google/protobuf/arena.h>
#include <map>

namespace sluice {
namespace tensorflow {

/// Where the value of a variable comes from.
struct VariableSource {
  /// A checkpoint entry, and the slice of it in RestoreV2's text form
  /// ("10 4 0,5:-"; empty: all of it).
  std::string checkpointKey, slice;
  /// Or a Const node's value; wins over the checkpoint when set, as the init
  /// operator runs after the restore operator.
  const tf::NodeDef *initialValue = nullptr;
  /// The node that assigns it, for messages.
  std::string assignNode;
};

class ModelData {
public:
  std::string file;   ///< as the user gave it
  std::string folder; ///< of a SavedModel, else empty
  ReadBudgets budgets;
  google::protobuf::Arena arena;
  tf::GraphDef *graph = nullptr;
  tf::MetaGraphDef *meta = nullptr; ///< null for a GraphDef
  std::unique_ptr<Library> library;
  std::vector<Signature> signatures;
  std::vector<std::string> warnings;
  std::unique_ptr<Bundle> bundle; ///< null without a checkpoint
  /// By variable identity.
  std::map<std::string, VariableSource> variables;
  // What was spent of the budgets, over all instances of functions.
  uint64_t inlinedNodes = 0; ///< nodes and calls
  uint64_t copiedBytes = 0;  ///< of nodes with attributes filled in
};

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_MODELDATA_H
