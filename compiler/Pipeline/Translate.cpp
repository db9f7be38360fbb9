//===- Translate.cpp - The LLVM dialect as LLVM IR ------------------------===//

#include "compiler/Pipeline/Pipeline.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Module.h"

using namespace mlir;

llvm::Expected<std::unique_ptr<llvm::Module>>
sluice::translateToLLVM(ModuleOp module, llvm::LLVMContext &context) {
  registerBuiltinDialectTranslation(*module.getContext());
  registerLLVMDialectTranslation(*module.getContext());
  std::unique_ptr<llvm::Module> result =
      translateModuleToLLVMIR(module, context, "sluice");
  if (!result)
    return llvm::createStringError(
        "the module cannot be translated to LLVM IR");
  // Kernels are called from their entry alone.
  for (llvm::Function &function : *result)
    if (!function.isDeclaration() && !function.hasHiddenVisibility())
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
  return std::move(result);
}
