//===- Feeds.cpp - Values for the inputs of a model -----------------------===//

#include "compiler/Driver/Feeds.h"
#include "compiler/Driver/Interpreter.h"
#include "compiler/Driver/ValueText.h"
#include "compiler/Support/ModelError.h"

using namespace sluice;
using namespace sluice::tensorflow;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

static llvm::Error feedError(StringRef name, const Twine &message,
                             ErrorKind kind = ErrorKind::Usage,
                             StringRef help = "") {
  return makeFileError("sluice", "feed '" + name + "': " + message, kind, help);
}

Expected<FeedText> sluice::splitFeed(StringRef flag) {
  auto [name, value] = flag.split('=');
  if (name.empty() || name.size() == flag.size())
    return makeFileError("sluice", "'" + flag + "' has no name and '='",
                         ErrorKind::Usage,
                         "the form is NAME=VALUE, such as x=[1,2,3]");
  return FeedText{name.str(), value.str()};
}

static Expected<HostTensor> readArrayFile(StringRef path, StringRef key) {
  if (path.ends_with(".npy"))
    return readNpyFile(path);
  if (!key.empty())
    return readNpzMember(path, key);
  auto entries = readNpzFile(path);
  if (!entries)
    return entries.takeError();
  if (entries->size() != 1)
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        path + ": found " + Twine(entries->size()) +
            " arrays, expected one or @FILE.npz:KEY");
  return std::move(entries->front().tensor);
}

static Expected<HostTensor> fitKind(StringRef name, HostTensor tensor,
                                    std::optional<ElementKind> kind) {
  if (!kind || *kind == tensor.kind())
    return tensor;
  // npy has no bfloat16: its bits travel as uint16.
  if (*kind == ElementKind::BF16 && tensor.kind() == ElementKind::U16)
    return reinterpretAsBfloat(tensor);
  Expected<HostTensor> converted = convertTensor(tensor, *kind);
  if (!converted)
    return feedError(name, llvm::toString(converted.takeError()));
  return converted;
}

/// A row of numbers that fills a shape of another rank takes that shape.
static HostTensor fitCsv(HostTensor tensor, const PartialShape &shape) {
  if (!shape || static_cast<int64_t>(shape->size()) == tensor.rank())
    return tensor;
  llvm::SmallVector<int64_t> wanted(*shape);
  int64_t known = 1;
  int64_t *unknown = nullptr;
  for (int64_t &size : wanted) {
    if (size < 0 && unknown)
      return tensor;
    if (size < 0)
      unknown = &size;
    else if (__builtin_mul_overflow(known, size, &known))
      return tensor;
  }
  if (known == 0 || tensor.size() % known != 0)
    return tensor;
  if (unknown)
    *unknown = tensor.size() / known;
  return elementCount(wanted) == tensor.size() ? reshapeTensor(tensor, wanted)
                                               : tensor;
}

Expected<HostTensor> sluice::readFeedValue(const FeedText &feed,
                                           std::optional<ElementKind> kind,
                                           const PartialShape &shape) {
  StringRef value = feed.value;
  if (!value.consume_front("@")) {
    Expected<HostTensor> tensor = parseValue(value, kind);
    if (!tensor)
      return feedError(feed.name, llvm::toString(tensor.takeError()),
                       ErrorKind::Usage,
                       "values look like 7, [1,2.5], [[1],[2]], true, \"a\" or "
                       "@FILE.npy, @FILE.npz:KEY, @FILE.csv");
    return tensor;
  }
  StringRef path = value, key;
  size_t split = value.rfind(".npz:");
  if (split != StringRef::npos) {
    path = value.take_front(split + 4);
    key = value.drop_front(split + 5);
  }
  bool csv = path.ends_with(".csv");
  if (!csv && !path.ends_with(".npy") && !path.ends_with(".npz"))
    return feedError(feed.name, "'" + path + "' is no .npy, .npz or .csv file");
  Expected<HostTensor> tensor = llvm::createStringError("");
  llvm::consumeError(tensor.takeError());
  if (csv) {
    auto bytes = readRegularFile(path, npyDefaultLimit);
    if (!bytes)
      return feedError(feed.name, llvm::toString(bytes.takeError()),
                       ErrorKind::Io);
    tensor = parseCsv((*bytes)->getBuffer(), kind);
    if (!tensor)
      return feedError(feed.name,
                       path + ": " + llvm::toString(tensor.takeError()),
                       ErrorKind::Io);
    return fitCsv(std::move(*tensor), shape);
  }
  tensor = readArrayFile(path, key);
  if (!tensor)
    return feedError(feed.name, llvm::toString(tensor.takeError()),
                     ErrorKind::Io);
  return fitKind(feed.name, std::move(*tensor), kind);
}

static bool isNameOf(StringRef name, const FlatGraph &graph,
                     const SignatureTensor &feed) {
  return name == feed.name || name == feed.tensorName ||
         (name == graph.node(feed.port.node).name && feed.port.index == 0);
}

