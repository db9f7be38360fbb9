//===- GraphAttentionOp.cpp - Scaled dot-product attention ----------------===//

#include "dialects/Graph/AttentionTiling.h"
#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/OperationCounts.h"
#include "dialects/Graph/ReductionCode.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

// Whether every key head serves as many of the query's.
static bool isShared(Size queryHeads, Size keyHeads) {
  if (queryHeads == keyHeads || !queryHeads.isStatic() || !keyHeads.isStatic())
    return queryHeads == keyHeads;
  return keyHeads.getStatic() > 0 &&
         queryHeads.getStatic() % keyHeads.getStatic() == 0;
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  SmallVector<Value> operands{adaptor.getQuery(), adaptor.getKey(),
                              adaptor.getValue()};
  if (adaptor.getBias())
    operands.push_back(adaptor.getBias());
  Type element = cast<RankedTensorType>(operands[0].getType()).getElementType();
  SmallVector<SmallVector<Size>> sizes;
  for (Value operand : operands) {
    auto type = cast<RankedTensorType>(operand.getType());
    if (type.getElementType() != element)
      return emitOptionalError(location,
                               "(C1) expected one element type, found ",
                               element, " and ", type.getElementType());
    if (type.getRank() != 4)
      return emitOptionalError(location, "(C2) expected rank 4, found ", type);
    sizes.push_back(getSizes(type));
  }
  ArrayRef<Size> query = sizes[0], key = sizes[1], value = sizes[2];
  if (query[0] != key[0] || !isShared(query[2], key[2]) || query[3] != key[3])
    return emitOptionalError(location, "(C3) queries ", operands[0].getType(),
                             " and keys ", operands[1].getType(),
                             " do not fit");
  if (key[0] != value[0] || key[1] != value[1] || key[2] != value[2])
    return emitOptionalError(location, "(C3) keys ", operands[1].getType(),
                             " and values ", operands[2].getType(),
                             " do not fit");
  Size scores[] = {query[0], query[2], query[1], key[1]};
  for (Value term : {adaptor.getBias(), adaptor.getMask()}) {
    if (!term)
      continue;
    auto type = cast<RankedTensorType>(term.getType());
    bool fits = type.getRank() == 4;
    for (unsigned d = 0; fits && d < 4; ++d)
      fits = getSizes(type)[d] == Size(1) || getSizes(type)[d] == scores[d];
    if (!fits)
      return emitOptionalError(location, "(C4) the ",
                               term == adaptor.getBias() ? "bias " : "mask ",
                               type, " does not fit the scores");
  }
  if (!std::isfinite(adaptor.getScale().convertToDouble()))
    return emitOptionalError(location, "(C5) scale is not finite");
  if (!adaptor.getMask() != !adaptor.getFill())
    return emitOptionalError(location, "(C6) expected both mask and fill");
  SmallVector<Size> result{query[0], query[1], query[2], value[3]};
  return inferTensor(location, result, element, types);
}

// Products of queries with keys, and of weights with values; none without
// depth.
int64_t AttentionOp::getEvaluationCost() {
  ArrayRef<int64_t> query = shapeOf(getQuery()), key = shapeOf(getKey());
  int64_t scores = scaledCost(1, {query[0], query[1], query[2], key[1]});
  int64_t products = scaledCost(scores, {key[3]});
  int64_t sums = scaledCost(scores, {shapeOf(getValue())[3]}), cost = 0;
  if (products < 0 || sums < 0 || __builtin_add_overflow(products, sums, &cost))
    return -1;
  return products == 0 ? 0 : cost;
}

int64_t AttentionOp::countOperations() {
  return countMultiplyAdds(getEvaluationCost());
}

// Where an element of a bias or mask is that has some dimensions of 1.
static int64_t termAt(ArrayRef<int64_t> shape, ArrayRef<int64_t> indices) {
  int64_t at = 0;
  for (auto [size, index] : llvm::zip_equal(shape, indices))
    at = at * size + (size == 1 ? 0 : index);
  return at;
}

