//===- GraphLoopOps.h - Control flow and updates in place -------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHLOOPOPS_H
#define SLUICE_DIALECTS_GRAPH_GRAPHLOOPOPS_H

#include "dialects/Graph/FlowInterfaces.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"

#define GET_OP_CLASSES
#include "dialects/Graph/GraphLoopOps.h.inc"

#endif // SLUICE_DIALECTS_GRAPH_GRAPHLOOPOPS_H
