//===- Flattener.h - Inline functions, resolve and prune --------*- C++ -*-===//
//
// Builds a FlatGraph by walking backwards from what is wanted. A Scope is one
// instance of a body: the main graph, or a function at one place of call. It
// comes into being when something inside it is needed, so functions that
// nothing reaches cost nothing. All walks use worklists.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_FLATTENER_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_FLATTENER_H

#include "compiler/Import/TensorFlow/Reader/Instantiate.h"
#include "compiler/Import/TensorFlow/Reader/ModelData.h"
#include <deque>

namespace sluice {
namespace tensorflow {

class Flattener {
public:
  explicit Flattener(std::shared_ptr<ModelData> data);

  llvm::Error initialize();
  /// Starts from a function instead: its parameters are the feeds, its results
  /// the fetches. `prefix` goes before the names of its nodes.
  llvm::Error initialize(const tf::NameAttrList &call,
                         const tf::FunctionDef &function, std::string prefix);

  /// Feeds come before fetches and targets: a fed tensor cuts the walk.
  llvm::Error addFeed(SignatureTensor feed);
  llvm::Error addFetch(SignatureTensor fetch);
  /// A node to run without fetching anything of it.
  llvm::Error addTarget(llvm::StringRef nodeName);
  /// Every Placeholder that is not fed yet: those `onlyNeeded` by the fetches,
  /// or all of the main graph.
  llvm::Error addPlaceholderFeeds(bool onlyNeeded);
  /// Every node of the main graph that computes something nobody uses.
  llvm::Error addSinkFetches();

  /// Walks, sorts and hands the graph over.
  llvm::Expected<std::unique_ptr<FlatGraph>> finish(std::string signatureKey);

private:
  static constexpr uint32_t none = ~0u;

  struct Scope {
    const Body *body;
    uint32_t parent = none; ///< scope of the call
    uint32_t call = 0;      ///< the call's index in the parent's body
    uint32_t depth = 0;
    std::string prefix; ///< of node names, "" or "call/"
    CallAttrs attrs;
    bool active = false; ///< its side effects were asked for
    bool entryKnown = false;
    /// Flat node that the body's first nodes wait for.
    uint32_t entry = none;
    uint32_t done = none; ///< flat NoOp standing for the finished call
    llvm::SmallDenseMap<uint32_t, uint32_t, 4> flat; ///< body node -> flat node
    llvm::SmallDenseMap<uint32_t, uint32_t, 4> callee; ///< body node -> scope
  };
  /// A node whose inputs are still to be resolved.
  struct Pending {
    enum Kind : uint8_t { Ordinary, Entry, Done } kind;
    uint32_t flat, scope, node;
  };
  using Key = std::pair<uint64_t, uint32_t>;

  llvm::Expected<Port> resolve(uint32_t scope, BodyRef ref);
  llvm::Expected<uint32_t> resolveControl(uint32_t scope, uint32_t node);
  llvm::Expected<uint32_t> materialize(uint32_t scope, uint32_t node);
  void require(uint32_t flat, uint32_t scope, uint32_t node);
  llvm::Expected<Port> concretePort(uint32_t scope, const BodyRef &ref);
  llvm::Expected<uint32_t> callResult(uint32_t scope, const BodyRef &ref);
  llvm::Expected<uint32_t> enter(uint32_t scope, uint32_t node);
  llvm::Error checkCall(const Scope &caller, const tf::NodeDef &call,
                        const tf::FunctionDef &function,
                        const CallAttrs &attrs) const;
  llvm::Error activate(uint32_t scope);
  uint32_t entryOf(uint32_t scope);
  llvm::Error addControls(uint32_t flat, uint32_t scope, uint32_t node);
  llvm::Expected<uint32_t> outputPort(const Scope &scope,
                                      const tf::NodeDef &node,
                                      const BodyRef &ref) const;
  llvm::Expected<const tf::NodeDef *> definition(const Scope &scope,
                                                 uint32_t node);
  uint32_t addSynthetic(std::string name);
  llvm::Error spend(uint32_t scope);
  llvm::Error process(Pending item);
  llvm::Error run();
  bool isEntryPoint(const Body &body, uint32_t node) const;

  struct Place {
    uint32_t scope = 0;
    uint32_t node = 0;
    uint32_t index = 0;
    bool control = false;
  };
  llvm::Expected<Place> locate(llvm::StringRef tensorName,
                               llvm::StringRef role);
  llvm::Error addUnused(bool constants);
  llvm::Error checkFed() const;

  llvm::Error sort(FlatGraph &graph);
  void findWrites(FlatGraph &graph) const;

  std::shared_ptr<ModelData> data;
  Library &library;
  std::deque<Scope> scopes; ///< references stay valid
  std::vector<Node> nodes;
  std::vector<bool> required; ///< per flat node: its inputs are wanted
  std::vector<bool> inMain;   ///< per flat node
  std::vector<Pending> pending;
  llvm::DenseMap<Key, Port> known; ///< outputs of calls, and parameters
  /// (scope and node, port) of fed tensors -> index of the feed.
  llvm::DenseMap<Key, uint32_t> feedAt;
  llvm::DenseMap<uint64_t, bool> fedNodes;
  std::vector<SignatureTensor> feeds, fetches;
  std::vector<uint32_t> effects;
  std::vector<uint32_t> parameters; ///< flat nodes, of a function
};

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_FLATTENER_H
