//===- Ends.cpp - Feeds, fetches and targets of a flat graph --------------===//

#include "compiler/Import/TensorFlow/Reader/Flattener.h"
#include "compiler/Import/TensorFlow/Reader/Suggest.h"
#include "compiler/Import/TensorFlow/Reader/TensorValue.h"

namespace sluice {
namespace tensorflow {

static uint64_t pack(uint32_t scope, uint32_t node) {
  return static_cast<uint64_t>(scope) << 32 | node;
}

constexpr uint64_t maxSinkOutputs = 10000;

static bool isPlaceholder(llvm::StringRef op) {
  return op == "Placeholder" || op == "PlaceholderV2";
}

/// Finds "node:port" or "^node"; names of inlined nodes lead into calls.
llvm::Expected<Flattener::Place> Flattener::locate(llvm::StringRef tensorName,
                                                   llvm::StringRef role) {
  auto fail = [&](const llvm::Twine &why) {
    return makeFileError(data->file, role + " '" + tensorName + "' " + why);
  };
  InputName name;
  std::string problem = parseInputName(tensorName, name);
  if (problem.empty() && name.parts == 3)
    problem = "must have the form node:port";
  if (!problem.empty())
    return fail(problem);
  Place place;
  place.index = name.index;
  place.control = name.control;
  llvm::StringRef rest = name.node;
  while (true) {
    const Body &body = *scopes[place.scope].body;
    auto it = body.byName.find(rest);
    if (it != body.byName.end() && !(it->second & BodyRef::parameter)) {
      place.node = it->second;
      break;
    }
    size_t slash = rest.size();
    bool entered = false;
    while (!entered && (slash = rest.take_front(slash).rfind('/')) !=
                           llvm::StringRef::npos) {
      auto call = body.byName.find(rest.take_front(slash));
      if (call == body.byName.end() || (call->second & BodyRef::parameter) ||
          !library.isCall(body.node(call->second)))
        continue;
      llvm::Expected<uint32_t> callee = enter(place.scope, call->second);
      if (!callee)
        return callee.takeError();
      place.scope = *callee;
      rest = rest.drop_front(slash + 1);
      entered = true;
    }
    if (!entered)
      return fail("names a node that does not exist" +
                  suggestion(scopes[0].body->byName, name.node));
  }
  llvm::Expected<const tf::NodeDef *> def =
      definition(scopes[place.scope], place.node);
  if (!def)
    return def.takeError();
  std::optional<uint64_t> count = library.outputCount(**def);
  if (!place.control && count && *count == 0 && name.parts == 1)
    place.control = true; // a node without outputs can only be run
  else if (!place.control && count && place.index >= *count)
    return fail("names output " + llvm::Twine(place.index) + " of a " +
                (*def)->op() + ", which has " + llvm::Twine(*count));
  return place;
}

/// Type and shape of a Placeholder, where the feed does not say.
static void describePlaceholder(const tf::NodeDef &node, int producer,
                                SignatureTensor &feed) {
  const tf::AttrValue *type = findAttr(node.attr(), "dtype");
  if (feed.dtype == DT_INVALID && type && type->has_type())
    feed.dtype = type->type();
  const tf::AttrValue *shape = findAttr(node.attr(), "shape");
  PartialShape known;
  if (!shape || !shape->has_shape() || readPartialShape(shape->shape(), known))
    return;
  // Before producer 22 [] was written for an unknown shape; no version at all
  // counts as 0, as in TensorFlow.
  if (known && known->empty() && producer < 22)
    known.reset();
  if (!feed.shape)
    feed.shape = known;
}

llvm::Error Flattener::addFeed(SignatureTensor feed) {
  llvm::Expected<Place> place = locate(feed.tensorName, "feed");
  if (!place)
    return place.takeError();
  if (place->control)
    return makeFileError(data->file,
                         "feed '" + feed.tensorName + "' is not a tensor");
  uint64_t node = pack(place->scope, place->node);
  auto [it, isNew] = feedAt.try_emplace({node, place->index}, feeds.size());
  if (!isNew)
    return makeFileError(data->file, "feeds '" + feeds[it->second].tensorName +
                                         "' and '" + feed.tensorName +
                                         "' are the same tensor");
  fedNodes[node] = true;
  llvm::Expected<uint32_t> flat = materialize(place->scope, place->node);
  if (!flat)
    return flat.takeError();
  nodes[*flat].fed = true;
  const tf::NodeDef &def = *nodes[*flat].def;
  if (isPlaceholder(def.op())) {
    const tf::AttrValue *type = findAttr(def.attr(), "dtype");
    if (feed.dtype != DT_INVALID && type && type->has_type() &&
        type->type() != feed.dtype)
      return library.error(*scopes[place->scope].body, def,
                           "is " + dataTypeName(type->type()) +
                               ", but the signature's input '" + feed.name +
                               "' is " + dataTypeName(feed.dtype),
                           "dtype");
    describePlaceholder(def, data->graph->versions().producer(), feed);
  }
  feed.port = Port{*flat, place->index};
  feeds.push_back(std::move(feed));
  return llvm::Error::success();
}

llvm::Error Flattener::addFetch(SignatureTensor fetch) {
  llvm::Expected<Place> place = locate(fetch.tensorName, "fetch");
  if (!place)
    return place.takeError();
  if (place->control)
    return addTarget(fetch.tensorName);
  BodyRef ref;
  ref.node = place->node;
  ref.index = place->index;
  llvm::Expected<Port> port = resolve(place->scope, ref);
  if (!port)
    return port.takeError();
  fetch.port = *port;
  fetches.push_back(std::move(fetch));
  return run();
}

llvm::Error Flattener::addTarget(llvm::StringRef nodeName) {
  nodeName.consume_front("^");
  llvm::Expected<Place> place = locate(nodeName, "target");
  if (!place)
    return place.takeError();
  llvm::Expected<uint32_t> flat = resolveControl(place->scope, place->node);
  if (!flat)
    return flat.takeError();
  effects.push_back(*flat);
  return run();
}

llvm::Error Flattener::addPlaceholderFeeds(bool onlyNeeded) {
  const Body &body = *scopes[0].body;
  for (uint32_t i = 0; i < body.size(); ++i) {
    const tf::NodeDef &def = body.node(i);
    if (!isPlaceholder(def.op()) || fedNodes.count(pack(0, i)) ||
        (onlyNeeded && !scopes[0].flat.count(i)))
      continue;
    llvm::Expected<uint32_t> flat = materialize(0, i);
    if (!flat)
      return flat.takeError();
    SignatureTensor feed;
    feed.name = feed.tensorName = def.name() + ":0";
    feed.port = Port{*flat, 0};
    describePlaceholder(def, data->graph->versions().producer(), feed);
    nodes[*flat].fed = true;
    nodes[*flat].controls.clear();
    required[*flat] = false;
    feeds.push_back(std::move(feed));
  }
  return llvm::Error::success();
}

llvm::Error Flattener::addSinkFetches() {
  // A graph of nothing but constants gives its constants.
  for (bool constants : {false, true}) {
    if (constants && !(fetches.empty() && effects.empty()))
      break;
    if (llvm::Error wrong = addUnused(constants))
      return wrong;
  }
  if (fetches.empty() && effects.empty())
    return makeFileError(data->file,
                         "graph has no node that computes an output",
                         ErrorKind::Model, "name one with --fetch");
  return llvm::Error::success();
}

llvm::Error Flattener::addUnused(bool constants) {
  const Body &body = *scopes[0].body;
  for (uint32_t i = 0; i < body.size(); ++i) {
    const tf::NodeDef &def = body.node(i);
    if (body.hasUsers[i] || isPlaceholder(def.op()) || def.op() == "NoOp" ||
        (def.op() == "Const") != constants || fedNodes.count(pack(0, i)))
      continue;
    uint64_t count = library.outputCount(def).value_or(1);
    if (count == 0) {
      if (llvm::Error wrong = addTarget(def.name()))
        return wrong;
      continue;
    }
    // Nobody has so many outputs; an attribute says so.
    if (count > maxSinkOutputs)
      return library.error(body, def,
                           "has " + llvm::Twine(count) +
                               " outputs, more than can be fetched at once");
    for (uint64_t port = 0; port < count; ++port) {
      SignatureTensor fetch;
      fetch.tensorName = def.name() + ":" + std::to_string(port);
      fetch.name = fetch.tensorName;
      if (llvm::Error wrong = addFetch(std::move(fetch)))
        return wrong;
    }
  }
  return llvm::Error::success();
}

/// A Placeholder that is needed but not fed has no value.
llvm::Error Flattener::checkFed() const {
  llvm::Error errors = llvm::Error::success();
  unsigned listed = 0;
  constexpr unsigned maxListed = 20;
  for (size_t i = 0; i < nodes.size() && listed < maxListed; ++i) {
    if (!isPlaceholder(nodes[i].op()) || nodes[i].fed)
      continue;
    ++listed;
    ModelErrorText text;
    text.file = data->file;
    text.node = nodes[i].name;
    text.op = nodes[i].op().str();
    text.message = "is needed by the fetches but is not fed";
    text.help.push_back("feed it with --feed " + nodes[i].name);
    errors = llvm::joinErrors(std::move(errors), makeModelError(text));
  }
  return errors;
}

llvm::Expected<std::unique_ptr<FlatGraph>>
Flattener::finish(std::string signatureKey) {
  if (llvm::Error wrong = run())
    return wrong;
  if (llvm::Error wrong = checkFed())
    return wrong;
  auto graph = std::make_unique<FlatGraph>(data);
  graph->chosenSignature = std::move(signatureKey);
  for (size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].fed && !required[i])
      nodes[i].cut = true;
  if (llvm::Error wrong = sort(*graph))
    return wrong;
  findWrites(*graph);
  return graph;
}

} // namespace tensorflow
} // namespace sluice
