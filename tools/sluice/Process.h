//===- Process.h - The process never dies of a signal -----------*- C++ -*-===//

#ifndef SLUICE_TOOLS_SLUICE_PROCESS_H
#define SLUICE_TOOLS_SLUICE_PROCESS_H

#include "llvm/ADT/STLFunctionalExtras.h"

namespace sluice {

/// Runs `main` on a thread with a large stack. A fault inside ends the process
/// with exit code 70 and a message instead of a signal, exhausted memory with
/// exit code 1.
int runGuarded(llvm::function_ref<int()> main);

} // namespace sluice

#endif // SLUICE_TOOLS_SLUICE_PROCESS_H