llvm::Error AttentionOp::evaluate(ArrayRef<const HostTensor *> operands,
                                  MutableArrayRef<HostTensor> results) {
  const HostTensor &query = *operands[0], &key = *operands[1],
                   &value = *operands[2];
  int64_t batches = query.shape()[0], rows = query.shape()[1],
          heads = query.shape()[2], depth = query.shape()[3],
          keys = key.shape()[1], width = value.shape()[3],
          keyHeads = key.shape()[2];
  const HostTensor *bias = getBias() ? operands[3] : nullptr;
  const HostTensor *mask = getMask() ? operands.back() : nullptr;
  double scale = getScale().convertToDouble();
  std::vector<double> weights(keys);
  for (int64_t b = 0; b < batches; ++b)
    for (int64_t h = 0; h < heads; ++h)
      for (int64_t m = 0; m < rows; ++m) {
        double greatest = -std::numeric_limits<double>::infinity(), sum = 0;
        int64_t shared = h / (heads / keyHeads);
        for (int64_t t = 0; t < keys; ++t) {
          double product = 0;
          for (int64_t d = 0; d < depth; ++d)
            product +=
                query.getDouble(((b * rows + m) * heads + h) * depth + d) *
                key.getDouble(((b * keys + t) * keyHeads + shared) * depth + d);
          product *= scale;
          if (bias)
            product += bias->getDouble(termAt(bias->shape(), {b, h, m, t}));
          if (mask && !mask->getInt(termAt(mask->shape(), {b, h, m, t})))
            product = getFill()->convertToDouble();
          weights[t] = product;
          greatest = std::isnan(product) || std::isnan(greatest)
                         ? NAN
                         : std::max(greatest, product);
        }
        for (double &weight : weights)
          sum += weight = std::exp(weight - greatest);
        for (int64_t e = 0; e < width; ++e) {
          double total = 0;
          for (int64_t t = 0; t < keys; ++t)
            total += weights[t] / sum *
                     value.getDouble(
                         ((b * keys + t) * keyHeads + shared) * width + e);
          results[0].setDouble(((b * rows + m) * heads + h) * width + e, total);
        }
      }
  return llvm::Error::success();
}

// Each element from all keys: for readers of single elements. Kernels of
// attention have an emitter of their own.
Value AttentionOp::buildElement(ElementBuilder &b, ValueRange indices) {
  Type element = getType().getElementType();
  Accumulation sum{ReduceKind::Sum, element}, max{ReduceKind::Max, element};
  Type wide = sum.partialType(b);
  Value keys = b.index(shapeOf(getKey())[1]);
  int64_t group =
      shapeOf(getQuery())[2] / std::max<int64_t>(shapeOf(getKey())[2], 1);
  Value head = group == 1 ? indices[2]
                          : b.builder.createOrFold<arith::DivUIOp>(
                                b.loc, indices[2], b.index(group));
  auto read = [&](Value tensor, ValueRange at) {
    return widenFloat(b, b.read(tensor, at));
  };
  auto mul = [&](Value x, Value y) -> Value {
    return arith::MulFOp::create(b.builder, b.loc, x, y);
  };
  auto score = [&](Value t) {
    Value query[] = {indices[0], indices[1], indices[2], Value()};
    Value key[] = {indices[0], t, head, Value()};
    Value product =
        b.loop(b.index(0), b.index(shapeOf(getKey())[3]), sum.identity(b),
               [&](Value d, ValueRange carried) -> SmallVector<Value> {
                 query[3] = key[3] = d;
                 return {sum.combine(
                     b, carried[0],
                     mul(read(getQuery(), query), read(getKey(), key)))};
               })[0];
    product = mul(product, b.number(wide, getScale().convertToDouble()));
    auto at = [&](Value term) {
      SmallVector<Value> at{indices[0], indices[2], indices[1], t};
      for (auto [size, index] : llvm::zip_equal(shapeOf(term), at))
        if (size == 1)
          index = b.index(0);
      return at;
    };
    if (Value bias = getBias())
      product = arith::AddFOp::create(b.builder, b.loc, product,
                                      read(bias, at(bias)));
    if (Value mask = getMask())
      product = arith::SelectOp::create(
          b.builder, b.loc, b.read(mask, at(mask)), product,
          b.number(wide, getFill()->convertToDouble()));
    return product;
  };
  Value greatest =
      b.loop(b.index(0), keys, max.identity(b),
             [&](Value t, ValueRange carried) -> SmallVector<Value> {
               return {max.combine(b, carried[0], score(t))};
             })[0];
  Value start[] = {sum.identity(b), sum.identity(b)};
  SmallVector<Value> totals = b.loop(
      b.index(0), keys, start,
      [&](Value t, ValueRange carried) -> SmallVector<Value> {
        Value weight = math::ExpOp::create(
            b.builder, b.loc,
            arith::SubFOp::create(b.builder, b.loc, score(t), greatest));
        Value at[] = {indices[0], t, head, indices[3]};
        return {sum.combine(b, carried[0], weight),
                sum.combine(b, carried[1], mul(weight, read(getValue(), at)))};
      });
  // Without keys both are 0.
  Value one = b.number(wide, 1);
  Value divisor = shapeOf(getKey())[1] == 0 ? one : totals[0];
  return narrowFloat(
      b, arith::DivFOp::create(b.builder, b.loc, totals[1], divisor), element);
}

