//===- Verify.cpp - sluice verify -----------------------------------------===//

#include "compiler/Driver/Case.h"
#include "compiler/Driver/Feeds.h"
#include "compiler/Driver/Interpreter.h"
#include "compiler/Driver/NodeCheck.h"
#include "compiler/Support/ModelError.h"
#include "tools/sluice/Commands.h"

using namespace sluice;
using llvm::StringRef;

static const OptionSpec options[] = {
    {"--case", "FILE.npz",
     "recorded inputs and outputs: feed/TENSOR and fetch/TENSOR; FILE.json "
     "beside it may hold rtol and atol"},
    {"--rtol", "NUMBER",
     "relative tolerance of floats (default: 1e-4, half precision 1e-2, "
     "SavedModels 1e-3)"},
    {"--atol", "NUMBER",
     "absolute tolerance of floats (default: 1e-5, half precision 1e-2, "
     "SavedModels 1e-4)"},
    {"--fetch", "NAME", "without a case: an output to check, may be repeated",
     true},
    {"--seed", "N", "without a case: of the generated inputs (default: 1)"},
    {"--interpret", nullptr,
     "check the reference evaluation instead of compiled code"},
};
static const llvm::ArrayRef<OptionSpec> groups[] = {
    options,       modelOptions, targetOptions,
    tuningOptions, debugOptions, commonOptions};

namespace {
constexpr double huge = 1e300;

/// Prints the errors, and a line that scripts look for.
int refuse(StringRef model, llvm::Error error) {
  int code = reportErrors(std::move(error));
  if (code == static_cast<int>(ErrorKind::Model))
    llvm::outs() << escapeForTerminal(model, 2000) << ": unsupported\n";
  return code;
}
} // namespace

static llvm::Expected<std::vector<HostTensor>>
execute(Compilation &compilation, llvm::ArrayRef<HostTensor> inputs,
        bool interpreted) {
  if (interpreted)
    return interpret(compilation.function(), inputs);
  auto model = compilation.load();
  if (!model)
    return model.takeError();
  return (*model)->run(0, inputs);
}

static int verifyCase(const Arguments &arguments, CompileOptions made) {
  StringRef path = arguments.value("--case");
  auto recorded = readCaseFile(path);
  if (!recorded)
    return reportErrors(makeFileError(
        "sluice", llvm::toString(recorded.takeError()), ErrorKind::Io));
  if (recorded->fetches.empty())
    return reportErrors(
        makeFileError(path, "no array is called fetch/NAME", ErrorKind::Io));
  auto tolerance = readCaseTolerance(path);
  if (!tolerance)
    return reportErrors(tolerance.takeError());
  if (!tolerance->any() && isSavedModel(made.model))
    *tolerance = {1e-3, 1e-4};
  for (auto [name, value] : {std::pair("--rtol", &tolerance->rtol),
                             std::pair("--atol", &tolerance->atol)}) {
    if (!arguments.has(name))
      continue;
    auto number = arguments.real(name, 0, 0, huge);
    if (!number)
      return reportErrors(number.takeError());
    *value = *number;
  }

  for (const NpzEntry &feed : recorded->feeds)
    made.feeds.push_back(feed.name);
  for (const NpzEntry &fetch : recorded->fetches)
    made.fetches.push_back(fetch.name);
  bool interpreted = arguments.has("--interpret");
  Compilation compilation(std::move(made));
  if (llvm::Error error = compilation.runTo(Stage::Read))
    return refuse(arguments.model(), std::move(error));
  reportWarnings(compilation);
  auto inputs = bindFeeds(compilation, recorded->feeds);
  if (!inputs)
    return refuse(arguments.model(), inputs.takeError());
  if (llvm::Error error =
          compilation.runTo(interpreted ? Stage::Import : Stage::Object))
    return refuse(arguments.model(), std::move(error));
  auto outputs = execute(compilation, *inputs, interpreted);
  reportTiming(compilation);
  if (!outputs) {
    // The recorded run succeeded: so must this one.
    llvm::outs() << "mismatch: the run failed: "
                 << escapeForTerminal(llvm::toString(outputs.takeError()), 2000)
                 << '\n';
    return 1;
  }
  bool allEqual = true;
  for (auto [fetch, found] : llvm::zip(recorded->fetches, *outputs)) {
    Comparison comparison =
        compareTensors(found, fetch.tensor, tolerance->of(fetch.tensor.kind()));
    allEqual &= comparison.equal;
    llvm::outs() << escapeForTerminal(fetch.name) << ": "
                 << (comparison.equal ? "ok" : "mismatch") << ", "
                 << formatErrors(comparison);
    if (!comparison.equal)
      llvm::outs() << ", " << comparison.reason;
    llvm::outs() << '\n';
  }
  return allEqual ? 0 : 1;
}

static int verifyGenerated(const Arguments &arguments, CompileOptions made) {
  made.fetches = arguments.values("--fetch");
  made.unknownSize = 2;
  auto seed = arguments.integer("--seed", 1, 0, INT64_MAX);
  auto rtol = arguments.real("--rtol", 1e-3, 0, huge);
  if (!seed || !rtol)
    return reportErrors(llvm::joinErrors(seed.takeError(), rtol.takeError()));
  auto atol = arguments.real("--atol", 1e-4, 0, huge);
  if (!atol)
    return reportErrors(atol.takeError());
  auto check =
      checkNodes(std::move(made), static_cast<uint64_t>(*seed), {*rtol, *atol});
  if (!check)
    return refuse(arguments.model(), check.takeError());
  for (const std::string &line : check->lines)
    llvm::outs() << escapeForTerminal(line, 2000) << '\n';
  return check->equal ? 0 : 1;
}

static int run(const Arguments &arguments) {
  auto made = makeCompileOptions(arguments);
  if (!made)
    return reportErrors(made.takeError());
  if (made->cpu.empty() && made->triple.empty())
    made->cpu = "native";
  if (arguments.has("--case")) {
    for (StringRef name : {"--fetch", "--seed"})
      if (arguments.has(name))
        return reportErrors(
            usageError("option '" + name + "' goes without '--case'"));
    return verifyCase(arguments, std::move(*made));
  }
  if (arguments.has("--interpret"))
    return reportErrors(usageError("option '--interpret' needs '--case'"));
  return verifyGenerated(arguments, std::move(*made));
}

const CommandSpec sluice::verifyCommand = {
    "verify", "check compiled code against recorded or reference results",
    "With a case: compiles for the shapes of its inputs, runs, and compares "
    "every recorded output. Without: compares compiled code with the reference "
    "evaluator on generated inputs, node by node, and names the first node "
    "that differs. Exit code 0 only when everything matches.",
    groups, run};
