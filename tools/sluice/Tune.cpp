//===- Tune.cpp - sluice tune ---------------------------------------------===//

#include "compiler/Codegen/OutputFiles.h"
#include "compiler/Support/ModelError.h"
#include "tools/sluice/Commands.h"
#include "tools/sluice/Pool.h"
#include "tools/sluice/Tuner.h"
#include "llvm/Support/Format.h"

using namespace sluice;
using llvm::StringRef;

static const OptionSpec options[] = {
    {"-o", "FILE", "the tuning, for --tuning of the other commands"},
    {"--budget", "SECONDS",
     "when to stop trying, checking the choices included (default: 120)"},
    {"--threads", "N", "threads of the runtime's pool (default: 1)"},
    {"--fetch", "NAME", "an output to compute, may be repeated", true},
    {"--feed", "NAME=VALUE",
     "measure on this value, as in sluice run; one for each input (default: "
     "generated inputs)",
     true},
    {"--seed", "N", "of the generated inputs (default: 1)"},
};
static const llvm::ArrayRef<OptionSpec> groups[] = {
    options, modelOptions, targetOptions, commonOptions};

static void print(const TunerResult &result) {
  llvm::raw_ostream &os = llvm::outs();
  os << "      us     tuned   gain  contraction\n";
  std::vector<std::pair<double, StringRef>> order;
  for (const auto &[key, seconds] : result.defaultSeconds)
    order.push_back({-seconds, key});
  llvm::sort(order);
  for (auto [seconds, key] : order) {
    auto found = result.tuning.entries.find(key.str());
    double before = -seconds * 1e6, after = before;
    if (found != result.tuning.entries.end())
      after = double(found->second.tunedNanoseconds) / 1e3;
    os << llvm::format("%9.2f %9.2f %5.1f%%  ", before, after,
                       before > 0 ? 100 * (1 - after / before) : 0.0)
       << key;
    if (found != result.tuning.entries.end())
      os << ": " << found->second.choice.text();
    os << '\n';
  }
  os << llvm::format("launches %.6f ms, tuned %.6f ms; ",
                     result.defaultTotal * 1e3, result.tunedTotal * 1e3)
     << result.tuning.entries.size() << " of " << result.defaultSeconds.size()
     << " contractions tuned, " << result.candidates << " candidates"
     << (result.complete ? "" : "; more were left when the budget ended")
     << '\n';
}

static llvm::Error tuneModel(const Arguments &arguments) {
  TunerOptions tuner;
  auto made = makeCompileOptions(arguments);
  if (!made)
    return made.takeError();
  auto budget = arguments.real("--budget", 120, 0, 86400);
  if (!budget)
    return budget.takeError();
  tuner.budgetSeconds = *budget;
  auto threads = arguments.integer("--threads", 1, 1, 1024);
  if (!threads)
    return threads.takeError();
  auto seed = arguments.integer("--seed", 1, 0, INT64_MAX);
  if (!seed)
    return seed.takeError();
  tuner.subject.seed = static_cast<uint64_t>(*seed);
  if (!arguments.has("-o"))
    return usageError("no output is given", "add -o FILE");
  if (StringRef(made->cpu).contains(','))
    return usageError("one level is measured, --cpu names '" + made->cpu + "'",
                      "name one of them");
  made->fetches = arguments.values("--fetch");
  if (llvm::Error error = parseFeeds(arguments, *made, tuner.subject.feeds))
    return error;
  made->unknownSize = 1;
  if (made->cpu.empty() && made->triple.empty())
    made->cpu = "native";
  tuner.subject.compile = std::move(*made);

  auto pool = makePool(*threads);
  if (!pool)
    return pool.takeError();
  tuner.subject.threads = pool->get();
  auto result = tune(tuner);
  if (!result)
    return result.takeError();
  std::string text = formatTuning(result->tuning);
  if (llvm::Error error =
          writeFiles(OutputFile{arguments.value("-o").str(), text}))
    return makeFileError("sluice", llvm::toString(std::move(error)),
                         ErrorKind::Io);
  print(*result);
  return llvm::Error::success();
}

static int run(const Arguments &arguments) {
  return reportErrors(tuneModel(arguments));
}

const CommandSpec sluice::tuneCommand = {
    "tune", "measure how to compute a model on this machine",
    "Measures tiles, orders and algorithms of the model's matrix products and "
    "convolutions on this machine and writes what beats the compiler's own "
    "rules. Unknown sizes of inputs count as 1 unless --input gives them: tune "
    "for the shapes that will be compiled.",
    groups, run};
