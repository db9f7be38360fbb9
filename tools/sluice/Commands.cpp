//===- Commands.cpp - What the commands share -----------------------------===//

#include "tools/sluice/Commands.h"
#include "compiler/Codegen/Levels.h"
#include "compiler/Support/ModelError.h"
#include "passes/Target/TargetDescription.h"
#include "passes/Tuning/Tuning.h"
#include "llvm/ADT/StringExtras.h"

using namespace sluice;
using llvm::StringRef;

static const OptionSpec common[] = {{"--help", nullptr, "this text"}};

static const OptionSpec model[] = {
    {"--signature", "KEY",
     "signature of a SavedModel (default: serving_default, else the only one)"},
    {"--tag", "TAG",
     "tag of the SavedModel's graph, may be repeated (default: serve)", true},
    {"--input", "NAME=1x28x28x1:f32",
     "shape and type of an input where the file leaves them open; `?` is an "
     "unknown size, the type may be left out, may be repeated",
     true},
    {"--limit", "NAME=N",
     "what a model may ask for at most: file-bytes, nodes, inlined-nodes, "
     "call-depth, tensor-bytes; may be repeated",
     true},
};

static const OptionSpec target[] = {
    {"--cpu", "NAME[,NAME...]",
     "instruction-set level or CPU: x86-64-v3 (default), x86-64-v4, native, or "
     "a name LLVM knows; of several, the program picks the best one that its "
     "machine has"},
    {"--target", "TRIPLE",
     "x86_64-linux-gnu or aarch64-linux-gnu (default: this machine)"},
    {"--accuracy", "strict|default",
     "strict: only what rounds no more than direct sums and treats every "
     "element alone; default: also Winograd's convolution, neighbouring "
     "positions of convolutions of few channels and transposed ones computed "
     "together, bf16 products that drop denormals. Headers name what was used"},
};

static const OptionSpec tuning[] = {
    {"--tuning", "FILE",
     "tiles, orders and algorithms that sluice tune measured, in place of the "
     "compiler's own rules"},
};

static const OptionSpec debug[] = {
    {"--print-after", "PASS",
     "print the program behind a pass to stderr, may be repeated", true},
    {"--save-temps", "FOLDER",
     "keep the program of every stage in FOLDER (default: the current one)",
     false, "."},
    {"--remarks", nullptr,
     "print to stderr which conversions of layouts are left, and why"},
    {"--timing", nullptr, "print where the time went to stderr"},
};

const llvm::ArrayRef<OptionSpec> sluice::commonOptions = common;
const llvm::ArrayRef<OptionSpec> sluice::modelOptions = model;
const llvm::ArrayRef<OptionSpec> sluice::targetOptions = target;
const llvm::ArrayRef<OptionSpec> sluice::tuningOptions = tuning;
const llvm::ArrayRef<OptionSpec> sluice::debugOptions = debug;

llvm::Expected<CompileOptions>
sluice::makeCompileOptions(const Arguments &arguments) {
  CompileOptions options;
  options.model = arguments.model().str();
  options.signature = arguments.value("--signature").str();
  if (arguments.has("--tag"))
    options.tags = arguments.values("--tag");
  for (const std::string &flag : arguments.values("--input"))
    if (llvm::Error error = parseInputFlag(flag, options))
      return error;
  for (const std::string &flag : arguments.values("--limit"))
    if (llvm::Error error = parseLimitFlag(flag, options))
      return error;
  options.cpu = arguments.value("--cpu").str();
  options.triple = arguments.value("--target").str();
  StringRef accuracy = arguments.value("--accuracy");
  if (!accuracy.empty() && accuracy != "strict" && accuracy != "default")
    return usageError("option '--accuracy' takes strict or default, got '" +
                      accuracy + "'");
  options.strictAccuracy = accuracy == "strict";
  if (arguments.has("--tuning"))
    if (llvm::Error error =
            readTuningFile(arguments.value("--tuning"), options))
      return error;
  options.printAfter = arguments.values("--print-after");
  options.saveTemps = arguments.value("--save-temps").str();
  options.timing = arguments.has("--timing");
  options.remarks = arguments.has("--remarks");
  return options;
}

llvm::Error sluice::parseFeeds(const Arguments &arguments,
                               CompileOptions &options,
                               std::vector<FeedText> &feeds) {
  for (const std::string &flag : arguments.values("--feed")) {
    auto feed = splitFeed(flag);
    if (!feed)
      return feed.takeError();
    options.feeds.push_back(feed->name);
    feeds.push_back(std::move(*feed));
  }
  return llvm::Error::success();
}

int sluice::reportErrors(llvm::Error error) {
  int code = printErrors(std::move(error), llvm::errs());
  return code == static_cast<int>(ErrorKind::Limit)
             ? static_cast<int>(ErrorKind::Model)
             : code;
}

// What another CPU was measured with may be slow here.
static void checkTuning(const CompileOptions &options) {
  if (!options.tuning)
    return;
  auto levels = parseLevels(options.cpu, options.triple);
  if (!levels) {
    llvm::consumeError(levels.takeError()); // the compilation reports it
    return;
  }
  const TargetSpec &target = levels->front();
  std::string name = levelName(target);
  if (name == options.tuning->cpu)
    return;
  int64_t bits =
      describeTarget(target.triple, target.cpu, target.features).vectorBits;
  llvm::errs() << "sluice: warning: the tuning was measured for "
               << escapeForTerminal(options.tuning->cpu) << ", this is for "
               << name
               << (bits == options.tuning->vectorBits
                       ? ""
                       : ", whose vectors differ: its tiles are not used")
               << '\n';
}

void sluice::reportWarnings(const Compilation &compilation) {
  checkTuning(compilation.options());
  for (StringRef warning : compilation.graph().warnings())
    llvm::errs() << escapeForTerminal(compilation.options().model, 2000)
                 << ": warning: " << escapeForTerminal(warning, 2000) << '\n';
  for (StringRef remark : compilation.remarks())
    llvm::errs() << escapeForTerminal(compilation.options().model, 2000)
                 << ": remark: " << escapeForTerminal(remark, 2000) << '\n';
}

void sluice::reportTiming(Compilation &compilation) {
  if (compilation.options().timing)
    compilation.timing().print(llvm::errs());
}
