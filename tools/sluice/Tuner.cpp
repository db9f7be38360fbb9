//===- Tuner.cpp - sluice tune --------------------------------------------===//

#include "tools/sluice/Tuner.h"
#include "compiler/Codegen/Levels.h"
#include "passes/Emit/ContractionPlan.h"
#include "llvm/Support/Format.h"
#include <chrono>

using namespace sluice;
using llvm::StringRef;

namespace {
using Clock = std::chrono::steady_clock;
using Choices = std::map<std::string, TuningChoice>;

// A choice must gain this part of the default's time, or it is noise.
constexpr double leastGain = 0.03;

/// A contraction, by key, and what was found for it so far.
struct Contraction {
  std::vector<TuningChoice> candidates; ///< of this round
  TuningChoice best;
  double ratio = 1; ///< of its time to that of the rules
};

class Tuner {
public:
  explicit Tuner(const TunerOptions &options)
      : options(options), begin(Clock::now()) {}

  llvm::Expected<TunerResult> run();

private:
  double spent() const {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }
  bool hasTime() const {
    // This candidate, checking the choices, and measuring those that are kept.
    return spent() + 3 * slowestCompilation + 6 * sampling() <
           options.budgetSeconds;
  }
  double sampling() const {
    return std::clamp(options.budgetSeconds / 40, 0.02, 2.0);
  }

  llvm::Expected<std::unique_ptr<Subject>> make(const Choices &choices);
  std::shared_ptr<Tuning> makeTuning(const Choices &choices) const;
  llvm::Error chooseAlgorithms();
  void listContractions();
  llvm::Error measureCandidates(const char *what, double mustBeat);
  llvm::Error check();

  const TunerOptions &options;
  Clock::time_point begin;
  double slowestCompilation = 0;
  std::unique_ptr<Subject> original;
  Subject *rules = nullptr;        ///< the original, with chosen algorithms
  std::unique_ptr<Subject> chosen; ///< owns `rules` where they differ
  Choices algorithms;
  std::map<std::string, Contraction> contractions;
  TunerResult result;
};
} // namespace

static int64_t nanoseconds(double seconds) {
  return static_cast<int64_t>(seconds * 1e9 + 0.5);
}

std::shared_ptr<Tuning> Tuner::makeTuning(const Choices &choices) const {
  auto tuning = std::make_shared<Tuning>();
  tuning->cpu = result.tuning.cpu;
  tuning->vectorBits = result.tuning.vectorBits;
  for (const Choices *part : {&algorithms, &choices})
    for (const auto &[key, choice] : *part) {
      TuningChoice &whole = tuning->entries[key].choice;
      whole = whole.with(choice);
    }
  return tuning;
}

llvm::Expected<std::unique_ptr<Subject>> Tuner::make(const Choices &choices) {
  double start = spent();
  auto subject = Subject::make(options.subject, makeTuning(choices));
  slowestCompilation = std::max(slowestCompilation, spent() - start);
  return subject;
}

// Inverts the choice of the algorithm wherever that is possible at all. Each
// convolution that gains is measured twice.
llvm::Error Tuner::chooseAlgorithms() {
  std::vector<std::string> keys = rules->siteKeys();
  Choices inverted;
  for (const std::string &key : keys)
    inverted[key].winograd = !rules->usesWinograd(key);
  if (keys.empty() || options.subject.compile.strictAccuracy || !hasTime())
    return llvm::Error::success();
  auto other = make(inverted);
  if (!other)
    return other.takeError();
  llvm::erase_if(keys, [&](StringRef key) {
    return rules->usesWinograd(key) == (*other)->usesWinograd(key);
  });
  llvm::errs() << "algorithms: " << keys.size()
               << " convolutions have another one\n";
  if (keys.empty())
    return llvm::Error::success();
  ++result.candidates;
  std::map<std::string, TuningEntry> gains;
  for (int repeat = 0; repeat < 2; ++repeat) {
    if (llvm::Error error = compareSubjects(*rules, **other, sampling()))
      return error;
    llvm::erase_if(keys, [&](StringRef key) {
      double before = rules->secondsOfSite(key);
      double after = (*other)->secondsOfSite(key);
      result.defaultSeconds[key.str()] = before;
      TuningEntry &entry = gains[key.str()];
      entry.choice.winograd = inverted[key.str()].winograd;
      entry.defaultNanoseconds = nanoseconds(before);
      entry.tunedNanoseconds = nanoseconds(after);
      return after >= (1 - leastGain) * before;
    });
  }
  for (const std::string &key : keys) {
    result.tuning.entries[key] = gains[key];
    algorithms[key] = gains[key].choice;
  }
  if (keys.empty())
    return llvm::Error::success();
  auto made = make({});
  if (!made)
    return made.takeError();
  chosen = std::move(*made);
  rules = chosen.get();
  return llvm::Error::success();
}

