//===- Translate.cpp - The LLVM dialect as LLVM IR ------------------------===//

#include "compiler/Pipeline/Pipeline.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace mlir;

static void splitFusedMultiplyAdds(llvm::Module &module) {
  for (llvm::Function &function : llvm::make_early_inc_range(module)) {
    if (function.getIntrinsicID() != llvm::Intrinsic::fma)
      continue;
    for (llvm::User *user : llvm::make_early_inc_range(function.users())) {
      auto *call = llvm::cast<llvm::CallInst>(user);
      llvm::IRBuilder<> builder(call);
      llvm::Value *product =
          builder.CreateFMul(call->getArgOperand(0), call->getArgOperand(1));
      call->replaceAllUsesWith(
          builder.CreateFAdd(product, call->getArgOperand(2)));
      call->eraseFromParent();
    }
    function.eraseFromParent();
  }
}

llvm::Expected<std::unique_ptr<llvm::Module>>
sluice::translateToLLVM(ModuleOp module, llvm::LLVMContext &context,
                        const TargetSpec &target) {
  registerBuiltinDialectTranslation(*module.getContext());
  registerLLVMDialectTranslation(*module.getContext());
  std::unique_ptr<llvm::Module> result =
      translateModuleToLLVMIR(module, context, "sluice");
  if (!result)
    return llvm::createStringError(
        "the module cannot be translated to LLVM IR");
  if (target.isX86() && !target.has("fma"))
    splitFusedMultiplyAdds(*result);
  // Kernels are called from their entry alone.
  for (llvm::Function &function : *result)
    if (!function.isDeclaration() && !function.hasHiddenVisibility())
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
  return std::move(result);
}
