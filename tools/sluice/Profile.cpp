//===- Profile.cpp - sluice bench --profile -------------------------------===//

#include "tools/sluice/Profile.h"
#include "compiler/Driver/LaunchTrace.h"
#include "compiler/Driver/ValueText.h"
#include "compiler/Support/ModelError.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include <chrono>

using namespace sluice;
using llvm::StringRef;
using Clock = std::chrono::steady_clock;

static double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

static void rate(Profile &profile, llvm::ArrayRef<LaunchWork> work,
                 const Machine &machine) {
  auto computeSeconds = [&](const LaunchWork &does, Sample which) {
    double peak = machine.peak(which) * 1e9;
    return peak > 0 ? double(does.operations) / peak : 0;
  };
  for (auto [launch, does] : llvm::zip(profile.launches, work)) {
    launch.computeSeconds = computeSeconds(does, Sample::Median);
    launch.memorySeconds =
        machine.secondsOf(does.traffic, Sample::Median, &launch.bound);
    launch.rooflineSeconds =
        std::max(launch.computeSeconds, launch.memorySeconds);
    if (launch.computeSeconds >= launch.memorySeconds)
      launch.bound = "compute";
    launch.bestComputeSeconds = computeSeconds(does, Sample::Best);
    launch.bestRooflineSeconds =
        std::max(launch.bestComputeSeconds,
                 machine.secondsOf(does.traffic, Sample::Best));
    profile.rooflineSeconds += launch.rooflineSeconds;
    profile.bestRooflineSeconds += launch.bestRooflineSeconds;
    profile.launchSeconds += launch.medianSeconds;
  }
}

