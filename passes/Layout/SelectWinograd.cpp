//===- SelectWinograd.cpp - 3x3 convolutions by Winograd's algorithm ------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/Winograd.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/Layout/Passes.h"
#include "passes/Target/TargetDescription.h"
#include "passes/Tuning/Tuning.h"
#include "llvm/Support/MathExtras.h"

namespace sluice {
#define GEN_PASS_DEF_SELECTWINOGRAD
#include "passes/Layout/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

namespace {

struct Tiles {
  int64_t images, height, width;
  int64_t count() const { return images * height * width; }
};

/// What a convolution costs on the target, in cycles.
class Costs {
public:
  Costs(const TargetDescription &target, bool isCached)
      : target(target), isCached(isCached) {}

  double direct(int64_t positions, int64_t channels, int64_t results) const {
    double products = 9.0 * positions * channels * results;
    return multiply(products) + read(9 * channels * results);
  }

  // The transformed weights are four times as large, and elements are
  // transformed on their way in and out.
  double winograd(int64_t tiles, int64_t channels, int64_t results) const {
    double products = 36.0 * tiles * channels * results;
    double vectors = countVectors(channels) + countVectors(results);
    return multiply(products) + read(36 * channels * results) +
           36 * tiles * vectors * transform(144 * tiles * (channels + results));
  }

private:
  double multiply(double products) const {
    return products / (2 * target.lanes(32));
  }

  // One vector, written and read again, of so many bytes.
  double transform(int64_t bytes) const {
    return bytes <= target.l2Bytes ? 5 : bytes <= target.l3Bytes / 2 ? 8 : 25;
  }

  // Weights of f32. Those of a model that is larger than the shared cache come
  // from memory each time.
  double read(int64_t weights) const {
    constexpr double fromCache = 16, fromMemory = 4; // bytes a cycle
    int64_t bytes = 4 * weights;
    if (bytes <= target.l2Bytes && isCached)
      return 0;
    return bytes / (isCached ? fromCache : fromMemory);
  }

  // A part of a vector takes masks.
  int64_t countVectors(int64_t channels) const {
    int64_t lanes = target.lanes(32);
    return channels / lanes + (channels % lanes != 0 ? 2 : 0);
  }

