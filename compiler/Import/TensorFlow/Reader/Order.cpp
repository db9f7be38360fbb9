//===- Order.cpp - Sort and index the nodes of a flat graph ---------------===//

#include "compiler/Import/TensorFlow/Reader/Flattener.h"
#include "compiler/Import/TensorFlow/Reader/Variables.h"

namespace sluice {
namespace tensorflow {

static bool isBackEdge(const Node &from, const Node &to) {
  return (from.op() == "NextIteration" || from.op() == "RefNextIteration") &&
         (to.op() == "Merge" || to.op() == "RefMerge");
}

namespace {
/// Depth-first over inputs, then controls, with an explicit stack. What a loop
/// carries back is visited after everything else.
class Sorter {
public:
  explicit Sorter(const std::vector<Node> &nodes)
      : nodes(nodes), state(nodes.size(), New) {}

  /// False when a cycle is met; `at` is then a node of it.
  bool visit(uint32_t root) {
    push(root);
    while (!stack.empty()) {
      Frame &frame = stack.back();
      const Node &node = nodes[frame.node];
      size_t data = node.inputs.size();
      if (frame.next == data + node.controls.size()) {
        state[frame.node] = Done;
        order.push_back(frame.node);
        stack.pop_back();
        continue;
      }
      size_t i = frame.next++;
      uint32_t from = i < data ? node.inputs[i].node : node.controls[i - data];
      if (isBackEdge(nodes[from], node)) {
        later.push_back(from);
        continue;
      }
      if (state[from] == Open) {
        at = from;
        return false;
      }
      push(from);
    }
    return true;
  }

  bool visitLater() {
    while (!later.empty()) {
      uint32_t root = later.back();
      later.pop_back();
      if (!visit(root))
        return false;
    }
    return true;
  }

  std::vector<uint32_t> order;
  uint32_t at = 0;

private:
  enum State : uint8_t { New, Open, Done };
  struct Frame {
    uint32_t node;
    size_t next;
  };
  void push(uint32_t node) {
    if (state[node] != New)
      return;
    state[node] = Open;
    stack.push_back({node, 0});
  }

  const std::vector<Node> &nodes;
  std::vector<State> state;
  std::vector<Frame> stack;
  std::vector<uint32_t> later;
};
} // namespace

llvm::Error Flattener::sort(FlatGraph &graph) {
  Sorter sorter(nodes);
  bool acyclic = true;
  for (const SignatureTensor &feed : feeds)
    acyclic = acyclic && sorter.visit(feed.port.node);
  for (const SignatureTensor &fetch : fetches)
    acyclic = acyclic && sorter.visit(fetch.port.node);
  for (uint32_t node : effects)
    acyclic = acyclic && sorter.visit(node);
  if (!acyclic || !sorter.visitLater()) {
    ModelErrorText text;
    text.file = data->file;
    text.node = nodes[sorter.at].name;
    text.op = nodes[sorter.at].op().str();
    text.message = "waits for itself";
    return makeModelError(std::move(text));
  }

  std::vector<uint32_t> position(nodes.size(), none);
  for (uint32_t i = 0; i < sorter.order.size(); ++i)
    position[sorter.order[i]] = i;
  graph.nodeList.reserve(sorter.order.size());
  for (uint32_t old : sorter.order) {
    Node &node = graph.nodeList.emplace_back(std::move(nodes[old]));
    for (Port &port : node.inputs)
      port.node = position[port.node];
    for (uint32_t &control : node.controls)
      control = position[control];
  }
  auto renumber = [&](std::vector<SignatureTensor> &list) {
    for (SignatureTensor &tensor : list)
      tensor.port.node = position[tensor.port.node];
    return std::move(list);
  };
  graph.feedList = renumber(feeds);
  graph.fetchList = renumber(fetches);
  llvm::DenseMap<uint32_t, bool> listed;
  for (uint32_t node : effects)
    if (listed.try_emplace(position[node], true).second)
      graph.effectList.push_back(position[node]);
  for (unsigned i = 0; i < graph.feedList.size(); ++i) {
    Port port = graph.feedList[i].port;
    graph.feedByPort[uint64_t(port.node) << 32 | port.index] = i;
  }

  // Names of the main graph stay as they are; an inlined name that is taken
  // already gets a number.
  graph.nodeByName.reserve(graph.nodeList.size());
  auto index = [&](bool wantMain) {
    for (uint32_t i = 0; i < graph.nodeList.size(); ++i) {
      if (inMain[sorter.order[i]] != wantMain)
        continue;
      Node &node = graph.nodeList[i];
      std::string base = node.name;
      for (unsigned k = 1; !graph.nodeByName.try_emplace(node.name, i).second;
           ++k)
        node.name = base + "_" + std::to_string(k);
    }
  };
  index(true);
  index(false);
  return llvm::Error::success();
}

/// Operators that change the variables among their inputs.
static bool writesVariable(llvm::StringRef op) {
  for (llvm::StringRef prefix : {"Assign",
                                 "Apply",
                                 "SparseApply",
                                 "Scatter",
                                 "ResourceApply",
                                 "ResourceSparseApply",
                                 "ResourceScatter",
                                 "ResourceStridedSliceAssign",
                                 "StridedSliceAssign",
                                 "CountUpTo",
                                 "ResourceCountUpTo",
                                 "ResourceAccumulator",
                                 "RngReadAndSkip",
                                 "RngSkip",
                                 "StatefulUniform",
                                 "StatefulStandardNormal",
                                 "StatefulTruncatedNormal",
                                 "StatefulRandomBinomial",
                                 "DestroyResourceOp",
                                 "DestroyTemporaryVariable",
                                 "ResourceConditionalAccumulator"})
    if (op.starts_with(prefix))
      return true;
  return false;
}

void Flattener::findWrites(FlatGraph &graph) const {
  for (uint32_t i = 0; i < graph.nodeList.size(); ++i) {
    const Node &node = graph.nodeList[i];
    if (node.cut || !writesVariable(node.op()))
      continue;
    for (Port input : node.inputs)
      if (std::optional<uint32_t> variable =
              followToVariable(graph.nodeList, input.node))
        graph.writeList.push_back({i, *variable});
  }
}

} // namespace tensorflow
} // namespace sluice