llvm::Expected<Profile> sluice::measureProfile(PreparedRun &run,
                                               StringRef model,
                                               llvm::ArrayRef<LaunchWork> work,
                                               Machine &machine,
                                               double seconds) {
  Profile profile;
  LaunchTrace trace(work.size());
  std::vector<std::vector<double>> samples(work.size());
  constexpr size_t mostSamples = 2000; // more are spread over the time
  auto runOnce = [&]() -> llvm::Error {
    return run.run() ? makeFileError(model, "running the model failed: " +
                                                run.errorText())
                     : llvm::Error::success();
  };
  for (int i = 0; i < 2; ++i) // first touches and caches
    if (llvm::Error error = runOnce())
      return error;

  Clock::time_point begin = Clock::now();
  do {
    Clock::time_point start = Clock::now();
    machine.sample();
    double loops = secondsSince(start);
    // The loops displaced the model from the caches.
    if (llvm::Error error = runOnce())
      return error;
    // Most of the time is the model's.
    start = Clock::now();
    do {
      Clock::time_point one = Clock::now();
      if (llvm::Error error = runOnce())
        return error;
      profile.milliseconds.push_back(secondsSince(one) * 1e3);
      trace.start();
      llvm::Error error = runOnce();
      trace.stop();
      if (error)
        return error;
      if (++profile.tracedRuns > mostSamples && profile.tracedRuns % 16)
        continue;
      for (auto [list, time] : llvm::zip(samples, trace.nanoseconds()))
        list.push_back(time * 1e-9);
    } while (secondsSince(start) < std::max(3 * loops, 5e-3));
  } while (secondsSince(begin) < seconds);

  for (std::vector<double> &list : samples) {
    LaunchProfile &launch = profile.launches.emplace_back();
    launch.bestSeconds = quantileOf(list, bestPart);
    launch.medianSeconds = medianOf(std::move(list));
  }
  llvm::sort(profile.milliseconds);
  rate(profile, work, machine);
  return profile;
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

static double quotient(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

static double gigaRate(int64_t amount, double seconds) {
  return quotient(double(amount) / 1e9, seconds);
}

// The end of a node's name tells it from others: whole parts, 40 characters.
static std::string endOf(StringRef name) {
  constexpr size_t most = 40;
  if (name.size() <= most)
    return escapeForTerminal(name, most);
  StringRef end = name.take_back(most);
  if (size_t slash = end.find('/'); slash != StringRef::npos)
    end = end.drop_front(slash + 1);
  return ".." + escapeForTerminal(end, most);
}

// "conv1 (Conv2D), relu (Relu) and 3 more"
static std::string namesOf(const LaunchWork &launch) {
  constexpr size_t most = 3;
  std::string text;
  for (const NodeName &name : llvm::ArrayRef(launch.nodes).take_front(most))
    text += (text.empty() ? "" : ", ") + endOf(name.node) + " (" +
            escapeForTerminal(name.op, 40) + ")";
  if (launch.nodes.size() > most)
    text += " and " + std::to_string(launch.nodes.size() - most) + " more";
  return text;
}

void sluice::printProfile(const Profile &profile,
                          llvm::ArrayRef<LaunchWork> work,
                          const Machine &machine) {
  llvm::raw_ostream &os = llvm::outs();
  os << llvm::format("machine: %.1f GFLOP/s", machine.peak());
  for (const MemoryLevel &level : machine.levels())
    os << llvm::format(", %s %.1f GB/s (copy %.1f)", level.name.c_str(),
                       level.readRate(), level.copyRate());
  double median = medianOf(profile.milliseconds) / 1e3;
  double best = quantileOf(profile.milliseconds, bestPart) / 1e3;
  os << llvm::format("\nroofline %.6f ms: %.1f %% of the median\n"
                     "at best %.6f ms: %.1f %% of the best twentieth\n"
                     "launches %.6f ms\n",
                     profile.rooflineSeconds * 1e3,
                     100 * quotient(profile.rooflineSeconds, median),
                     profile.bestRooflineSeconds * 1e3,
                     100 * quotient(profile.bestRooflineSeconds, best),
                     profile.launchSeconds * 1e3);
  os << "      us  share  roofline  bound    GFLOP/s  peak      GB/s  "
        "bandwidth  kernel\n";
  std::vector<size_t> order(work.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  llvm::sort(order, [&](size_t a, size_t b) {
    double left = profile.launches[a].medianSeconds;
    double right = profile.launches[b].medianSeconds;
    return left != right ? left > right : a < b;
  });
  for (size_t i : order) {
    const LaunchProfile &launch = profile.launches[i];
    double time = launch.medianSeconds;
    os << llvm::format(
        "%8.2f %5.1f%%    %5.1f%%  %-7s %8.1f %4.0f%%  %8.1f      %4.0f%%  ",
        time * 1e6, 100 * quotient(time, profile.launchSeconds),
        100 * quotient(launch.rooflineSeconds, time), launch.bound.c_str(),
        gigaRate(work[i].operations, time),
        100 * quotient(launch.computeSeconds, time),
        gigaRate(work[i].bytesRead + work[i].bytesWritten, time),
        100 * quotient(launch.memorySeconds, time));
    os << work[i].kernel << ": " << llvm::join(work[i].operators, "+");
    if (std::string names = namesOf(work[i]); !names.empty())
      os << "  " << names;
    os << '\n';
  }
}

static void writeNumber(llvm::json::OStream &os, StringRef key, double value) {
  os.attributeBegin(key);
  os.rawValue(
      [&](llvm::raw_ostream &out) { out << llvm::format("%.6g", value); });
  os.attributeEnd();
}

static void writeLaunch(const LaunchProfile &launch, const LaunchWork &work,
                        double total, llvm::json::OStream &os) {
  double time = launch.medianSeconds;
  os.attribute("kernel", llvm::json::fixUTF8(work.kernel));
  os.attributeArray("operators", [&] {
    for (StringRef name : work.operators)
      os.value(name);
  });
  os.attributeArray("nodes", [&] {
    for (const NodeName &node : work.nodes)
      os.object([&] {
        os.attribute("name", llvm::json::fixUTF8(node.node));
        os.attribute("op", llvm::json::fixUTF8(node.op));
      });
  });
  writeNumber(os, "median_us", time * 1e6);
  writeNumber(os, "best_us", launch.bestSeconds * 1e6);
  writeNumber(os, "share", quotient(time, total));
  os.attribute("flops", work.operations);
  os.attribute("bytes_read", work.bytesRead);
  os.attribute("bytes_written", work.bytesWritten);
  writeNumber(os, "gflops", gigaRate(work.operations, time));
  writeNumber(os, "gbps", gigaRate(work.bytesRead + work.bytesWritten, time));
  writeNumber(os, "of_peak", quotient(launch.computeSeconds, time));
  writeNumber(os, "of_bandwidth", quotient(launch.memorySeconds, time));
  writeNumber(os, "roofline_us", launch.rooflineSeconds * 1e6);
  writeNumber(os, "of_roofline", quotient(launch.rooflineSeconds, time));
  writeNumber(os, "best_of_peak",
              quotient(launch.bestComputeSeconds, launch.bestSeconds));
  writeNumber(os, "best_of_roofline",
              quotient(launch.bestRooflineSeconds, launch.bestSeconds));
  os.attribute("bound", launch.bound);
}

void sluice::writeProfile(const Profile &profile,
                          llvm::ArrayRef<LaunchWork> work,
                          const Machine &machine, llvm::json::OStream &os) {
  double median = medianOf(profile.milliseconds) / 1e3;
  writeNumber(os, "fma_gflops", machine.peak());
  writeNumber(os, "best_fma_gflops", machine.peak(Sample::Best));
  os.attributeArray("bandwidth", [&] {
    for (const MemoryLevel &level : machine.levels())
      os.object([&] {
        os.attribute("level", level.name);
        os.attribute("bytes", level.loopBytes);
        writeNumber(os, "read_gbps", level.readRate());
        writeNumber(os, "copy_gbps", level.copyRate());
      });
  });
  writeNumber(os, "roofline_ms", profile.rooflineSeconds * 1e3);
  writeNumber(os, "of_roofline", quotient(profile.rooflineSeconds, median));
  writeNumber(os, "best_of_roofline",
              quotient(profile.bestRooflineSeconds,
                       quantileOf(profile.milliseconds, bestPart) / 1e3));
  writeNumber(os, "launches_ms", profile.launchSeconds * 1e3);
  os.attribute("traced_runs", int64_t(profile.tracedRuns));
  os.attributeArray("launches", [&] {
    for (auto [launch, does] : llvm::zip(profile.launches, work))
      os.object([&, &launch = launch, &does = does] {
        writeLaunch(launch, does, profile.launchSeconds, os);
      });
  });
}
