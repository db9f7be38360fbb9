//===- Interleave.h - Columns of short rows in registers --------*- C++ -*-===//
//
// Rows of a few elements each, one after the other in memory, as vectors along
// the rows: one vector per column. As many rows as a vector has lanes fill as
// many vectors as there are columns.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_EMIT_INTERLEAVE_H
#define SLUICE_PASSES_EMIT_INTERLEAVE_H

#include "mlir/IR/Builders.h"

namespace sluice {

/// Columns from the vectors that follow one another in memory. Lanes are a
/// power of two.
llvm::SmallVector<mlir::Value> splitColumns(mlir::OpBuilder &builder,
                                            mlir::Location loc,
                                            mlir::ValueRange inMemory);
/// The inverse.
llvm::SmallVector<mlir::Value> joinColumns(mlir::OpBuilder &builder,
                                           mlir::Location loc,
                                           mlir::ValueRange columns);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_INTERLEAVE_H
