//===- Convolution.cpp - Importers of convolutions ------------------------===//

#include "compiler/Import/TensorFlow/Ops/FusedOps.h"
#include "dialects/Graph/Builders/Contraction.h"
#include "dialects/Graph/Builders/Window.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;
using namespace sluice::tensorflow;

namespace {
/// Attributes that convolutions share, in channels-last order without batch
/// and channels.
struct ConvNode {
  bool channelsFirst = false;
  SmallVector<int64_t> strides, dilations;
  std::string padding;
  SmallVector<std::pair<int64_t, int64_t>> explicitPads;
};
} // namespace

// The spatial entries of a list with one entry per dimension.
static SmallVector<int64_t> readList(NodeContext &node, StringRef name,
                                     int64_t rank, bool channelsFirst) {
  SmallVector<int64_t> ones(rank, 1);
  SmallVector<int64_t> list = name == "dilations"
                                  ? node.intsAttr(name, ArrayRef<int64_t>(ones))
                                  : node.intsAttr(name);
  if (node.failed())
    return {};
  if (static_cast<int64_t>(list.size()) != rank) {
    node.error("expected " + Twine(rank) + " entries, found " +
                   Twine(list.size()),
               name);
    return {};
  }
  if (channelsFirst)
    std::rotate(list.begin() + 1, list.begin() + 2, list.end());
  if (list.front() != 1 || list.back() != 1) {
    node.error("entries of batch and channels must be 1, found " +
                   Twine(list.front()) + " and " + Twine(list.back()),
               name);
    return {};
  }
  for (int64_t entry : list)
    if (entry < 1 || entry > INT32_MAX) {
      node.error("expected positive 32-bit entries, found " + Twine(entry),
                 name);
      return {};
    }
  return SmallVector<int64_t>(ArrayRef(list).drop_front().drop_back());
}

static std::optional<ConvNode> readNode(NodeContext &node, int64_t rank) {
  ConvNode conv;
  StringRef last = rank == 5 ? "NDHWC" : "NHWC";
  StringRef first = rank == 5 ? "NCDHW" : "NCHW";
  std::string format = node.stringAttr("data_format", last);
  conv.padding = node.stringAttr("padding");
  if (node.failed())
    return std::nullopt;
  if (format != last && format != first) {
    node.error("unknown data format '" + format + "'", "data_format",
               (last + " or " + first).str());
    return std::nullopt;
  }
  conv.channelsFirst = format == first;
  conv.strides = readList(node, "strides", rank, conv.channelsFirst);
  conv.dilations = readList(node, "dilations", rank, conv.channelsFirst);
  SmallVector<int64_t> pads =
      node.intsAttr("explicit_paddings", ArrayRef<int64_t>());
  if (node.failed())
    return std::nullopt;
  if (conv.padding == "EXPLICIT") {
    if (static_cast<int64_t>(pads.size()) != 2 * rank) {
      node.error("expected " + Twine(2 * rank) + " entries, found " +
                     Twine(pads.size()),
                 "explicit_paddings");
      return std::nullopt;
    }
    SmallVector<std::pair<int64_t, int64_t>> all;
    for (int64_t d = 0; d < rank; ++d)
      all.push_back({pads[2 * d], pads[2 * d + 1]});
    if (conv.channelsFirst)
      std::rotate(all.begin() + 1, all.begin() + 2, all.end());
    for (int64_t d = 0; d < rank; ++d) {
      auto [low, high] = all[d];
      bool isSpatial = d != 0 && d != rank - 1;
      int64_t limit = isSpatial ? INT32_MAX : 0;
      if (low < 0 || high < 0 || low > limit || high > limit) {
        node.error("paddings " + Twine(low) + " and " + Twine(high) +
                       " of dimension " + Twine(d) +
                       " (channels last) must lie between 0 and " +
                       Twine(limit),
                   "explicit_paddings");
        return std::nullopt;
      }
      if (isSpatial)
        conv.explicitPads.push_back({low, high});
    }
  } else if (conv.padding != "SAME" && conv.padding != "VALID") {
    node.error("unknown padding '" + conv.padding + "'", "padding",
               "SAME, VALID or EXPLICIT");
    return std::nullopt;
  }
  return conv;
}

