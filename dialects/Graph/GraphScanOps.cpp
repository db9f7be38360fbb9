//===- GraphScanOps.cpp - Softmax, log_softmax and scan -------------------===//

#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/HostIndexing.h"
#include "dialects/Graph/ReductionCode.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

static constexpr double infinity = std::numeric_limits<double>::infinity();

// Scalar operations for `readsPerElement` reads of all elements of a type; -1
// when not known.
static int64_t costOf(Type type, int64_t readsPerElement) {
  auto tensor = cast<RankedTensorType>(type);
  int64_t cost = 0;
  if (!tensor.hasStaticShape() ||
      __builtin_mul_overflow(tensor.getNumElements(), readsPerElement, &cost))
    return -1;
  return cost;
}

//===----------------------------------------------------------------------===//
// SoftmaxOp and LogSoftmaxOp
//===----------------------------------------------------------------------===//

static LogicalResult inferSoftmax(std::optional<Location> location,
                                  Value operand, SmallVectorImpl<Type> &types) {
  if (cast<RankedTensorType>(operand.getType()).getRank() == 0)
    return emitOptionalError(location, "(C1) ", operand.getType(),
                             " has no dimension to normalise along");
  types.push_back(operand.getType());
  return success();
}

static void evaluateSoftmax(const HostTensor &operand, HostTensor &result,
                            bool logarithm) {
  int64_t size = operand.shape().back();
  for (int64_t start = 0; start < operand.size(); start += size) {
    double greatest = -infinity, sum = 0;
    for (int64_t i = start; i < start + size; ++i) {
      double x = operand.getDouble(i);
      greatest =
          std::isnan(x) || std::isnan(greatest) ? NAN : std::max(greatest, x);
    }
    for (int64_t i = start; i < start + size; ++i)
      sum += std::exp(operand.getDouble(i) - greatest);
    for (int64_t i = start; i < start + size; ++i) {
      double x = operand.getDouble(i) - greatest;
      result.setDouble(i, logarithm ? x - std::log(sum) : std::exp(x) / sum);
    }
  }
}

// Each element from the whole row: for readers of single elements. Kernels of
// softmax have an emitter that computes row by row.
static Value buildSoftmax(Operation *op, ElementBuilder &b, ValueRange indices,
                          bool logarithm) {
  Value operand = op->getOperand(0);
  auto type = cast<RankedTensorType>(operand.getType());
  Type element = type.getElementType();
  Accumulation max{ReduceKind::Max, element}, sum{ReduceKind::Sum, element};
  Value size = b.index(type.getShape().back());
  SmallVector<Value> at(indices.begin(), indices.end());
  auto forRow = [&](const Accumulation &accumulation,
                    function_ref<Value(Value)> apply) {
    return b.loop(b.index(0), size, accumulation.identity(b),
                  [&](Value iv, ValueRange carried) -> SmallVector<Value> {
                    at.back() = iv;
                    Value x = widenFloat(b, b.read(operand, at));
                    return {accumulation.combine(b, carried[0], apply(x))};
                  })[0];
  };
  Value greatest = forRow(max, [](Value x) { return x; });
  auto shifted = [&](Value x) -> Value {
    return arith::SubFOp::create(b.builder, b.loc, x, greatest);
  };
  Value total = forRow(sum, [&](Value x) -> Value {
    return math::ExpOp::create(b.builder, b.loc, shifted(x));
  });
  Value x = shifted(widenFloat(b, b.read(operand, indices)));
  Value result;
  if (logarithm)
    result = arith::SubFOp::create(
        b.builder, b.loc, x, math::LogOp::create(b.builder, b.loc, total));
  else
    result = arith::DivFOp::create(
        b.builder, b.loc, math::ExpOp::create(b.builder, b.loc, x), total);
  return narrowFloat(b, result, element);
}

// A row is read three times for each of its elements.
static int64_t softmaxReads(Type type) {
  int64_t size = cast<RankedTensorType>(type).getShape().back();
  return ShapedType::isDynamic(size) ? 3 : std::max<int64_t>(3, size);
}

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferSoftmax(location, adaptor.getOperand(), types);
}

