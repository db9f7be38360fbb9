//===- Movement.cpp - Importers of the movement family --------------------===//

#include "dialects/Graph/Builders/Movement.h"
#include "compiler/Import/TensorFlow/NodeContext.h"
#include "dialects/Graph/Builders/Elementwise.h"
#include "dialects/Graph/Constants.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;
using graph::Size;

//===----------------------------------------------------------------------===//
// Joins
//===----------------------------------------------------------------------===//

// `axis` is the input at `axisInput`; the others are joined.
static void importConcat(NodeContext &node, unsigned axisInput) {
  std::optional<int64_t> axis = node.constantInt(axisInput, "axis");
  if (!axis)
    return;
  SmallVector<Value> values(node.inputs());
  values.erase(values.begin() + axisInput);
  int64_t rank = node.builder.rank(values.front());
  if (rank == 0)
    return node.error("scalars cannot be concatenated");
  axis = node.axis(*axis, rank);
  if (axis)
    node.setOutput(graph::buildConcat(node.builder, values, *axis));
}

static void importConcatV2(NodeContext &node) {
  if (node.expectAtLeast(2))
    importConcat(node, node.numInputs() - 1);
}
static void importConcatV1(NodeContext &node) {
  if (node.expectAtLeast(2))
    importConcat(node, 0);
}

static void importPack(NodeContext &node) {
  if (!node.expectAtLeast(1))
    return;
  int64_t count = node.numInputs();
  if (int64_t n = node.intAttr("N", count); n != count)
    return node.error("is " + llvm::Twine(n) + ", but the node has " +
                          llvm::Twine(count) + " inputs",
                      "N");
  Value first = node.input(0);
  for (Value value : node.inputs())
    if (value.getType() != first.getType()) {
      std::string text;
      llvm::raw_string_ostream(text)
          << first.getType() << " and " << value.getType();
      return node.error("values to pack must have one type, found " + text);
    }
  // The axis counts in the result.
  std::optional<int64_t> axis =
      node.axis(node.intAttr("axis", 0), node.builder.rank(first) + 1);
  if (axis)
    node.setOutput(graph::buildStack(node.builder, node.inputs(), *axis));
}

//===----------------------------------------------------------------------===//
// Pads
//===----------------------------------------------------------------------===//

// Rows of [before, after], one per dimension. False after an error.
static bool readPaddings(NodeContext &node, SmallVector<int64_t> &low,
                         SmallVector<int64_t> &high) {
  std::optional<HostTensor> pads = node.constant(1, "paddings");
  Value x = node.input(0);
  if (!pads || !x)
    return false;
  if (pads->rank() != 2 || pads->shape()[0] != node.builder.rank(x) ||
      pads->shape()[1] != 2 || !isInteger(pads->kind())) {
    node.error("paddings (input 1) must be integers of shape [" +
               llvm::Twine(node.builder.rank(x)) + ", 2]");
    return false;
  }
  for (int64_t d = 0; d < pads->shape()[0]; ++d) {
    low.push_back(pads->getInt(2 * d));
    high.push_back(pads->getInt(2 * d + 1));
    if (low.back() < 0 || high.back() < 0) {
      node.error("paddings " + llvm::Twine(low.back()) + " and " +
                 llvm::Twine(high.back()) + " of dimension " + llvm::Twine(d) +
                 " must not be negative");
      return false;
    }
  }
  return true;
}

static void importPad(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  SmallVector<int64_t> low, high;
  Value x = node.input(0);
  if (!readPaddings(node, low, high))
    return;
  Value zero = node.builder.scalar(node.builder.elementType(x), 0);
  node.setOutput(graph::buildPad(node.builder, x, zero, low, high));
}

static void importPadV2(NodeContext &node) {
  if (!node.expectInputs(3))
    return;
  SmallVector<int64_t> low, high;
  if (readPaddings(node, low, high))
    node.setOutput(
        graph::buildPad(node.builder, node.input(0), node.input(2), low, high));
}

static void importMirrorPad(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  std::string mode = node.stringAttr("mode");
  if (node.failed())
    return;
  if (mode != "REFLECT" && mode != "SYMMETRIC")
    return node.error("must be REFLECT or SYMMETRIC, found '" + mode + "'",
                      "mode");
  SmallVector<int64_t> low, high;
  if (readPaddings(node, low, high))
    node.setOutput(graph::buildPad(
        node.builder, node.input(0),
        mode == "REFLECT" ? graph::PadMode::Reflect : graph::PadMode::Symmetric,
        low, high));
}

//===----------------------------------------------------------------------===//
// Order of elements
//===----------------------------------------------------------------------===//

static void importTranspose(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  std::optional<SmallVector<int64_t>> perm = node.constantInts(1, "perm");
  Value x = node.input(0);
  if (!perm || !x)
    return;
  for (int64_t &d : *perm)
    if (d < 0 && d >= -node.builder.rank(x))
      d += node.builder.rank(x);
  node.setOutput(node.builder.transpose(x, *perm));
}

static void importReverse(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  std::optional<SmallVector<int64_t>> axes = node.constantInts(1, "axis");
  Value x = node.input(0);
  if (!axes || !x)
    return;
  SmallVector<int64_t> dims;
  for (int64_t axis : *axes) {
    std::optional<int64_t> d = node.axis(axis, node.builder.rank(x));
    if (!d)
      return;
    if (llvm::is_contained(dims, *d))
      return node.error("axis " + llvm::Twine(axis) + " is given twice");
    dims.push_back(*d);
  }
  node.setOutput(graph::buildReverse(node.builder, x, dims));
}

