//===- CompilationLower.cpp - From the graph to machine code --------------===//

#include "compiler/Codegen/Levels.h"
#include "compiler/Codegen/Names.h"
#include "compiler/Codegen/OutputFiles.h"
#include "compiler/Driver/Compilation.h"
#include "compiler/Driver/Diagnostics.h"
#include "compiler/Driver/ReleaseConstants.h"
#include "compiler/Driver/UpstreamPasses.h"
#include "compiler/Pipeline/Pipeline.h"
#include "compiler/Support/ModelError.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace sluice;

static std::string textOf(const llvm::Module &module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os, nullptr);
  return text;
}

// They take denormals for zero.
static void forbidBfloat16Dots(TargetSpec &target) {
  if (!target.isX86())
    return;
  if (!target.features.empty())
    target.features += ',';
  target.features += "-avx512bf16";
}

llvm::Error Compilation::runGraph() {
  auto levels = parseLevels(opts.cpu, opts.triple);
  if (!levels)
    return makeFileError("sluice", llvm::toString(levels.takeError()),
                         ErrorKind::Usage);
  targets = std::move(*levels);
  if (opts.strictAccuracy)
    for (TargetSpec &target : targets)
      forbidBfloat16Dots(target);
  PassManager manager(&mlirContext);
  GraphOptions options;
  options.strictAccuracy = opts.strictAccuracy;
  // One graph for all levels, as it is best for the widest vectors.
  options.target = &targets.front();
  options.tuning = opts.tuning;
  options.sites = opts.traceLaunches ? &siteList : nullptr;
  buildGraphPipeline(manager, options);
  if (llvm::Error error = runPasses(manager, *mlirModule, "graph"))
    return error;
  if (opts.releaseValues)
    releaseUnusedConstants(*mlirModule);
  return saveModule("graph.mlir");
}

llvm::Error Compilation::runKernel() {
  PassManager manager(&mlirContext);
  // One layout of the weights: what the widest vectors read, others can.
  buildKernelPipeline(manager, targets.front());
  if (llvm::Error error = runPasses(manager, *mlirModule, "kernel"))
    return error;
  if (opts.releaseValues)
    releaseUnusedConstants(*mlirModule);

  modelInterface.name = opts.name;
  modelInterface.source =
      llvm::sys::path::filename(llvm::StringRef(opts.model).rtrim('/')).str();
  modelInterface.sourceKind =
      flatGraph->signatures().empty() ? "GraphDef" : "SavedModel";
  modelInterface.triple = targets.front().triple;
  if (opts.tuning)
    modelInterface.tuning = llvm::utohexstr(
        llvm::xxh3_64bits(formatTuning(*opts.tuning)), /*LowerCase=*/true);
  for (const TargetSpec &target : targets)
    modelInterface.levels.push_back(
        {levelName(target), target.cpu, target.features});
  if (llvm::Error error = describeModel(*mlirModule, modelInterface))
    return error;
  if (!flatGraph->signatureKey().empty())
    modelInterface.entries.front().name = flatGraph->signatureKey().str();
  constantList = collectConstants(*mlirModule, constantStorage);
  if (opts.traceLaunches)
    launchList = describeLaunches(*mlirModule);
  return saveModule("kernel.mlir");
}

llvm::Error Compilation::runLLVM() {
  static const bool registered = (registerUpstreamPasses(), true);
  (void)registered;
  for (auto [level, target] : llvm::enumerate(targets)) {
    // Up to here the levels share everything.
    OwningOpRef<ModuleOp> module = mlirModule->clone();
    nameEntries(*module, modelInterface, level);
    PassManager manager(&mlirContext);
    buildLLVMPipeline(manager, target, opts.traceLaunches);
    if (llvm::Error error = runPasses(manager, *module, "llvm"))
      return error;
    DiagnosticCollector collector(mlirContext, opts.model);
    auto translated = translateToLLVM(*module, llvmContext, target);
    if (!translated)
      return llvm::joinErrors(translated.takeError(),
                              collector.takeErrors("translation to LLVM IR"));
    machineModules.push_back(std::move(*translated));
    if (opts.saveTemps.empty())
      continue;
    if (llvm::Error error =
            saveTemp(levelSuffix(level, "ll"), textOf(*machineModules.back())))
      return error;
  }
  return llvm::Error::success();
}

// Of a file that each level has one of.
std::string Compilation::levelSuffix(size_t level, StringRef suffix) const {
  if (targets.size() == 1)
    return suffix.str();
  return toIdentifier(modelInterface.levels[level].name) + "." + suffix.str();
}

llvm::Error Compilation::emit() {
  for (auto [level, target] : llvm::enumerate(targets)) {
    auto bytes = emitObject(*machineModules[level], target);
    if (!bytes)
      return bytes.takeError();
    kernelObjects.push_back(
        {modelInterface.levels[level].name, std::move(*bytes)});
    const auto &object = kernelObjects.back().bytes;
    if (llvm::Error error =
            saveTemp(levelSuffix(level, "o"),
                     llvm::StringRef(object.data(), object.size())))
      return error;
  }
  return llvm::Error::success();
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
  if (stage == Stage::LLVM)
    return textOf(*machineModules.front());
  EmitOptions emitOptions;
  emitOptions.assembly = true;
  auto assembly =
      emitObject(*machineModules.front(), targets.front(), emitOptions);
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
