//===- SideBySide.h - Functions of two vectors at once ----------*- C++ -*-===//
//
// A function is a chain of steps that wait for each other, and a processor
// looks ahead by few of them: two chains, step by step in turns, take little
// longer than one.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_EMIT_SIDEBYSIDE_H
#define SLUICE_PASSES_EMIT_SIDEBYSIDE_H

#include "mlir/IR/Builders.h"

namespace sluice {

/// Where two vectors of one type are computed by the same operations, functions
/// among them, they become the halves of one that is computed by wide
/// operations. What the narrow ones leave behind is dead.
void pairUp(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value &first,
            mlir::Value &second);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_SIDEBYSIDE_H
