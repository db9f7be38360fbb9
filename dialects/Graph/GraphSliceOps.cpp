//===- GraphSliceOps.cpp - Slices at static and computed positions --------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/MovementSupport.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

//===----------------------------------------------------------------------===//
// SliceOp
//===----------------------------------------------------------------------===//

LogicalResult SliceOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> location,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  SmallVector<Size> starts = getSizes(adaptor.getStarts());
  SmallVector<Size> sizes = getSizes(adaptor.getShape());
  ArrayRef<int64_t> strides = adaptor.getStrides();
  size_t rank = type.getRank();
  if (starts.size() != rank || sizes.size() != rank || strides.size() != rank)
    return emitOptionalError(
        location, "(C1) expected ", rank, " starts, sizes and strides, found ",
        starts.size(), ", ", sizes.size(), " and ", strides.size());
  if (llvm::is_contained(strides, 0))
    return emitOptionalError(location, "(C2) stride 0");
  bool empty = llvm::is_contained(sizes, Size(0));
  SmallVector<Size> whole = getSizes(type);
  for (size_t d = 0; d < rank && !empty; ++d) {
    Size last = starts[d] + (sizes[d] - Size(1)) * Size(strides[d]);
    auto outside = [&](Size position) {
      return !position.isValid() ||
             (position.isStatic() &&
              (position.getStatic() < 0 ||
               (whole[d].isStatic() &&
                position.getStatic() >= whole[d].getStatic())));
    };
    if (outside(starts[d]) || outside(last))
      return emitOptionalError(
          location, "(C3) start ", adaptor.getStarts().getSizes()[d], ", size ",
          adaptor.getShape().getSizes()[d], ", stride ", strides[d],
          " of dimension ", d, " reach outside ", type);
  }
  return inferTensor(location, sizes, type.getElementType(), types);
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() != getType())
    return {};
  // The whole operand, in order; where a dimension is 1 the stride is moot.
  for (auto [start, stride, size] : llvm::zip_equal(
           getSizes(getStarts()), getStrides(), getSizes(getResult())))
    if (size != Size(1) && (start != Size(0) || stride != 1))
      return {};
  return getOperand();
}

int64_t SliceOp::countElementsRead(unsigned operand) {
  return countElementsTaken(getOperation(), operand);
}

llvm::Error SliceOp::evaluate(ArrayRef<const HostTensor *> operands,
                              MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0];
  forEachIndex(results[0].shape(), [&](int64_t i, ArrayRef<int64_t> indices) {
    SmallVector<int64_t> source(indices);
    for (auto [d, k] : llvm::enumerate(source))
      k = getStarts().getSize(d).getStatic() + k * getStrides()[d];
    copyElement(operand, linearize(source, operand.shape()), results[0], i);
  });
  return llvm::Error::success();
}

int64_t SliceOp::getEvaluationCost() {
  for (Size start : getSizes(getStarts()))
    if (!start.isStatic())
      return -1;
  return getType().hasStaticShape() ? getType().getNumElements() : -1;
}

Value SliceOp::buildElement(ElementBuilder &b, ValueRange indices) {
  SmallVector<Value> source;
  for (auto [d, index] : llvm::enumerate(indices)) {
    Value scaled = b.mulIndex(index, getStrides()[d]);
    Size start = getStarts().getSize(d);
    source.push_back(start == Size(0) ? scaled
                                      : b.addIndex(scaled, b.size(start)));
  }
  return b.read(getOperand(), source);
}

std::optional<SmallVector<int64_t>> SliceOp::getPartStart() {
  SmallVector<int64_t> start;
  for (Size position : getSizes(getStarts())) {
    if (!position.isStatic())
      return std::nullopt;
    start.push_back(position.getStatic());
  }
  return start;
}

ArrayRef<int64_t> SliceOp::getPartSteps() { return getStrides(); }

bool SliceOp::supportsLanes() {
  return getStrides().empty() || getStrides().back() == 1;
}

namespace {
// slice(slice(x)) -> slice(x)
struct MergeSlices : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getOperand().getDefiningOp<SliceOp>();
    if (!inner || llvm::is_contained(getSizes(op.getShape()), Size(0)))
      return failure();
    SmallVector<Size> starts;
    SmallVector<int64_t> strides;
    for (unsigned d = 0; d < op.getStrides().size(); ++d) {
      int64_t stride;
      Size start = inner.getStarts().getSize(d) +
                   op.getStarts().getSize(d) * Size(inner.getStrides()[d]);
      if (!start.isValid() ||
          __builtin_mul_overflow(inner.getStrides()[d], op.getStrides()[d],
                                 &stride))
        return failure();
      // One element: the stride is moot and may be large.
      if (op.getShape().getSize(d) == Size(1))
        stride = 1;
      starts.push_back(start);
      strides.push_back(stride);
    }
    rewriter.replaceOpWithNewOp<SliceOp>(
        op, inner.getOperand(), cast<DimsAttr>(makeDims(getContext(), starts)),
        op.getShape(), strides);
    return success();
  }
};

