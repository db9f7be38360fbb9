//===- Reduction.cpp - Importers of reductions and scans ------------------===//

#include "dialects/Graph/Builders/Reduction.h"
#include "compiler/Import/TensorFlow/NodeContext.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;
using graph::ArgKind;
using graph::ReduceKind;
using graph::ScanKind;

static int64_t rankOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getRank();
}

// The reduced dimensions: a constant input, scalar or vector, counted from the
// end where negative, each at most once.
static std::optional<SmallVector<int64_t>> readAxes(NodeContext &node,
                                                    Value operand) {
  auto axes = node.constantInts(1, "reduction axes");
  if (!axes || !operand)
    return std::nullopt;
  SmallVector<int64_t> dims;
  for (int64_t axis : *axes) {
    std::optional<int64_t> dim =
        node.axis(axis, rankOf(operand), "reduction axis");
    if (!dim)
      return std::nullopt;
    if (llvm::is_contained(dims, *dim)) {
      node.error("reduction axis " + Twine(axis) + " is named twice", "",
                 "name each axis once");
      return std::nullopt;
    }
    dims.push_back(*dim);
  }
  return dims;
}

template <ReduceKind kind> static void importReduce(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  Value operand = node.input(0);
  bool keepDims = node.boolAttr("keep_dims", false);
  auto dims = readAxes(node, operand);
  if (!dims)
    return;
  node.setOutput(
      graph::buildReduce(node.builder, kind, operand, *dims, keepDims));
}

static void importEuclideanNorm(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  Value operand = node.input(0);
  bool keepDims = node.boolAttr("keep_dims", false);
  auto dims = readAxes(node, operand);
  if (!dims)
    return;
  node.setOutput(
      graph::buildEuclideanNorm(node.builder, operand, *dims, keepDims));
}

static void importL2Loss(NodeContext &node) {
  if (node.expectInputs(1))
    node.setOutput(graph::buildL2Loss(node.builder, node.input(0)));
}

template <ArgKind kind> static void importArg(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  Value operand = node.input(0);
  Type indexType = node.typeAttr("output_type", tensorflow::DT_INT64);
  auto axis = node.constantInt(1, "dimension");
  if (!operand || !indexType || !axis)
    return;
  if (auto dim = node.axis(*axis, rankOf(operand), "dimension"))
    node.setOutput(
        graph::buildArgReduce(node.builder, kind, operand, *dim, indexType));
}

template <ScanKind kind> static void importScan(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  Value operand = node.input(0);
  bool exclusive = node.boolAttr("exclusive", false);
  bool reverse = node.boolAttr("reverse", false);
  auto axis = node.constantInt(1, "axis");
  if (!operand || !axis || node.failed())
    return;
  if (auto dim = node.axis(*axis, rankOf(operand)))
    node.setOutput(graph::buildScan(node.builder, kind, operand, *dim,
                                    exclusive, reverse));
}

void sluice::tensorflow::addReductionImporters(ImporterTable &table) {
  table["Sum"] = importReduce<ReduceKind::Sum>;
  table["Prod"] = importReduce<ReduceKind::Product>;
  table["Mean"] = importReduce<ReduceKind::Mean>;
  table["Max"] = importReduce<ReduceKind::Max>;
  table["Min"] = importReduce<ReduceKind::Min>;
  table["All"] = importReduce<ReduceKind::And>;
  table["Any"] = importReduce<ReduceKind::Or>;
  table["EuclideanNorm"] = importEuclideanNorm;
  table["L2Loss"] = importL2Loss;
  table["ArgMax"] = importArg<ArgKind::Max>;
  table["ArgMin"] = importArg<ArgKind::Min>;
  table["Cumsum"] = importScan<ScanKind::Sum>;
  table["Cumprod"] = importScan<ScanKind::Product>;
  table["CumulativeLogsumexp"] = importScan<ScanKind::LogSumExp>;
}
