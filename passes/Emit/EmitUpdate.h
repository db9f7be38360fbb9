//===- EmitUpdate.h - A row of a tensor, in place ---------------*- C++ -*-===//

#ifndef SLUICE_PASSES_EMIT_EMITUPDATE_H
#define SLUICE_PASSES_EMIT_EMITUPDATE_H

#include "passes/Emit/KernelEmitter.h"

namespace sluice {

/// The KernelEmitter of operators that write a part of their first operand.
mlir::FailureOr<int64_t> emitUpdate(KernelContext &context);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_EMITUPDATE_H
