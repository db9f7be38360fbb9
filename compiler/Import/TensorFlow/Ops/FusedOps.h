//===- FusedOps.h - What follows a fused product or conv --------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_OPS_FUSEDOPS_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_OPS_FUSEDOPS_H

#include "compiler/Import/TensorFlow/NodeContext.h"

namespace sluice::tensorflow {

/// Applies the attribute `fused_ops` to a channels-last value; their operands
/// are the node's inputs from the third on. Null after an error.
mlir::Value applyFusedOps(NodeContext &node, mlir::Value value,
                          bool channelsFirst);

void addConvolutionImporters(ImporterTable &table);

} // namespace sluice::tensorflow

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_OPS_FUSEDOPS_H
