//===- Body.h - Checked node lists of graphs and functions ------*- C++ -*-===//
//
// A Body is the main graph or a function with its names resolved to indices
// and its structure checked: unique names, inputs that exist, controls last,
// no cycles. Functions are prepared when they are first called.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_BODY_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_BODY_H

#include "compiler/Import/TensorFlow/Proto/graph.pb.h"
#include "compiler/Import/TensorFlow/Reader/Names.h"
#include "compiler/Support/ModelError.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <optional>
#include <vector>

namespace sluice {
namespace tensorflow {

/// Where an input comes from: a parameter of the function, or an output.
struct BodyRef {
  static constexpr uint32_t parameter = 1u << 31;
  uint32_t node = 0; ///< index in the body, or `parameter` + its number
  /// The port; within `output` when that is not empty.
  uint32_t index = 0;
  llvm::StringRef output;

  bool isParameter() const { return (node & parameter) != 0; }
  uint32_t parameterNumber() const { return node & ~parameter; }
};

struct Body {
  const tf::FunctionDef *function = nullptr; ///< null for the main graph
  const google::protobuf::RepeatedPtrField<tf::NodeDef> *nodes = nullptr;
  llvm::DenseMap<llvm::StringRef, uint32_t> byName; ///< parameters included
  std::vector<uint32_t> inputBegin, controlBegin;   ///< one more than nodes
  std::vector<BodyRef> inputRefs;
  std::vector<uint32_t> controlRefs; ///< as BodyRef::node
  std::vector<BodyRef> results;      ///< in the order of the output arguments
  std::vector<uint32_t> controlResults;
  std::vector<bool> hasPlaceholder; ///< the node has a `$T` attribute
  std::vector<bool> hasUsers;

  uint32_t size() const { return static_cast<uint32_t>(nodes->size()); }
  const tf::NodeDef &node(uint32_t i) const {
    return nodes->Get(static_cast<int>(i));
  }
  llvm::StringRef name() const; ///< of the function; empty for the main graph
  llvm::ArrayRef<BodyRef> inputs(uint32_t i) const {
    return llvm::ArrayRef(inputRefs).slice(inputBegin[i],
                                           inputBegin[i + 1] - inputBegin[i]);
  }
  llvm::ArrayRef<uint32_t> controls(uint32_t i) const {
    return llvm::ArrayRef(controlRefs)
        .slice(controlBegin[i], controlBegin[i + 1] - controlBegin[i]);
  }
};

/// The functions of a graph, and the main graph itself.
class Library {
public:
  Library(std::string file, const tf::GraphDef &graph)
      : file(std::move(file)), graph(graph) {}

  /// Indexes the functions: unique, named, not named like an operator.
  llvm::Error initialize();
  const tf::FunctionDef *find(llvm::StringRef name) const;

  llvm::Expected<const Body *> mainBody();
  /// Prepares the function and checks that nothing it refers to calls it.
  llvm::Expected<const Body *> functionBody(const tf::FunctionDef &function);

  /// How many nodes inlining a (prepared) function makes at most.
  uint64_t expansion(const tf::FunctionDef &function) const {
    return expansions.lookup(&function);
  }

  /// The function that a node calls: its operator, or the `f` of a
  /// PartitionedCall. Null: an ordinary node. `f` must not be a placeholder.
  llvm::Expected<const tf::FunctionDef *> callee(const tf::NodeDef &node,
                                                 const Body &body) const;
  /// The same question without an error.
  bool isCall(const tf::NodeDef &node) const;

  /// How many outputs a node has; nullopt when the operator is not known or
  /// its count is in a missing attribute.
  std::optional<uint64_t> outputCount(const tf::NodeDef &node) const;

  llvm::Error error(const Body &body, const tf::NodeDef &node,
                    const llvm::Twine &message,
                    llvm::StringRef attribute = "") const;
  llvm::Error error(const Body &body, const llvm::Twine &message) const;
  const std::string &sourceFile() const { return file; }

private:
  llvm::Error fill(Body &body);
  llvm::Error indexNames(Body &body);
  llvm::Error resolveInputs(Body &body);
  llvm::Expected<BodyRef> resolve(const Body &body, const InputName &name,
                                  std::string &problem) const;
  llvm::Error resolveResults(Body &body);
  llvm::Error checkCycles(const Body &body) const;
  llvm::Error checkRecursion(const tf::FunctionDef &function);

  std::string file;
  const tf::GraphDef &graph;
  llvm::DenseMap<llvm::StringRef, const tf::FunctionDef *> functions;
  std::unique_ptr<Body> main;
  llvm::DenseMap<const tf::FunctionDef *, std::unique_ptr<Body>> bodies;
  /// Functions known not to be part of a recursion, and how many nodes
  /// inlining all of each would make.
  llvm::DenseMap<const tf::FunctionDef *, uint64_t> expansions;
};

/// The last of equal keys, as in a protobuf map; null when absent.
const tf::AttrValue *
findAttr(const google::protobuf::RepeatedPtrField<tf::AttrEntry> &entries,
         llvm::StringRef name);

bool isPartitionedCall(llvm::StringRef op);

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_BODY_H