int64_t SoftmaxOp::getEvaluationCost() { return costOf(getType(), 8); }

llvm::Error SoftmaxOp::evaluate(ArrayRef<const HostTensor *> operands,
                                MutableArrayRef<HostTensor> results) {
  evaluateSoftmax(*operands[0], results[0], /*logarithm=*/false);
  return llvm::Error::success();
}

Value SoftmaxOp::buildElement(ElementBuilder &b, ValueRange indices) {
  return buildSoftmax(*this, b, indices, /*logarithm=*/false);
}

bool SoftmaxOp::supportsLanes() { return false; }
int64_t SoftmaxOp::getReadCount(unsigned) { return softmaxReads(getType()); }
RootKind SoftmaxOp::getRootKind() { return RootKind::Reduction; }
bool SoftmaxOp::allowsPrologue(unsigned) { return false; }

LogicalResult LogSoftmaxOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  return inferSoftmax(location, adaptor.getOperand(), types);
}

int64_t LogSoftmaxOp::getEvaluationCost() { return costOf(getType(), 8); }

llvm::Error LogSoftmaxOp::evaluate(ArrayRef<const HostTensor *> operands,
                                   MutableArrayRef<HostTensor> results) {
  evaluateSoftmax(*operands[0], results[0], /*logarithm=*/true);
  return llvm::Error::success();
}

Value LogSoftmaxOp::buildElement(ElementBuilder &b, ValueRange indices) {
  return buildSoftmax(*this, b, indices, /*logarithm=*/true);
}

bool LogSoftmaxOp::supportsLanes() { return false; }
int64_t LogSoftmaxOp::getReadCount(unsigned) { return softmaxReads(getType()); }
RootKind LogSoftmaxOp::getRootKind() { return RootKind::Reduction; }
bool LogSoftmaxOp::allowsPrologue(unsigned) { return false; }

//===----------------------------------------------------------------------===//
// ScanOp
//===----------------------------------------------------------------------===//

LogicalResult ScanOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  int64_t dim = adaptor.getDim();
  if (dim < 0 || dim >= type.getRank())
    return emitOptionalError(location, "(C1) ", dim, " is no dimension of ",
                             type);
  if (adaptor.getKind() == ScanKind::LogSumExp &&
      !isa<FloatType>(type.getElementType()))
    return emitOptionalError(location,
                             "(C2) log_sum_exp does not take elements of type ",
                             type.getElementType());
  types.push_back(type);
  return success();
}

int64_t ScanOp::getEvaluationCost() { return costOf(getType(), 1); }

static double hostLogAddExp(double x, double y) {
  if (std::isnan(x) || std::isnan(y))
    return NAN;
  double high = std::max(x, y), low = std::min(x, y);
  return std::isinf(high) ? high : high + std::log1p(std::exp(low - high));
}

llvm::Error ScanOp::evaluate(ArrayRef<const HostTensor *> operands,
                             MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0];
  HostTensor &result = results[0];
  ScanKind kind = getKind();
  int64_t size = operand.shape()[getDim()];
  int64_t step = rowMajorStrides(operand.shape())[getDim()];
  for (int64_t row = 0; size > 0 && row < operand.size() / size; ++row) {
    double real = kind == ScanKind::Sum       ? 0
                  : kind == ScanKind::Product ? 1
                                              : -infinity;
    std::complex<double> complex = real;
    uint64_t bits = kind == ScanKind::Product;
    for (int64_t k = 0; k < size; ++k) {
      int64_t at = row / step * step * size + row % step +
                   (getReverse() ? size - 1 - k : k) * step;
      auto store = [&] {
        if (isComplex(operand.kind()))
          result.setComplex(at, complex);
        else if (isFloat(operand.kind()))
          result.setDouble(at, real);
        else
          result.setInt(at, static_cast<int64_t>(bits));
      };
      if (getExclusive())
        store();
      if (isComplex(operand.kind())) {
        complex = kind == ScanKind::Sum ? complex + operand.getComplex(at)
                                        : complex * operand.getComplex(at);
      } else if (isFloat(operand.kind())) {
        double x = operand.getDouble(at);
        real = kind == ScanKind::Sum       ? real + x
               : kind == ScanKind::Product ? real * x
                                           : hostLogAddExp(real, x);
      } else {
        uint64_t x = static_cast<uint64_t>(operand.getInt(at));
        bits = kind == ScanKind::Sum ? bits + x : bits * x;
      }
      if (!getExclusive())
        store();
    }
  }
  return llvm::Error::success();
}

