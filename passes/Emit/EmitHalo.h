//===- EmitHalo.h - Zeros around the interior of a buffer -------*- C++ -*-===//

#ifndef SLUICE_PASSES_EMIT_EMITHALO_H
#define SLUICE_PASSES_EMIT_EMITHALO_H

#include "mlir/IR/Builders.h"

namespace sluice {

/// Loops that zero `low[d]` elements before and `high[d]` behind the interior
/// of each dimension of a static buffer.
void emitHalo(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value buffer,
              llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_EMITHALO_H
