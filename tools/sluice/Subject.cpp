//===- Subject.cpp - A compiled model whose launches are timed ------------===//

#include "tools/sluice/Subject.h"
#include "compiler/Support/ModelError.h"
#include "tools/sluice/Machine.h"
#include <chrono>

using namespace sluice;
using llvm::StringRef;
using Clock = std::chrono::steady_clock;

// Labels of launches: one for all, keys, keys of sites.
static constexpr llvm::StringLiteral everything = "";
static std::string siteLabel(StringRef key) { return "site " + key.str(); }

llvm::Expected<std::unique_ptr<Subject>>
Subject::make(const SubjectOptions &options,
              std::shared_ptr<const Tuning> tuning) {
  CompileOptions compile = options.compile;
  compile.traceLaunches = true;
  compile.tuning = std::move(tuning);
  std::unique_ptr<Subject> subject(new Subject);
  subject->compilation = std::make_unique<Compilation>(std::move(compile));
  Compilation &compilation = *subject->compilation;
  if (llvm::Error error = compilation.runTo(Stage::Read))
    return error;
  llvm::Expected<std::vector<HostTensor>> inputs = std::vector<HostTensor>();
  if (!options.feeds.empty())
    inputs = bindFeeds(compilation, options.feeds);
  if (!inputs)
    return inputs.takeError();
  if (llvm::Error error = compilation.runTo(Stage::Import))
    return error;
  if (options.feeds.empty())
    inputs = generateFeeds(compilation, options.seed);
  if (!inputs)
    return inputs.takeError();
  auto model = compilation.load();
  if (!model)
    return model.takeError();
  subject->model = std::move(*model);
  auto run = subject->model->prepare(0, *inputs, options.threads);
  if (!run)
    return run.takeError();
  subject->run = std::move(*run);
  subject->trace = std::make_unique<LaunchTrace>(compilation.launches().size());
  subject->label();
  return subject;
}

void Subject::label() {
  llvm::StringMap<std::vector<std::string>> sites; // by node
  for (const TuningSite &site : compilation->tuningSites())
    sites[getNodeName(site.location).node].push_back(siteLabel(site.key));
  auto indexOf = [&](StringRef label) {
    return labels.try_emplace(label, labels.size()).first->second;
  };
  for (const LaunchWork &launch : compilation->launches()) {
    llvm::SmallVector<size_t> &list = uses.emplace_back();
    auto add = [&](StringRef label) {
      if (size_t index = indexOf(label); !llvm::is_contained(list, index))
        list.push_back(index);
    };
    add(everything);
    for (const std::string &key : launch.tuningKeys)
      add(key);
    for (const NodeName &node : launch.nodes)
      if (auto found = sites.find(node.node); found != sites.end())
        for (const std::string &label : found->second)
          add(label);
  }
  samples.resize(labels.size());
}

llvm::Error Subject::warmUp() {
  if (run->run())
    return makeFileError(compilation->options().model,
                         "running the model failed: " + run->errorText());
  return llvm::Error::success();
}

llvm::Error Subject::sample() {
  trace->start();
  llvm::Error error = warmUp();
  trace->stop();
  if (error)
    return error;
  std::vector<double> sums(samples.size());
  std::vector<double> times = trace->nanoseconds();
  for (size_t launch = 0; launch < times.size(); ++launch)
    for (size_t label : uses[launch])
      sums[label] += times[launch] * 1e-9;
  for (size_t label = 0; label < sums.size(); ++label)
    samples[label].push_back(sums[label]);
  return llvm::Error::success();
}

double Subject::median(StringRef label) const {
  auto found = labels.find(label);
  return found == labels.end() ? 0 : medianOf(samples[found->second]);
}
double Subject::total() const { return median(everything); }
double Subject::secondsOf(StringRef key) const { return median(key); }
double Subject::secondsOfSite(StringRef key) const {
  return median(siteLabel(key));
}

bool Subject::usesWinograd(StringRef siteKey) const {
  auto found = labels.find(siteLabel(siteKey));
  if (found == labels.end())
    return false;
  for (auto [launch, list] : llvm::zip(compilation->launches(), uses))
    if (llvm::is_contained(list, found->second) &&
        llvm::is_contained(launch.operators, "winograd_output"))
      return true;
  return false;
}

std::vector<std::string> Subject::siteKeys() const {
  std::vector<std::string> keys;
  for (const TuningSite &site : compilation->tuningSites())
    if (!llvm::is_contained(keys, site.key))
      keys.push_back(site.key);
  return keys;
}

llvm::Error sluice::compareSubjects(Subject &first, Subject &second,
                                    double seconds) {
  constexpr int least = 5, most = 5000;
  Clock::time_point begin = Clock::now();
  auto spent = [&](Clock::time_point since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
  };
  double longest = 0;
  for (Subject *subject : {&first, &second}) {
    subject->forgetSamples();
    Clock::time_point start = Clock::now();
    if (llvm::Error error = subject->warmUp())
      return error;
    longest = std::max(longest, spent(start));
  }
  // The other one displaces what a small model has in the caches.
  constexpr double small = 5e-3;
  for (int round = 0; round < most && (round < least || spent(begin) < seconds);
       ++round)
    for (Subject *subject : {&first, &second}) {
      if (longest < small)
        if (llvm::Error error = subject->warmUp())
          return error;
      if (llvm::Error error = subject->sample())
        return error;
    }
  return llvm::Error::success();
}
