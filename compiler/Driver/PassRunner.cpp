//===- PassRunner.cpp - Watching passes run -------------------------------===//

#include "compiler/Driver/PassRunner.h"
#include "compiler/Codegen/OutputFiles.h"
#include "compiler/Driver/Compilation.h"
#include "compiler/Driver/Diagnostics.h"
#include "compiler/Support/ModelError.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sluice;

PassWatcher::PassWatcher(Timing &timing,
                         const std::vector<std::string> &printAfter,
                         llvm::raw_ostream &os)
    : timing(timing), os(os) {
  for (const std::string &name : printAfter)
    this->printAfter.insert(name);
}

/// A pass has an argument; adaptors of nested managers have none.
static bool isNamed(Pass *pass) { return !pass->getArgument().empty(); }

void PassWatcher::runBeforePass(Pass *pass, Operation *) {
  if (isNamed(pass))
    started.push_back(Timing::Clock::now());
}

void PassWatcher::stop(Pass *pass) {
  timing.add(pass->getArgument(), 1, Timing::Clock::now() - started.back());
  started.pop_back();
}

void PassWatcher::runAfterPass(Pass *pass, Operation *op) {
  if (!isNamed(pass))
    return;
  stop(pass);
  if (!printAfter.contains(pass->getArgument()))
    return;
  OpPrintingFlags flags;
  flags.elideLargeElementsAttrs(64).elideLargeResourceString(64);
  os << "// after " << pass->getArgument() << '\n';
  op->print(os, flags);
  os << '\n';
}

void PassWatcher::runAfterPassFailed(Pass *pass, Operation *) {
  if (isNamed(pass))
    stop(pass);
}

static void collectArguments(OpPassManager &manager, llvm::StringSet<> &names) {
  std::string text;
  llvm::raw_string_ostream os(text);
  manager.printAsTextualPipeline(os);
  // Names of passes stand between brackets, commas and braces.
  llvm::SmallVector<llvm::StringRef> words;
  llvm::StringRef rest = text;
  while (!rest.empty()) {
    auto word = rest.take_while([](char c) {
      return llvm::isAlnum(c) || c == '-' || c == '_' || c == '.';
    });
    if (!word.empty())
      names.insert(word);
    rest = rest.drop_front(std::max<size_t>(word.size(), 1));
  }
}

llvm::Error Compilation::runPasses(PassManager &manager, ModuleOp module,
                                   llvm::StringRef stage) {
  collectArguments(manager, passNames);
  DiagnosticCollector collector(mlirContext, opts.model);
  manager.addInstrumentation(
      std::make_unique<PassWatcher>(timer, opts.printAfter, llvm::errs()));
  if (failed(manager.run(module)))
    return collector.takeErrors("stage '" + stage.str() + "'");
  return llvm::Error::success();
}
