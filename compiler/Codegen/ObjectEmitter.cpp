//===- ObjectEmitter.cpp - LLVM IR to object bytes ------------------------===//

#include "compiler/Codegen/ObjectEmitter.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

using namespace sluice;
using llvm::Error;
using llvm::Expected;

static llvm::OptimizationLevel levelOf(unsigned level) {
  switch (level) {
  case 0:
    return llvm::OptimizationLevel::O0;
  case 1:
    return llvm::OptimizationLevel::O1;
  case 2:
    return llvm::OptimizationLevel::O2;
  default:
    return llvm::OptimizationLevel::O3;
  }
}

// This LLVM has no asserts: a broken module would be miscompiled in silence.
static Error verify(llvm::Module &module) {
  std::string message;
  llvm::raw_string_ostream stream(message);
  if (!llvm::verifyModule(module, &stream))
    return Error::success();
  return llvm::createStringError("internal error: invalid LLVM IR: " + message);
}

Error sluice::optimizeModule(llvm::Module &module, llvm::TargetMachine &machine,
                             unsigned level) {
  module.setTargetTriple(machine.getTargetTriple());
  module.setDataLayout(machine.createDataLayout());
  if (!module.getModuleFlag("PIC Level"))
    module.setPICLevel(llvm::PICLevel::BigPIC);
  if (Error error = verify(module))
    return error;

  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  llvm::PassBuilder builder(&machine, tuning);
  // Registered first, so that it wins over the default.
  functions.registerPass([&] {
    return llvm::TargetLibraryAnalysis(
        llvm::TargetLibraryInfoImpl(machine.getTargetTriple()));
  });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::OptimizationLevel optimization = levelOf(level);
  llvm::ModulePassManager passes =
      level == 0 ? builder.buildO0DefaultPipeline(optimization)
                 : builder.buildPerModuleDefaultPipeline(optimization);
  passes.run(module, modules);
  return Error::success();
}

Expected<llvm::SmallVector<char, 0>>
sluice::emitObject(llvm::Module &module, const TargetSpec &target,
                   const EmitOptions &options) {
  Expected<std::unique_ptr<llvm::TargetMachine>> machine =
      createTargetMachine(target);
  if (!machine)
    return machine.takeError();
  if (Error error = optimizeModule(module, **machine, options.optimize))
    return error;
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  llvm::CodeGenFileType type = options.assembly
                                   ? llvm::CodeGenFileType::AssemblyFile
                                   : llvm::CodeGenFileType::ObjectFile;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, type))
    return llvm::createStringError("LLVM cannot emit objects for '" +
                                   llvm::Twine(target.triple) + "'");
  passes.run(module);
  return bytes;
}
