//===- ModuleTables.h - Kernels and constants of a module -------*- C++ -*-===//

#ifndef SLUICE_PASSES_MEMORY_MODULETABLES_H
#define SLUICE_PASSES_MEMORY_MODULETABLES_H

#include "dialects/Kernel/KernelOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

namespace sluice {

/// What the module's runners share: kernels and constants, each once.
class ModuleTables {
public:
  explicit ModuleTables(mlir::ModuleOp module)
      : module(module), symbols(module),
        builder(mlir::OpBuilder::atBlockEnd(module.getBody())) {}

  mlir::FlatSymbolRefAttr getData(mlir::Location loc, mlir::ElementsAttr value);
  mlir::FlatSymbolRefAttr getKernel(kernel::FusedOp fused,
                                    llvm::ArrayRef<mlir::Attribute> buffers,
                                    std::optional<unsigned> overwritten);

private:
  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  mlir::OpBuilder builder;
  llvm::DenseMap<mlir::Attribute, mlir::FlatSymbolRefAttr> data;
  llvm::StringMap<llvm::SmallVector<kernel::FuncOp>> kernels; ///< by signature
};

/// Numbers the operators that can fail, so that a run can name their node:
/// the module's `kernel.nodes` lists (name, source operator).
void numberNodes(mlir::ModuleOp module);

} // namespace sluice

#endif // SLUICE_PASSES_MEMORY_MODULETABLES_H
