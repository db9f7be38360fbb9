//===- FlowInterfaces.h - What passes may ask of control flow ---*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_FLOWINTERFACES_H
#define SLUICE_DIALECTS_GRAPH_FLOWINTERFACES_H

#include "dialects/Support/HostTensor.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

namespace sluice::graph {

/// Computes the values that a region yields from values of its arguments.
using RegionRunner =
    llvm::function_ref<llvm::Expected<llvm::SmallVector<HostTensor>>(
        mlir::Region &, llvm::ArrayRef<HostTensor>)>;

} // namespace sluice::graph

#include "dialects/Graph/FlowInterfaces.h.inc"

#endif // SLUICE_DIALECTS_GRAPH_FLOWINTERFACES_H
