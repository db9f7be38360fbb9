//===- TransposeTile.h - Squares of vectors in registers --------*- C++ -*-===//

#ifndef SLUICE_PASSES_EMIT_TRANSPOSETILE_H
#define SLUICE_PASSES_EMIT_TRANSPOSETILE_H

#include "passes/Emit/NestBuilder.h"

namespace sluice {

/// Transposes a square of as many vectors as each has lanes, a power of two.
void transposeTile(NestBuilder &nest,
                   llvm::MutableArrayRef<mlir::Value> vectors);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_TRANSPOSETILE_H