static TargetDescription describe(Compilation &compilation) {
  const TargetSpec &target = compilation.levels().front();
  return describeTarget(target.triple, target.cpu, target.features);
}

void Tuner::listContractions() {
  TargetDescription target = describe(rules->compiled());
  rules->compiled().module().walk([&](mlir::Operation *op) {
    std::string key = getTuningKey(op);
    if (!key.empty() && !contractions.count(key))
      contractions[key].candidates = listTiles(op, target);
  });
}

// One candidate of each contraction at a time.
llvm::Error Tuner::measureCandidates(const char *what, double mustBeat) {
  size_t rounds = 0;
  for (auto &[key, contraction] : contractions)
    rounds = std::max(rounds, contraction.candidates.size());
  std::map<std::string, double> limits;
  for (auto &[key, contraction] : contractions)
    limits[key] = contraction.ratio * mustBeat;
  for (size_t round = 0; round < rounds; ++round) {
    if (!hasTime()) {
      result.complete = false;
      break;
    }
    Choices choices;
    for (auto &[key, contraction] : contractions)
      if (round < contraction.candidates.size())
        choices[key] = contraction.candidates[round];
    auto other = make(choices);
    if (!other)
      return other.takeError();
    if (llvm::Error error = compareSubjects(*rules, **other, sampling()))
      return error;
    ++result.candidates;
    for (auto &[key, choice] : choices) {
      double before = rules->secondsOf(key);
      double after = (*other)->secondsOf(key);
      Contraction &contraction = contractions[key];
      if (before <= 0 || after / before >= limits[key])
        continue;
      limits[key] = contraction.ratio = after / before;
      contraction.best = choice;
    }
    llvm::errs() << what << ' ' << round + 1 << " of " << rounds << ": "
                 << choices.size() << " contractions, "
                 << llvm::format("%.0f s\n", spent());
  }
  return llvm::Error::success();
}

// Keeps the choices that gain once more, together, and measures what is left.
llvm::Error Tuner::check() {
  Choices choices;
  for (auto &[key, contraction] : contractions)
    if (contraction.ratio < 1 - leastGain)
      choices[key] = contraction.best;
  auto other = make(choices);
  if (!other)
    return other.takeError();
  if (llvm::Error error = compareSubjects(*rules, **other, 3 * sampling()))
    return error;
  Choices kept;
  for (auto &[key, contraction] : contractions) {
    double before = rules->secondsOf(key);
    result.defaultSeconds[key] = before;
    double after = (*other)->secondsOf(key);
    auto winner = choices.find(key);
    if (winner == choices.end() || after >= (1 - leastGain) * before)
      continue;
    kept.insert(*winner);
    TuningEntry &entry = result.tuning.entries[key];
    entry.choice = entry.choice.with(winner->second);
    entry.defaultNanoseconds = nanoseconds(before);
    entry.tunedNanoseconds = nanoseconds(after);
  }
  if (kept.size() != choices.size()) {
    other = make(kept);
    if (!other)
      return other.takeError();
  }
  if (llvm::Error error = compareSubjects(*original, **other, 2 * sampling()))
    return error;
  result.tunedTotal = (*other)->total();
  result.defaultTotal = original->total();
  return llvm::Error::success();
}

llvm::Expected<TunerResult> Tuner::run() {
  auto made = make({});
  if (!made)
    return made.takeError();
  original = std::move(*made);
  rules = original.get();
  const TargetSpec &level = rules->compiled().levels().front();
  result.tuning.cpu = levelName(level);
  result.tuning.vectorBits = describe(rules->compiled()).vectorBits;
  if (llvm::Error error = chooseAlgorithms())
    return error;
  listContractions();
  if (llvm::Error error = measureCandidates("tile", 1))
    return error;
  // The orders of the best tiles; what they gain adds to that.
  TargetDescription target = describe(rules->compiled());
  rules->compiled().module().walk([&](mlir::Operation *op) {
    if (auto found = contractions.find(getTuningKey(op));
        found != contractions.end())
      found->second.candidates = listOrders(op, target, found->second.best);
  });
  if (llvm::Error error = measureCandidates("order", 1 - leastGain))
    return error;
  if (llvm::Error error = check())
    return error;
  return std::move(result);
}

llvm::Expected<TunerResult> sluice::tune(const TunerOptions &options) {
  return Tuner(options).run();
}
