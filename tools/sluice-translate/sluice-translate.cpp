//===- sluice-translate.cpp - Between models, MLIR and LLVM IR ------------===//
//
//   sluice-translate --import-tensorflow MODEL [--input NAME=SHAPE]
//       [--feed NAME] [--fetch NAME] [--signature KEY] [--locations]
//   sluice-translate --mlir-to-llvmir FILE.mlir
//
// The import takes a path, because a SavedModel is a folder; all else is
// MLIR's own translation tool. Nothing is optimised.
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Compilation.h"
#include "compiler/Support/ModelError.h"
#include "mlir/IR/AsmState.h"
#include "mlir/InitAllTranslations.h"
#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"

using namespace sluice;
using llvm::StringRef;

namespace {
struct ImportFlags {
  CompileOptions options;
  bool locations = false;
};
} // namespace

static llvm::Error wrongUsage(const llvm::Twine &message) {
  return makeFileError("sluice-translate", message, ErrorKind::Usage);
}

static llvm::Expected<ImportFlags>
parseFlags(llvm::ArrayRef<const char *> words) {
  ImportFlags flags;
  for (size_t i = 0; i < words.size(); ++i) {
    StringRef word = words[i];
    if (word == "--import-tensorflow")
      continue;
    if (word == "--locations") {
      flags.locations = true;
      continue;
    }
    if (!word.starts_with("-")) {
      if (!flags.options.model.empty())
        return wrongUsage("more than one model");
      flags.options.model = word.str();
      continue;
    }
    auto [name, value] = word.split('=');
    if (name.size() == word.size()) {
      if (i + 1 == words.size())
        return wrongUsage("option '" + name + "' needs a value");
      value = words[++i];
    }
    if (name == "--feed")
      flags.options.feeds.push_back(value.str());
    else if (name == "--fetch")
      flags.options.fetches.push_back(value.str());
    else if (name == "--signature")
      flags.options.signature = value.str();
    else if (name != "--input")
      return wrongUsage("unknown option '" + name + "'");
    else if (llvm::Error error = parseInputFlag(value, flags.options))
      return error;
  }
  if (flags.options.model.empty())
    return wrongUsage("no model is given");
  return flags;
}

static llvm::Error importTensorFlow(llvm::ArrayRef<const char *> words) {
  llvm::Expected<ImportFlags> flags = parseFlags(words);
  if (!flags)
    return flags.takeError();
  Compilation compilation(std::move(flags->options));
  if (llvm::Error error = compilation.runTo(Stage::Import))
    return error;
  mlir::OpPrintingFlags printing;
  if (flags->locations)
    printing.enableDebugInfo(/*enable=*/true, /*prettyForm=*/false);
  compilation.module().print(llvm::outs(), printing);
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  llvm::ArrayRef<const char *> words(argv + 1, argv + argc);
  if (llvm::is_contained(words, StringRef("--import-tensorflow")))
    return printErrors(importTensorFlow(words), llvm::errs());
  mlir::registerToLLVMIRTranslation();
  return failed(mlir::mlirTranslateMain(argc, argv, "Sluice translations"));
}
