//===- Commands.cpp - What the commands share -----------------------------===//

#include "tools/sluice/Commands.h"
#include "compiler/Support/ModelError.h"
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
     "strict: no algorithm with a larger rounding error than direct sums "
     "(Winograd's convolution)"},
};

static const OptionSpec debug[] = {
    {"--print-after", "PASS",
     "print the program behind a pass to stderr, may be repeated", true},
    {"--save-temps", "FOLDER",
     "keep the program of every stage in FOLDER (default: the current one)",
     false, "."},
    {"--timing", nullptr, "print where the time went to stderr"},
};

const llvm::ArrayRef<OptionSpec> sluice::commonOptions = common;
const llvm::ArrayRef<OptionSpec> sluice::modelOptions = model;
const llvm::ArrayRef<OptionSpec> sluice::targetOptions = target;
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
  options.printAfter = arguments.values("--print-after");
  options.saveTemps = arguments.value("--save-temps").str();
  options.timing = arguments.has("--timing");
  return options;
}

int sluice::reportErrors(llvm::Error error) {
  int code = printErrors(std::move(error), llvm::errs());
  return code == static_cast<int>(ErrorKind::Limit)
             ? static_cast<int>(ErrorKind::Model)
             : code;
}

void sluice::reportWarnings(const Compilation &compilation) {
  for (StringRef warning : compilation.graph().warnings())
    llvm::errs() << escapeForTerminal(compilation.options().model, 2000)
                 << ": warning: " << escapeForTerminal(warning, 2000) << '\n';
}

void sluice::reportTiming(Compilation &compilation) {
  if (compilation.options().timing)
    compilation.timing().print(llvm::errs());
}
