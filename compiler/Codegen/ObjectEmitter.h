//===- ObjectEmitter.h - LLVM IR to object bytes ----------------*- C++ -*-===//
//
// The only user of TargetMachine. x86-64 and AArch64, position independent.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_CODEGEN_OBJECTEMITTER_H
#define SLUICE_COMPILER_CODEGEN_OBJECTEMITTER_H

#include "compiler/Codegen/InstructionSets.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace sluice {

struct TargetSpec {
  std::string triple;   ///< normalised: "x86_64-unknown-linux-gnu"
  std::string cpu;      ///< LLVM's name, "native" already resolved
  std::string features; ///< "+a,-b", may be empty
  std::string name;     ///< what the user asked for: "x86-64-v3", "native"

  bool isX86() const { return llvm::StringRef(triple).starts_with("x86_64"); }
  bool isAArch64() const {
    return llvm::StringRef(triple).starts_with("aarch64");
  }
  /// Every instruction set in force, LLVM names, sorted. Kernel emitters ask
  /// this ("avx512f", "avx2", "fma", "neon").
  std::vector<std::string> instructionSets() const;
  bool has(llvm::StringRef instructionSet) const;
};

/// `cpuFlag` empty: x86-64-v3, or generic on AArch64. `tripleFlag` empty: the
/// host's architecture on Linux. Unknown names are errors that list what
/// exists.
llvm::Expected<TargetSpec> parseTarget(llvm::StringRef cpuFlag,
                                       llvm::StringRef tripleFlag);

/// The least CPU of the triple's architecture.
llvm::Expected<TargetSpec> baselineTarget(llvm::StringRef triple);

/// What a machine must report before code for `target` may run on it.
llvm::Expected<CpuRequirements> cpuRequirements(const TargetSpec &target);

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const TargetSpec &target);

struct EmitOptions {
  unsigned optimize = 3; ///< 0 to 3
  bool assembly = false; ///< assembly text instead of an object
};

/// Sets triple and data layout, verifies the module, runs LLVM's pipeline over
/// it in place.
llvm::Error optimizeModule(llvm::Module &module, llvm::TargetMachine &machine,
                           unsigned level);

/// optimizeModule, then code generation. Equal modules give equal bytes.
llvm::Expected<llvm::SmallVector<char, 0>>
emitObject(llvm::Module &module, const TargetSpec &target,
           const EmitOptions &options = {});

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_OBJECTEMITTER_H
