//===- Body.cpp - Checked node lists of graphs and functions --------------===//

#include "compiler/Import/TensorFlow/Reader/Body.h"

#include "compiler/Import/TensorFlow/Reader/Suggest.h"

namespace sluice {
namespace tensorflow {

/// A long list of names is cut in messages.
constexpr size_t maxListed = 8;

llvm::StringRef Body::name() const {
  return function ? llvm::StringRef(function->signature().name())
                  : llvm::StringRef();
}

/// A node without a usable name is shown by its place in the file.
static std::string shownName(const Body &body, const tf::NodeDef &node) {
  if (!node.name().empty())
    return node.name();
  for (uint32_t i = 0; i < body.size(); ++i)
    if (&body.node(i) == &node)
      return "#" + std::to_string(i);
  return "#?";
}

llvm::Error Library::error(const Body &body, const tf::NodeDef &node,
                           const llvm::Twine &message,
                           llvm::StringRef attribute) const {
  ModelErrorText text;
  text.file = file;
  text.node = shownName(body, node);
  text.op = node.op();
  text.attribute = attribute.str();
  text.message = message.str();
  if (body.function)
    text.notes.push_back(("in function '" + body.name() + "'").str());
  return makeModelError(std::move(text));
}

llvm::Error Library::error(const Body &body, const llvm::Twine &message) const {
  if (body.function)
    return makeFileError(file, "function '" + body.name() + "': " + message);
  return makeFileError(file, message);
}

llvm::Error Library::indexNames(Body &body) {
  if (body.function) {
    const tf::OpDef &signature = body.function->signature();
    for (int i = 0; i < signature.input_arg_size(); ++i) {
      const tf::OpDef::ArgDef &arg = signature.input_arg(i);
      if (!arg.number_attr().empty() || !arg.type_list_attr().empty())
        return error(body, "parameter '" + arg.name() +
                               "' is a list of tensors, which is not "
                               "supported");
      if (!body.byName.try_emplace(arg.name(), BodyRef::parameter + i).second)
        return error(body, "two parameters are called '" + arg.name() + "'");
    }
  }
  for (uint32_t i = 0; i < body.size(); ++i) {
    const tf::NodeDef &node = body.node(i);
    std::string wrong = checkNodeName(node.name());
    if (!wrong.empty())
      return error(body, node, wrong);
    if (node.op().empty())
      return error(body, node, "node has no operator");
    auto [it, isNew] = body.byName.try_emplace(node.name(), i);
    if (!isNew)
      return error(body, node,
                   (it->second & BodyRef::parameter)
                       ? "has the name of a parameter of its function"
                       : "two nodes have this name, the other is a " +
                             body.node(it->second).op());
  }
  return llvm::Error::success();
}

/// Sets `problem` when the name cannot be resolved.
llvm::Expected<BodyRef> Library::resolve(const Body &body,
                                         const InputName &name,
                                         std::string &problem) const {
  BodyRef ref;
  auto it = body.byName.find(name.node);
  if (it == body.byName.end()) {
    problem =
        "names a node that does not exist" + suggestion(body.byName, name.node);
    return ref;
  }
  ref.node = it->second;
  ref.index = name.index;
  ref.output = name.output;
  if (name.control)
    return ref;
  if (ref.isParameter()) {
    if (name.parts == 3 || name.index != 0)
      problem = "names an output of a parameter, which has only one";
    return ref;
  }
  if (body.function) {
    if (name.parts != 3)
      problem = "must have the form node:output:index inside a function";
    return ref;
  }
  if (name.parts == 3) {
    problem = "has three parts, which only inputs inside functions may have";
    return ref;
  }
  std::optional<uint64_t> count = outputCount(body.node(ref.node));
  if (count && ref.index >= *count)
    problem = "names output " + std::to_string(ref.index) + " of a " +
              body.node(ref.node).op() + ", which has " +
              std::to_string(*count);
  return ref;
}

/// True when any attribute value inside is `$T`. Nesting is bounded by the
/// parser, but a worklist keeps the rule.
static bool holdsPlaceholder(const tf::NodeDef &node) {
  std::vector<const tf::AttrValue *> work;
  auto addAll = [&](const auto &entries) {
    for (const tf::AttrEntry &entry : entries)
      work.push_back(&entry.value());
  };
  addAll(node.attr());
  while (!work.empty()) {
    const tf::AttrValue *value = work.back();
    work.pop_back();
    if (value->has_placeholder())
      return true;
    if (value->has_func())
      addAll(value->func().attr());
    if (value->has_list())
      for (const tf::NameAttrList &function : value->list().func())
        addAll(function.attr());
  }
  return false;
}

llvm::Error Library::resolveInputs(Body &body) {
  body.inputBegin.reserve(body.size() + 1);
  body.controlBegin.reserve(body.size() + 1);
  body.hasUsers.assign(body.size(), false);
  body.hasPlaceholder.assign(body.size(), false);
  for (uint32_t i = 0; i < body.size(); ++i) {
    const tf::NodeDef &node = body.node(i);
    body.inputBegin.push_back(body.inputRefs.size());
    body.controlBegin.push_back(body.controlRefs.size());
    if (body.function)
      body.hasPlaceholder[i] = holdsPlaceholder(node);
    bool sawControl = false;
    for (int k = 0; k < node.input_size(); ++k) {
      InputName name;
      std::string problem = parseInputName(node.input(k), name);
      if (problem.empty() && sawControl && !name.control)
        problem = "is a data input after a control input";
      BodyRef ref;
      if (problem.empty()) {
        llvm::Expected<BodyRef> found = resolve(body, name, problem);
        if (!found)
          return found.takeError();
        ref = *found;
      }
      if (!problem.empty())
        return error(body, node, inputText(k, node.input(k)) + " " + problem);
      if (!ref.isParameter())
        body.hasUsers[ref.node] = true;
      sawControl |= name.control;
      if (name.control)
        body.controlRefs.push_back(ref.node);
      else
        body.inputRefs.push_back(ref);
    }
  }
  body.inputBegin.push_back(body.inputRefs.size());
  body.controlBegin.push_back(body.controlRefs.size());
  return llvm::Error::success();
}

llvm::Error Library::resolveResults(Body &body) {
  const tf::OpDef &signature = body.function->signature();
  llvm::DenseMap<llvm::StringRef, llvm::StringRef> values;
  for (const tf::NameEntry &entry : body.function->ret())
    values[entry.key()] = entry.value();
  llvm::DenseMap<llvm::StringRef, unsigned> outputs;
  for (const tf::OpDef::ArgDef &arg : signature.output_arg()) {
    if (!arg.number_attr().empty() || !arg.type_list_attr().empty())
      return error(body, "output '" + arg.name() +
                             "' is a list of tensors, which is not supported");
    if (!outputs.try_emplace(arg.name(), 0).second)
      return error(body, "two outputs are called '" + arg.name() + "'");
    auto it = values.find(arg.name());
    if (it == values.end())
      return error(body, "ret has no value for output '" + arg.name() + "'");
    InputName name;
    std::string problem = parseInputName(it->second, name);
    if (problem.empty() && name.control)
      problem = "is a control input";
    BodyRef ref;
    if (problem.empty()) {
      llvm::Expected<BodyRef> found = resolve(body, name, problem);
      if (!found)
        return found.takeError();
      ref = *found;
    }
    if (!problem.empty())
      return error(body, "ret value '" + it->second.str() + "' of output '" +
                             arg.name() + "' " + problem);
    if (!ref.isParameter())
      body.hasUsers[ref.node] = true;
    body.results.push_back(ref);
  }
  for (const tf::NameEntry &entry : body.function->ret())
    if (!outputs.count(entry.key()))
      return error(body, "ret has a value for '" + entry.key() +
                             "', which is no output of the function");
  for (const tf::NameEntry &entry : body.function->control_ret()) {
    auto it = body.byName.find(entry.value());
    if (it == body.byName.end())
      return error(body, "control_ret '" + entry.key() + "' names node '" +
                             entry.value() + "', which does not exist");
    body.controlResults.push_back(it->second);
  }
  unsigned parameters = signature.input_arg_size();
  for (const tf::FunctionDef::ArgAttrsEntry &entry : body.function->arg_attr())
    if (entry.key() >= parameters)
      return error(body,
                   "arg_attr is for parameter " + llvm::Twine(entry.key()) +
                       ", but the function has " + llvm::Twine(parameters));
  for (const tf::FunctionDef::IdEntry &entry :
       body.function->resource_arg_unique_id())
    if (entry.key() >= parameters)
      return error(body, "resource_arg_unique_id is for parameter " +
                             llvm::Twine(entry.key()) +
                             ", but the function has " +
                             llvm::Twine(parameters));
  return llvm::Error::success();
}

/// Only a loop's back edge may close a cycle.
static bool isBackEdge(llvm::StringRef from, llvm::StringRef to) {
  return (from == "NextIteration" || from == "RefNextIteration") &&
         (to == "Merge" || to == "RefMerge");
}

llvm::Error Library::checkCycles(const Body &body) const {
  // Remove nodes without open inputs until none is left; what stays holds a
  // cycle.
  uint32_t count = body.size();
  std::vector<uint32_t> open(count, 0), userBegin(count + 1, 0);
  auto forEachEdge = [&](auto &&visit) {
    for (uint32_t i = 0; i < count; ++i) {
      for (const BodyRef &ref : body.inputs(i))
        if (!ref.isParameter() &&
            !isBackEdge(body.node(ref.node).op(), body.node(i).op()))
          visit(ref.node, i);
      for (uint32_t from : body.controls(i))
        if ((from & BodyRef::parameter) == 0)
          visit(from, i);
    }
  };
  forEachEdge([&](uint32_t from, uint32_t to) {
    ++open[to];
    ++userBegin[from + 1];
  });
  for (uint32_t i = 0; i < count; ++i)
    userBegin[i + 1] += userBegin[i];
  std::vector<uint32_t> users(userBegin[count]), fill(userBegin);
  forEachEdge([&](uint32_t from, uint32_t to) { users[fill[from]++] = to; });
  std::vector<uint32_t> work;
  for (uint32_t i = 0; i < count; ++i)
    if (open[i] == 0)
      work.push_back(i);
  uint32_t done = 0;
  while (!work.empty()) {
    uint32_t i = work.back();
    work.pop_back();
    ++done;
    for (uint32_t k = userBegin[i]; k < userBegin[i + 1]; ++k)
      if (--open[users[k]] == 0)
        work.push_back(users[k]);
  }
  if (done == count)
    return llvm::Error::success();
  // Walk backwards over nodes that stayed: each has such an input.
  std::vector<uint32_t> blockedBy(count, count);
  forEachEdge([&](uint32_t from, uint32_t to) {
    if (open[from] != 0 && open[to] != 0 && blockedBy[to] == count)
      blockedBy[to] = from;
  });
  uint32_t at = 0;
  while (open[at] == 0)
    ++at;
  std::vector<bool> seen(count, false);
  for (; !seen[at]; at = blockedBy[at])
    seen[at] = true;
  // Collected against the flow of data, shown with it.
  std::vector<uint32_t> members;
  for (uint32_t member = at; members.empty() || member != at;
       member = blockedBy[member])
    members.push_back(member);
  std::string chain;
  for (size_t i = members.size(); i-- > 0;)
    if (members.size() - i <= maxListed)
      chain += "'" + body.node(members[i]).name() + "' -> ";
  if (members.size() > maxListed)
    chain += "... -> ";
  return error(body, body.node(at),
               "is part of a cycle of " + llvm::Twine(members.size()) +
                   (members.size() == 1 ? " node: " : " nodes: ") + chain +
                   "'" + body.node(members.back()).name() + "'");
}

llvm::Error Library::fill(Body &body) {
  if (llvm::Error wrong = indexNames(body))
    return wrong;
  if (llvm::Error wrong = resolveInputs(body))
    return wrong;
  if (body.function)
    if (llvm::Error wrong = resolveResults(body))
      return wrong;
  return checkCycles(body);
}

llvm::Expected<const Body *> Library::mainBody() {
  if (!main) {
    auto body = std::make_unique<Body>();
    body->nodes = &graph.node();
    if (llvm::Error wrong = fill(*body))
      return wrong;
    main = std::move(body);
  }
  return main.get();
}

llvm::Expected<const Body *>
Library::functionBody(const tf::FunctionDef &function) {
  std::unique_ptr<Body> &slot = bodies[&function];
  if (!slot) {
    if (llvm::Error wrong = checkRecursion(function))
      return wrong;
    auto body = std::make_unique<Body>();
    body->function = &function;
    body->nodes = &function.node_def();
    if (llvm::Error wrong = fill(*body))
      return wrong;
    slot = std::move(body);
  }
  return slot.get();
}

} // namespace tensorflow
} // namespace sluice
