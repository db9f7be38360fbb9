//===- GraphWindowOps.cpp - Registration of the window family, pool -------===//

#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/HostIndexing.h"
#include "dialects/Graph/ReductionCode.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#define GET_OP_CLASSES
#include "dialects/Graph/GraphWindowOps.cpp.inc"

void GraphDialect::registerWindowOps() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphWindowOps.cpp.inc"
      >();
}

// Windows up to this size without padding are unrolled where they are read.
static constexpr int64_t maxUnrolledWindow = 16;

// The number of elements of a window; saturates.
static int64_t windowElements(ArrayRef<int64_t> window) {
  int64_t count = 1;
  for (int64_t size : window)
    if (__builtin_mul_overflow(count, size, &count))
      return std::numeric_limits<int64_t>::max();
  return count;
}

LogicalResult PoolOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  Type element = type.getElementType();
  size_t spatial = type.getRank() < 2 ? 0 : type.getRank() - 2;
  if (type.getRank() < 2)
    return emitOptionalError(location, "(C1) ", type,
                             " has less than two dimensions");
  std::pair<StringRef, ArrayRef<int64_t>> lists[] = {
      {"window", adaptor.getWindow()},
      {"strides", adaptor.getStrides()},
      {"dilations", adaptor.getDilations()},
      {"pad_low", adaptor.getPadLow()},
      {"pad_high", adaptor.getPadHigh()}};
  for (auto [name, list] : lists) {
    if (list.size() != spatial)
      return emitOptionalError(location, "(C1) expected ", spatial,
                               " entries in ", name, ", found ", list.size());
    for (int64_t entry : list)
      if (!name.starts_with("pad") && entry < 1)
        return emitOptionalError(location, "(C2) ", name, " holds ", entry);
  }
  SmallVector<Size> sizes = getSizes(type);
  for (size_t d = 0; d < spatial; ++d) {
    Size extent =
        Size(adaptor.getWindow()[d] - 1) * Size(adaptor.getDilations()[d]) +
        Size(1);
    for (int64_t pad : {adaptor.getPadLow()[d], adaptor.getPadHigh()[d]})
      if (pad < 0 || !extent.isStatic() || pad >= extent.getStatic())
        return emitOptionalError(location, "(C3) padding ", pad,
                                 " in spatial dimension ", d,
                                 " is not less than the window");
    Size room = sizes[d + 1] + Size(adaptor.getPadLow()[d]) +
                Size(adaptor.getPadHigh()[d]) - extent;
    if (room.isStatic() && room.getStatic() < -adaptor.getStrides()[d])
      return emitOptionalError(location, "(C4) window of ", extent.getStatic(),
                               " in spatial dimension ", d,
                               " does not fit into ", type);
    sizes[d + 1] = room.floorDiv(Size(adaptor.getStrides()[d])) + Size(1);
  }
  PoolKind kind = adaptor.getKind();
  if ((kind == PoolKind::Max && isa<ComplexType>(element)) ||
      (kind == PoolKind::Average && !isa<FloatType>(element)))
    return emitOptionalError(location, "(C5) ", stringifyPoolKind(kind),
                             " does not take elements of type ", element);
  return inferTensor(location, sizes, element, types);
}

int64_t PoolOp::getEvaluationCost() {
  auto type = cast<RankedTensorType>(getType());
  int64_t cost = 0;
  if (!type.hasStaticShape() ||
      __builtin_mul_overflow(type.getNumElements(), windowElements(getWindow()),
                             &cost))
    return -1;
  return cost;
}

llvm::Error PoolOp::evaluate(ArrayRef<const HostTensor *> operands,
                             MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0];
  HostTensor &result = results[0];
  SmallVector<int64_t> strides = rowMajorStrides(operand.shape());
  int64_t last = operand.rank() - 1;
  visitElements(result.shape(), [&](int64_t to, ArrayRef<int64_t> indices) {
    double real = 0;
    int64_t integer = 0;
    std::complex<double> complex = 0;
    int64_t count = 0;
    visitElements(getWindow(), [&](int64_t, ArrayRef<int64_t> tap) {
      int64_t from = indices[0] * strides[0] + indices[last];
      for (auto [d, k] : llvm::enumerate(tap)) {
        int64_t i = indices[d + 1] * getStrides()[d] - getPadLow()[d] +
                    k * getDilations()[d];
        if (i < 0 || i >= operand.shape()[d + 1])
          return;
        from += i * strides[d + 1];
      }
      bool first = count++ == 0;
      if (isComplex(operand.kind())) {
        complex += operand.getComplex(from);
      } else if (isFloat(operand.kind())) {
        double x = operand.getDouble(from);
        if (getKind() != PoolKind::Max)
          real += x;
        else if (first || std::isnan(x) || x > real)
          real = std::isnan(real) && !first ? real : x;
      } else {
        int64_t x = operand.getInt(from);
        bool greater =
            isUnsigned(operand.kind())
                ? static_cast<uint64_t>(x) > static_cast<uint64_t>(integer)
                : x > integer;
        if (getKind() == PoolKind::Sum)
          integer = static_cast<int64_t>(static_cast<uint64_t>(integer) +
                                         static_cast<uint64_t>(x));
        else if (first || greater)
          integer = x;
      }
    });
    if (isComplex(operand.kind())) {
      result.setComplex(to, complex);
    } else if (isFloat(operand.kind())) {
      if (getKind() == PoolKind::Average)
        real /= static_cast<double>(count);
      else if (getKind() == PoolKind::Max && count == 0)
        real = -std::numeric_limits<double>::infinity();
      result.setDouble(to, real);
    } else {
      if (getKind() == PoolKind::Max && count == 0 && isSigned(operand.kind()))
        integer = -(int64_t(1) << (elementSize(operand.kind()) * 8 - 2)) * 2;
      result.setInt(to, integer);
    }
  });
  return llvm::Error::success();
}

