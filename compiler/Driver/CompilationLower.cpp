//===- CompilationLower.cpp - From the graph to machine code --------------===//

#include "compiler/Codegen/OutputFiles.h"
#include "compiler/Driver/Compilation.h"
#include "compiler/Driver/Diagnostics.h"
#include "compiler/Driver/UpstreamPasses.h"
#include "compiler/Pipeline/Pipeline.h"
#include "compiler/Support/ModelError.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace sluice;

llvm::Error Compilation::runGraph() {
  llvm::Expected<TargetSpec> target = parseTarget(opts.cpu, opts.triple);
  if (!target)
    return makeFileError("sluice", llvm::toString(target.takeError()),
                         ErrorKind::Usage);
  targetSpec = std::move(*target);
  PassManager manager(&mlirContext);
  buildGraphPipeline(manager, targetSpec, {opts.strictAccuracy});
  if (llvm::Error error = runPasses(manager, "graph"))
    return error;
  return saveTemp("graph.mlir", printModule());
}

llvm::Error Compilation::runKernel() {
  PassManager manager(&mlirContext);
  buildKernelPipeline(manager, targetSpec);
  if (llvm::Error error = runPasses(manager, "kernel"))
    return error;

  modelInterface.name = opts.name;
  modelInterface.source =
      llvm::sys::path::filename(llvm::StringRef(opts.model).rtrim('/')).str();
  modelInterface.sourceKind =
      flatGraph->signatures().empty() ? "GraphDef" : "SavedModel";
  modelInterface.triple = targetSpec.triple;
  bool native = targetSpec.name == "native";
  modelInterface.levels.push_back({native ? targetSpec.cpu : targetSpec.name,
                                   targetSpec.cpu, targetSpec.features});
  if (llvm::Error error = describeModel(*mlirModule, modelInterface))
    return error;
  if (!flatGraph->signatureKey().empty())
    modelInterface.entries.front().name = flatGraph->signatureKey().str();
  constantList = collectConstants(*mlirModule, constantStorage);
  if (opts.traceLaunches)
    launchList = describeLaunches(*mlirModule);
  return saveTemp("kernel.mlir", printModule());
}

llvm::Error Compilation::runLLVM() {
  static const bool registered = (registerUpstreamPasses(), true);
  (void)registered;
  PassManager manager(&mlirContext);
  buildLLVMPipeline(manager, targetSpec, opts.traceLaunches);
  if (llvm::Error error = runPasses(manager, "llvm"))
    return error;
  DiagnosticCollector collector(mlirContext, opts.model);
  auto translated = translateToLLVM(*mlirModule, llvmContext, targetSpec);
  if (!translated)
    return llvm::joinErrors(translated.takeError(),
                            collector.takeErrors("translation to LLVM IR"));
  machineModule = std::move(*translated);
  if (opts.saveTemps.empty())
    return llvm::Error::success();
  llvm::Expected<std::string> text = print(Stage::LLVM);
  return text ? saveTemp("ll", *text) : text.takeError();
}

llvm::Error Compilation::emit() {
  auto bytes = emitObject(*machineModule, targetSpec);
  if (!bytes)
    return bytes.takeError();
  kernelObjects.push_back(
      {modelInterface.levels.front().name, std::move(*bytes)});
  const auto &object = kernelObjects.back().bytes;
  return saveTemp("o", llvm::StringRef(object.data(), object.size()));
}

llvm::Error Compilation::checkPrintAfter() const {
  for (llvm::StringRef name : opts.printAfter)
    if (!passNames.contains(name))
      return makeFileError("sluice",
                           "--print-after '" + name +
                               "': no pass of that name has run",
                           ErrorKind::Usage, "--timing lists the passes");
  return llvm::Error::success();
}

llvm::Expected<std::string> Compilation::print(Stage stage) {
  if (stage < Stage::LLVM)
    return printModule();
  std::string text;
  if (stage == Stage::LLVM) {
    llvm::raw_string_ostream os(text);
    machineModule->print(os, nullptr);
    return text;
  }
  EmitOptions emitOptions;
  emitOptions.assembly = true;
  auto assembly = emitObject(*machineModule, targetSpec, emitOptions);
  if (!assembly)
    return assembly.takeError();
  return std::string(assembly->data(), assembly->size());
}

llvm::Expected<std::vector<std::string>> Compilation::writeLibrary() {
  assert(!opts.traceLaunches && "traced code runs in this process alone");
  if (llvm::Error error = runTo(Stage::Object))
    return error;
  Timing::Scope scope(timer, "library");
  LibraryOptions libraryOptions;
  libraryOptions.output = opts.output;
  libraryOptions.cxxClass = opts.cxxClass;
  auto paths = writeModelLibrary(modelInterface, kernelObjects, constantList,
                                 libraryOptions);
  if (!paths)
    return makeFileError("sluice", llvm::toString(paths.takeError()),
                         ErrorKind::Io);
  return paths;
}

llvm::Expected<std::unique_ptr<LoadedModel>> Compilation::load() {
  if (llvm::Error error = runTo(Stage::Object))
    return error;
  Timing::Scope scope(timer, "load");
  auto objects = buildModelObjects(modelInterface, kernelObjects, constantList);
  if (!objects)
    return objects.takeError();
  return LoadedModel::load(std::move(*objects), modelInterface.name);
}
