//===- Variable.cpp - Importers of variables that nothing writes ----------===//
//
// A variable that no compiled node assigns is a constant: its handle stands
// for its value, and reading it changes nothing. Assignments are refused before
// any importer runs (FlatGraph::checkState).
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/TensorFlow/NodeContext.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

static void importVariable(NodeContext &node) {
  llvm::Expected<HostTensor> value = node.graph().variableValue(node.index());
  if (!value)
    return node.report(value.takeError());
  node.setOutput(node.builder.constant(*value));
}

static void importRead(NodeContext &node) {
  if (node.expectAtLeast(1))
    node.setOutput(node.input(0));
}

static void importIsInitialized(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  HostTensor yes(ElementKind::Bool, {});
  yes.setInt(0, 1);
  node.setOutput(node.builder.constant(yes));
}

// Nothing to compute: what it orders has no effects.
static void importNothing(NodeContext &node) {}

// A check of constants is done now. Others would need a status at run time.
static void importAssert(NodeContext &node) {
  if (!node.expectAtLeast(1))
    return;
  std::optional<HostTensor> condition = node.constant(0, "condition");
  if (!condition)
    return;
  for (int64_t i = 0; i < condition->size(); ++i)
    if (!condition->getInt(i))
      return node.error("the assertion is false for the given shapes");
}

void sluice::tensorflow::addVariableImporters(ImporterTable &table) {
  table["VarHandleOp"] = importVariable;
  table["Variable"] = importVariable;
  table["VariableV2"] = importVariable;
  table["ReadVariableOp"] = importRead;
  table["VarIsInitializedOp"] = importIsInitialized;
  table["DisableCopyOnRead"] = importNothing;
  table["NoOp"] = importNothing;
  table["Assert"] = importAssert;
}
