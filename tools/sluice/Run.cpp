//===- Run.cpp - sluice run -----------------------------------------------===//

#include "compiler/Driver/Feeds.h"
#include "compiler/Driver/Interpreter.h"
#include "compiler/Driver/ValueText.h"
#include "compiler/Support/ModelError.h"
#include "tools/sluice/Commands.h"

using namespace sluice;
using llvm::StringRef;

static const OptionSpec options[] = {
    {"--feed", "NAME=VALUE",
     "value of an input or of any node, may be repeated; VALUE is 7, [1,2.5], "
     "[[1],[2]], true, \"text\", @FILE.npy, @FILE.npz:KEY or @FILE.csv",
     true},
    {"--fetch", "NAME",
     "a node whose value is wanted, may be repeated (default: the signature's "
     "outputs, or the nodes that nothing uses)",
     true},
    {"--output", "FILE.npz",
     "save the values instead of printing them: all of them to FILE.npz, the "
     "only one to FILE.npy, or with NAME=@FILE.npy one of several; may be "
     "repeated",
     true},
    {"--interpret", nullptr,
     "evaluate operator by operator instead of compiling: slow and obvious"},
};
static const llvm::ArrayRef<OptionSpec> groups[] = {
    options,       modelOptions, targetOptions,
    tuningOptions, debugOptions, commonOptions};

static llvm::Expected<std::vector<HostTensor>>
execute(Compilation &compilation, llvm::ArrayRef<HostTensor> inputs,
        bool interpreted) {
  if (interpreted)
    return interpret(compilation.function(), inputs);
  auto model = compilation.load();
  if (!model)
    return model.takeError();
  auto outputs = (*model)->run(0, inputs);
  if (!outputs)
    return makeFileError(compilation.options().model,
                         "running the model failed: " +
                             llvm::toString(outputs.takeError()));
  return outputs;
}

static void print(const tensorflow::FlatGraph &graph,
                  llvm::ArrayRef<HostTensor> outputs) {
  for (auto [fetch, value] : llvm::zip(graph.fetches(), outputs)) {
    if (outputs.size() > 1)
      llvm::outs() << escapeForTerminal(fetch.name) << " ="
                   << (value.rank() > 1 ? "\n" : " ");
    llvm::outs() << formatValue(value) << '\n';
  }
}

static llvm::Error save(const tensorflow::FlatGraph &graph,
                        llvm::ArrayRef<HostTensor> outputs,
                        llvm::ArrayRef<std::string> targets) {
  auto io = [](llvm::Error error) {
    return makeFileError("sluice", llvm::toString(std::move(error)),
                         ErrorKind::Io);
  };
  for (StringRef target : targets) {
    size_t split = target.find("=@");
    if (split != StringRef::npos) {
      StringRef name = target.take_front(split);
      const HostTensor *value = nullptr;
      for (auto [fetch, output] : llvm::zip(graph.fetches(), outputs))
        if (name == fetch.name || name == fetch.tensorName ||
            (name + ":0").str() == fetch.tensorName)
          value = &output;
      if (!value)
        return usageError("--output '" + target + "': no output is called '" +
                          name + "'");
      if (llvm::Error error =
              writeNpyFile(target.drop_front(split + 2), *value))
        return io(std::move(error));
    } else if (target.ends_with(".npy")) {
      if (outputs.size() != 1)
        return usageError("--output '" + target + "': there are " +
                              llvm::Twine(outputs.size()) + " outputs",
                          "give FILE.npz, or NAME=@FILE.npy for each");
      if (llvm::Error error = writeNpyFile(target, outputs.front()))
        return io(std::move(error));
    } else if (target.ends_with(".npz")) {
      std::vector<NpzEntry> entries;
      for (auto [fetch, output] : llvm::zip(graph.fetches(), outputs))
        entries.push_back({fetch.name, output});
      if (llvm::Error error = writeNpzFile(target, entries))
        return io(std::move(error));
    } else {
      return usageError("--output '" + target + "' is no .npz or .npy file");
    }
  }
  return llvm::Error::success();
}

static llvm::Error runModel(const Arguments &arguments) {
  auto made = makeCompileOptions(arguments);
  if (!made)
    return made.takeError();
  made->fetches = arguments.values("--fetch");
  std::vector<FeedText> feeds;
  if (llvm::Error error = parseFeeds(arguments, *made, feeds))
    return error;
  // What is run is used here: this machine's instructions unless told.
  if (made->cpu.empty() && made->triple.empty())
    made->cpu = "native";

  Compilation compilation(std::move(*made));
  if (llvm::Error error = compilation.runTo(Stage::Read))
    return error;
  reportWarnings(compilation);
  auto inputs = bindFeeds(compilation, feeds);
  if (!inputs)
    return inputs.takeError();
  if (llvm::Error error = compilation.runTo(Stage::Import))
    return error;
  auto outputs = execute(compilation, *inputs, arguments.has("--interpret"));
  if (!outputs)
    return outputs.takeError();
  reportTiming(compilation);
  if (arguments.has("--output"))
    return save(compilation.graph(), *outputs, arguments.values("--output"));
  print(compilation.graph(), *outputs);
  return llvm::Error::success();
}

static int run(const Arguments &arguments) {
  return reportErrors(runModel(arguments));
}

const CommandSpec sluice::runCommand = {
    "run", "compile in memory, run, print or save the outputs",
    "Compiles a model in memory for the shapes of the values given, runs it "
    "and prints the outputs as NumPy does.",
    groups, run};