/// The given feed of each feed of the model; every name must be used.
template <typename T>
static llvm::Error matchNames(const FlatGraph &graph, llvm::ArrayRef<T> given,
                              std::vector<const T *> &matched) {
  std::vector<bool> used(given.size());
  for (const SignatureTensor &feed : graph.feeds()) {
    const T *found = nullptr;
    for (auto [i, candidate] : llvm::enumerate(given)) {
      if (!isNameOf(candidate.name, graph, feed))
        continue;
      if (found)
        return feedError(candidate.name, "the value is given twice");
      found = &candidate;
      used[i] = true;
    }
    if (!found)
      return feedError(feed.name, "no value is given", ErrorKind::Usage,
                       "give " + feed.name + "=VALUE");
    matched.push_back(found);
  }
  for (auto [i, candidate] : llvm::enumerate(given))
    if (!used[i])
      return feedError(candidate.name, "the model has no such input");
  return llvm::Error::success();
}

// Shapes, axes and other operands that must be known are no larger.
static constexpr int64_t maxKnownElements = 1024;

static void bindShape(Compilation &compilation, const SignatureTensor &feed,
                      const HostTensor &value) {
  InputSpec spec;
  spec.shape.assign(value.shape().begin(), value.shape().end());
  spec.kind = value.kind();
  if (value.size() <= maxKnownElements)
    spec.value = value;
  auto &inputs = compilation.editOptions().inputs;
  for (StringRef name : {StringRef(feed.name), StringRef(feed.tensorName)})
    inputs[name] = spec;
}

Expected<std::vector<HostTensor>>
sluice::bindFeeds(Compilation &compilation, llvm::ArrayRef<FeedText> feeds) {
  const FlatGraph &graph = compilation.graph();
  std::vector<const FeedText *> matched;
  if (llvm::Error error = matchNames(graph, feeds, matched))
    return error;
  std::vector<HostTensor> values;
  for (auto [feed, text] : llvm::zip(graph.feeds(), matched)) {
    Expected<PartialShape> shape = compilation.shapeOf(feed);
    if (!shape)
      return shape.takeError();
    Expected<HostTensor> value =
        readFeedValue(*text, compilation.kindOf(feed), *shape);
    if (!value)
      return value.takeError();
    bindShape(compilation, feed, *value);
    values.push_back(std::move(*value));
  }
  return values;
}

Expected<std::vector<HostTensor>>
sluice::bindFeeds(Compilation &compilation, llvm::ArrayRef<NpzEntry> feeds) {
  const FlatGraph &graph = compilation.graph();
  std::vector<const NpzEntry *> matched;
  if (llvm::Error error = matchNames(graph, feeds, matched))
    return error;
  std::vector<HostTensor> values;
  for (auto [feed, entry] : llvm::zip(graph.feeds(), matched)) {
    bindShape(compilation, feed, entry->tensor);
    values.push_back(entry->tensor);
  }
  return values;
}

llvm::Error sluice::bindConstants(Compilation &compilation,
                                  llvm::ArrayRef<std::string> flags) {
  const FlatGraph &graph = compilation.graph();
  for (StringRef flag : flags) {
    Expected<FeedText> text = splitFeed(flag);
    if (!text)
      return text.takeError();
    const SignatureTensor *found = nullptr;
    for (const SignatureTensor &feed : graph.feeds())
      if (isNameOf(text->name, graph, feed))
        found = &feed;
    if (!found)
      return feedError(text->name, "the model has no such input");
    Expected<PartialShape> shape = compilation.shapeOf(*found);
    if (!shape)
      return shape.takeError();
    Expected<HostTensor> value =
        readFeedValue(*text, compilation.kindOf(*found), *shape);
    if (!value)
      return value.takeError();
    bindShape(compilation, *found, *value);
  }
  return llvm::Error::success();
}

/// SplitMix64: the same numbers on every machine.
static uint64_t nextRandom(uint64_t &state) {
  uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

Expected<std::vector<HostTensor>>
sluice::generateFeeds(Compilation &compilation, uint64_t seed) {
  std::vector<HostTensor> values;
  for (mlir::BlockArgument argument : compilation.function().getArguments()) {
    std::optional<HostTensor> tensor = makeTensor(argument.getType());
    const SignatureTensor &feed =
        compilation.graph().feeds()[argument.getArgNumber()];
    if (!tensor)
      return makeFileError(
          compilation.options().model,
          "unsupported: input '" + feed.name + "' has unknown sizes",
          ErrorKind::Model, "give them: --input " + feed.name + "=1x2x3");
    uint64_t state = seed + argument.getArgNumber() * UINT64_C(1000003);
    for (int64_t i = 0; i < tensor->size(); ++i) {
      uint64_t bits = nextRandom(state);
      // 53 bits as a number in [-1, 1).
      double real = static_cast<double>(bits >> 11) * 0x1p-52 - 1.0;
      if (tensor->kind() == ElementKind::String)
        tensor->strings[i] = std::string(1, static_cast<char>('a' + bits % 26));
      else if (isComplex(tensor->kind()))
        tensor->setComplex(
            i, {real,
                static_cast<double>(nextRandom(state) >> 11) * 0x1p-52 - 1.0});
      else if (isFloat(tensor->kind()))
        tensor->setDouble(i, real);
      else
        tensor->setInt(
            i, static_cast<int64_t>(
                   bits % (tensor->kind() == ElementKind::Bool ? 2 : 4)));
    }
    values.push_back(std::move(*tensor));
  }
  return values;
}
