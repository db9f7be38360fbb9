//===- Bench.cpp - sluice bench -------------------------------------------===//

#include "compiler/Driver/Feeds.h"
#include "compiler/Driver/ValueText.h"
#include "compiler/Support/ModelError.h"
#include "tools/sluice/Commands.h"
#include "tools/sluice/Pool.h"
#include "tools/sluice/Profile.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include <chrono>

using namespace sluice;
using llvm::StringRef;

static const OptionSpec options[] = {
    {"--threads", "N", "threads of the runtime's pool (default: 1)"},
    {"--seconds", "S", "how long to measure (default: 2)"},
    {"--json", nullptr, "print one line of JSON"},
    {"--profile", nullptr,
     "time every kernel launch beside multiply-add, read and copy loops, and "
     "print what share of the machine's peak each one reaches"},
    {"--fetch", "NAME", "an output to compute, may be repeated", true},
    {"--feed", "NAME=VALUE",
     "measure on this value, as in sluice run; one for each input (default: "
     "generated inputs)",
     true},
    {"--seed", "N", "of the generated inputs (default: 1)"},
};
static const llvm::ArrayRef<OptionSpec> groups[] = {
    options,       modelOptions, targetOptions,
    tuningOptions, debugOptions, commonOptions};

namespace {
using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

struct Measurement {
  std::vector<double> times; ///< milliseconds of each run, sorted
  double firstRun = 0;
  Profile profile; ///< with --profile

  double quantile(double part) const { return quantileOf(times, part); }
  double median() const { return medianOf(times); }
};
} // namespace

static llvm::Expected<Measurement> measure(PreparedRun &run, StringRef model,
                                           double seconds,
                                           llvm::ArrayRef<LaunchWork> work,
                                           Machine *machine) {
  Measurement result;
  auto once = [&]() -> llvm::Expected<double> {
    Clock::time_point start = Clock::now();
    int status = run.run();
    Clock::time_point end = Clock::now();
    if (status)
      return makeFileError(model,
                           "running the model failed: " + run.errorText());
    return milliseconds(end - start);
  };
  llvm::Expected<double> first = once();
  if (!first)
    return first.takeError();
  result.firstRun = *first;
  if (machine) {
    auto profile = measureProfile(run, model, work, *machine, seconds);
    if (!profile)
      return profile.takeError();
    result.times = profile->milliseconds;
    result.profile = std::move(*profile);
    return result;
  }
  // Warm up for a tenth of the time; at least three runs are measured.
  Clock::time_point begin = Clock::now();
  auto spent = [&] { return milliseconds(Clock::now() - begin) / 1000; };
  while (spent() < seconds / 10)
    if (auto time = once(); !time)
      return time.takeError();
  constexpr size_t most = 10000000;
  begin = Clock::now();
  while (result.times.size() < 3 ||
         (spent() < seconds && result.times.size() < most)) {
    llvm::Expected<double> time = once();
    if (!time)
      return time.takeError();
    result.times.push_back(*time);
  }
  llvm::sort(result.times);
  return result;
}

static void print(const Measurement &result, const Compilation &compilation,
                  const PreparedRun &run, int64_t threads, bool json,
                  const Machine *machine) {
  StringRef cpu = run.levelName();
  if (json) {
    llvm::json::OStream os(llvm::outs());
    auto time = [&](StringRef key, double value) { // to the nanosecond
      os.attributeBegin(key);
      os.rawValue(
          [&](llvm::raw_ostream &out) { out << llvm::format("%.6f", value); });
      os.attributeEnd();
    };
    os.object([&] {
      os.attribute("model", llvm::json::fixUTF8(compilation.options().model));
      os.attribute("cpu", cpu);
      os.attribute("threads", threads);
      os.attribute("n", int64_t(result.times.size()));
      time("median_ms", result.median());
      time("min_ms", result.times.front());
      time("p90_ms", result.quantile(0.9));
      time("p99_ms", result.quantile(0.99));
      time("first_ms", result.firstRun);
      os.attribute("workspace_bytes", int64_t(run.workspaceBytes()));
      if (machine)
        writeProfile(result.profile, compilation.launches(), *machine, os);
    });
    llvm::outs() << '\n';
    return;
  }
  llvm::outs() << llvm::format("median %.6f ms, min %.6f ms, p90 %.6f ms, "
                               "p99 %.6f ms",
                               result.median(), result.times.front(),
                               result.quantile(0.9), result.quantile(0.99))
               << " (" << result.times.size() << " runs, " << threads
               << (threads == 1 ? " thread, " : " threads, ") << cpu
               << ", workspace " << run.workspaceBytes() << " bytes)\n";
  if (machine)
    printProfile(result.profile, compilation.launches(), *machine);
}

static llvm::Error bench(const Arguments &arguments) {
  auto made = makeCompileOptions(arguments);
  if (!made)
    return made.takeError();
  auto threads = arguments.integer("--threads", 1, 1, 1024);
  if (!threads)
    return threads.takeError();
  auto seconds = arguments.real("--seconds", 2, 0, 3600);
  if (!seconds)
    return seconds.takeError();
  auto seed = arguments.integer("--seed", 1, 0, INT64_MAX);
  if (!seed)
    return seed.takeError();
  made->fetches = arguments.values("--fetch");
  std::vector<FeedText> feeds;
  if (llvm::Error error = parseFeeds(arguments, *made, feeds))
    return error;
  made->unknownSize = 1;
  made->traceLaunches = arguments.has("--profile");
  if (made->cpu.empty() && made->triple.empty())
    made->cpu = "native";

  Compilation compilation(std::move(*made));
  if (llvm::Error error = compilation.runTo(Stage::Read))
    return error;
  reportWarnings(compilation);
  llvm::Expected<std::vector<HostTensor>> inputs = std::vector<HostTensor>();
  if (!feeds.empty())
    inputs = bindFeeds(compilation, feeds);
  if (!inputs)
    return inputs.takeError();
  if (llvm::Error error = compilation.runTo(Stage::Import))
    return error;
  if (feeds.empty())
    inputs = generateFeeds(compilation, static_cast<uint64_t>(*seed));
  if (!inputs)
    return inputs.takeError();
  auto model = compilation.load();
  if (!model)
    return model.takeError();
  auto pool = makePool(*threads);
  if (!pool)
    return pool.takeError();
  auto run = (*model)->prepare(0, *inputs, pool->get());
  if (!run)
    return run.takeError();
  std::optional<Machine> machine;
  if (arguments.has("--profile"))
    machine.emplace(pool->get(), *threads, compilation.launches());
  Machine *beside = machine ? &*machine : nullptr;
  auto result = measure(**run, compilation.options().model, *seconds,
                        compilation.launches(), beside);
  if (!result)
    return result.takeError();
  print(*result, compilation, **run, *threads, arguments.has("--json"), beside);
  reportTiming(compilation);
  return llvm::Error::success();
}

static int run(const Arguments &arguments) {
  return reportErrors(bench(arguments));
}

const CommandSpec sluice::benchCommand = {
    "bench", "measure the latency of a run",
    "Compiles a model in memory, runs it on generated inputs for a while and "
    "prints the distribution of the times of single runs. Unknown sizes of "
    "inputs count as 1 unless --input gives them.",
    groups, run};