// Pads of spatial dimensions of sizes `input` under windows of sizes `filter`.
static bool computePads(NodeContext &node, const ConvNode &conv,
                        ArrayRef<Size> input, ArrayRef<Size> filter,
                        ConvWindow &window) {
  for (size_t d = 0; d < conv.strides.size(); ++d) {
    int64_t low = 0, high = 0;
    if (conv.padding == "EXPLICIT")
      std::tie(low, high) = conv.explicitPads[d];
    bool isKnown = input[d].isStatic() && filter[d].isStatic();
    if (conv.padding == "SAME") {
      if (!isKnown) {
        node.unsupported("SAME padding of a dimension of unknown size");
        return false;
      }
      if (input[d].getStatic() > 0 &&
          !computeSamePadding(input[d].getStatic(), filter[d].getStatic(),
                              conv.strides[d], conv.dilations[d], low, high)) {
        node.error("filter of size " + Twine(filter[d].getStatic()) +
                   " with stride " + Twine(conv.strides[d]) +
                   " has no SAME padding");
        return false;
      }
    } else if (isKnown) {
      // The size of the result, as it is before rounding.
      Size space = input[d] + Size(low) + Size(high) + Size(conv.strides[d]) -
                   ((filter[d] - Size(1)) * Size(conv.dilations[d]) + Size(1));
      if (!space.isValid() || space.getStatic() <= -conv.strides[d]) {
        node.error("the filter is larger than the input: dimension " +
                   Twine(d) + " of size " + Twine(input[d].getStatic()) +
                   " under a filter of size " + Twine(filter[d].getStatic()));
        return false;
      }
    }
    window.low.push_back(low);
    window.high.push_back(high);
  }
  return true;
}

// Input and filter of a node, the input channels-last.
static bool takeOperands(NodeContext &node, int64_t rank, Value &input,
                         Value &filter) {
  input = node.input(0);
  filter = node.input(1);
  if (!input || !filter)
    return false;
  for (Value operand : {input, filter}) {
    if (GraphBuilder::rank(operand) != rank) {
      node.error("expected input and filter of rank " + Twine(rank) +
                 ", found rank " + Twine(GraphBuilder::rank(operand)));
      return false;
    }
    Type element = GraphBuilder::elementType(operand);
    if (isa<StringType>(element) || element.isInteger(1)) {
      node.unsupported("a convolution of elements that are no numbers");
      return false;
    }
  }
  return true;
}

template <int64_t rank, bool depthwise, bool fused>
static void importConv(NodeContext &node) {
  GraphBuilder &b = node.builder;
  Value input, filter;
  if (!(fused ? node.expectAtLeast(2) : node.expectInputs(2)) ||
      !takeOperands(node, rank, input, filter))
    return;
  std::optional<ConvNode> conv = readNode(node, rank);
  if (!conv)
    return;
  if (conv->channelsFirst)
    input = buildChannelsLast(b, input);
  if (!input)
    return node.setOutput(Value());
  SmallVector<Size> in = getSizes(input), taps = getSizes(filter);
  ConvWindow window;
  window.strides = conv->strides;
  window.dilation = conv->dilations;
  if (!computePads(node, *conv, ArrayRef(in).slice(1, rank - 2),
                   ArrayRef(taps).take_front(rank - 2), window))
    return;
  Size channels = in.back(), depth = taps[rank - 2];
  if (!channels.isStatic() || !depth.isStatic())
    return node.unsupported("a convolution over an unknown number of channels");
  if (depthwise) {
    if (channels != depth || channels == Size(0))
      return node.error("the input has " + Twine(channels.getStatic()) +
                        " channels, the filter " + Twine(depth.getStatic()));
    // [h, w, c, m]: channel c gives outputs c * m and following.
    window.groups = channels.getStatic();
    if (taps[rank - 1] == Size(0))
      return node.error("the filter's channel multiplier is 0");
    Size outputs = depth * taps[rank - 1];
    taps[rank - 2] = Size(1);
    taps[rank - 1] = outputs;
    filter = b.reshape(filter, taps);
  } else {
    if (depth.getStatic() < 1 || channels.getStatic() < 1 ||
        channels.getStatic() % depth.getStatic() != 0)
      return node.error("the input has " + Twine(channels.getStatic()) +
                        " channels, no multiple of the filter's " +
                        Twine(depth.getStatic()));
    window.groups = channels.getStatic() / depth.getStatic();
  }
  Value value = buildConv(b, input, filter, window);
  if (value && conv->padding == "VALID") {
    SmallVector<Size> out = getSizes(value);
    for (int64_t d = 1; d < rank - 1; ++d)
      if (out[d] == Size(0) && in[d] != Size(0))
        return node.error("the filter is larger than the input along spatial "
                          "dimension " +
                          Twine(d - 1));
  }
  if (fused)
    value = applyFusedOps(node, value, conv->channelsFirst);
  node.setOutput(conv->channelsFirst && value ? buildChannelsFirst(b, value)
                                              : value);
}

