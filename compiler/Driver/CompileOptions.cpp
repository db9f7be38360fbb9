//===- CompileOptions.cpp - Everything a compilation is told --------------===//

#include "compiler/Driver/CompileOptions.h"
#include "compiler/Codegen/Names.h"
#include "compiler/Support/ModelError.h"
#include "dialects/Support/Npy.h"
#include "passes/Tuning/Tuning.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace sluice;
using llvm::StringRef;
using llvm::Twine;

static llvm::Error wrongInput(StringRef flag, const Twine &message) {
  return makeFileError("sluice", "--input '" + flag + "': " + message,
                       ErrorKind::Usage,
                       "the form is --input NAME=1x28x28x1:f32");
}

llvm::Error sluice::parseInputFlag(StringRef flag, CompileOptions &options) {
  // From the right: a name may hold '=' no more than a colon of `x:0`.
  auto [name, value] = flag.rsplit('=');
  if (name.empty() || name.size() == flag.size())
    return wrongInput(flag, "no name and '='");
  auto [sizes, kindName] = value.split(':');
  tensorflow::InputSpec spec;
  if (value.contains(':')) {
    spec.kind = parseElementName(kindName);
    if (!spec.kind)
      return wrongInput(flag, "unknown type '" + kindName +
                                  "'; types are bool, i8 to i64, u8 to u64, "
                                  "f16, bf16, f32, f64, c64, c128, string");
  }
  if (!sizes.empty() && sizes != "scalar") {
    llvm::SmallVector<StringRef> parts;
    sizes.split(parts, 'x');
    for (StringRef part : parts) {
      int64_t size = -1;
      bool unknown = part == "?" || part == "-1";
      if (!unknown && (part.getAsInteger(10, size) || size < 0))
        return wrongInput(flag, "'" + part + "' is no size");
      spec.shape.push_back(size);
    }
    if (spec.shape.size() > 254)
      return wrongInput(flag, "rank " + Twine(spec.shape.size()) +
                                  " is over the limit of 254");
  }
  if (!options.inputs.try_emplace(name, std::move(spec)).second)
    return wrongInput(flag, "the input is given twice");
  return llvm::Error::success();
}

llvm::Error sluice::parseLimitFlag(StringRef flag, CompileOptions &options) {
  tensorflow::ReadBudgets &budgets = options.budgets;
  auto [name, value] = flag.split('=');
  for (auto [known, limit] :
       {std::pair("file-bytes", &budgets.fileBytes),
        std::pair("nodes", &budgets.graphNodes),
        std::pair("inlined-nodes", &budgets.inlinedNodes),
        std::pair("call-depth", &budgets.callDepth),
        std::pair("tensor-bytes", &budgets.tensorBytes)}) {
    if (name != known)
      continue;
    if (value.getAsInteger(10, *limit))
      return makeFileError(
          "sluice", "--limit '" + flag + "': '" + value + "' is no number",
          ErrorKind::Usage);
    return llvm::Error::success();
  }
  return makeFileError("sluice",
                       "--limit '" + flag + "': unknown limit '" + name + "'",
                       ErrorKind::Usage,
                       "limits are file-bytes, nodes, inlined-nodes, "
                       "call-depth, tensor-bytes");
}

llvm::Error sluice::readTuningFile(StringRef path, CompileOptions &options) {
  constexpr int64_t mostBytes = 64 << 20;
  auto bytes = readRegularFile(path, mostBytes);
  if (!bytes)
    return makeFileError(path, llvm::toString(bytes.takeError()),
                         ErrorKind::Io);
  TuningError error;
  std::optional<Tuning> tuning = parseTuning((*bytes)->getBuffer(), error);
  if (!tuning) {
    ModelErrorText text;
    text.file = path.str();
    text.line = error.line;
    text.column = error.column;
    text.message = error.message;
    text.help = {"sluice tune writes such files"};
    text.kind = ErrorKind::Io;
    return makeModelError(std::move(text));
  }
  options.tuning = std::make_shared<const Tuning>(std::move(*tuning));
  return llvm::Error::success();
}

std::string sluice::modelNameOf(StringRef path) {
  namespace p = llvm::sys::path;
  path = path.rtrim('/');
  if (p::filename(path) == "saved_model.pb" ||
      p::filename(path) == "saved_model.pbtxt")
    path = p::parent_path(path);
  return toIdentifier(p::stem(path));
}
