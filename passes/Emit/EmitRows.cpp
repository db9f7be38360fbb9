//===- EmitRows.cpp - Kernels around a rows root -----------------------===//

#include "passes/Emit/KernelEmitter.h"

using namespace mlir;
using namespace sluice;

FailureOr<int64_t> sluice::emitRows(KernelContext &kernel) { return 0; }
