//===- Subject.h - A compiled model whose launches are timed ----*- C++ -*-===//

#ifndef SLUICE_TOOLS_SLUICE_SUBJECT_H
#define SLUICE_TOOLS_SLUICE_SUBJECT_H

#include "compiler/Driver/Compilation.h"
#include "compiler/Driver/Feeds.h"
#include "compiler/Driver/LaunchTrace.h"
#include "llvm/ADT/StringMap.h"
#include <memory>

namespace sluice {

struct SubjectOptions {
  CompileOptions compile;
  std::vector<FeedText> feeds; ///< none: inputs are generated
  uint64_t seed = 1;           ///< of generated inputs
  const sluice_threads *threads = nullptr;
};

/// A model in memory, and how long its launches took, by contraction.
class Subject {
public:
  static llvm::Expected<std::unique_ptr<Subject>>
  make(const SubjectOptions &options, std::shared_ptr<const Tuning> tuning);

  /// Runs once and keeps the times.
  llvm::Error sample();
  /// Runs once and keeps nothing.
  llvm::Error warmUp();
  void forgetSamples() { samples.assign(samples.size(), {}); }

  // Seconds in one run, medians over the samples; 0 where nothing is known.
  double total() const;
  /// Of the launches that compute this key.
  double secondsOf(llvm::StringRef key) const;
  /// Of the launches with nodes of the contractions that have this key before
  /// algorithms are chosen: of a convolution whether Winograd's or not.
  double secondsOfSite(llvm::StringRef key) const;

  bool usesWinograd(llvm::StringRef siteKey) const;
  /// Keys of the contractions before algorithms are chosen.
  std::vector<std::string> siteKeys() const;
  Compilation &compiled() { return *compilation; }

private:
  Subject() = default;
  void label();
  double median(llvm::StringRef label) const;

  std::unique_ptr<Compilation> compilation;
  std::unique_ptr<LoadedModel> model;
  std::unique_ptr<PreparedRun> run;
  std::unique_ptr<LaunchTrace> trace;
  llvm::StringMap<size_t> labels;              ///< to indices of samples
  std::vector<llvm::SmallVector<size_t>> uses; ///< labels of each launch
  std::vector<std::vector<double>> samples;
};

/// Samples both in turns for about `seconds`, five times at least. Earlier
/// samples are forgotten.
llvm::Error compareSubjects(Subject &first, Subject &second, double seconds);

} // namespace sluice

#endif // SLUICE_TOOLS_SLUICE_SUBJECT_H
