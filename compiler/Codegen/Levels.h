//===- Levels.h - The instruction-set levels of one archive -----*- C++ -*-===//

#ifndef SLUICE_COMPILER_CODEGEN_LEVELS_H
#define SLUICE_COMPILER_CODEGEN_LEVELS_H

#include "compiler/Codegen/ObjectEmitter.h"

namespace sluice {

/// What an archive calls a level: the name asked for, of "native" the CPU's.
std::string levelName(const TargetSpec &target);

/// The levels of `cpuFlag`, names with commas between them, each as
/// `parseTarget` takes it. Best first: a machine runs the first that it has all
/// of, so wider vectors come before narrower, and more instruction sets before
/// fewer. Names that are empty, given twice or could never be picked are
/// errors.
llvm::Expected<std::vector<TargetSpec>> parseLevels(llvm::StringRef cpuFlag,
                                                    llvm::StringRef tripleFlag);

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_LEVELS_H
