//===- InterfaceModule.h - Descriptor and entry points as IR ----*- C++ -*-===//

#ifndef SLUICE_COMPILER_CODEGEN_INTERFACEMODULE_H
#define SLUICE_COMPILER_CODEGEN_INTERFACEMODULE_H

#include "compiler/Codegen/ModelInterface.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <array>
#include <memory>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace sluice {

using ContentHash = std::array<uint8_t, 32>;

/// The module behind NAME.o: the constant NAME_model and NAME_init, NAME_run
/// and so on as calls into the runtime. Compile it for the baseline CPU: it is
/// what refuses an unsuitable machine.
llvm::Expected<std::unique_ptr<llvm::Module>>
buildInterfaceModule(llvm::LLVMContext &context, const ModelInterface &model,
                     int64_t weightBytes, const ContentHash &hash);

/// Bytes of NAME_WORKSPACE_SIZE: the largest entry, with slack so that a block
/// of any alignment will do; never 0.
int64_t workspaceSizeWithSlack(const InterfaceEntry &entry);
int64_t workspaceSizeWithSlack(const ModelInterface &model);

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_INTERFACEMODULE_H