WindowTaps sluice::graph::buildWindowTaps(ElementBuilder &b, PoolOp op,
                                          unsigned spatial, Value position) {
  OpBuilder &builder = b.builder;
  int64_t size = op.getOperand().getType().getDimSize(spatial + 1);
  int64_t low = op.getPadLow()[spatial], dilation = op.getDilations()[spatial];
  Value start =
      b.addIndex(b.mulIndex(position, op.getStrides()[spatial]), -low);
  Value first = b.index(0), end = b.index(op.getWindow()[spatial]);
  // ceil(max(distance, 0) / dilation)
  auto tapsWithin = [&](Value distance) -> Value {
    distance =
        builder.createOrFold<arith::MaxSIOp>(b.loc, distance, b.index(0));
    return builder.createOrFold<arith::DivUIOp>(
        b.loc, b.addIndex(distance, dilation - 1), b.index(dilation));
  };
  if (low > 0)
    first = tapsWithin(b.subIndex(b.index(0), start));
  if (op.getPadHigh()[spatial] > 0)
    end = builder.createOrFold<arith::MinSIOp>(
        b.loc, end, tapsWithin(b.subIndex(b.index(size), start)));
  return {start, first, end};
}

Value sluice::graph::buildWindowAverage(ElementBuilder &b, Value sum,
                                        ArrayRef<WindowTaps> taps) {
  OpBuilder &builder = b.builder;
  Value count = b.index(1);
  for (const WindowTaps &dimension : taps) {
    // A window beside the operand has end < first.
    Value inside = builder.createOrFold<arith::MaxSIOp>(
        b.loc, b.subIndex(dimension.end, dimension.first), b.index(0));
    count = builder.createOrFold<arith::MulIOp>(b.loc, count, inside);
  }
  Value divisor = builder.createOrFold<arith::IndexCastOp>(
      b.loc, builder.getI64Type(), count);
  divisor = builder.createOrFold<arith::SIToFPOp>(
      b.loc, getElementTypeOrSelf(sum), divisor);
  return arith::DivFOp::create(builder, b.loc, sum, b.splat(divisor));
}

Value PoolOp::buildElement(ElementBuilder &b, ValueRange indices) {
  Accumulation accumulation{getKind() == PoolKind::Max ? ReduceKind::Max
                                                       : ReduceKind::Sum,
                            getOperand().getType().getElementType()};
  SmallVector<Value> at(indices.begin(), indices.end());
  size_t spatial = getWindow().size();
  SmallVector<WindowTaps> taps;
  for (size_t d = 0; d < spatial; ++d)
    taps.push_back(buildWindowTaps(b, *this, d, indices[d + 1]));
  auto step = [&](Value partial) {
    return accumulation.combine(
        b, partial, accumulation.widen(b, b.read(getOperand(), at)));
  };
  Value partial = accumulation.identity(b);
  std::function<Value(size_t, Value)> reduce = [&](size_t d,
                                                   Value carried) -> Value {
    if (d == spatial)
      return step(carried);
    return b.loop(taps[d].first, taps[d].end, carried,
                  [&](Value iv, ValueRange values) -> SmallVector<Value> {
                    at[d + 1] = b.addIndex(taps[d].start,
                                           b.mulIndex(iv, getDilations()[d]));
                    return {reduce(d + 1, values.front())};
                  })[0];
  };
  auto isZero = [](int64_t pad) { return pad == 0; };
  if (llvm::all_of(getPadLow(), isZero) && llvm::all_of(getPadHigh(), isZero) &&
      windowElements(getWindow()) <= maxUnrolledWindow)
    visitElements(getWindow(), [&](int64_t, ArrayRef<int64_t> tap) {
      for (auto [d, k] : llvm::enumerate(tap))
        at[d + 1] = b.addIndex(taps[d].start, k * getDilations()[d]);
      partial = step(partial);
    });
  else
    partial = reduce(0, partial);
  if (getKind() == PoolKind::Average)
    partial = buildWindowAverage(b, partial, taps);
  return accumulation.finish(b, partial, 1);
}

bool PoolOp::supportsLanes() {
  return !isa<ComplexType>(cast<RankedTensorType>(getType()).getElementType());
}

int64_t PoolOp::getReadCount(unsigned) {
  int64_t reads = 1;
  for (auto [window, stride] : llvm::zip_equal(getWindow(), getStrides()))
    if (__builtin_mul_overflow(reads, llvm::divideCeil(window, stride), &reads))
      return std::numeric_limits<int64_t>::max();
  return reads;
}

RootKind PoolOp::getRootKind() { return RootKind::Window; }

// Only where windows do not overlap.
bool PoolOp::allowsPrologue(unsigned) { return getReadCount(0) == 1; }
