//===- Elementwise.cpp - Importers of scalar functions on tensors ---------===//

#include "compiler/Import/TensorFlow/NodeContext.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

// One operand, one result of its type.
template <typename OpTy> static void importUnary(NodeContext &node) {
  if (node.expectInputs(1))
    node.setOutput(node.builder.create<OpTy>({node.input(0)}));
}

// Two operands that broadcast.
template <typename OpTy> static void importBinary(NodeContext &node) {
  if (node.expectInputs(2))
    node.setOutput(node.builder.binary<OpTy>(node.input(0), node.input(1)));
}

void sluice::tensorflow::addElementwiseImporters(ImporterTable &table) {
  table["Add"] = importBinary<graph::AddOp>;
  table["AddV2"] = importBinary<graph::AddOp>;
  table["Exp"] = importUnary<graph::ExpOp>;
}
