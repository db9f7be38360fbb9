//===- EmitWindow.cpp - Kernels around a window root
//-----------------------===//

#include "passes/Emit/KernelEmitter.h"

using namespace mlir;
using namespace sluice;

FailureOr<int64_t> sluice::emitWindow(KernelContext &kernel) { return 0; }
