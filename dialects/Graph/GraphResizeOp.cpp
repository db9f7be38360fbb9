//===- GraphResizeOp.cpp - Sampling at other spatial sizes ----------------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/HostIndexing.h"
#include "dialects/Graph/ReductionCode.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>
#include <cstring>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

// Integers below are exact in f32.
static constexpr int64_t sizeLimit = int64_t(1) << 24;

LogicalResult ResizeOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  Type element = type.getElementType();
  DimsAttr to = adaptor.getSizes();
  if (type.getRank() < 2 || to.getRank() != type.getRank() - 2)
    return emitOptionalError(location, "(C1) cannot resize ", type, " to ", to);
  SmallVector<Size> sizes = sluice::graph::getSizes(type);
  for (unsigned d = 0; d < to.getRank(); ++d) {
    Size from = sizes[d + 1], size = to.getSize(d);
    if (from == Size(0) && size != Size(0))
      return emitOptionalError(location, "(C2) spatial dimension ", d, " of ",
                               type, " is empty");
    for (Size s : {from, size})
      if (s.isStatic() && s.getStatic() >= sizeLimit)
        return emitOptionalError(location, "(C4) spatial size ", s.getStatic(),
                                 " is not less than ", sizeLimit);
    sizes[d + 1] = size;
  }
  if (adaptor.getMode() == ResizeMode::Linear && to.getRank() > 3)
    return emitOptionalError(location, "(C3) linear does not take ",
                             to.getRank(), " spatial dimensions");
  if (adaptor.getMode() == ResizeMode::Linear && !isa<FloatType>(element))
    return emitOptionalError(
        location, "(C3) linear does not take elements of type ", element);
  return inferTensor(location, sizes, element, types);
}

// Corners that linear interpolation combines.
static int64_t cornerCount(ResizeOp op) {
  return op.getMode() == ResizeMode::Linear
             ? int64_t(1) << op.getSizes().getRank()
             : 1;
}

int64_t ResizeOp::getEvaluationCost() {
  auto type = cast<RankedTensorType>(getType());
  int64_t cost = 0;
  if (!type.hasStaticShape() ||
      __builtin_mul_overflow(type.getNumElements(), cornerCount(*this), &cost))
    return -1;
  return cost;
}

// Without interpolation, elements are only moved.
int64_t ResizeOp::countOperations() {
  if (cornerCount(*this) == 1)
    return 0;
  int64_t products = getEvaluationCost();
  return products < 0 || products > INT64_MAX / 2 ? -1 : 2 * products;
}

//===----------------------------------------------------------------------===//
// Reference evaluation
//===----------------------------------------------------------------------===//

static float hostCoordinate(ResizeRule rule, int64_t o, int64_t in,
                            int64_t out) {
  float position = static_cast<float>(o);
  float scale = static_cast<float>(in) / static_cast<float>(out);
  switch (rule) {
  case ResizeRule::Asymmetric:
    break;
  case ResizeRule::HalfPixel: {
    float scaled = (position + 0.5f) * scale;
    return scaled - 0.5f;
  }
  case ResizeRule::PixelCenter:
    return (position + 0.5f) * scale;
  case ResizeRule::AlignCorners:
    if (out > 1)
      scale = static_cast<float>(in - 1) / static_cast<float>(out - 1);
    break;
  }
  return position * scale;
}

static float hostRound(ResizeRounding rounding, float x) {
  switch (rounding) {
  case ResizeRounding::Floor:
    return std::floor(x);
  case ResizeRounding::Ceil:
    return std::ceil(x);
  case ResizeRounding::HalfUp:
    return x - std::floor(x) >= 0.5f ? std::floor(x) + 1 : std::floor(x);
  case ResizeRounding::HalfDown:
    return x - std::floor(x) > 0.5f ? std::floor(x) + 1 : std::floor(x);
  }
  return x;
}

llvm::Error ResizeOp::evaluate(ArrayRef<const HostTensor *> operands,
                               MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0];
  HostTensor &result = results[0];
  SmallVector<int64_t> strides = rowMajorStrides(operand.shape());
  int64_t spatial = operand.rank() - 2;
  bool linear = getMode() == ResizeMode::Linear;
  visitElements(result.shape(), [&](int64_t to, ArrayRef<int64_t> indices) {
    int64_t from = indices.front() * strides.front() + indices.back();
    SmallVector<int64_t> low(spatial), high(spatial);
    SmallVector<float> weight(spatial);
    for (int64_t d = 0; d < spatial; ++d) {
      int64_t in = operand.shape()[d + 1], out = result.shape()[d + 1];
      float x = hostCoordinate(getRule(), indices[d + 1], in, out);
      auto clamp = [&](float index) {
        return std::clamp<int64_t>(static_cast<int64_t>(index), 0, in - 1) *
               strides[d + 1];
      };
      low[d] = clamp(linear ? std::floor(x) : hostRound(getRounding(), x));
      high[d] = clamp(std::ceil(x));
      weight[d] = x - std::floor(x);
    }
    if (!linear) {
      for (int64_t offset : low)
        from += offset;
      if (operand.kind() == ElementKind::String)
        result.strings[to] = operand.strings[from];
      else
        std::memcpy(result.data() + to * elementSize(result.kind()),
                    operand.data() + from * elementSize(result.kind()),
                    elementSize(result.kind()));
      return;
    }
    std::function<double(int64_t, int64_t)> interpolate =
        [&](int64_t d, int64_t at) -> double {
      if (d == spatial)
        return operand.getDouble(at);
      double below = interpolate(d + 1, at + low[d]);
      double above = interpolate(d + 1, at + high[d]);
      return below + (above - below) * weight[d];
    };
    result.setDouble(to, interpolate(0, from));
  });
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

