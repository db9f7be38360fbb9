//===- GraphJoinOps.cpp - Concat and pad ----------------------------------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/MovementSupport.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

#include <cmath>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

//===----------------------------------------------------------------------===//
// ConcatOp
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  if (adaptor.getInputs().empty())
    return emitOptionalError(location, "(C1) expected at least one operand");
  auto first = cast<RankedTensorType>(adaptor.getInputs().front().getType());
  int64_t dim = adaptor.getDim();
  if (dim < 0 || dim >= first.getRank())
    return emitOptionalError(location, "(C1) dimension ", dim,
                             " is outside an operand of type ", first);
  SmallVector<Size> sizes = getSizes(first);
  for (Value input : adaptor.getInputs().drop_front()) {
    auto type = cast<RankedTensorType>(input.getType());
    bool agrees = type.getElementType() == first.getElementType() &&
                  type.getRank() == first.getRank();
    SmallVector<Size> other = getSizes(type);
    for (int64_t d = 0; agrees && d < first.getRank(); ++d)
      agrees = d == dim || other[d] == sizes[d];
    if (!agrees)
      return emitOptionalError(location, "(C2) operands of type ", first,
                               " and ", type, " differ outside dimension ",
                               dim);
    sizes[dim] = sizes[dim] + other[dim];
  }
  return inferTensor(location, sizes, first.getElementType(), types);
}

OpFoldResult ConcatOp::fold(FoldAdaptor adaptor) {
  // All operands but one are empty.
  Value only;
  for (Value input : getInputs()) {
    if (getSizes(input)[getDim()] == Size(0))
      continue;
    if (only)
      return {};
    only = input;
  }
  if (!only)
    only = getInputs().front();
  return only.getType() == getType() ? only : OpFoldResult();
}

llvm::Error ConcatOp::evaluate(ArrayRef<const HostTensor *> operands,
                               MutableArrayRef<HostTensor> results) {
  int64_t offset = 0, dim = getDim();
  for (const HostTensor *operand : operands) {
    forEachIndex(operand->shape(), [&](int64_t i, ArrayRef<int64_t> indices) {
      SmallVector<int64_t> target(indices);
      target[dim] += offset;
      copyElement(*operand, i, results[0],
                  linearize(target, results[0].shape()));
    });
    offset += operand->shape()[dim];
  }
  return llvm::Error::success();
}

Value ConcatOp::buildElement(ElementBuilder &b, ValueRange indices) {
  int64_t dim = getDim();
  SmallVector<Value> inputs;
  SmallVector<Size> offsets;
  Size offset = 0;
  for (Value input : getInputs()) {
    Size size = getSizes(input)[dim];
    if (size == Size(0))
      continue;
    inputs.push_back(input);
    offsets.push_back(offset);
    offset = offset + size;
  }
  if (inputs.empty()) { // an empty result: this code never runs
    inputs.push_back(getInputs().front());
    offsets.push_back(0);
  }
  Type type = b.valueType(getType().getElementType());
  // Binary search by code: the operands from `begin` to `end` hold the element.
  std::function<Value(unsigned, unsigned)> choose = [&](unsigned begin,
                                                        unsigned end) {
    if (end - begin == 1) {
      SmallVector<Value> source(indices);
      if (begin != 0)
        source[dim] = b.subIndex(indices[dim], b.size(offsets[begin]));
      return b.read(inputs[begin], source);
    }
    unsigned middle = begin + (end - begin) / 2;
    Value before = b.builder.createOrFold<arith::CmpIOp>(
        b.loc, arith::CmpIPredicate::ult, indices[dim],
        b.size(offsets[middle]));
    return b.ifElse(
        before, type, [&] { return choose(begin, middle); },
        [&] { return choose(middle, end); });
  };
  return choose(0, inputs.size());
}

bool ConcatOp::supportsLanes() {
  return static_cast<int64_t>(getDim()) != getType().getRank() - 1;
}

