//===- InPlaceInterface.h - Roots that may write over an operand -*- C++
//-*-===//

#ifndef SLUICE_DIALECTS_GRAPH_INPLACEINTERFACE_H
#define SLUICE_DIALECTS_GRAPH_INPLACEINTERFACE_H

#include "mlir/IR/OpDefinition.h"

#include "dialects/Graph/InPlaceInterface.h.inc"

namespace sluice::graph {

/// Attaches the interface to the operators that have it.
void registerInPlaceModels(mlir::MLIRContext *context);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_INPLACEINTERFACE_H
