//===- Window.cpp - Importers of pooling and resizing ---------------------===//

#include "dialects/Graph/Builders/Window.h"
#include "compiler/Import/TensorFlow/NodeContext.h"
#include "dialects/Graph/Builders/Elementwise.h"
#include "dialects/Graph/Builders/Reduction.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;
using graph::PoolKind;
using graph::ResizeMode;
using graph::ResizeRounding;
using graph::ResizeRule;

namespace {
// Attributes of a pooling node, as in the file: one entry per dimension.
struct PoolNode {
  SmallVector<int64_t> window, strides, explicitPadding;
  std::string padding;
  bool channelsFirst = false;
};
} // namespace

// Whether `format` names the channels first; an error for what is neither.
static bool readChannelsFirst(NodeContext &node, StringRef format,
                              int64_t rank) {
  if (format == (rank == 5 ? "NDHWC" : "NHWC"))
    return false;
  if (format == (rank == 5 ? "NCDHW" : "NCHW"))
    return true;
  node.error("unknown data format '" + format + "'", "data_format",
             rank == 5 ? "NDHWC or NCDHW" : "NHWC or NCHW");
  return false;
}

// One list per dimension of the operand, in channels-last order.
static bool checkList(NodeContext &node, StringRef name,
                      SmallVectorImpl<int64_t> &list, int64_t rank,
                      bool channelsFirst) {
  if (static_cast<int64_t>(list.size()) != rank) {
    node.error("expected " + Twine(rank) + " entries, found " +
                   Twine(list.size()),
               name);
    return false;
  }
  for (int64_t entry : list)
    if (entry < 1) {
      node.error("entry " + Twine(entry) + " is not positive", name);
      return false;
    }
  if (channelsFirst)
    std::rotate(list.begin() + 1, list.begin() + 2, list.end());
  if (list.front() != 1) {
    node.unsupported("pooling over the batch dimension (" + name + " " +
                     Twine(list.front()) + ")");
    return false;
  }
  return true;
}

// Padding of each spatial dimension; false after an error.
static bool readPadding(NodeContext &node, const PoolNode &pool,
                        ArrayRef<int64_t> sizes, graph::WindowShape &shape) {
  size_t spatial = shape.window.size();
  shape.padLow.assign(spatial, 0);
  shape.padHigh.assign(spatial, 0);
  if (pool.padding == "VALID")
    return true;
  if (pool.padding == "SAME") {
    for (size_t d = 0; d < spatial; ++d) {
      if (ShapedType::isDynamic(sizes[d + 1])) {
        node.unsupported("SAME padding of a dynamic dimension");
        return false;
      }
      if (!graph::computeSamePadding(sizes[d + 1], shape.window[d],
                                     shape.strides[d], /*dilation=*/1,
                                     shape.padLow[d], shape.padHigh[d])) {
        node.error("window and strides are too large", "ksize");
        return false;
      }
    }
    return true;
  }
  if (pool.padding != "EXPLICIT") {
    node.error("unknown padding '" + pool.padding + "'", "padding",
               "VALID, SAME or EXPLICIT");
    return false;
  }
  ArrayRef<int64_t> list = pool.explicitPadding;
  if (list.size() != 2 * (spatial + 2)) {
    node.error("expected " + Twine(2 * (spatial + 2)) + " entries, found " +
                   Twine(list.size()),
               "explicit_paddings");
    return false;
  }
  size_t channel = pool.channelsFirst ? 1 : spatial + 1;
  for (size_t d : {size_t(0), channel})
    if (list[2 * d] != 0 || list[2 * d + 1] != 0) {
      node.error("batch and channels cannot be padded", "explicit_paddings");
      return false;
    }
  size_t first = pool.channelsFirst ? 2 : 1;
  for (size_t d = 0; d < spatial; ++d) {
    shape.padLow[d] = list[2 * (first + d)];
    shape.padHigh[d] = list[2 * (first + d) + 1];
  }
  return true;
}

