//===- StaticValue.h - Values known while compiling -------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_STATICVALUE_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_STATICVALUE_H

#include "dialects/Support/HostTensor.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>

namespace sluice::tensorflow {

/// Arguments whose values the user gave when compiling.
using KnownValues = llvm::DenseMap<mlir::Value, const HostTensor *>;

/// The value of `value` when it follows from constants and `known` within a
/// small budget; nullopt otherwise.
std::optional<HostTensor> evaluateStatically(mlir::Value value,
                                             const KnownValues &known);

} // namespace sluice::tensorflow

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_STATICVALUE_H