unsigned ConcatOp::getPartCount() { return getInputs().size(); }

SmallVector<int64_t> ConcatOp::getPartStart(unsigned part) {
  SmallVector<int64_t> start(getType().getRank(), 0);
  for (Value before : getInputs().take_front(part))
    start[getDim()] +=
        cast<RankedTensorType>(before.getType()).getDimSize(getDim());
  return start;
}

bool ConcatOp::holdsPartsOrZeros() { return true; }

namespace {
// Operands without elements and concats along the same dimension go into
// their user.
struct FlattenConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> inputs;
    bool changed = false;
    for (Value input : op.getInputs()) {
      auto inner = input.getDefiningOp<ConcatOp>();
      if (inner && inner.getDim() == op.getDim() && inner->hasOneUse()) {
        llvm::append_range(inputs, inner.getInputs());
        changed = true;
      } else if (getSizes(input)[op.getDim()] == Size(0)) {
        changed = true;
      } else {
        inputs.push_back(input);
      }
    }
    if (!changed || inputs.empty())
      return failure();
    rewriter.replaceOpWithNewOp<ConcatOp>(op, inputs, op.getDimAttr());
    return success();
  }
};

// Operands that are all parts of one value along the same dimension (what
// repeating or reordering by split and concat gives) become a slice, a
// repetition of each position, or a gather: code for each operand would grow
// with their number, and multiply where such concats follow one another.
struct ConcatOfParts : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override;
};
} // namespace

// The positions along `dim` that `slice` takes; false unless it takes all of
// the other dimensions.
static bool addPositions(SliceOp slice, int64_t dim,
                         SmallVectorImpl<int64_t> &positions) {
  SmallVector<Size> whole = getSizes(slice.getOperand());
  for (auto [d, stride] : llvm::enumerate(slice.getStrides())) {
    Size start = slice.getStarts().getSize(d),
         size = slice.getShape().getSize(d);
    if (static_cast<int64_t>(d) != dim) {
      if (start != Size(0) || stride != 1 || size != whole[d])
        return false;
      continue;
    }
    if (!start.isStatic() || !size.isStatic())
      return false;
    for (int64_t i = 0; i < size.getStatic(); ++i)
      positions.push_back(start.getStatic() + i * stride);
  }
  return true;
}

LogicalResult ConcatOfParts::matchAndRewrite(ConcatOp op,
                                             PatternRewriter &rewriter) const {
  constexpr unsigned fewOperands = 8;
  int64_t dim = op.getDim();
  Size result = getSizes(op.getResult())[dim];
  SmallVector<int64_t> positions;
  Value source;
  if (!result.isStatic() || op.getInputs().size() < 2)
    return failure();
  for (Value input : op.getInputs()) {
    auto slice = input.getDefiningOp<SliceOp>();
    if (!slice || (source && slice.getOperand() != source) ||
        !addPositions(slice, dim, positions))
      return failure();
    source = slice.getOperand();
  }
  SmallVector<Size> sizes = getSizes(source);
  int64_t count = positions.size();
  if (count < 2)
    return failure();
  auto dims = [&](ArrayRef<Size> list) {
    return cast<DimsAttr>(makeDims(getContext(), list));
  };
  // Equal steps.
  int64_t step = positions[1] - positions[0];
  bool isSlice = step != 0;
  for (int64_t i = 1; i < count; ++i)
    isSlice &= positions[i] - positions[i - 1] == step;
  if (isSlice) {
    SmallVector<Size> starts(sizes.size(), 0);
    SmallVector<int64_t> strides(sizes.size(), 1);
    starts[dim] = positions[0];
    strides[dim] = step;
    sizes[dim] = count;
    rewriter.replaceOpWithNewOp<SliceOp>(op, source, dims(starts), dims(sizes),
                                         strides);
    return success();
  }
  // Each position of the source equally often.
  Size repeats = Size(count).divideExactly(sizes[dim]);
  bool isRepetition = repeats.isStatic();
  for (int64_t i = 0; i < count && isRepetition; ++i)
    isRepetition = positions[i] == i / repeats.getStatic();
  if (isRepetition) {
    SmallVector<int64_t> kept;
    for (int64_t d = 0; d < static_cast<int64_t>(sizes.size()); ++d)
      kept.push_back(d <= dim ? d : d + 1);
    sizes.insert(sizes.begin() + dim + 1, repeats);
    Value repeated =
        BroadcastOp::create(rewriter, op.getLoc(), source, kept, dims(sizes));
    replaceWithReshape(rewriter, op, repeated);
    return success();
  }
  if (op.getInputs().size() <= fewOperands)
    return failure();
  HostTensor table(ElementKind::I64, {count});
  for (int64_t i = 0; i < count; ++i)
    table.setInt(i, positions[i]);
  Value indices = ConstantOp::create(rewriter, op.getLoc(),
                                     toAttribute(getContext(), table));
  rewriter.replaceOpWithNewOp<GatherOp>(op, source, indices, dim,
                                        /*batch_dims=*/0, /*wrap=*/false);
  return success();
}

void ConcatOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<FlattenConcat, ConcatOfParts>(context);
}

//===----------------------------------------------------------------------===//
// PadOp
//===----------------------------------------------------------------------===//

LogicalResult PadOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> location,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  ArrayRef<int64_t> low = adaptor.getLow(), high = adaptor.getHigh();
  PadMode mode = adaptor.getMode();
  size_t rank = type.getRank();
  if (low.size() != rank || high.size() != rank)
    return emitOptionalError(location, "(C1) expected ", rank,
                             " amounts before and after, found ", low.size(),
                             " and ", high.size());
  if (Value value = adaptor.getValue()) {
    if (mode != PadMode::Constant ||
        value.getType() != RankedTensorType::get({}, type.getElementType()))
      return emitOptionalError(location, "(C2) value of type ", value.getType(),
                               " for a pad of ", type, " in mode ",
                               stringifyPadMode(mode));
  } else if (mode == PadMode::Constant) {
    return emitOptionalError(location, "(C2) mode constant needs a value");
  }
  SmallVector<Size> sizes = getSizes(type);
  for (size_t d = 0; d < rank; ++d) {
    if (low[d] < 0 || high[d] < 0)
      return emitOptionalError(location, "(C1) amounts ", low[d], " and ",
                               high[d], " of dimension ", d,
                               " must not be negative");
    int64_t most = std::max(low[d], high[d]);
    if (sizes[d].isStatic() && mode != PadMode::Constant && most > 0) {
      int64_t limit = sizes[d].getStatic();
      if (mode == PadMode::Reflect)
        --limit;
      else if (mode == PadMode::Edge && limit > 0)
        limit = most;
      if (most > limit)
        return emitOptionalError(location, "(C3) mode ", stringifyPadMode(mode),
                                 " cannot add ", most,
                                 " elements to dimension ", d, " of ", type);
    }
    sizes[d] = sizes[d] + Size(low[d]) + Size(high[d]);
  }
  return inferTensor(location, sizes, type.getElementType(), types);
}

OpFoldResult PadOp::fold(FoldAdaptor adaptor) {
  if (allEqual(getLow(), 0) && allEqual(getHigh(), 0))
    return getOperand();
  return {};
}