// The gradient of a convolution by its input, also called deconvolution: a
// convolution of the gradient, strides - 1 zeros between its elements, with
// the filter reversed, its channels exchanged.
template <int64_t rank> static void importConvBackpropInput(NodeContext &node) {
  if (!node.expectInputs(3))
    return;
  GraphBuilder &b = node.builder;
  std::optional<SmallVector<int64_t>> sizes =
      node.constantInts(0, "input_sizes");
  Value filter = node.input(1), gradient = node.input(2);
  if (!sizes || !filter || !gradient)
    return;
  if (GraphBuilder::rank(filter) != rank ||
      GraphBuilder::rank(gradient) != rank)
    return node.error("expected filter and gradient of rank " + Twine(rank) +
                      ", found " + Twine(GraphBuilder::rank(filter)) + " and " +
                      Twine(GraphBuilder::rank(gradient)));
  std::optional<ConvNode> conv = readNode(node, rank);
  if (!conv)
    return;
  if (conv->channelsFirst)
    gradient = buildChannelsLast(b, gradient);
  if (!gradient)
    return node.setOutput(Value());
  size_t spatial = rank - 2;
  if (conv->channelsFirst && sizes->size() == size_t(rank))
    std::rotate(sizes->begin() + 1, sizes->begin() + 2, sizes->end());
  // With two entries, they are the spatial ones.
  SmallVector<Size> taps = getSizes(filter), out = getSizes(gradient);
  if (sizes->size() == size_t(rank)) {
    sizes->pop_back();
    sizes->erase(sizes->begin());
  }
  if (sizes->size() != spatial)
    return node.error("input_sizes has " + Twine(sizes->size()) +
                      " entries, expected " + Twine(rank));
  SmallVector<Size> in = getSizes(ArrayRef<int64_t>(*sizes));
  for (int64_t size : *sizes)
    if (size < 0 || size > INT32_MAX)
      return node.error("impossible size " + Twine(size) + " in input_sizes");
  ConvWindow forward, window;
  if (!computePads(node, *conv, in, ArrayRef(taps).take_front(spatial),
                   forward))
    return;
  if (taps.back() != out.back())
    return node.unsupported("a gradient whose channels are not the filter's");
  window.strides.assign(spatial, 1);
  window.inputDilation = conv->strides;
  window.dilation = conv->dilations;
  SmallVector<Size> starts(rank, Size(0));
  SmallVector<int64_t> steps(rank, 1);
  for (size_t d = 0; d < spatial; ++d) {
    if (!out[1 + d].isStatic() || !taps[d].isStatic())
      return node.unsupported("a gradient of unknown size");
    Size reach = (taps[d] - Size(1)) * Size(conv->dilations[d]);
    Size low = reach - Size(forward.low[d]);
    Size spread =
        out[1 + d] == Size(0)
            ? Size(0)
            : (out[1 + d] - Size(1)) * Size(conv->strides[d]) + Size(1);
    Size high = in[d] + reach - spread - low;
    if (!low.isValid() || !high.isValid())
      return node.error("sizes are too large");
    window.low.push_back(low.getStatic());
    window.high.push_back(high.getStatic());
    starts[d] = taps[d] - Size(1);
    steps[d] = -1;
  }
  Value reversed =
      b.create<SliceOp>({filter}, {{"starts", makeDims(b.context(), starts)},
                                   {"shape", makeDims(b.context(), taps)},
                                   {"strides", b.integers(steps)}});
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(order[rank - 2], order[rank - 1]);
  if (!reversed)
    return node.setOutput(Value());
  Value value = buildConv(b, gradient, b.transpose(reversed, order), window);
  node.setOutput(conv->channelsFirst && value ? buildChannelsFirst(b, value)
                                              : value);
}

void sluice::tensorflow::addConvolutionImporters(ImporterTable &table) {
  table["Conv2D"] = importConv<4, false, false>;
  table["_FusedConv2D"] = importConv<4, false, true>;
  table["Conv3D"] = importConv<5, false, false>;
  table["DepthwiseConv2dNative"] = importConv<4, true, false>;
  table["FusedDepthwiseConv2dNative"] = importConv<4, true, true>;
  table["_FusedDepthwiseConv2dNative"] = importConv<4, true, true>;
  table["Conv2DBackpropInput"] = importConvBackpropInput<4>;
  table["Conv3DBackpropInputV2"] = importConvBackpropInput<5>;
}