  const TargetDescription &target;
  bool isCached; ///< between runs: the weights
};

} // namespace

// The tiles of a convolution that pays, or that was measured to; nullopt: leave
// it as it is.
static std::optional<Tiles> select(graph::ConvOp conv, const Costs &costs) {
  std::optional<bool> measured = getTuning(conv).winograd;
  if (measured && !*measured)
    return std::nullopt;
  auto input = cast<RankedTensorType>(conv.getInput().getType());
  auto filter = cast<RankedTensorType>(conv.getFilter().getType());
  auto result = cast<RankedTensorType>(conv.getType());
  auto all = [](ArrayRef<int64_t> list, int64_t value) {
    return llvm::all_of(list, [=](int64_t x) { return x == value; });
  };
  auto isPad = [](int64_t pad) { return pad >= 0 && pad <= 2; };
  if (conv.getSpatialRank() != 2 || !input.getElementType().isF32() ||
      conv.getGroups() != 1 || !all(filter.getShape().take_front(2), 3) ||
      !all(conv.getStrides(), 1) || !all(conv.getWindowDilations(), 1) ||
      !all(conv.getInputDilations(), 1) ||
      !llvm::all_of(conv.getPadsLow(), isPad) ||
      !llvm::all_of(conv.getPadsHigh(), isPad) || !input.hasStaticShape() ||
      !result.hasStaticShape() || result.getNumElements() == 0 ||
      !filter.hasStaticShape() || filter.getNumElements() == 0)
    return std::nullopt;
  // The transforms work on vectors of channels.
  if (filter.getDimSize(2) < 2 || filter.getDimSize(3) < 2)
    return std::nullopt;
  Tiles tiles = {
      result.getDimSize(0),
      static_cast<int64_t>(llvm::divideCeil(result.getDimSize(1), 4)),
      static_cast<int64_t>(llvm::divideCeil(result.getDimSize(2), 4))};
  if (!matchPattern(conv.getFilter(), m_Constant()))
    return std::nullopt;
  // Half the products of the direct form, or it is not worth its error.
  int64_t positions =
      result.getDimSize(0) * result.getDimSize(1) * result.getDimSize(2);
  if (36 * tiles.count() * 2 > positions * 9)
    return std::nullopt;
  // Nor is a small gain.
  constexpr double leastGain = 1.1;
  int64_t channels = filter.getDimSize(2), results = filter.getDimSize(3);
  if (!measured &&
      leastGain * costs.winograd(tiles.count(), channels, results) >
          costs.direct(positions, channels, results))
    return std::nullopt;
  return tiles;
}

static int64_t countBytes(graph::ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  Type element = type.getElementType();
  return element.isIntOrFloat()
             ? type.getNumElements() * element.getIntOrFloatBitWidth() / 8
             : 0;
}

// U[e, c, o] = (G g G^T)[e] for each input channel c and output channel o.
static HostTensor transformFilter(const HostTensor &filter) {
  constexpr double a = graph::winogradNear, b = graph::winogradFar;
  // Each point's powers, divided by its distances from the others.
  constexpr double atZero = a * a * b * b;
  constexpr double atNear = 2 * a * a * (a * a - b * b);
  constexpr double atFar = 2 * b * b * (b * b - a * a);
  static constexpr double matrix[6][3] = {
      {1 / atZero, 0, 0},
      {1 / atNear, a / atNear, a * a / atNear},
      {1 / atNear, -a / atNear, a * a / atNear},
      {1 / atFar, b / atFar, b * b / atFar},
      {1 / atFar, -b / atFar, b * b / atFar},
      {0, 0, 1}};
  int64_t channels = filter.shape()[2] * filter.shape()[3];
  HostTensor result(ElementKind::F32,
                    {36, filter.shape()[2], filter.shape()[3]});
  for (int64_t at = 0; at < channels; ++at) {
    double half[6][3] = {};
    for (int i = 0; i < 6; ++i)
      for (int l = 0; l < 3; ++l)
        for (int k = 0; k < 3; ++k)
          half[i][l] +=
              matrix[i][k] * filter.getDouble((3 * k + l) * channels + at);
    for (int e = 0; e < 36; ++e) {
      double sum = 0;
      for (int l = 0; l < 3; ++l)
        sum += half[e / 6][l] * matrix[e % 6][l];
      result.setDouble(e * channels + at, sum);
    }
  }
  return result;
}

// Rows of tiles whose distance is a multiple of 4 KiB fall into one set of the
// first cache: one more tile moves them apart.
static int64_t spread(int64_t tiles, int64_t channels, int64_t results) {
  auto collides = [&](int64_t count) { return tiles * count * 4 % 4096 == 0; };
  return tiles + (collides(channels) || collides(results));
}

static LogicalResult rewrite(graph::ConvOp conv, const Tiles &tiles) {
  ElementsAttr weights;
  std::optional<HostTensor> filter;
  if (matchPattern(conv.getFilter(), m_Constant(&weights)))
    filter = graph::toHostTensor(weights);
  if (!filter)
    return success(); // its value is not at hand
  OpBuilder builder(conv);
  graph::GraphBuilder graphs(builder, conv.getLoc());
  auto input = cast<RankedTensorType>(conv.getInput().getType());
  SmallVector<int64_t> low{0, conv.getPadsLow()[0], conv.getPadsLow()[1], 0};
  SmallVector<int64_t> high{
      0, 4 * tiles.height + 2 - input.getDimSize(1) - low[1],
      4 * tiles.width + 2 - input.getDimSize(2) - low[2], 0};
  Value image = conv.getInput();
  if (llvm::any_of(low, [](int64_t pad) { return pad != 0; }) ||
      llvm::any_of(high, [](int64_t pad) { return pad != 0; })) {
    auto mode =
        graph::PadModeAttr::get(conv.getContext(), graph::PadMode::Constant);
    image = graphs.create<graph::PadOp>(
        {image, graphs.scalar(graph::GraphBuilder::elementType(image), 0)},
        {{"low", graphs.integers(low)},
         {"high", graphs.integers(high)},
         {"mode", mode}});
  }
  if (!image)
    return failure();
  auto shape = cast<RankedTensorType>(conv.getType()).getShape();
  Value tilesIn = graphs.create<graph::WinogradInputOp>(
      {image}, {{"tiles", builder.getI64IntegerAttr(spread(
                              tiles.count(), shape[3], input.getDimSize(3)))}});
  Value transformed = graph::ConstantOp::create(
      builder, conv.getFilter().getLoc(),
      graph::toAttribute(builder.getContext(), transformFilter(*filter)));
  if (!tilesIn)
    return failure();
  Value products = graphs.create<graph::ContractOp>({tilesIn, transformed}, {});
  if (!products)
    return failure();
  Value result = graphs.create<graph::WinogradOutputOp>(
      {products},
      {{"sizes", builder.getDenseI64ArrayAttr(shape.take_front(3))}});
  if (!result)
    return failure();
  conv.replaceAllUsesWith(result);
  conv.erase();
  return success();
}

namespace {
class SelectWinograd : public sluice::impl::SelectWinogradBase<SelectWinograd> {
public:
  using SelectWinogradBase::SelectWinogradBase;

  void runOnOperation() override {
    SmallVector<graph::ConvOp> convs;
    int64_t constantBytes = 0;
    getOperation().walk([&](Operation *op) {
      if (auto conv = dyn_cast<graph::ConvOp>(op))
        convs.push_back(conv);
      if (auto constant = dyn_cast<graph::ConstantOp>(op))
        constantBytes += countBytes(constant);
    });
    TargetDescription target = describeTarget(triple, cpu, features);
    // With room for what grows.
    Costs costs(target, constantBytes <= target.l3Bytes / 2);
    for (graph::ConvOp conv : convs)
      if (std::optional<Tiles> tiles = select(conv, costs))
        if (failed(rewrite(conv, *tiles)))
          return signalPassFailure();
  }
};
} // namespace
