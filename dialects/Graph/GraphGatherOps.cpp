//===- GraphGatherOps.cpp - Gather, gather_nd and iota --------------------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/MovementSupport.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

// The operand has no elements where an index is needed: every index is out of
// range. Reports that and gives a zero without reading.
static Value failAlways(ElementBuilder &b, Operation *op, Type elementType) {
  Value yes = arith::ConstantIntOp::create(b.builder, b.loc, 1, 1);
  b.fail(op, yes, arith::ConstantIntOp::create(b.builder, b.loc, 0, 64));
  return b.zero(elementType);
}

//===----------------------------------------------------------------------===//
// GatherOp
//===----------------------------------------------------------------------===//

LogicalResult GatherOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  auto indicesType = cast<RankedTensorType>(adaptor.getIndices().getType());
  int64_t axis = adaptor.getAxis(), batch = adaptor.getBatchDims();
  if (axis < 0 || axis >= type.getRank())
    return emitOptionalError(location, "(C1) axis ", axis,
                             " is no dimension of ", type);
  if (batch < 0 || batch > axis || batch > indicesType.getRank())
    return emitOptionalError(location, "(C2) cannot have ", batch,
                             " batch dimensions with axis ", axis,
                             " and indices of type ", indicesType);
  SmallVector<Size> sizes = getSizes(type), chosen = getSizes(indicesType);
  for (int64_t d = 0; d < batch; ++d)
    if (sizes[d] != chosen[d])
      return emitOptionalError(location, "(C3) batch dimension ", d, " of ",
                               type, " and ", indicesType, " differs");
  SmallVector<Size> result(ArrayRef<Size>(sizes).take_front(axis));
  llvm::append_range(result, ArrayRef(chosen).drop_front(batch));
  llvm::append_range(result, ArrayRef(sizes).drop_front(axis + 1));
  return inferTensor(location, result, type.getElementType(), types);
}

int64_t GatherOp::countElementsRead(unsigned operand) {
  return countElementsTaken(getOperation(), operand);
}

llvm::Error GatherOp::evaluate(ArrayRef<const HostTensor *> operands,
                               MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0], &chosen = *operands[1];
  int64_t axis = getAxis(), batch = getBatchDims();
  int64_t size = operand.shape()[axis], bad = 0;
  bool failed = false;
  forEachIndex(results[0].shape(), [&](int64_t i, ArrayRef<int64_t> indices) {
    SmallVector<int64_t> at(indices.take_front(batch));
    llvm::append_range(at, indices.slice(axis, chosen.rank() - batch));
    int64_t index = chosen.getInt(linearize(at, chosen.shape()));
    if (getWrap() && index < 0)
      index += size;
    if (index < 0 || index >= size) {
      bad = index;
      failed = true;
      return;
    }
    SmallVector<int64_t> source(indices.take_front(axis));
    source.push_back(index);
    llvm::append_range(source,
                       indices.drop_front(axis + chosen.rank() - batch));
    copyElement(operand, linearize(source, operand.shape()), results[0], i);
  });
  return failed ? indexError(bad, size) : llvm::Error::success();
}

Value GatherOp::buildElement(ElementBuilder &b, ValueRange indices) {
  int64_t axis = getAxis(), batch = getBatchDims();
  int64_t chosenRank = cast<RankedTensorType>(getIndices().getType()).getRank();
  if (getSizes(getOperand())[axis] == Size(0))
    return failAlways(b, *this, getType().getElementType());
  SmallVector<Value> at(indices.take_front(batch));
  llvm::append_range(at, indices.slice(axis, chosenRank - batch));
  Value size = sizeOf(b, getOperand(), axis);
  SmallVector<Value> source(indices.take_front(axis));
  source.push_back(checkedIndex(b, *this, getIndices(), at, size, getWrap()));
  llvm::append_range(source, indices.drop_front(axis + chosenRank - batch));
  return b.read(getOperand(), source);
}

bool GatherOp::supportsLanes() {
  return static_cast<int64_t>(getAxis()) !=
         cast<RankedTensorType>(getOperand().getType()).getRank() - 1;
}