// A slice that takes from one operand of a concat only.
struct SliceOfConcat : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto concat = op.getOperand().getDefiningOp<ConcatOp>();
    if (!concat || llvm::is_contained(getSizes(op.getShape()), Size(0)))
      return failure();
    int64_t dim = concat.getDim();
    Size first = op.getStarts().getSize(dim), size = op.getShape().getSize(dim);
    Size last = first + (size - Size(1)) * Size(op.getStrides()[dim]);
    if (!first.isStatic() || !last.isStatic())
      return failure();
    int64_t begin = 0;
    for (Value input : concat.getInputs()) {
      Size count = getSizes(input)[dim];
      int64_t end;
      if (!count.isStatic() ||
          __builtin_add_overflow(begin, count.getStatic(), &end))
        return failure();
      auto within = [&](Size position) {
        return position.getStatic() >= begin && position.getStatic() < end;
      };
      if (within(first) && within(last)) {
        SmallVector<Size> starts = getSizes(op.getStarts());
        starts[dim] = first - Size(begin);
        rewriter.replaceOpWithNewOp<SliceOp>(
            op, input, cast<DimsAttr>(makeDims(getContext(), starts)),
            op.getShape(), op.getStrides());
        return success();
      }
      begin = end;
    }
    return failure();
  }
};
} // namespace

void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {
  patterns.add<MergeSlices, SliceOfConcat>(context);
}

//===----------------------------------------------------------------------===//
// DynamicSliceOp
//===----------------------------------------------------------------------===//

LogicalResult DynamicSliceOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location> location,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  auto starts = cast<RankedTensorType>(adaptor.getStarts().getType());
  SmallVector<Size> sizes = getSizes(adaptor.getShape());
  if (starts.getRank() != 1 || starts.getDimSize(0) != type.getRank() ||
      static_cast<int64_t>(sizes.size()) != type.getRank())
    return emitOptionalError(location, "(C1) expected ", type.getRank(),
                             " starts and sizes, found starts of type ", starts,
                             " and ", sizes.size(), " sizes");
  for (auto [size, whole] : llvm::zip_equal(sizes, getSizes(type)))
    if (size != whole && size.isStatic() && whole.isStatic() &&
        size.getStatic() > whole.getStatic())
      return emitOptionalError(location, "(C2) size ", size.getStatic(),
                               " exceeds a dimension of ", type);
  return inferTensor(location, sizes, type.getElementType(), types);
}

int64_t DynamicSliceOp::countElementsRead(unsigned operand) {
  return countElementsTaken(getOperation(), operand);
}

llvm::Error DynamicSliceOp::evaluate(ArrayRef<const HostTensor *> operands,
                                     MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0];
  SmallVector<int64_t> starts;
  for (auto [d, size] : llvm::enumerate(operand.shape())) {
    int64_t start = operands[1]->getInt(d);
    int64_t most = size - results[0].shape()[d];
    if (getClamped())
      start = std::min(std::max(start, int64_t(0)), most);
    if (start < 0 || start > most)
      return indexError(start, size);
    starts.push_back(start);
  }
  forEachIndex(results[0].shape(), [&](int64_t i, ArrayRef<int64_t> indices) {
    SmallVector<int64_t> source(indices);
    for (auto [k, start] : llvm::zip_equal(source, starts))
      k += start;
    copyElement(operand, linearize(source, operand.shape()), results[0], i);
  });
  return llvm::Error::success();
}

Value DynamicSliceOp::buildElement(ElementBuilder &b, ValueRange indices) {
  SmallVector<Size> whole = getSizes(getOperand()),
                    part = getSizes(getResult());
  SmallVector<Value> source;
  for (auto [d, index] : llvm::enumerate(indices)) {
    Value most = b.subIndex(b.size(whole[d]), b.size(part[d]));
    Value start;
    if (getClamped()) {
      start = b.builder.createOrFold<arith::IndexCastOp>(
          b.loc, b.builder.getIndexType(),
          b.readScalar(getStarts(), b.index(d)));
      start = b.builder.createOrFold<arith::MinSIOp>(b.loc, start, most);
      start = b.builder.createOrFold<arith::MaxSIOp>(b.loc, start, b.index(0));
    } else {
      start = checkedIndex(b, *this, getStarts(), b.index(d),
                           b.addIndex(most, 1), /*wrap=*/false);
    }
    source.push_back(b.addIndex(start, index));
  }
  return b.read(getOperand(), source);
}

bool DynamicSliceOp::supportsLanes() { return true; }

namespace {
// Constant starts that are in range.
struct StaticStarts : OpRewritePattern<DynamicSliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DynamicSliceOp op,
                                PatternRewriter &rewriter) const override {
    Attribute attribute;
    if (!matchPattern(op.getStarts(), m_Constant(&attribute)))
      return failure();
    std::optional<SmallVector<int64_t>> starts = getConstantIntegers(attribute);
    if (!starts)
      return failure();
    SmallVector<Size> whole = getSizes(op.getOperand()),
                      part = getSizes(op.getResult());
    for (auto [d, start] : llvm::enumerate(*starts)) {
      Size most = whole[d] - part[d];
      if (!most.isStatic())
        return failure();
      if (op.getClamped())
        start = std::min(std::max(start, int64_t(0)), most.getStatic());
      if (start < 0 || start > most.getStatic())
        return failure();
    }
    rewriter.replaceOpWithNewOp<SliceOp>(
        op, op.getOperand(),
        cast<DimsAttr>(makeDims(getContext(), getSizes(*starts))),
        op.getShape(), SmallVector<int64_t>(starts->size(), 1));
    return success();
  }
};
} // namespace

void DynamicSliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                 MLIRContext *context) {
  patterns.add<StaticStarts>(context);
}
