//===- Normalization.cpp - Importers of softmax and normalisations --------===//

#include "dialects/Graph/Builders/Normalization.h"
#include "compiler/Import/TensorFlow/NodeContext.h"
#include "dialects/Graph/Builders/Reduction.h"
#include "dialects/Graph/Builders/Window.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;
using graph::GraphBuilder;

template <typename OpTy> static void importSoftmax(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  Value logits = node.input(0);
  if (logits)
    node.setOutput(node.builder.create<OpTy>({logits}));
}

// Whether the channels come first; nullopt after an error.
static std::optional<bool> readChannelsFirst(NodeContext &node) {
  std::string format = node.stringAttr("data_format", StringRef("NHWC"));
  if (node.failed())
    return std::nullopt;
  if (format == "NHWC" || format == "NDHWC")
    return false;
  if (format == "NCHW" || format == "NCDHW")
    return true;
  node.error("unknown data format '" + format + "'", "data_format",
             "NHWC, NCHW, NDHWC or NCDHW");
  return std::nullopt;
}

// Whether an input has one number per channel, or is empty where allowed.
static bool checkPerChannel(NodeContext &node, unsigned i, graph::Size channels,
                            bool mayBeEmpty) {
  auto sizes = graph::getSizes(node.input(i));
  if (sizes.size() == 1 &&
      (sizes[0] == channels || (mayBeEmpty && sizes[0] == graph::Size(0))))
    return true;
  std::string found, wanted;
  llvm::raw_string_ostream(found) << node.input(i).getType();
  llvm::raw_string_ostream(wanted) << channels;
  node.error("input " + Twine(i) + " must hold one number for each of " +
             wanted + " channels, found " + found);
  return false;
}

// factor * fresh + (1 - factor) * old
static Value movingAverage(GraphBuilder &b, Value old, Value fresh,
                           double factor) {
  if (!fresh || factor == 1 || GraphBuilder::type(old) != fresh.getType())
    return fresh;
  Value kept = b.create<graph::MulOp>({old, b.fullLike(old, 1 - factor)});
  Value added = b.create<graph::MulOp>({fresh, b.fullLike(fresh, factor)});
  return b.create<graph::AddOp>({kept, added});
}

// All versions: x, scale, offset, mean, variance.
static void importFusedBatchNorm(NodeContext &node) {
  if (!node.expectInputs(5))
    return;
  GraphBuilder &b = node.builder;
  double epsilon = node.floatAttr("epsilon", 1e-4f);
  bool isTraining = node.boolAttr("is_training", true);
  double factor = node.floatAttr("exponential_avg_factor", 1.0f);
  auto channelsFirst = readChannelsFirst(node);
  if (!channelsFirst || node.failed() ||
      llvm::is_contained(node.inputs(), Value()))
    return;
  Value x = node.input(0), scale = node.input(1), offset = node.input(2),
        mean = node.input(3), variance = node.input(4);
  int64_t rank = GraphBuilder::rank(x);
  if (rank != 4 && rank != 5)
    return node.error("expected an input of rank 4 or 5, found rank " +
                      Twine(rank));
  if (*channelsFirst)
    x = graph::buildChannelsLast(b, x);
  if (!x)
    return;
  graph::Size channels = graph::getSizes(x).back();
  for (unsigned i = 1; i < 5; ++i)
    if (!checkPerChannel(node, i, channels, isTraining && i >= 3))
      return;
  Value y;
  if (isTraining) {
    auto result = graph::buildBatchNormTraining(b, x, scale, offset, epsilon);
    y = result.y;
    node.setOutput(1, movingAverage(b, mean, result.mean, factor));
    node.setOutput(2,
                   movingAverage(b, variance, result.sampleVariance, factor));
    node.setOutput(3, result.mean);
    node.setOutput(4, result.variance);
  } else {
    y = graph::buildBatchNorm(b, x, scale, offset, mean, variance, epsilon);
    for (unsigned i = 1; i < 5; ++i)
      node.setOutput(i, i % 2 ? mean : variance);
  }
  if (*channelsFirst)
    y = graph::buildChannelsFirst(b, y);
  node.setOutput(0, y);
  // The third reserved output of V3 has no elements off the GPU.
  if (node.op() == "FusedBatchNormV3")
    node.setOutput(5, b.full({graph::Size(0)}, b.builder.getF32Type(), 0));
}

static void importLRN(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  int64_t radius = node.intAttr("depth_radius", 5);
  double bias = node.floatAttr("bias", 1.0f);
  double alpha = node.floatAttr("alpha", 1.0f);
  double beta = node.floatAttr("beta", 0.5f);
  Value x = node.input(0);
  if (x && !node.failed())
    node.setOutput(graph::buildLocalResponseNorm(node.builder, x, radius, bias,
                                                 alpha, beta));
}

void sluice::tensorflow::addNormalizationImporters(ImporterTable &table) {
  table["Softmax"] = importSoftmax<graph::SoftmaxOp>;
  table["LogSoftmax"] = importSoftmax<graph::LogSoftmaxOp>;
  for (StringRef name :
       {"FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"})
    table[name] = importFusedBatchNorm;
  table["LRN"] = importLRN;
}