// log(exp(x) + exp(y)) without overflow; infinities as limits.
static Value buildLogAddExp(ElementBuilder &b, Value x, Value y) {
  OpBuilder &builder = b.builder;
  Value high = arith::MaximumFOp::create(builder, b.loc, x, y);
  Value low = arith::MinimumFOp::create(builder, b.loc, x, y);
  Value difference = arith::SubFOp::create(builder, b.loc, low, high);
  Value term = math::Log1pOp::create(
      builder, b.loc, math::ExpOp::create(builder, b.loc, difference));
  Value sum = arith::AddFOp::create(builder, b.loc, high, term);
  // inf - inf is NaN: equal values of infinite size are the result.
  auto scalar = cast<FloatType>(getElementTypeOrSelf(x));
  Value limit = splatLike(
      b, FloatAttr::get(scalar, APFloat::getInf(scalar.getFloatSemantics())),
      x.getType());
  Value isInfinite =
      arith::CmpFOp::create(builder, b.loc, arith::CmpFPredicate::OEQ,
                            math::AbsFOp::create(builder, b.loc, high), limit);
  return arith::SelectOp::create(builder, b.loc, isInfinite, high, sum);
}

Accumulation ScanCode::accumulation() const {
  return {kind == ScanKind::Product ? ReduceKind::Product : ReduceKind::Sum,
          elementType};
}

Value ScanCode::start(ElementBuilder &b) const {
  if (kind == ScanKind::LogSumExp)
    return Accumulation{ReduceKind::Max, elementType}.identity(b);
  return accumulation().identity(b);
}

Value ScanCode::step(ElementBuilder &b, Value partial, Value element) const {
  Value x = accumulation().widen(b, element);
  return kind == ScanKind::LogSumExp ? buildLogAddExp(b, partial, x)
                                     : accumulation().combine(b, partial, x);
}

Value ScanCode::finish(ElementBuilder &b, Value partial) const {
  return accumulation().finish(b, partial, 1);
}

// For readers of single elements; kernels of scan have an emitter that goes
// along the dimension once.
Value ScanOp::buildElement(ElementBuilder &b, ValueRange indices) {
  auto type = cast<RankedTensorType>(getOperand().getType());
  int64_t dim = getDim();
  ScanCode code{getKind(), type.getElementType()};
  SmallVector<Value> at(indices.begin(), indices.end());
  // How many elements come before this one, in the direction of the scan.
  Value last = b.index(type.getDimSize(dim) - 1);
  Value count = getReverse() ? b.subIndex(last, indices[dim]) : indices[dim];
  if (!getExclusive())
    count = b.addIndex(count, 1);
  Value partial =
      b.loop(b.index(0), count, code.start(b),
             [&](Value iv, ValueRange carried) -> SmallVector<Value> {
               at[dim] = getReverse() ? b.subIndex(last, iv) : iv;
               return {code.step(b, carried[0], b.read(getOperand(), at))};
             })[0];
  return code.finish(b, partial);
}

bool ScanOp::supportsLanes() {
  auto type = cast<RankedTensorType>(getType());
  return static_cast<int64_t>(getDim()) != type.getRank() - 1 &&
         !isa<ComplexType>(type.getElementType());
}

int64_t ScanOp::getReadCount(unsigned) {
  int64_t size = cast<RankedTensorType>(getType()).getDimSize(getDim());
  return ShapedType::isDynamic(size) ? 2 : size / 2 + 1;
}

RootKind ScanOp::getRootKind() { return RootKind::Reduction; }
bool ScanOp::allowsPrologue(unsigned) { return false; }
