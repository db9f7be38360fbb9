//===- Tuner.h - sluice tune ------------------------------------*- C++ -*-===//
//
// Compiles a model with other choices than the compiler's own, for all of its
// contractions at a time, and runs it beside the model as the compiler would
// have it: both see the same machine, launch by launch.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_TOOLS_SLUICE_TUNER_H
#define SLUICE_TOOLS_SLUICE_TUNER_H

#include "compiler/Driver/Feeds.h"
#include "passes/Tuning/Tuning.h"
#include "tools/sluice/Subject.h"

namespace sluice {

struct TunerOptions {
  SubjectOptions subject;
  /// When no other candidate is started, counted from the beginning; what is
  /// needed to check the choices is kept in hand.
  double budgetSeconds = 60;
};

struct TunerResult {
  Tuning tuning;
  /// Of all contractions, whether they have a choice or not.
  std::map<std::string, double> defaultSeconds;
  double defaultTotal = 0, tunedTotal = 0; ///< of all launches of a run
  size_t candidates = 0;                   ///< that were measured
  bool complete = true;                    ///< the budget was enough for all
};

/// Progress goes to stderr.
llvm::Expected<TunerResult> tune(const TunerOptions &options);

} // namespace sluice

#endif // SLUICE_TOOLS_SLUICE_TUNER_H
