//===- Compilation.h - One model on its way to a library --------*- C++ -*-===//
//
// Owns the context, the diagnostics, the timing and what each stage makes:
//
//   read      FlatGraph
//   import    module, graph dialect as imported
//   graph     simplified, fused
//   kernel    planned: launches over one workspace
//   llvm      LLVM IR
//   object    machine code of the kernels
//
// A stage runs the stages before it. An error is a list of ModelErrors that
// name the file.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_DRIVER_COMPILATION_H
#define SLUICE_COMPILER_DRIVER_COMPILATION_H

#include "compiler/Codegen/Library.h"
#include "compiler/Codegen/ObjectEmitter.h"
#include "compiler/Driver/CompileOptions.h"
#include "compiler/Driver/LaunchWork.h"
#include "compiler/Driver/LoadedModel.h"
#include "compiler/Driver/Timing.h"
#include "compiler/Import/TensorFlow/Reader/Reader.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "passes/Tuning/Passes.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/LLVMContext.h"

namespace mlir {
class PassManager;
}

namespace sluice {

enum class Stage { None, Read, Import, Graph, Kernel, LLVM, Object };

class Compilation {
public:
  explicit Compilation(CompileOptions options);
  ~Compilation();

  const CompileOptions &options() const { return opts; }
  /// For what is only known once the model is read: values of feeds.
  CompileOptions &editOptions() { return opts; }

  /// Runs all stages up to `stage` that have not run yet.
  llvm::Error runTo(Stage stage);

  const tensorflow::FlatGraph &graph() const { return *flatGraph; }
  /// The kind of a feed or fetch, as far as the file says.
  std::optional<ElementKind> kindOf(const tensorflow::SignatureTensor &) const;
  /// The shape of a feed by the file alone.
  llvm::Expected<tensorflow::PartialShape>
  shapeOf(const tensorflow::SignatureTensor &feed) const;

  mlir::ModuleOp module() { return *mlirModule; }
  /// The imported function. After Stage::Import only.
  mlir::func::FuncOp function();
  mlir::MLIRContext &context() { return mlirContext; }
  /// The instruction-set levels, best first. After Stage::Graph only.
  llvm::ArrayRef<TargetSpec> levels() const { return targets; }
  const ModelInterface &interface() const { return modelInterface; }

  /// Text of the stage: MLIR, or of the best level LLVM IR, or assembly for
  /// Stage::Object.
  llvm::Expected<std::string> print(Stage stage);
  /// One per level.
  llvm::ArrayRef<KernelObject> kernels() const { return kernelObjects; }
  llvm::ArrayRef<Constant> constants() const { return constantList; }
  /// The launches of the entry, where the options ask for tracing.
  llvm::ArrayRef<LaunchWork> launches() const { return launchList; }
  /// The contractions before their algorithms were chosen, likewise.
  llvm::ArrayRef<TuningSite> tuningSites() const { return siteList; }

  /// Writes the archive, the headers and the metadata; their paths.
  llvm::Expected<std::vector<std::string>> writeLibrary();
  /// Links the objects into this process.
  llvm::Expected<std::unique_ptr<LoadedModel>> load();

  Timing &timing() { return timer; }
  /// Of the stages that ran, if `options().remarks`.
  llvm::ArrayRef<std::string> remarks() const { return remarkList; }
  /// An error when --print-after named a pass that no pipeline has.
  llvm::Error checkPrintAfter() const;

private:
  llvm::Error read();
  llvm::Error import();
  llvm::Error runGraph();
  llvm::Error runKernel();
  llvm::Error runLLVM();
  llvm::Error emit();
  llvm::Error runPasses(mlir::PassManager &manager, mlir::ModuleOp module,
                        llvm::StringRef stage);
  llvm::Error fillUnknownSizes();
  /// Printing takes as long as compiling: only where it is kept.
  llvm::Error saveModule(llvm::StringRef suffix);
  llvm::Error saveTemp(llvm::StringRef suffix, llvm::StringRef bytes);
  std::string levelSuffix(size_t level, llvm::StringRef suffix) const;
  std::string printModule();

  CompileOptions opts;
  Timing timer;
  std::vector<std::string> remarkList; ///< the context's engine adds to it
  Stage reached = Stage::None;
  mlir::MLIRContext mlirContext;
  llvm::LLVMContext llvmContext;
  std::unique_ptr<tensorflow::FlatGraph> flatGraph;
  mlir::OwningOpRef<mlir::ModuleOp> mlirModule;
  std::vector<TargetSpec> targets;
  std::vector<std::unique_ptr<llvm::Module>> machineModules; ///< per level
  ModelInterface modelInterface;
  std::vector<KernelObject> kernelObjects;
  std::vector<Constant> constantList;
  std::vector<LaunchWork> launchList;
  std::vector<TuningSite> siteList;
  std::vector<std::unique_ptr<HostTensor>> constantStorage;
  llvm::StringSet<> passNames; ///< of the pipelines that ran
};

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_COMPILATION_H