// The first version of Reverse: one bool per dimension.
static void importReverseV1(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  std::optional<HostTensor> flags = node.constant(1, "dims");
  Value x = node.input(0);
  if (!flags || !x)
    return;
  if (flags->kind() != ElementKind::Bool || flags->rank() != 1 ||
      flags->size() != node.builder.rank(x))
    return node.error("dims (input 1) must be a bool per dimension");
  SmallVector<int64_t> dims;
  for (int64_t d = 0; d < flags->size(); ++d)
    if (flags->getInt(d))
      dims.push_back(d);
  node.setOutput(graph::buildReverse(node.builder, x, dims));
}

static void importRoll(NodeContext &node) {
  if (!node.expectInputs(3))
    return;
  std::optional<SmallVector<int64_t>> shifts = node.constantInts(1, "shift"),
                                      axes = node.constantInts(2, "axis");
  Value x = node.input(0);
  if (!shifts || !axes || !x)
    return;
  if (shifts->size() != axes->size())
    return node.error("expected as many shifts as axes, found " +
                      llvm::Twine(shifts->size()) + " and " +
                      llvm::Twine(axes->size()));
  for (auto [shift, axis] : llvm::zip_equal(*shifts, *axes)) {
    std::optional<int64_t> d = node.axis(axis, node.builder.rank(x));
    if (!d || !(x = graph::buildRoll(node.builder, x, *d, shift)))
      return;
  }
  node.setOutput(x);
}

//===----------------------------------------------------------------------===//
// Choice by index
//===----------------------------------------------------------------------===//

static void importGather(NodeContext &node) {
  bool hasAxis = node.op() == "GatherV2";
  if (!node.expectInputs(hasAxis ? 3 : 2))
    return;
  Value x = node.input(0), indices = node.input(1);
  std::optional<int64_t> axis = 0;
  if (hasAxis)
    axis = node.constantInt(2, "axis");
  int64_t batch = node.intAttr("batch_dims", 0);
  if (!x || !indices || !axis || node.failed())
    return;
  int64_t rank = node.builder.rank(x), chosen = node.builder.rank(indices);
  if (batch != 0) {
    // It may equal the rank of the indices.
    std::optional<int64_t> found =
        node.axis(batch < 0 ? batch + chosen : batch, chosen + 1, "batch_dims");
    if (!found)
      return;
    batch = *found;
  }
  // Without an axis operand gathering starts after the batch dimensions.
  axis = hasAxis ? node.axis(*axis, rank) : node.axis(batch, rank);
  if (!axis)
    return;
  if (batch > *axis)
    return node.error("batch_dims " + llvm::Twine(batch) + " exceeds axis " +
                      llvm::Twine(*axis));
  node.setOutput(
      graph::buildGather(node.builder, x, indices, *axis, batch, false));
}

static void importGatherNd(NodeContext &node) {
  if (node.expectInputs(2))
    node.setOutput(node.builder.create<graph::GatherNdOp>(
        node.inputs(), {{"batch_dims", node.builder.integer(0)}}));
}

// Compared with positions: an index out of range is equal to none.
static void importOneHot(NodeContext &node) {
  if (!node.expectInputs(4))
    return;
  graph::GraphBuilder &b = node.builder;
  Value indices = node.input(0), on = node.input(2), off = node.input(3);
  std::optional<int64_t> depth = node.constantInt(1, "depth");
  if (!indices || !depth || !on || !off)
    return;
  if (*depth < 0)
    return node.error("depth must not be negative, found " +
                      llvm::Twine(*depth));
  if (b.rank(on) != 0 || b.rank(off) != 0)
    return node.error("on_value and off_value must be scalars");
  int64_t rank = b.rank(indices);
  std::optional<int64_t> axis = node.axis(node.intAttr("axis", -1), rank + 1);
  if (!axis || node.failed())
    return;
  // Narrow indices could not hold every position.
  Type type = b.elementType(indices);
  if (type.getIntOrFloatBitWidth() < 32)
    indices = graph::buildCast(b, indices, type = b.builder.getI32Type());
  SmallVector<Size> sizes = graph::getSizes(indices);
  sizes.insert(sizes.begin() + *axis, Size(*depth));
  SmallVector<int64_t> kept = llvm::to_vector(llvm::seq<int64_t>(0, rank + 1));
  kept.erase(kept.begin() + *axis);
  Value positions = b.create<graph::IotaOp>(
      {}, {{"dim", b.integer(*axis)},
           {"shape", graph::makeDims(node.context(), sizes)},
           {"element_type", TypeAttr::get(type)}});
  Value hot = graph::buildCompare(b, graph::CompareDirection::EQ,
                                  b.broadcast(indices, kept, sizes), positions);
  node.setOutput(graph::buildSelect(b, hot, b.broadcast(on, {}, sizes),
                                    b.broadcast(off, {}, sizes)));
}

void sluice::tensorflow::addMovementImporters(ImporterTable &table) {
  table["ConcatV2"] = importConcatV2;
  table["Concat"] = importConcatV1;
  table["Pack"] = importPack;
  table["Pad"] = importPad;
  table["PadV2"] = importPadV2;
  table["MirrorPad"] = importMirrorPad;
  table["Transpose"] = importTranspose;
  table["ReverseV2"] = importReverse;
  table["Reverse"] = importReverseV1;
  table["Roll"] = importRoll;
  table["GatherV2"] = importGather;
  table["Gather"] = importGather;
  table["ResourceGather"] = importGather;
  table["OneHot"] = importOneHot;
  table["GatherNd"] = importGatherNd;
  table["ResourceGatherNd"] = importGatherNd;
}
