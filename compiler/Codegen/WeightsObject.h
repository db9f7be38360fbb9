//===- WeightsObject.h - Constants as an ELF object -------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_CODEGEN_WEIGHTSOBJECT_H
#define SLUICE_COMPILER_CODEGEN_WEIGHTSOBJECT_H

#include "compiler/Codegen/Library.h"

namespace sluice {

/// A relocatable ELF object with every constant in one read-only section, each
/// aligned to 64 bytes or more and hidden. Readable slack behind the last one
/// lets kernels prefetch past the end. `triple` chooses x86-64 or AArch64.
llvm::Expected<llvm::SmallVector<char, 0>>
buildWeightsObject(llvm::ArrayRef<Constant> constants, llvm::StringRef triple);

/// Zero bytes behind the last constant.
constexpr uint64_t weightsSlack = 16 * 1024;

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_WEIGHTSOBJECT_H
