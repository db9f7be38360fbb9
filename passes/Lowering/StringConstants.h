//===- StringConstants.h - Constant tensors of strings ----------*- C++ -*-===//

#ifndef SLUICE_PASSES_LOWERING_STRINGCONSTANTS_H
#define SLUICE_PASSES_LOWERING_STRINGCONSTANTS_H

#include "dialects/Support/HostTensor.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace sluice {

/// Defines `name` as an array of the tensor's strings, each an address and a
/// length (`sluice_string`), and the bytes they point to beside it.
mlir::LLVM::GlobalOp defineStrings(mlir::OpBuilder &builder, mlir::Location loc,
                                   llvm::StringRef name,
                                   const HostTensor &tensor);

} // namespace sluice

#endif // SLUICE_PASSES_LOWERING_STRINGCONSTANTS_H
