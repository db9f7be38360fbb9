//===- GraphMovementOps.cpp - Broadcast, transpose and reshape ------------===//

#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/MovementSupport.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#define GET_OP_CLASSES
#include "dialects/Graph/GraphMovementOps.cpp.inc"

void GraphDialect::registerMovementOps() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphMovementOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// BroadcastOp
//===----------------------------------------------------------------------===//

LogicalResult BroadcastOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  ArrayRef<int64_t> dimensions = adaptor.getDimensions();
  DimsAttr shape = adaptor.getShape();
  if (static_cast<int64_t>(dimensions.size()) != type.getRank())
    return emitOptionalError(location, "(C1) expected ", type.getRank(),
                             " dimensions, found ", dimensions.size());
  SmallVector<Size> sizes = getSizes(type);
  int64_t previous = -1;
  for (auto [size, dimension] : llvm::zip_equal(sizes, dimensions)) {
    if (dimension <= previous || dimension >= shape.getRank())
      return emitOptionalError(location, "(C1) dimension ", dimension,
                               " is not between ", previous + 1, " and ",
                               static_cast<int64_t>(shape.getRank()) - 1);
    if (size != Size(1) && size != shape.getSize(dimension))
      return emitOptionalError(location, "(C2) operand of type ", type,
                               " does not broadcast to ", shape);
    previous = dimension;
  }
  return inferTensor(location, getSizes(shape), type.getElementType(), types);
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() == getType())
    return getOperand();
  return {};
}

// A repeated constant is cheaper to compute than to store and load, so only
// small ones fold. Consumers fold through it (see foldByEvaluation).
int64_t BroadcastOp::getEvaluationCost() {
  constexpr int64_t maxRepeated = 16;
  if (!getType().hasStaticShape())
    return -1;
  int64_t count = getType().getNumElements();
  return count <= maxRepeated ? count : -1;
}

llvm::Error BroadcastOp::evaluate(ArrayRef<const HostTensor *> operands,
                                  MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0];
  forEachIndex(results[0].shape(), [&](int64_t i, ArrayRef<int64_t> indices) {
    SmallVector<int64_t> source;
    for (auto [k, d] : llvm::enumerate(getDimensions()))
      source.push_back(operand.shape()[k] == 1 ? 0 : indices[d]);
    copyElement(operand, linearize(source, operand.shape()), results[0], i);
  });
  return llvm::Error::success();
}

Value BroadcastOp::buildElement(ElementBuilder &b, ValueRange indices) {
  auto type = cast<RankedTensorType>(getOperand().getType());
  int64_t last = static_cast<int64_t>(indices.size()) - 1;
  bool alongLanes = false;
  SmallVector<Value> source;
  for (auto [k, d] : llvm::enumerate(getDimensions())) {
    bool repeated = type.getDimSize(k) == 1;
    alongLanes |= d == last && !repeated;
    source.push_back(repeated ? b.index(0) : indices[d]);
  }
  return alongLanes ? b.read(getOperand(), source)
                    : b.readSplat(getOperand(), source);
}

bool BroadcastOp::supportsLanes() { return true; }

bool BroadcastOp::isRepetition() { return true; }

int64_t BroadcastOp::getReadCount(unsigned) {
  auto from = cast<RankedTensorType>(getOperand().getType());
  auto to = cast<RankedTensorType>(getType());
  if (!from.hasStaticShape() || !to.hasStaticShape() ||
      from.getNumElements() == 0)
    return 2;
  return to.getNumElements() / from.getNumElements();
}

namespace {
// broadcast(broadcast(x)) -> broadcast(x)
struct MergeBroadcasts : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getOperand().getDefiningOp<BroadcastOp>();
    if (!inner)
      return failure();
    SmallVector<int64_t> dimensions;
    for (int64_t d : inner.getDimensions())
      dimensions.push_back(op.getDimensions()[d]);
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, inner.getOperand(), dimensions,
                                             op.getShape());
    return success();
  }
};

// The operand of a broadcast gets no unit dimensions, so that each broadcast
// has one spelling: [1, 3, 1] by [0, 1, 2] becomes [3] by [1].
struct DropUnitDimensions : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Size> kept;
    SmallVector<int64_t> dimensions;
    for (auto [size, d] :
         llvm::zip_equal(getSizes(op.getOperand()), op.getDimensions())) {
      if (size == Size(1))
        continue;
      kept.push_back(size);
      dimensions.push_back(d);
    }
    if (dimensions.size() == op.getDimensions().size())
      return failure();
    Value narrow = rewriter.createOrFold<ReshapeOp>(
        op.getLoc(), op.getOperand(),
        cast<DimsAttr>(makeDims(getContext(), kept)));
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, narrow, dimensions,
                                             op.getShape());
    return success();
  }
};
} // namespace

void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<MergeBroadcasts, DropUnitDimensions>(context);
}

//===----------------------------------------------------------------------===//
// TransposeOp
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  ArrayRef<int64_t> permutation = adaptor.getPermutation();
  SmallVector<Size> sizes = getSizes(type), result;
  SmallVector<bool> seen(sizes.size());
  bool valid = permutation.size() == sizes.size();
  for (int64_t d : permutation) {
    if (!valid || d < 0 || d >= type.getRank() || seen[d]) {
      valid = false;
      break;
    }
    seen[d] = true;
    result.push_back(sizes[d]);
  }
  if (!valid)
    return emitOptionalError(location, "(C1) [", permutation,
                             "] is no permutation of ", type.getRank(),
                             " dimensions");
  return inferTensor(location, result, type.getElementType(), types);
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (llvm::equal(getPermutation(),
                  llvm::seq<int64_t>(0, getPermutation().size())))
    return getOperand();
  auto inner = getOperand().getDefiningOp<TransposeOp>();
  if (!inner || inner == *this)
    return {};
  SmallVector<int64_t> merged;
  for (int64_t d : getPermutation())
    merged.push_back(inner.getPermutation()[d]);
  setPermutation(merged);
  setOperand(inner.getOperand());
  return getResult();
}

