//===- ElementwiseSupport.cpp - Shared by elementwise operators -----------===//

#include "dialects/Graph/ElementwiseSupport.h"
#include "dialects/Graph/Constants.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include <cstring>
#include <limits>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

bool sluice::graph::hasVectorForm(Operation *op) {
  // A check reports one failure, and integers have no vector division.
  if (!isSpeculatable(op))
    return false;
  auto isPlain = [](Type type) {
    return getElementTypeOrSelf(type).isIntOrFloat();
  };
  return llvm::all_of(op->getOperandTypes(), isPlain) &&
         llvm::all_of(op->getResultTypes(), isPlain);
}

LogicalResult sluice::graph::inferWithElement(Type tensor, Type element,
                                              SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(tensor);
  types.push_back(
      RankedTensorType::get(type.getShape(), element, type.getEncoding()));
  return success();
}

//===----------------------------------------------------------------------===//
// Reference evaluation
//===----------------------------------------------------------------------===//

using Complex = std::complex<double>;

Complex reference::expm1(Complex x) {
  double half = std::sin(x.imag() / 2);
  return {std::expm1(x.real()) * std::cos(x.imag()) - 2 * half * half,
          std::exp(x.real()) * std::sin(x.imag())};
}

Complex reference::log1p(Complex x) {
  double nan = std::numeric_limits<double>::quiet_NaN();
  if (x == Complex(-1))
    return {-std::numeric_limits<double>::infinity(), nan};
  if (std::abs(x) > 0.5)
    return std::log(Complex(1) + x);
  double excess = x.real() * (2 + x.real()) + x.imag() * x.imag();
  return {std::log1p(excess) / 2, std::atan2(x.imag(), 1 + x.real())};
}

Complex reference::rsqrt(Complex x) {
  if (x == Complex(0))
    return {std::numeric_limits<double>::infinity(),
            std::numeric_limits<double>::quiet_NaN()};
  return divide(1, std::sqrt(x));
}

// The library's operators repair products and quotients that are NaN.
Complex reference::multiply(Complex x, Complex y) {
  return {x.real() * y.real() - x.imag() * y.imag(),
          x.real() * y.imag() + x.imag() * y.real()};
}

Complex reference::divide(Complex x, Complex y) {
  double scale = std::max(std::abs(y.real()), std::abs(y.imag()));
  double c = y.real() / scale, d = y.imag() / scale;
  double square = c * c + d * d;
  return {(x.real() * c + x.imag() * d) / square / scale,
          (x.imag() * c - x.real() * d) / square / scale};
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

Value sluice::graph::widen(const ScalarCode &code, Value value) {
  Type element = ScalarCode::element(value);
  if (!element.isF16() && !element.isBF16())
    return value;
  return code.convert<arith::ExtFOp>(value, code.builder.getF32Type());
}

Value sluice::graph::narrow(const ScalarCode &code, Value value, Type element) {
  if (!ScalarCode::element(value).isF32() ||
      (!element.isF16() && !element.isBF16()))
    return value;
  return code.convert<arith::TruncFOp>(value, element);
}

Value sluice::graph::buildWide(
    ElementBuilder &b, ValueRange operands,
    function_ref<Value(const ScalarCode &, ValueRange)> build) {
  ScalarCode code(b.builder, b.loc);
  SmallVector<Value, 3> values;
  for (Value operand : operands)
    values.push_back(widen(code, operand));
  return narrow(code, build(code, values), ScalarCode::element(operands[0]));
}

Value sluice::graph::buildComplex(
    ElementBuilder &b, Value operand,
    ComplexNumber (ComplexCode::*function)(ComplexNumber) const) {
  ComplexCode code(b.builder, b.loc);
  return code.give((code.*function)(code.take(operand)),
                   cast<ComplexType>(operand.getType()));
}

Value sluice::graph::buildComplex2(ElementBuilder &b, ValueRange operands,
                                   ComplexNumber (ComplexCode::*function)(
                                       ComplexNumber, ComplexNumber) const) {
  ComplexCode code(b.builder, b.loc);
  return code.give(
      (code.*function)(code.take(operands[0]), code.take(operands[1])),
      cast<ComplexType>(operands[0].getType()));
}

void sluice::graph::failWhere(ElementBuilder &b, Operation *op, Value failed,
                              Value values, FailureKind kind) {
  ScalarCode code(b.builder, b.loc);
  if (auto type = dyn_cast<VectorType>(failed.getType())) {
    if (b.mask && b.mask.getType() == type)
      failed = code.bitAnd(failed, b.mask);
    // Which lane failed is not told; all have the same kind of problem.
    failed = vector::ReductionOp::create(b.builder, b.loc,
                                         vector::CombiningKind::OR, failed);
    SmallVector<int64_t> first(type.getRank(), 0);
    values = vector::ExtractOp::create(b.builder, b.loc, values, first);
  }
  Type i64 = b.builder.getI64Type();
  if (values.getType() != i64)
    values = code.convert<arith::ExtSIOp>(values, i64);
  b.fail(op, failed, values, kind);
}

//===----------------------------------------------------------------------===//
// Folding
//===----------------------------------------------------------------------===//

std::optional<double> sluice::graph::getSplatNumber(Attribute attribute) {
  // Larger constants that are splats are rare: broadcasts stay operators.
  constexpr int64_t maxElements = 4096;
  auto elements = dyn_cast_or_null<ElementsAttr>(attribute);
  if (!elements || elements.getNumElements() == 0 ||
      !getElementTypeOrSelf(elements.getType()).isIntOrFloat())
    return std::nullopt;
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  if (dense && dense.isSplat()) {
    Attribute value = dense.getSplatValue<Attribute>();
    if (auto floating = dyn_cast<FloatAttr>(value))
      return floating.getValueAsDouble();
    auto integer = dyn_cast<IntegerAttr>(value);
    if (!integer || integer.getValue().getSignificantBits() > 53)
      return std::nullopt;
    bool isSigned = integer.getType().isSignlessInteger() &&
                    !integer.getType().isInteger(1);
    return integer.getValue().roundToDouble(isSigned);
  }
  if (elements.getNumElements() > maxElements)
    return std::nullopt;
  std::optional<HostTensor> tensor = toHostTensor(attribute);
  if (!tensor)
    return std::nullopt;
  unsigned size = elementSize(tensor->kind());
  for (int64_t i = 1; i < tensor->size(); ++i)
    if (std::memcmp(tensor->data(), tensor->data() + i * size, size) != 0)
      return std::nullopt;
  return tensor->getDouble(0);
}

std::optional<double> sluice::graph::getSplatNumber(Value value) {
  // A broadcast repeats, a reshape and a transposition keep one number.
  for (unsigned depth = 0; depth < 8; ++depth) {
    Operation *op = value.getDefiningOp();
    if (!isa_and_nonnull<BroadcastOp, ReshapeOp, TransposeOp>(op))
      break;
    value = op->getOperand(0);
  }
  Attribute attribute;
  if (!matchPattern(value, m_Constant(&attribute)))
    return std::nullopt;
  return getSplatNumber(attribute);
}

bool sluice::graph::isSplat(Value operand, double value) {
  std::optional<double> number = getSplatNumber(operand);
  return number && *number == value &&
         std::signbit(*number) == std::signbit(value);
}
