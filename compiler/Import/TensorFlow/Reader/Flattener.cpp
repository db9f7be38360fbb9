//===- Flattener.cpp - Inline functions and resolve inputs ----------------===//

#include "compiler/Import/TensorFlow/Reader/Flattener.h"

#include "compiler/Import/TensorFlow/Reader/OpOutputs.h"
#include "llvm/ADT/STLExtras.h"

namespace sluice {
namespace tensorflow {

static uint64_t pack(uint32_t scope, uint32_t node) {
  return static_cast<uint64_t>(scope) << 32 | node;
}

Flattener::Flattener(std::shared_ptr<ModelData> data)
    : data(std::move(data)), library(*this->data->library) {}

llvm::Error Flattener::initialize() {
  llvm::Expected<const Body *> body = library.mainBody();
  if (!body)
    return body.takeError();
  scopes.emplace_back();
  scopes.back().body = *body;
  scopes.back().active = true;
  scopes.back().entryKnown = true;
  return llvm::Error::success();
}

llvm::Error Flattener::spend(uint32_t scope) {
  // Only what is needed is inlined, so the whole expansion may be larger than
  // the budget. When it is out of all proportion, trying would waste time.
  constexpr uint64_t farTooMuch = 16;
  uint64_t budget = data->budgets.inlinedNodes;
  bool hopeless =
      scope != 0 && scopes[scope].parent == 0 &&
      library.expansion(*scopes[scope].body->function) / farTooMuch > budget;
  if ((scope == 0 && !scopes[0].body->function) ||
      (!hopeless && ++data->inlinedNodes <= budget))
    return llvm::Error::success();
  return makeFileError(data->file,
                       "inlining functions makes more than " +
                           llvm::Twine(budget) +
                           " nodes; the limit was passed in function '" +
                           scopes[scope].body->name() + "'",
                       ErrorKind::Limit, "raise the limit on inlined nodes");
}

uint32_t Flattener::addSynthetic(std::string name) {
  auto *def = google::protobuf::Arena::CreateMessage<tf::NodeDef>(&data->arena);
  def->set_name(name);
  def->set_op("NoOp");
  Node &node = nodes.emplace_back();
  node.name = std::move(name);
  node.def = def;
  required.push_back(true);
  inMain.push_back(false);
  return static_cast<uint32_t>(nodes.size() - 1);
}

llvm::Expected<const tf::NodeDef *> Flattener::definition(const Scope &scope,
                                                          uint32_t node) {
  const tf::NodeDef &source = scope.body->node(node);
  if (!scope.body->function || !scope.body->hasPlaceholder[node])
    return &source;
  data->copiedBytes += source.ByteSizeLong();
  if (data->copiedBytes > data->budgets.copiedBytes)
    return makeFileError(data->file,
                         "instances of function '" + scope.body->name() +
                             "' and others take more than " +
                             llvm::Twine(data->budgets.copiedBytes) + " bytes",
                         ErrorKind::Limit,
                         "raise the limit on bytes of inlined nodes");
  std::string attribute, problem;
  if (const tf::NodeDef *def =
          instantiate(source, scope.attrs, data->arena, attribute, problem))
    return def;
  return library.error(*scope.body, source, problem, attribute);
}

llvm::Expected<uint32_t> Flattener::materialize(uint32_t scope, uint32_t node) {
  Scope &place = scopes[scope];
  auto it = place.flat.find(node);
  if (it != place.flat.end())
    return it->second;
  if (llvm::Error over = spend(scope))
    return over;
  llvm::Expected<const tf::NodeDef *> def = definition(place, node);
  if (!def)
    return def.takeError();
  uint32_t index = static_cast<uint32_t>(nodes.size());
  Node &flat = nodes.emplace_back();
  flat.name.reserve(place.prefix.size() + (*def)->name().size());
  flat.name = place.prefix;
  flat.name += (*def)->name();
  flat.def = *def;
  required.push_back(false);
  inMain.push_back(scope == 0);
  place.flat[node] = index;
  return index;
}

void Flattener::require(uint32_t flat, uint32_t scope, uint32_t node) {
  if (required[flat])
    return;
  required[flat] = true;
  pending.push_back({Pending::Ordinary, flat, scope, node});
}

/// The port that `ref` names on a node that is not a call.
llvm::Expected<uint32_t> Flattener::outputPort(const Scope &scope,
                                               const tf::NodeDef &node,
                                               const BodyRef &ref) const {
  if (ref.output.empty())
    return ref.index;
  const std::vector<OutputArg> *args = findOpOutputs(node.op());
  if (!args)
    return ref.index;
  uint64_t base = 0;
  for (const OutputArg &arg : *args) {
    uint64_t count = 1;
    llvm::StringRef attr =
        arg.numberAttr.empty() ? arg.typeListAttr : arg.numberAttr;
    if (!attr.empty()) {
      const tf::AttrValue *value = findAttr(node.attr(), attr);
      bool isCount = value && (arg.numberAttr.empty() ? value->has_list()
                                                      : value->has_i());
      if (!isCount || value->i() < 0)
        return library.error(
            *scope.body, node,
            "must give the number of outputs '" + arg.name + "'", attr);
      count = arg.numberAttr.empty()
                  ? static_cast<uint64_t>(value->list().type_size())
                  : static_cast<uint64_t>(value->i());
    }
    if (arg.name == ref.output) {
      if (ref.index < count && base + ref.index < BodyRef::parameter)
        return static_cast<uint32_t>(base + ref.index);
      return library.error(*scope.body, node,
                           "output '" + ref.output + ":" +
                               llvm::Twine(ref.index) + "' is used, but '" +
                               ref.output + "' has " + llvm::Twine(count) +
                               (count == 1 ? " tensor" : " tensors"));
    }
    base = std::min<uint64_t>(base + count, uint64_t(1) << 40);
  }
  std::string names;
  for (const OutputArg &arg : *args)
    names += (names.empty() ? "" : ", ") + arg.name.str();
  return library.error(*scope.body, node,
                       "output '" + ref.output +
                           "' is used, but the operator's outputs are: " +
                           (names.empty() ? "none" : names));
}

/// The number of the function result that `ref`, an output of a call, names.
llvm::Expected<uint32_t> Flattener::callResult(uint32_t scope,
                                               const BodyRef &ref) {
  llvm::Expected<uint32_t> callee = enter(scope, ref.node);
  if (!callee)
    return callee.takeError();
  const Body &caller = *scopes[scope].body;
  const tf::NodeDef &call = caller.node(ref.node);
  const tf::OpDef &signature = scopes[*callee].body->function->signature();
  uint32_t index = ref.index;
  if (!ref.output.empty()) {
    bool byName = !isPartitionedCall(call.op());
    bool found = !byName && ref.output == "output";
    for (int i = 0; byName && i < signature.output_arg_size(); ++i)
      if (signature.output_arg(i).name() == ref.output) {
        found = ref.index == 0;
        index = static_cast<uint32_t>(i);
      }
    if (!found)
      return library.error(caller, call,
                           "output '" + ref.output + ":" +
                               llvm::Twine(ref.index) +
                               "' is used, which the call does not have");
  }
  if (index >= static_cast<uint32_t>(signature.output_arg_size()))
    return library.error(caller, call,
                         "output " + llvm::Twine(index) +
                             " is used, but function '" + signature.name() +
                             "' has " +
                             llvm::Twine(signature.output_arg_size()));
  return index;
}

/// An output of a node that stays a node: an ordinary one, or a fed call.
llvm::Expected<Port> Flattener::concretePort(uint32_t scope,
                                             const BodyRef &ref) {
  llvm::Expected<uint32_t> flat = materialize(scope, ref.node);
  if (!flat)
    return flat.takeError();
  llvm::Expected<uint32_t> index =
      outputPort(scopes[scope], *nodes[*flat].def, ref);
  if (!index)
    return index.takeError();
  if (!feedAt.count({pack(scope, ref.node), *index}))
    require(*flat, scope, ref.node);
  return Port{*flat, *index};
}

llvm::Expected<Port> Flattener::resolve(uint32_t scope, BodyRef ref) {
  llvm::SmallVector<Key> passed;
  auto remember = [&](Port port) {
    for (const Key &key : passed)
      known[key] = port;
    return port;
  };
  while (true) {
    const Scope &place = scopes[scope];
    if (ref.isParameter() && scope == 0)
      return remember(Port{parameters[ref.parameterNumber()], 0});
    if (ref.isParameter()) {
      Key key{pack(scope, ref.node), 0};
      if (auto it = known.find(key); it != known.end())
        return remember(it->second);
      passed.push_back(key);
      ref =
          scopes[place.parent].body->inputs(place.call)[ref.parameterNumber()];
      scope = place.parent;
      continue;
    }
    if (!library.isCall(place.body->node(ref.node))) {
      llvm::Expected<Port> port = concretePort(scope, ref);
      if (!port)
        return port.takeError();
      return remember(*port);
    }
    llvm::Expected<uint32_t> index = callResult(scope, ref);
    if (!index)
      return index.takeError();
    Key key{pack(scope, ref.node), *index};
    if (feedAt.count(key)) {
      llvm::Expected<uint32_t> flat = materialize(scope, ref.node);
      if (!flat)
        return flat.takeError();
      return remember(Port{*flat, *index});
    }
    if (auto it = known.find(key); it != known.end())
      return remember(it->second);
    passed.push_back(key);
    uint32_t callee = scopes[scope].callee.lookup(ref.node);
    if (llvm::Error wrong = activate(callee))
      return wrong;
    ref = scopes[callee].body->results[*index];
    scope = callee;
  }
}

llvm::Expected<uint32_t> Flattener::resolveControl(uint32_t scope,
                                                   uint32_t node) {
  while (node & BodyRef::parameter) {
    const Scope &place = scopes[scope];
    if (scope == 0)
      return parameters[node & ~BodyRef::parameter];
    node = scopes[place.parent]
               .body->inputs(place.call)[node & ~BodyRef::parameter]
               .node;
    scope = place.parent;
  }
  if (!library.isCall(scopes[scope].body->node(node)) ||
      fedNodes.count(pack(scope, node))) {
    llvm::Expected<uint32_t> flat = materialize(scope, node);
    // Feeding a node also cuts what only waits for it.
    if (flat && !fedNodes.count(pack(scope, node)))
      require(*flat, scope, node);
    return flat;
  }
  llvm::Expected<uint32_t> callee = enter(scope, node);
  if (!callee)
    return callee.takeError();
  Scope &called = scopes[*callee];
  if (called.done == none) {
    // '^' cannot occur in a name, so this one is free.
    std::string name = called.prefix.substr(0, called.prefix.size() - 1);
    called.done = addSynthetic(name + "^done");
    pending.push_back({Pending::Done, called.done, *callee, node});
  }
  return called.done;
}

bool Flattener::isEntryPoint(const Body &body, uint32_t node) const {
  if (body.node(node).op() == "Const")
    return false;
  return llvm::all_of(body.inputs(node),
                      [](const BodyRef &ref) { return ref.isParameter(); }) &&
         llvm::all_of(body.controls(node), [](uint32_t control) {
           return (control & BodyRef::parameter) != 0;
         });
}

/// What the first nodes of a body wait for: the control inputs of its call, or
/// what the call itself waits for as a first node of its body.
uint32_t Flattener::entryOf(uint32_t scope) {
  llvm::SmallVector<uint32_t> chain;
  while (!scopes[scope].entryKnown) {
    Scope &place = scopes[scope];
    const Body &parent = *scopes[place.parent].body;
    if (!parent.controls(place.call).empty()) {
      place.entryKnown = true;
      std::string name = place.prefix.substr(0, place.prefix.size() - 1);
      place.entry = addSynthetic(name + "^entry");
      pending.push_back({Pending::Entry, place.entry, scope, place.call});
      break;
    }
    if (!isEntryPoint(parent, place.call)) {
      place.entryKnown = true;
      break;
    }
    chain.push_back(scope);
    scope = place.parent;
  }
  uint32_t entry = scopes[scope].entry;
  for (uint32_t waiting : chain) {
    scopes[waiting].entryKnown = true;
    scopes[waiting].entry = entry;
  }
  return entry;
}

/// The control inputs that `node` has in its body.
llvm::Error Flattener::addControls(uint32_t flat, uint32_t scope,
                                   uint32_t node) {
  llvm::SmallVector<uint32_t> controls;
  for (uint32_t control : scopes[scope].body->controls(node)) {
    llvm::Expected<uint32_t> from = resolveControl(scope, control);
    if (!from)
      return from.takeError();
    controls.push_back(*from);
  }
  if (scope != 0 && isEntryPoint(*scopes[scope].body, node))
    if (uint32_t entry = entryOf(scope); entry != none)
      controls.push_back(entry);
  nodes[flat].controls.append(controls.begin(), controls.end());
  return llvm::Error::success();
}

llvm::Error Flattener::process(Pending item) {
  if (item.kind == Pending::Ordinary) {
    llvm::SmallVector<Port, 4> inputs;
    for (const BodyRef &ref : scopes[item.scope].body->inputs(item.node)) {
      llvm::Expected<Port> port = resolve(item.scope, ref);
      if (!port)
        return port.takeError();
      inputs.push_back(*port);
    }
    nodes[item.flat].inputs.assign(inputs.begin(), inputs.end());
    return addControls(item.flat, item.scope, item.node);
  }
  if (llvm::Error wrong =
          addControls(item.flat, scopes[item.scope].parent, item.node))
    return wrong;
  if (item.kind == Pending::Entry)
    return llvm::Error::success();
  if (llvm::Error wrong = activate(item.scope))
    return wrong;
  for (uint32_t control : scopes[item.scope].body->controlResults) {
    llvm::Expected<uint32_t> from = resolveControl(item.scope, control);
    if (!from)
      return from.takeError();
    nodes[item.flat].controls.push_back(*from);
  }
  return llvm::Error::success();
}

llvm::Error Flattener::run() {
  while (!pending.empty()) {
    Pending item = pending.back();
    pending.pop_back();
    if (llvm::Error wrong = process(item))
      return wrong;
  }
  return llvm::Error::success();
}

} // namespace tensorflow
} // namespace sluice
