//===- Normalization.cpp - Batch and response normalisation ---------------===//

#include "dialects/Graph/Builders/Normalization.h"
#include "dialects/Graph/Builders/Elementwise.h"
#include "dialects/Graph/Builders/Reduction.h"
#include "dialects/Graph/Builders/Window.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

// scale * rsqrt(variance + epsilon)
static Value buildFactor(GraphBuilder &b, Value scale, Value variance,
                         double epsilon) {
  if (!variance)
    return {};
  Value shifted = b.create<AddOp>({variance, b.fullLike(variance, epsilon)});
  return b.create<MulOp>({scale, b.create<RsqrtOp>({shifted})});
}

Value sluice::graph::buildBatchNorm(GraphBuilder &b, Value x, Value scale,
                                    Value offset, Value mean, Value variance,
                                    double epsilon) {
  if (!x)
    return {};
  Type element = GraphBuilder::elementType(x);
  Value factor = buildFactor(b, scale, variance, epsilon);
  Value term = b.create<SubOp>({offset, b.create<MulOp>({mean, factor})});
  Value y = b.binary<AddOp>(b.binary<MulOp>(buildWidened(b, x), factor), term);
  return buildCast(b, y, element);
}

BatchNormTraining sluice::graph::buildBatchNormTraining(GraphBuilder &b,
                                                        Value x, Value scale,
                                                        Value offset,
                                                        double epsilon) {
  BatchNormTraining result;
  if (!x)
    return result;
  SmallVector<Size> sizes = getSizes(x);
  Size count = product(ArrayRef(sizes).drop_back());
  if (!count.isStatic()) {
    b.error("unsupported: batch normalisation over a dynamic number of "
            "elements");
    return result;
  }
  Type element = GraphBuilder::elementType(x);
  auto dims = llvm::to_vector(llvm::seq<int64_t>(0, GraphBuilder::rank(x) - 1));
  Value wide = buildWidened(b, x);
  result.mean = buildReduce(b, ReduceKind::Mean, wide, dims);
  Value centred = b.binary<SubOp>(wide, result.mean);
  result.variance = buildReduce(b, ReduceKind::Mean,
                                b.create<MulOp>({centred, centred}), dims);
  if (!result.variance)
    return result;
  double n = static_cast<double>(count.getStatic());
  result.sampleVariance =
      n == 1 ? result.variance
             : b.create<MulOp>(
                   {result.variance, b.fullLike(result.variance, n / (n - 1))});
  Value factor = buildFactor(b, scale, result.variance, epsilon);
  Value y = b.binary<AddOp>(b.binary<MulOp>(centred, factor), offset);
  result.y = buildCast(b, y, element);
  return result;
}

Value sluice::graph::buildLocalResponseNorm(GraphBuilder &b, Value x,
                                            int64_t radius, double bias,
                                            double alpha, double beta) {
  if (!x)
    return {};
  SmallVector<Size> sizes = getSizes(x);
  Size channels = sizes.empty() ? Size() : sizes.back();
  if (!channels.isStatic() || radius < 0)
    return b.error("local response normalisation needs a static number of "
                   "channels and a radius that is not negative");
  // A window cannot reach past the channels that exist.
  radius = std::min(radius, std::max<int64_t>(channels.getStatic() - 1, 0));
  Type element = GraphBuilder::elementType(x);
  Value wide = buildWidened(b, x);
  // The channels as the one spatial dimension of a window.
  Value rows = b.reshape(b.create<MulOp>({wide, wide}),
                         {product(ArrayRef(sizes).drop_back()), channels, 1});
  WindowShape window{{2 * radius + 1}, {1}, {radius}, {radius}, {1}};
  Value sums = b.reshape(buildPool(b, PoolKind::Sum, rows, window), sizes);
  if (!sums)
    return {};
  Value scaled = b.create<MulOp>({sums, b.fullLike(sums, alpha)});
  Value base = b.create<AddOp>({scaled, b.fullLike(sums, bias)});
  Value power = b.create<PowOp>({base, b.fullLike(sums, beta)});
  return buildCast(b, b.create<DivOp>({wide, power}), element);
}
