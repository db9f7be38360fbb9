//===- InstructionSets.h - What a target may execute, and the check -*- C++
//-*-//
//
// Compiled code may use an instruction set only when the runtime can tell that
// a machine has it. This table is where LLVM's names meet CPUID and HWCAP bits.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_CODEGEN_INSTRUCTIONSETS_H
#define SLUICE_COMPILER_CODEGEN_INSTRUCTIONSETS_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace llvm {
class MCSubtargetInfo;
} // namespace llvm

namespace sluice {

/// One thing the machine must report: see sluice_cpu_bits.
struct CpuBits {
  uint32_t leaf;
  uint32_t subleaf;
  uint32_t mask[4];
};

struct CpuRequirements {
  std::vector<std::string> names; ///< LLVM names, in table order
  std::vector<CpuBits> bits;      ///< one per name
  uint64_t osState = 0;           ///< XCR0
};

/// Everything checkable that is enabled in `subtarget`.
CpuRequirements requirementsOf(const llvm::MCSubtargetInfo &subtarget,
                               bool isX86);

/// Names of the table.
std::vector<llvm::StringRef> checkableSets(bool isX86);

/// "-a,-b" for what `cpu` implies on x86 and no check is known for; empty when
/// all is known.
std::string uncheckableX86Features(llvm::StringRef cpu);

/// Sets that only a few system instructions belong to, never chosen by code
/// generation: need no check.
bool isSystemSet(llvm::StringRef name);

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_INSTRUCTIONSETS_H
