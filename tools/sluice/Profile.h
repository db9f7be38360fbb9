//===- Profile.h - sluice bench --profile -----------------------*- C++ -*-===//

#ifndef SLUICE_TOOLS_SLUICE_PROFILE_H
#define SLUICE_TOOLS_SLUICE_PROFILE_H

#include "compiler/Driver/LoadedModel.h"
#include "tools/sluice/Machine.h"

namespace llvm::json {
class OStream;
}

namespace sluice {

struct LaunchProfile {
  double medianSeconds = 0;
  double bestSeconds = 0;     ///< as Sample::Best
  double rooflineSeconds = 0; ///< the longer of the two below
  double computeSeconds = 0;  ///< operations at the multiply-add peak
  double memorySeconds = 0;   ///< bytes at their levels' bandwidth
  std::string bound;          ///< "compute" or the level of most bytes
  /// At the best samples of the machine, to compare with `bestSeconds`.
  double bestComputeSeconds = 0, bestRooflineSeconds = 0;
};

struct Profile {
  std::vector<double> milliseconds; ///< of runs without tracing
  std::vector<LaunchProfile> launches;
  size_t tracedRuns = 0;
  double rooflineSeconds = 0; ///< sum over the launches
  double bestRooflineSeconds = 0;
  double launchSeconds = 0;
};

/// Runs the model for about `seconds`, with tracing, without, and the loops of
/// the machine in turns.
llvm::Expected<Profile> measureProfile(PreparedRun &run, llvm::StringRef model,
                                       llvm::ArrayRef<LaunchWork> work,
                                       Machine &machine, double seconds);

void printProfile(const Profile &profile, llvm::ArrayRef<LaunchWork> work,
                  const Machine &machine);
/// Attributes of the object that `os` has open.
void writeProfile(const Profile &profile, llvm::ArrayRef<LaunchWork> work,
                  const Machine &machine, llvm::json::OStream &os);

} // namespace sluice

#endif // SLUICE_TOOLS_SLUICE_PROFILE_H