namespace {
// Constant indices in equal steps choose a slice.
struct GatherToSlice : OpRewritePattern<GatherOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(GatherOp op,
                                PatternRewriter &rewriter) const override {
    Attribute attribute;
    if (op.getBatchDims() != 0 ||
        !matchPattern(op.getIndices(), m_Constant(&attribute)))
      return failure();
    std::optional<SmallVector<int64_t>> chosen = getConstantIntegers(attribute);
    SmallVector<Size> sizes = getSizes(op.getOperand());
    Size whole = sizes[op.getAxis()];
    if (!chosen || chosen->empty() || !whole.isStatic())
      return failure();
    int64_t size = whole.getStatic();
    for (int64_t &index : *chosen) {
      if (op.getWrap() && index < 0)
        index += size;
      if (index < 0 || index >= size)
        return failure();
    }
    int64_t stride = chosen->size() == 1 ? 1 : (*chosen)[1] - (*chosen)[0];
    if (stride == 0)
      return failure();
    for (size_t i = 1; i < chosen->size(); ++i)
      if ((*chosen)[i] - (*chosen)[i - 1] != stride)
        return failure();
    SmallVector<Size> starts(sizes.size(), 0);
    SmallVector<int64_t> strides(sizes.size(), 1);
    starts[op.getAxis()] = chosen->front();
    strides[op.getAxis()] = stride;
    sizes[op.getAxis()] = static_cast<int64_t>(chosen->size());
    auto slice =
        SliceOp::create(rewriter, op.getLoc(), op.getOperand(),
                        cast<DimsAttr>(makeDims(getContext(), starts)),
                        cast<DimsAttr>(makeDims(getContext(), sizes)), strides);
    replaceWithReshape(rewriter, op, slice);
    return success();
  }
};
} // namespace

void GatherOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<GatherToSlice>(context);
}

//===----------------------------------------------------------------------===//
// GatherNdOp
//===----------------------------------------------------------------------===//

LogicalResult GatherNdOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location> location,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  auto indicesType = cast<RankedTensorType>(adaptor.getIndices().getType());
  int64_t batch = adaptor.getBatchDims(), rank = indicesType.getRank();
  if (batch < 0 || batch >= rank || indicesType.isDynamicDim(rank - 1) ||
      batch > type.getRank() ||
      indicesType.getDimSize(rank - 1) > type.getRank() - batch)
    return emitOptionalError(location, "(C1) indices of type ", indicesType,
                             " with ", batch, " batch dimensions do not fit ",
                             type);
  SmallVector<Size> sizes = getSizes(type), chosen = getSizes(indicesType);
  for (int64_t d = 0; d < batch; ++d)
    if (sizes[d] != chosen[d])
      return emitOptionalError(location, "(C2) batch dimension ", d, " of ",
                               type, " and ", indicesType, " differs");
  SmallVector<Size> result(ArrayRef<Size>(chosen).drop_back());
  llvm::append_range(result, ArrayRef(sizes).drop_front(
                                 batch + indicesType.getDimSize(rank - 1)));
  return inferTensor(location, result, type.getElementType(), types);
}

int64_t GatherNdOp::countElementsRead(unsigned operand) {
  return countElementsTaken(getOperation(), operand);
}

llvm::Error GatherNdOp::evaluate(ArrayRef<const HostTensor *> operands,
                                 MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0], &chosen = *operands[1];
  int64_t batch = getBatchDims(), depth = chosen.shape().back();
  int64_t bad = 0, badSize = 0;
  bool failed = false;
  forEachIndex(results[0].shape(), [&](int64_t i, ArrayRef<int64_t> indices) {
    SmallVector<int64_t> at(indices.take_front(chosen.rank() - 1));
    at.push_back(0);
    SmallVector<int64_t> source(indices.take_front(batch));
    for (int64_t k = 0; k < depth; ++k) {
      at.back() = k;
      int64_t index = chosen.getInt(linearize(at, chosen.shape()));
      int64_t size = operand.shape()[batch + k];
      if (getWrap() && index < 0)
        index += size;
      if (index < 0 || index >= size) {
        bad = index;
        badSize = size;
        failed = true;
        return;
      }
      source.push_back(index);
    }
    llvm::append_range(source, indices.drop_front(chosen.rank() - 1));
    copyElement(operand, linearize(source, operand.shape()), results[0], i);
  });
  return failed ? indexError(bad, badSize) : llvm::Error::success();
}