namespace {
// Scalar f32 arithmetic on coordinates.
struct CoordinateCode {
  ElementBuilder &b;

  Value number(float value) {
    return arith::ConstantOp::create(b.builder, b.loc,
                                     b.builder.getF32FloatAttr(value));
  }
  Value toFloat(Value index) {
    Value integer = b.builder.createOrFold<arith::IndexCastOp>(
        b.loc, b.builder.getI64Type(), index);
    return b.builder.createOrFold<arith::SIToFPOp>(
        b.loc, b.builder.getF32Type(), integer);
  }
  Value floor(Value x) { return math::FloorOp::create(b.builder, b.loc, x); }
  Value ceil(Value x) { return math::CeilOp::create(b.builder, b.loc, x); }

  Value coordinate(ResizeRule rule, Value o, int64_t in, int64_t out) {
    float scale = static_cast<float>(in) / static_cast<float>(out);
    if (rule == ResizeRule::AlignCorners && out > 1)
      scale = static_cast<float>(in - 1) / static_cast<float>(out - 1);
    Value x = toFloat(o);
    bool fromCenter =
        rule == ResizeRule::HalfPixel || rule == ResizeRule::PixelCenter;
    if (fromCenter)
      x = arith::AddFOp::create(b.builder, b.loc, x, number(0.5f));
    x = arith::MulFOp::create(b.builder, b.loc, x, number(scale));
    if (rule == ResizeRule::HalfPixel)
      x = arith::SubFOp::create(b.builder, b.loc, x, number(0.5f));
    return x;
  }

  Value round(ResizeRounding rounding, Value x) {
    if (rounding == ResizeRounding::Ceil)
      return ceil(x);
    Value whole = floor(x);
    if (rounding == ResizeRounding::Floor)
      return whole;
    Value rest = arith::SubFOp::create(b.builder, b.loc, x, whole);
    Value up = arith::CmpFOp::create(b.builder, b.loc,
                                     rounding == ResizeRounding::HalfUp
                                         ? arith::CmpFPredicate::OGE
                                         : arith::CmpFPredicate::OGT,
                                     rest, number(0.5f));
    Value next = arith::AddFOp::create(b.builder, b.loc, whole, number(1.0f));
    return arith::SelectOp::create(b.builder, b.loc, up, next, whole);
  }

  // A whole number as an index between 0 and size - 1.
  Value clampedIndex(Value x, int64_t size) {
    Value integer =
        arith::FPToSIOp::create(b.builder, b.loc, b.builder.getI64Type(), x);
    Value index = arith::IndexCastOp::create(b.builder, b.loc,
                                             b.builder.getIndexType(), integer);
    index = arith::MaxSIOp::create(b.builder, b.loc, index, b.index(0));
    return arith::MinSIOp::create(b.builder, b.loc, index, b.index(size - 1));
  }
};
} // namespace

Value ResizeOp::buildElement(ElementBuilder &b, ValueRange indices) {
  auto from = cast<RankedTensorType>(getOperand().getType());
  auto to = cast<RankedTensorType>(getType());
  Type element = from.getElementType();
  size_t spatial = getSizes().getRank();
  CoordinateCode code{b};
  SmallVector<Value> at(indices.begin(), indices.end());
  SmallVector<Value> low(spatial), high(spatial), weight(spatial);
  for (size_t d = 0; d < spatial; ++d) {
    int64_t in = from.getDimSize(d + 1), out = to.getDimSize(d + 1);
    Value x = code.coordinate(getRule(), indices[d + 1], in, out);
    if (getMode() == ResizeMode::Nearest) {
      at[d + 1] = code.clampedIndex(code.round(getRounding(), x), in);
      continue;
    }
    Value whole = code.floor(x);
    low[d] = code.clampedIndex(whole, in);
    high[d] = code.clampedIndex(code.ceil(x), in);
    weight[d] = arith::SubFOp::create(b.builder, b.loc, x, whole);
    if (element.isF64())
      weight[d] = arith::ExtFOp::create(b.builder, b.loc,
                                        b.builder.getF64Type(), weight[d]);
    weight[d] = b.splat(weight[d]);
  }
  if (getMode() == ResizeMode::Nearest)
    return b.read(getOperand(), at);
  std::function<Value(size_t)> interpolate = [&](size_t d) -> Value {
    if (d == spatial)
      return widenFloat(b, b.read(getOperand(), at));
    at[d + 1] = low[d];
    Value below = interpolate(d + 1);
    at[d + 1] = high[d];
    Value above = interpolate(d + 1);
    Value difference = arith::SubFOp::create(b.builder, b.loc, above, below);
    Value part = arith::MulFOp::create(b.builder, b.loc, difference, weight[d]);
    return arith::AddFOp::create(b.builder, b.loc, below, part);
  };
  return narrowFloat(b, interpolate(0), element);
}

bool ResizeOp::supportsLanes() {
  return !isa<ComplexType, StringType>(
      cast<RankedTensorType>(getType()).getElementType());
}

int64_t ResizeOp::getReadCount(unsigned) {
  auto from = cast<RankedTensorType>(getOperand().getType());
  auto to = cast<RankedTensorType>(getType());
  if (!from.hasStaticShape() || !to.hasStaticShape() ||
      from.getNumElements() == 0)
    return 2;
  double reads = static_cast<double>(to.getNumElements()) *
                 static_cast<double>(cornerCount(*this)) /
                 static_cast<double>(from.getNumElements());
  return static_cast<int64_t>(std::ceil(std::min(reads, 1e9)));
}