static void importPool(NodeContext &node, PoolKind kind, PoolNode pool,
                       int64_t rank) {
  Value operand = node.input(0);
  if (!operand || node.failed())
    return;
  auto type = cast<RankedTensorType>(operand.getType());
  if (type.getRank() != rank) {
    node.error("expected an input of rank " + Twine(rank) + ", found rank " +
               Twine(type.getRank()));
    return;
  }
  if (!checkList(node, "ksize", pool.window, rank, pool.channelsFirst) ||
      !checkList(node, "strides", pool.strides, rank, pool.channelsFirst))
    return;
  if (pool.channelsFirst)
    operand = graph::buildChannelsLast(node.builder, operand);
  if (!operand)
    return;
  Value result;
  if (pool.window.back() != 1 || pool.strides.back() != 1) {
    // Pooling over channels: windows that do not overlap, nothing else.
    bool isPlain = kind == PoolKind::Max &&
                   pool.window.back() == pool.strides.back() &&
                   llvm::all_of(ArrayRef(pool.window).drop_back(),
                                [](int64_t size) { return size == 1; }) &&
                   llvm::all_of(ArrayRef(pool.strides).drop_back(),
                                [](int64_t size) { return size == 1; });
    if (!isPlain) {
      node.unsupported("pooling over channels together with other dimensions "
                       "or with windows that overlap");
      return;
    }
    result =
        graph::buildDepthMaxPool(node.builder, operand, pool.window.back());
  } else {
    graph::WindowShape shape;
    auto spatial = [](ArrayRef<int64_t> list) {
      return SmallVector<int64_t>(list.drop_front().drop_back());
    };
    shape.window = spatial(pool.window);
    shape.strides = spatial(pool.strides);
    shape.dilations.assign(shape.window.size(), 1);
    auto sizes = cast<RankedTensorType>(operand.getType()).getShape();
    if (!readPadding(node, pool, sizes, shape))
      return;
    result = graph::buildPool(node.builder, kind, operand, shape);
  }
  if (pool.channelsFirst)
    result = graph::buildChannelsFirst(node.builder, result);
  node.setOutput(result);
}

template <PoolKind kind, int64_t rank>
static void importPoolNode(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  PoolNode pool;
  pool.window = node.intsAttr("ksize");
  pool.strides = node.intsAttr("strides");
  pool.padding = node.stringAttr("padding");
  if (pool.padding == "EXPLICIT")
    pool.explicitPadding = node.intsAttr("explicit_paddings");
  std::string format =
      node.stringAttr("data_format", StringRef(rank == 5 ? "NDHWC" : "NHWC"));
  if (!node.failed())
    pool.channelsFirst = readChannelsFirst(node, format, rank);
  importPool(node, kind, std::move(pool), rank);
}

// The form whose window and strides are inputs.
static void importMaxPoolV2(NodeContext &node) {
  if (!node.expectInputs(3))
    return;
  PoolNode pool;
  auto window = node.constantInts(1, "ksize");
  auto strides = node.constantInts(2, "strides");
  pool.padding = node.stringAttr("padding");
  std::string format = node.stringAttr("data_format", StringRef("NHWC"));
  if (!window || !strides || node.failed())
    return;
  pool.window = *window;
  pool.strides = *strides;
  pool.channelsFirst = readChannelsFirst(node, format, 4);
  importPool(node, PoolKind::Max, std::move(pool), 4);
}

template <ResizeMode mode> static void importResize(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  bool alignCorners = node.boolAttr("align_corners", false);
  bool halfPixel = node.boolAttr("half_pixel_centers", false);
  auto sizes = node.constantInts(1, "size");
  Value images = node.input(0);
  if (!sizes || !images || node.failed())
    return;
  auto type = cast<RankedTensorType>(images.getType());
  if (type.getRank() != 4)
    return node.error("expected images of rank 4, found rank " +
                      Twine(type.getRank()));
  if (sizes->size() != 2 || (*sizes)[0] < 1 || (*sizes)[1] < 1)
    return node.error("size (input 1) must hold two positive numbers");
  if (alignCorners && halfPixel)
    return node.error("align_corners and half_pixel_centers exclude each other",
                      "align_corners");
  bool linear = mode == ResizeMode::Linear;
  // Where the nearest element is taken, rounding follows the rule.
  ResizeRule rule = alignCorners ? ResizeRule::AlignCorners
                    : !halfPixel ? ResizeRule::Asymmetric
                    : linear     ? ResizeRule::HalfPixel
                                 : ResizeRule::PixelCenter;
  ResizeRounding rounding =
      alignCorners && !linear ? ResizeRounding::HalfUp : ResizeRounding::Floor;
  if (linear)
    images = graph::buildCast(node.builder, images,
                              node.builder.builder.getF32Type());
  node.setOutput(
      graph::buildResize(node.builder, mode, images, *sizes, rule, rounding));
}

void sluice::tensorflow::addWindowImporters(ImporterTable &table) {
  table["MaxPool"] = importPoolNode<PoolKind::Max, 4>;
  table["MaxPoolV2"] = importMaxPoolV2;
  table["MaxPool3D"] = importPoolNode<PoolKind::Max, 5>;
  table["AvgPool"] = importPoolNode<PoolKind::Average, 4>;
  table["AvgPool3D"] = importPoolNode<PoolKind::Average, 5>;
  table["ResizeBilinear"] = importResize<ResizeMode::Linear>;
  table["ResizeNearestNeighbor"] = importResize<ResizeMode::Nearest>;
}
