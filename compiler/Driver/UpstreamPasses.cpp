//===- UpstreamPasses.cpp - MLIR's passes by name -------------------------===//
//
// Alone in a file: the function is in libMLIR, but its header is heavy.
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/UpstreamPasses.h"
#include "mlir/InitAllPasses.h"

void sluice::registerUpstreamPasses() { mlir::registerAllPasses(); }