Value GatherNdOp::buildElement(ElementBuilder &b, ValueRange indices) {
  auto chosenType = cast<RankedTensorType>(getIndices().getType());
  int64_t batch = getBatchDims(), rank = chosenType.getRank();
  int64_t depth = chosenType.getDimSize(rank - 1);
  SmallVector<Size> sizes = getSizes(getOperand());
  SmallVector<Value> at(indices.take_front(rank - 1));
  at.push_back(nullptr);
  SmallVector<Value> source(indices.take_front(batch));
  for (int64_t k = 0; k < depth; ++k) {
    if (sizes[batch + k] == Size(0))
      return failAlways(b, *this, getType().getElementType());
    at.back() = b.index(k);
    source.push_back(checkedIndex(b, *this, getIndices(), at,
                                  b.size(sizes[batch + k]), getWrap()));
  }
  llvm::append_range(source, indices.drop_front(rank - 1));
  return b.read(getOperand(), source);
}

bool GatherNdOp::supportsLanes() {
  auto chosen = cast<RankedTensorType>(getIndices().getType());
  auto operand = cast<RankedTensorType>(getOperand().getType());
  return static_cast<int64_t>(getBatchDims()) + chosen.getShape().back() <
         operand.getRank();
}

//===----------------------------------------------------------------------===//
// IotaOp
//===----------------------------------------------------------------------===//

LogicalResult IotaOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  int64_t dim = adaptor.getDim();
  if (dim < 0 || dim >= adaptor.getShape().getRank())
    return emitOptionalError(location, "(C1) dimension ", dim, " is outside ",
                             adaptor.getShape());
  Type element = adaptor.getElementType();
  std::optional<ElementKind> kind = getElementKind(element);
  if (!kind || !(isInteger(*kind) || isFloat(*kind)))
    return emitOptionalError(location, "(C2) element type ", element,
                             " is no integer or float");
  return inferTensor(location, getSizes(adaptor.getShape()), element, types);
}

// Small ones become constants; large ones are cheaper to compute than to load.
int64_t IotaOp::getEvaluationCost() {
  constexpr int64_t maxFolded = 1024;
  if (!getType().hasStaticShape())
    return -1;
  int64_t count = getType().getNumElements();
  return count <= maxFolded ? count : -1;
}

llvm::Error IotaOp::evaluate(ArrayRef<const HostTensor *>,
                             MutableArrayRef<HostTensor> results) {
  forEachIndex(results[0].shape(), [&](int64_t i, ArrayRef<int64_t> indices) {
    results[0].setInt(i, indices[getDim()]);
  });
  return llvm::Error::success();
}

Value IotaOp::buildElement(ElementBuilder &b, ValueRange indices) {
  OpBuilder &builder = b.builder;
  auto type = cast<RankedTensorType>(getType());
  Type i64 = builder.getI64Type();
  Value position = b.splat(
      builder.createOrFold<arith::IndexCastOp>(b.loc, i64, indices[getDim()]));
  if (b.lanes > 1 && static_cast<int64_t>(getDim()) == type.getRank() - 1) {
    auto steps = llvm::to_vector(llvm::seq<int64_t>(0, b.lanes));
    Value lane = arith::ConstantOp::create(
        builder, b.loc,
        DenseElementsAttr::get(VectorType::get({b.lanes}, i64),
                               ArrayRef(steps)));
    position = builder.createOrFold<arith::AddIOp>(b.loc, position, lane);
  }
  Type element = b.scalarType(type.getElementType());
  Type wanted = b.valueType(type.getElementType());
  if (auto floating = dyn_cast<FloatType>(element)) {
    // Rounded once: double holds every position.
    if (floating.getWidth() >= 32)
      return builder.createOrFold<arith::SIToFPOp>(b.loc, wanted, position);
    Value wide = builder.createOrFold<arith::SIToFPOp>(
        b.loc, b.valueType(builder.getF64Type()), position);
    return builder.createOrFold<arith::TruncFOp>(b.loc, wanted, wide);
  }
  if (element == i64)
    return position;
  return builder.createOrFold<arith::TruncIOp>(b.loc, wanted, position);
}

bool IotaOp::supportsLanes() { return true; }
