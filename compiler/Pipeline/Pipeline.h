//===- Pipeline.h - The stages from a graph to LLVM IR ----------*- C++ -*-===//

#ifndef SLUICE_COMPILER_PIPELINE_PIPELINE_H
#define SLUICE_COMPILER_PIPELINE_PIPELINE_H

#include "compiler/Codegen/Library.h"
#include "compiler/Codegen/ModelInterface.h"
#include "compiler/Codegen/ObjectEmitter.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Tuning/Passes.h"
#include <memory>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace sluice {

struct GraphOptions {
  bool strictAccuracy = false; ///< every sum as the operator's definition says
  const TargetSpec *target = nullptr;   ///< algorithms are for; null: x86-64-v3
  std::shared_ptr<const Tuning> tuning; ///< null: the compiler's own rules
  /// Unless null it is given the operators that a tuning could have an entry
  /// for, as they are before algorithms are chosen.
  std::vector<TuningSite> *sites = nullptr;
};

/// Graph to simplified graph: canonical forms, algorithms, layouts, padding
/// made explicit.
void buildGraphPipeline(mlir::OpPassManager &manager,
                        const GraphOptions &options);

/// Graph to runner and kernels: fusion, buffers, workspace. Ends verified.
/// Weights are packed for `target`; targets with vectors no wider can run the
/// result too.
void buildKernelPipeline(mlir::OpPassManager &manager,
                         const TargetSpec &target);

/// Runner and kernels to the LLVM dialect. `traceLaunches` is the option of
/// `lower-runner`: for this process alone, never for an archive.
void buildLLVMPipeline(mlir::OpPassManager &manager, const TargetSpec &target,
                       bool traceLaunches = false);

/// Fills entries, nodes and messages from a module that the kernel pipeline
/// made, and names the symbols of constants in it; `model.name` must be set.
/// Call it before the LLVM pipeline.
llvm::Error describeModel(mlir::ModuleOp module, ModelInterface &model);

/// Gives the entries of such a module the symbols that they have for the level
/// `level` of the model.
void nameEntries(mlir::ModuleOp module, const ModelInterface &model,
                 size_t level);

/// The constants of such a module, in the order of their symbols. The bytes
/// are borrowed from the module's context or from `storage`.
std::vector<Constant>
collectConstants(mlir::ModuleOp module,
                 std::vector<std::unique_ptr<HostTensor>> &storage);

/// A module of the LLVM dialect as LLVM IR. Where the target has no fused
/// multiply-add, a multiplication and an addition take its place: the library
/// function is slow, and kernels call none.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateToLLVM(mlir::ModuleOp module, llvm::LLVMContext &context,
                const TargetSpec &target);

/// Makes the pipelines known to sluice-opt: `graph-pipeline`,
/// `kernel-pipeline`, `llvm-pipeline`.
void registerPipelines();

} // namespace sluice

#endif // SLUICE_COMPILER_PIPELINE_PIPELINE_H