bool AttentionOp::supportsLanes() { return false; }
int64_t AttentionOp::getReadCount(unsigned) {
  return std::max<int64_t>(2, shapeOf(getQuery())[1]);
}
RootKind AttentionOp::getRootKind() { return RootKind::Reduction; }
bool AttentionOp::allowsEpilogue() { return false; }

int64_t AttentionOp::getScratchBytes() {
  if (!getType().getElementType().isF32() ||
      getEvaluationCost() <= 0) // no kernel of its own
    return 0;
  AttentionTiling tiling(*this);
  int64_t bytes = 0;
  if (__builtin_mul_overflow(tiling.chunkScratch, tiling.chunks * 4, &bytes))
    return std::numeric_limits<int64_t>::max();
  return bytes;
}

//===----------------------------------------------------------------------===//
// Tiling
//===----------------------------------------------------------------------===//

static int64_t divideUp(int64_t x, int64_t y) { return (x + y - 1) / y; }

AttentionTiling::AttentionTiling(AttentionOp op)
    : batches(shapeOf(op.getQuery())[0]), queries(shapeOf(op.getQuery())[1]),
      heads(shapeOf(op.getQuery())[2]), keys(shapeOf(op.getKey())[1]),
      depth(shapeOf(op.getQuery())[3]), width(shapeOf(op.getValue())[3]),
      group(heads / std::max<int64_t>(shapeOf(op.getKey())[2], 1)) {
  // Chunks for threads; scratch and its share of the caches bound them. A unit
  // packs keys and values, which few queries do not pay for.
  constexpr int64_t wantedUnits = 16, maxChunks = 32, leastQueries = 64;
  constexpr int64_t scoreBytes = 128 << 10, line = 16;
  int64_t pairs = batches * heads;
  queryParts = std::clamp<int64_t>(divideUp(wantedUnits, pairs), 1,
                                   divideUp(queries, leastQueries));
  queryParts = divideUp(queries, queriesPerPart());
  units = pairs * queryParts;
  unitsPerChunk = divideUp(units, maxChunks);
  chunks = divideUp(units, unitsPerChunk);
  // Rows whose distance is a multiple of 4 KB fall into one cache set.
  scoreStride = keyPanels() * panel;
  if (scoreStride % 1024 == 0)
    scoreStride += line;
  blockRows = std::clamp<int64_t>(scoreBytes / (4 * scoreStride), line,
                                  std::max(queriesPerPart(), line));
  valuesAt = keyPanels() * panel * depth;
  scoresAt = valuesAt + valuePanels() * panel * keys;
  sumsAt = scoresAt + blockRows * scoreStride;
  chunkScratch = divideUp(sumsAt + blockRows, line) * line;
}
