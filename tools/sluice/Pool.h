//===- Pool.h - Threads of measured runs ------------------------*- C++ -*-===//

#ifndef SLUICE_TOOLS_SLUICE_POOL_H
#define SLUICE_TOOLS_SLUICE_POOL_H

#include "sluice/sluice.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace sluice {

using Pool = std::unique_ptr<sluice_threads, void (*)(sluice_threads *)>;

/// A pool of the runtime whose threads stay awake between runs; none for one
/// thread.
llvm::Expected<Pool> makePool(int64_t threads);

} // namespace sluice

#endif // SLUICE_TOOLS_SLUICE_POOL_H