llvm::Error TransposeOp::evaluate(ArrayRef<const HostTensor *> operands,
                                  MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0];
  forEachIndex(results[0].shape(), [&](int64_t i, ArrayRef<int64_t> indices) {
    SmallVector<int64_t> source(indices.size());
    for (auto [k, d] : llvm::enumerate(getPermutation()))
      source[d] = indices[k];
    copyElement(operand, linearize(source, operand.shape()), results[0], i);
  });
  return llvm::Error::success();
}

Value TransposeOp::buildElement(ElementBuilder &b, ValueRange indices) {
  SmallVector<Value> source(indices.size());
  for (auto [k, d] : llvm::enumerate(getPermutation()))
    source[d] = indices[k];
  return b.read(getOperand(), source);
}

bool TransposeOp::supportsLanes() {
  // The last dimension stays last.
  ArrayRef<int64_t> permutation = getPermutation();
  return permutation.empty() ||
         permutation.back() == static_cast<int64_t>(permutation.size()) - 1;
}

namespace {
// A transpose that moves only unit dimensions is a reshape.
struct TransposeToReshape : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getOperand().getType());
    int64_t previous = -1;
    for (int64_t d : op.getPermutation()) {
      if (type.getDimSize(d) == 1)
        continue;
      if (d < previous)
        return failure();
      previous = d;
    }
    replaceWithReshape(rewriter, op, op.getOperand());
    return success();
  }
};
} // namespace

void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<TransposeToReshape>(context);
}

//===----------------------------------------------------------------------===//
// ReshapeOp
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  SmallVector<Size> sizes = getSizes(adaptor.getShape());
  if (product(sizes) != product(getSizes(type)))
    return emitOptionalError(location, "(C1) cannot reshape ", type, " to ",
                             adaptor.getShape(),
                             ": the numbers of elements differ");
  return inferTensor(location, sizes, type.getElementType(), types);
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() == getType())
    return getOperand();
  auto producer = getOperand().getDefiningOp<ReshapeOp>();
  if (producer && producer != *this) {
    setOperand(producer.getOperand());
    return getResult();
  }
  return {};
}

llvm::Error ReshapeOp::evaluate(ArrayRef<const HostTensor *> operands,
                                MutableArrayRef<HostTensor> results) {
  for (int64_t i = 0; i < results[0].size(); ++i)
    copyElement(*operands[0], i, results[0], i);
  return llvm::Error::success();
}

namespace {
// Dimensions of operand and result between two positions where the products
// of the sizes so far agree. Unit dimensions belong to no group.
struct ReshapeGroup {
  SmallVector<unsigned> from, to;
};
} // namespace

static SmallVector<ReshapeGroup> groupDimensions(ArrayRef<Size> from,
                                                 ArrayRef<Size> to) {
  SmallVector<ReshapeGroup> groups;
  auto next = [](ArrayRef<Size> sizes, unsigned &i) {
    while (i < sizes.size() && sizes[i] == Size(1))
      ++i;
    return i < sizes.size();
  };
  // Positions right after a dimension, with the product up to there.
  auto prefixes = [&](ArrayRef<Size> sizes) {
    SmallVector<std::pair<unsigned, Size>> result;
    Size product = 1;
    for (unsigned i = 0; next(sizes, i); ++i) {
      product = product * sizes[i];
      result.push_back({i, product});
    }
    return result;
  };
  SmallVector<std::pair<unsigned, Size>> left = prefixes(from),
                                         right = prefixes(to);
  ReshapeGroup group;
  unsigned j = 0;
  for (auto &[d, product] : left) {
    group.from.push_back(d);
    for (unsigned k = j; k < right.size(); ++k) {
      if (right[k].second != product)
        continue;
      for (; j <= k; ++j)
        group.to.push_back(right[j].first);
      groups.push_back(std::move(group));
      group = {};
      break;
    }
  }
  return groups;
}

Value ReshapeOp::buildElement(ElementBuilder &b, ValueRange indices) {
  SmallVector<Size> from = getSizes(getOperand()), to = getSizes(getResult());
  SmallVector<Value> source(from.size(), b.index(0));
  // With no elements this code never runs.
  if (llvm::is_contained(from, Size(0)))
    return b.read(getOperand(), source);
  for (const ReshapeGroup &group : groupDimensions(from, to)) {
    Value position = indices[group.to.front()];
    for (unsigned d : ArrayRef(group.to).drop_front())
      position = b.addIndex(b.mulIndex(position, b.size(to[d])), indices[d]);
    for (unsigned d : llvm::reverse(group.from)) {
      if (d == group.from.front()) {
        source[d] = position;
        break;
      }
      Value size = b.size(from[d]);
      source[d] = b.builder.createOrFold<arith::RemUIOp>(b.loc, position, size);
      position = b.builder.createOrFold<arith::DivUIOp>(b.loc, position, size);
    }
  }
  return b.read(getOperand(), source);
}

bool ReshapeOp::supportsLanes() {
  // Neighbours in the last dimension stay neighbours in one row: it is the
  // operand's last dimension or a part of it.
  SmallVector<Size> from = getSizes(getOperand()), to = getSizes(getResult());
  if (from.empty() || to.empty() || llvm::is_contained(from, Size(0)))
    return false;
  SmallVector<ReshapeGroup> groups = groupDimensions(from, to);
  return !groups.empty() && groups.back().from.size() == 1 &&
         groups.back().from.back() == from.size() - 1 &&
         groups.back().to.back() == to.size() - 1;
}
