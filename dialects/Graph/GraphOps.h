//===- GraphOps.h - The operators of the graph dialect ----------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHOPS_H
#define SLUICE_DIALECTS_GRAPH_GRAPHOPS_H

#include "dialects/Graph/GraphDialect.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#define GET_OP_CLASSES
#include "dialects/Graph/GraphOps.h.inc"

#endif // SLUICE_DIALECTS_GRAPH_GRAPHOPS_H