llvm::Error PadOp::evaluate(ArrayRef<const HostTensor *> operands,
                            MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0];
  forEachIndex(results[0].shape(), [&](int64_t i, ArrayRef<int64_t> indices) {
    SmallVector<int64_t> source(indices);
    bool outside = false;
    for (auto [d, size] : llvm::enumerate(operand.shape())) {
      int64_t &k = source[d];
      k -= getLow()[d];
      switch (getMode()) {
      case PadMode::Constant:
        outside |= k < 0 || k >= size;
        break;
      case PadMode::Reflect:
        k = k < 0 ? -k : k >= size ? 2 * (size - 1) - k : k;
        break;
      case PadMode::Symmetric:
        k = k < 0 ? -1 - k : k >= size ? 2 * size - 1 - k : k;
        break;
      case PadMode::Edge:
        k = std::min(std::max(k, int64_t(0)), size - 1);
        break;
      }
    }
    if (outside)
      copyElement(*operands[1], 0, results[0], i);
    else
      copyElement(operand, linearize(source, operand.shape()), results[0], i);
  });
  return llvm::Error::success();
}

// The operand's position for result position `index` of a dimension.
static Value mirror(ElementBuilder &b, PadMode mode, Value index, int64_t low,
                    int64_t high, Value size) {
  OpBuilder &builder = b.builder;
  Value k = b.addIndex(index, -low);
  Value one = b.index(1), zero = b.index(0);
  auto select = [&](arith::CmpIPredicate predicate, Value limit, Value other) {
    Value outside =
        builder.createOrFold<arith::CmpIOp>(b.loc, predicate, k, limit);
    k = builder.createOrFold<arith::SelectOp>(b.loc, outside, other, k);
  };
  Value last = b.subIndex(size, one);
  if (mode == PadMode::Edge) {
    if (low)
      select(arith::CmpIPredicate::slt, zero, zero);
    if (high)
      select(arith::CmpIPredicate::sgt, last, last);
    return k;
  }
  bool repeatBorder = mode == PadMode::Symmetric;
  if (low)
    select(arith::CmpIPredicate::slt, zero,
           b.subIndex(repeatBorder ? b.index(-1) : zero, k));
  if (high) {
    Value turn = b.addIndex(last, repeatBorder ? size : last);
    select(arith::CmpIPredicate::sgt, last, b.subIndex(turn, k));
  }
  return k;
}

Value PadOp::buildElement(ElementBuilder &b, ValueRange indices) {
  SmallVector<Value> source(indices);
  Value inside;
  for (unsigned d = 0; d < source.size(); ++d) {
    int64_t low = getLow()[d], high = getHigh()[d];
    if (low == 0 && high == 0)
      continue;
    Value size = sizeOf(b, getOperand(), d);
    if (getMode() != PadMode::Constant) {
      source[d] = mirror(b, getMode(), indices[d], low, high, size);
      continue;
    }
    source[d] = b.addIndex(indices[d], -low);
    // Unsigned: a position before the operand is a huge one.
    Value here = b.builder.createOrFold<arith::CmpIOp>(
        b.loc, arith::CmpIPredicate::ult, source[d], size);
    inside = inside ? b.builder.createOrFold<arith::AndIOp>(b.loc, inside, here)
                    : here;
  }
  if (!inside)
    return b.read(getOperand(), source);
  return b.ifElse(
      inside, b.valueType(getType().getElementType()),
      [&] { return b.read(getOperand(), source); },
      [&] { return b.readSplat(getValue(), {}); });
}

bool PadOp::supportsLanes() {
  return getLow().empty() || (getLow().back() == 0 && getHigh().back() == 0);
}

unsigned PadOp::getPartCount() { return 1; }

SmallVector<int64_t> PadOp::getPartStart(unsigned) {
  return SmallVector<int64_t>(getLow());
}

bool PadOp::holdsPartsOrZeros() {
  DenseElementsAttr constant;
  if (getMode() != PadMode::Constant || !getValue() ||
      !matchPattern(getValue(), m_Constant(&constant)))
    return false;
  std::optional<HostTensor> value = toHostTensor(constant);
  return value && value->size() == 1 && !isComplex(value->kind()) &&
         value->kind() != ElementKind::String && value->getDouble(0) == 0 &&
         !std::signbit(value->getDouble(0));
}
