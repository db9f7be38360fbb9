//===- Library.cpp - Functions of a graph ---------------------------------===//

#include "compiler/Import/TensorFlow/Reader/Body.h"
#include "compiler/Import/TensorFlow/Reader/OpOutputs.h"
#include "compiler/Import/TensorFlow/Reader/Suggest.h"

namespace sluice {
namespace tensorflow {

bool isPartitionedCall(llvm::StringRef op) {
  return op == "PartitionedCall" || op == "StatefulPartitionedCall";
}

const tf::AttrValue *
findAttr(const google::protobuf::RepeatedPtrField<tf::AttrEntry> &entries,
         llvm::StringRef name) {
  for (int i = entries.size(); i-- > 0;)
    if (entries.Get(i).key() == name)
      return &entries.Get(i).value();
  return nullptr;
}

llvm::Error Library::initialize() {
  for (const tf::FunctionDef &function : graph.library().function()) {
    llvm::StringRef name = function.signature().name();
    if (name.empty())
      return makeFileError(file, "a function of the library has no name");
    if (isPartitionedCall(name) || findOpOutputs(name))
      return makeFileError(file,
                           "function '" + name +
                               "' has the name of an operator of TensorFlow");
    if (!functions.try_emplace(name, &function).second)
      return makeFileError(file, "two functions are called '" + name + "'");
  }
  return llvm::Error::success();
}

const tf::FunctionDef *Library::find(llvm::StringRef name) const {
  return functions.lookup(name);
}

bool Library::isCall(const tf::NodeDef &node) const {
  return isPartitionedCall(node.op()) || functions.count(node.op());
}

llvm::Expected<const tf::FunctionDef *>
Library::callee(const tf::NodeDef &node, const Body &body) const {
  if (const tf::FunctionDef *function = find(node.op()))
    return function;
  if (!isPartitionedCall(node.op()))
    return nullptr;
  const tf::AttrValue *value = findAttr(node.attr(), "f");
  if (!value)
    return error(body, node, "is missing, expected a function", "f");
  if (!value->has_func())
    return error(body, node, "must be a function", "f");
  llvm::StringRef name = value->func().name();
  if (const tf::FunctionDef *function = find(name))
    return function;
  return error(body, node,
               "names function '" + name + "', which is not in the library" +
                   suggestion(functions, name),
               "f");
}

/// The length of a list attribute, or the value of an int attribute.
static std::optional<uint64_t> countOf(const tf::AttrValue *value) {
  if (value && value->has_i() && value->i() >= 0)
    return static_cast<uint64_t>(value->i());
  if (value && value->has_list())
    return static_cast<uint64_t>(value->list().type_size());
  return std::nullopt;
}

std::optional<uint64_t> Library::outputCount(const tf::NodeDef &node) const {
  if (const tf::FunctionDef *function = find(node.op()))
    return function->signature().output_arg_size();
  if (isPartitionedCall(node.op())) {
    const tf::AttrValue *called = findAttr(node.attr(), "f");
    const tf::FunctionDef *function =
        called && called->has_func() ? find(called->func().name()) : nullptr;
    if (!function)
      return std::nullopt;
    return function->signature().output_arg_size();
  }
  const std::vector<OutputArg> *args = findOpOutputs(node.op());
  if (!args)
    return std::nullopt;
  uint64_t total = 0;
  for (const OutputArg &arg : *args) {
    if (arg.numberAttr.empty() && arg.typeListAttr.empty()) {
      ++total;
      continue;
    }
    std::optional<uint64_t> count =
        countOf(findAttr(node.attr(), arg.numberAttr.empty() ? arg.typeListAttr
                                                             : arg.numberAttr));
    if (!count || *count > uint64_t(1) << 32)
      return std::nullopt;
    total += *count;
  }
  return total;
}

namespace {
struct Mention {
  const tf::FunctionDef *function;
  bool isCall; ///< it will be inlined
};
} // namespace

/// The functions that a function's nodes mention, as operators or in
/// attributes (branches of If, bodies of While, ...), in file order.
static std::vector<Mention> mentioned(const Library &library,
                                      const tf::FunctionDef &function) {
  std::vector<Mention> found;
  bool isCall = false;
  auto add = [&](llvm::StringRef name) {
    if (const tf::FunctionDef *other = library.find(name))
      found.push_back({other, isCall});
  };
  std::vector<const tf::AttrValue *> work;
  for (const tf::NodeDef &node : function.node_def()) {
    isCall = library.isCall(node);
    add(node.op());
    for (const tf::AttrEntry &entry : node.attr())
      work.push_back(&entry.value());
    while (!work.empty()) {
      const tf::AttrValue *value = work.back();
      work.pop_back();
      auto visit = [&](const tf::NameAttrList &called) {
        add(called.name());
        for (const tf::AttrEntry &entry : called.attr())
          work.push_back(&entry.value());
      };
      if (value->has_func())
        visit(value->func());
      if (value->has_list())
        for (const tf::NameAttrList &called : value->list().func())
          visit(called);
    }
  }
  return found;
}

llvm::Error Library::checkRecursion(const tf::FunctionDef &function) {
  struct Frame {
    const tf::FunctionDef *function;
    std::vector<Mention> callees;
    size_t next = 0;
  };
  if (expansions.count(&function))
    return llvm::Error::success();
  std::vector<Frame> stack;
  llvm::DenseMap<const tf::FunctionDef *, bool> onStack;
  auto push = [&](const tf::FunctionDef *next) {
    onStack[next] = true;
    stack.push_back({next, mentioned(*this, *next)});
  };
  push(&function);
  while (!stack.empty()) {
    Frame &top = stack.back();
    if (top.next == top.callees.size()) {
      onStack[top.function] = false;
      // What inlining it makes at most; the sum stops growing when large.
      uint64_t total = 1 + top.function->node_def_size();
      for (const Mention &mention : top.callees)
        if (mention.isCall)
          total = std::min(total + expansions.lookup(mention.function),
                           uint64_t(1) << 60);
      expansions[top.function] = total;
      stack.pop_back();
      continue;
    }
    const tf::FunctionDef *callee = top.callees[top.next++].function;
    if (expansions.count(callee))
      continue;
    if (!onStack.lookup(callee)) {
      push(callee);
      continue;
    }
    constexpr size_t maxListed = 20;
    std::string chain;
    size_t listed = 0;
    bool inCycle = false;
    for (const Frame &frame : stack) {
      inCycle |= frame.function == callee;
      if (inCycle && ++listed <= maxListed)
        chain += "'" + frame.function->signature().name() + "' -> ";
    }
    if (listed > maxListed)
      chain += "... -> ";
    return makeFileError(file, "functions call themselves, which is not "
                               "supported: " +
                                   chain + "'" + callee->signature().name() +
                                   "'");
  }
  return llvm::Error::success();
}

} // namespace tensorflow
} // namespace sluice
