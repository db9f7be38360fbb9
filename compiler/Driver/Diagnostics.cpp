//===- Diagnostics.cpp - MLIR diagnostics as model errors -----------------===//

#include "compiler/Driver/Diagnostics.h"
#include "compiler/Driver/Interpreter.h"
#include "compiler/Support/ModelError.h"

using namespace mlir;
using namespace sluice;

// A model of many nodes can have as many errors; further ones are counted.
static constexpr unsigned maxErrors = 10000;

DiagnosticCollector::DiagnosticCollector(MLIRContext &context,
                                         llvm::StringRef file)
    : file(file.str()), handler(&context, [this](Diagnostic &diagnostic) {
        add(diagnostic);
        return success();
      }) {}

DiagnosticCollector::~DiagnosticCollector() {
  llvm::consumeError(std::move(errors));
}

void DiagnosticCollector::add(Diagnostic &diagnostic) {
  if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
    return;
  NodeName name = getNodeName(diagnostic.getLocation());
  ModelErrorText text;
  text.file = file;
  text.node = name.node;
  text.op = name.op;
  text.message = diagnostic.str();
  // "'graph.conv' op attribute ...": the dialect's name of a node means
  // nothing to the user when the model's own is known.
  if (!name.op.empty()) {
    llvm::StringRef message = text.message;
    if (message.consume_front("'graph.") && message.contains("' op "))
      text.message = message.split("' op ").second.str();
  }
  std::string key = text.node + '\0' + text.message;
  if (key == last)
    return;
  last = std::move(key);
  if (++count > maxErrors)
    return;
  errors = llvm::joinErrors(std::move(errors), makeModelError(std::move(text)));
}

llvm::Error DiagnosticCollector::takeErrors(llvm::StringRef stage) {
  if (count == 0)
    return makeFileError(file, stage + " failed without saying why",
                         ErrorKind::Model, "please report this as a bug");
  if (count > maxErrors)
    errors = llvm::joinErrors(
        std::move(errors), makeFileError(file, llvm::Twine(count - maxErrors) +
                                                   " more errors like these"));
  count = 0;
  llvm::Error result = std::move(errors);
  errors = llvm::Error::success();
  return result;
}

llvm::Error sluice::addFile(llvm::Error error, llvm::StringRef file) {
  llvm::Error result = llvm::Error::success();
  llvm::handleAllErrors(std::move(error), [&](llvm::ErrorInfoBase &info) {
    ModelErrorText text;
    if (info.isA<ModelError>())
      text = static_cast<ModelError &>(info).get();
    else
      text.message = info.message();
    if (text.file.empty())
      text.file = file.str();
    result =
        llvm::joinErrors(std::move(result), makeModelError(std::move(text)));
  });
  return result;
}
