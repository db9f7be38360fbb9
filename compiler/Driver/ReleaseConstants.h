//===- ReleaseConstants.h - Free the weights of past stages -----*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_RELEASECONSTANTS_H
#define SLUICE_COMPILER_DRIVER_RELEASECONSTANTS_H

#include "mlir/IR/BuiltinOps.h"

namespace sluice {

/// Frees the blobs of constants that no attribute in `module` names any more:
/// attributes live as long as their context, and weights would stay in memory
/// once for every stage that changed them. Nothing else in the context may
/// still want their values.
void releaseUnusedConstants(mlir::ModuleOp module);

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_RELEASECONSTANTS_H
