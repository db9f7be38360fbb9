//===- GraphUnaryOps.cpp - Functions of one number ------------------------===//

#include "dialects/Graph/ElementwiseSupport.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include <limits>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

using Float = arith::CmpFPredicate;
using Int = arith::CmpIPredicate;

//===----------------------------------------------------------------------===//
// SigmoidOp
//===----------------------------------------------------------------------===//

llvm::Error SigmoidOp::evaluate(Inputs operands, Outputs results) {
  if (isComplex(operands[0]->kind()))
    return applyComplex(operands, results, [](std::complex<double> x) {
      return 1.0 / (1.0 + std::exp(-x));
    });
  return applyReal(operands, results,
                   [](double x) { return 1 / (1 + std::exp(-x)); });
}

Value SigmoidOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  if (isa<ComplexType>(operands[0].getType()))
    return buildComplex(b, operands[0], &ComplexCode::sigmoid);
  return buildWide(b, operands, [](const ScalarCode &code, ValueRange values) {
    Value x = values[0], one = code.number(x, 1);
    if (code.element(x).isF32()) // `lower-math` has all bits of small results
      return code.div(one, code.add(one, code.make<math::ExpOp>(code.neg(x))));
    // e**x / (1 + e**x) below zero: small results keep their bits.
    Value power = code.make<math::ExpOp>(code.neg(code.abs(x)));
    Value above = code.select(code.isNegative(x), power, one);
    return code.div(above, code.add(one, power));
  });
}

//===----------------------------------------------------------------------===//
// SoftplusOp
//===----------------------------------------------------------------------===//

llvm::Error SoftplusOp::evaluate(Inputs operands, Outputs results) {
  return applyReal(operands, results, [](double x) {
    return x > 40 ? x : std::log1p(std::exp(x));
  });
}

Value SoftplusOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return buildWide(b, operands, [](const ScalarCode &code, ValueRange values) {
    // max(x, 0) + log1p(exp(-|x|))
    Value x = values[0], zero = code.number(x, 0);
    Value power = code.make<math::ExpOp>(code.neg(code.abs(x)));
    Value positive = code.select(code.compare(Float::OLT, x, zero), zero, x);
    return code.add(positive, code.make<math::Log1pOp>(power));
  });
}

//===----------------------------------------------------------------------===//
// NegOp
//===----------------------------------------------------------------------===//

OpFoldResult NegOp::fold(FoldAdaptor) {
  if (auto inner = getOperand().getDefiningOp<NegOp>())
    return inner.getOperand();
  return {};
}

llvm::Error NegOp::evaluate(Inputs operands, Outputs results) {
  if (isComplex(operands[0]->kind()))
    return applyComplex(operands, results,
                        [](std::complex<double> x) { return -x; });
  if (isFloat(operands[0]->kind()))
    return applyReal(operands, results, [](double x) { return -x; });
  for (int64_t i = 0; i < results[0].size(); ++i)
    results[0].setInt(i, static_cast<int64_t>(
                             -static_cast<uint64_t>(operands[0]->getInt(i))));
  return llvm::Error::success();
}

Value NegOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  if (isa<ComplexType>(operands[0].getType()))
    return buildComplex(b, operands[0], &ComplexCode::neg);
  return buildWide(b, operands, [](const ScalarCode &code, ValueRange values) {
    return code.neg(values[0]);
  });
}

//===----------------------------------------------------------------------===//
// AbsOp
//===----------------------------------------------------------------------===//

LogicalResult AbsOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  Type type = adaptor.getOperand().getType();
  Type element = getElementTypeOrSelf(type);
  if (auto complex = dyn_cast<ComplexType>(element))
    element = complex.getElementType();
  return inferWithElement(type, element, types);
}

OpFoldResult AbsOp::fold(FoldAdaptor) {
  Type element = getOperand().getType().getElementType();
  if (element.isUnsignedInteger() || getOperand().getDefiningOp<AbsOp>())
    return getOperand();
  return {};
}

llvm::Error AbsOp::evaluate(Inputs operands, Outputs results) {
  const HostTensor &x = *operands[0];
  for (int64_t i = 0; i < results[0].size(); ++i) {
    if (isComplex(x.kind()))
      results[0].setDouble(
          i, std::hypot(x.getComplex(i).real(), x.getComplex(i).imag()));
    else if (isFloat(x.kind()))
      results[0].setDouble(i, std::fabs(x.getDouble(i)));
    else if (isSigned(x.kind()) && x.getInt(i) < 0)
      results[0].setInt(
          i, static_cast<int64_t>(-static_cast<uint64_t>(x.getInt(i))));
    else
      results[0].setInt(i, x.getInt(i));
  }
  return llvm::Error::success();
}

Value AbsOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  ComplexCode code(b.builder, b.loc);
  Value x = operands[0];
  if (auto type = dyn_cast<ComplexType>(x.getType())) {
    Value size = code.magnitude(code.take(x));
    return type.getElementType().isF64()
               ? size
               : code.convert<arith::TruncFOp>(size, type.getElementType());
  }
  if (ScalarCode::isFloat(x))
    return narrow(code, code.abs(widen(code, x)), ScalarCode::element(x));
  if (isUnsignedTensor(getOperand()))
    return x;
  return code.select(code.compare(Int::slt, x, int64_t(0)), code.neg(x), x);
}

//===----------------------------------------------------------------------===//
// SignOp
//===----------------------------------------------------------------------===//

llvm::Error SignOp::evaluate(Inputs operands, Outputs results) {
  const HostTensor &x = *operands[0];
  if (isComplex(x.kind()))
    return applyComplex(operands, results, [](std::complex<double> value) {
      double size = std::hypot(value.real(), value.imag());
      return size == 0 ? 0 : value / size;
    });
  if (isFloat(x.kind()))
    return applyReal(operands, results, [](double value) {
      return value > 0 ? 1.0 : value < 0 ? -1.0 : value;
    });
  for (int64_t i = 0; i < results[0].size(); ++i) {
    int64_t value = x.getInt(i);
    results[0].setInt(i, value == 0                        ? 0
                         : value < 0 && isSigned(x.kind()) ? -1
                                                           : 1);
  }
  return llvm::Error::success();
}

Value SignOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  Value operand = operands[0];
  if (isa<ComplexType>(operand.getType()))
    return buildComplex(b, operand, &ComplexCode::sign);
  bool isUnsigned = isUnsignedTensor(getOperand());
  return buildWide(b, operands, [&](const ScalarCode &code, ValueRange values) {
    Value x = values[0], zero = code.number(x, 0), one = code.number(x, 1);
    if (ScalarCode::isFloat(x)) {
      Value rest =
          code.select(code.compare(Float::OLT, x, zero), code.number(x, -1), x);
      return code.select(code.compare(Float::OGT, x, zero), one, rest);
    }
    Value rest = isUnsigned ? zero
                            : code.select(code.compare(Int::slt, x, zero),
                                          code.integer(x, -1), zero);
    return code.select(code.compare(isUnsigned ? Int::ugt : Int::sgt, x, zero),
                       one, rest);
  });
}

//===----------------------------------------------------------------------===//
// NotOp, PopCountOp
//===----------------------------------------------------------------------===//

OpFoldResult NotOp::fold(FoldAdaptor) {
  if (auto inner = getOperand().getDefiningOp<NotOp>())
    return inner.getOperand();
  return {};
}

llvm::Error NotOp::evaluate(Inputs operands, Outputs results) {
  const HostTensor &x = *operands[0];
  for (int64_t i = 0; i < results[0].size(); ++i)
    results[0].setInt(i, x.kind() == ElementKind::Bool ? !x.getInt(i)
                                                       : ~x.getInt(i));
  return llvm::Error::success();
}

Value NotOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  ScalarCode code(b.builder, b.loc);
  return code.bitXor(operands[0], code.integer(operands[0], -1));
}

LogicalResult PopCountOp::inferReturnTypes(MLIRContext *context,
                                           std::optional<Location>,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  return inferWithElement(adaptor.getOperand().getType(),
                          IntegerType::get(context, 8, IntegerType::Unsigned),
                          types);
}

llvm::Error PopCountOp::evaluate(Inputs operands, Outputs results) {
  unsigned width = 8 * elementSize(operands[0]->kind());
  for (int64_t i = 0; i < results[0].size(); ++i) {
    uint64_t bits = static_cast<uint64_t>(operands[0]->getInt(i));
    int64_t count = 0;
    for (unsigned bit = 0; bit < width; ++bit)
      count += (bits >> bit) & 1;
    results[0].setInt(i, count);
  }
  return llvm::Error::success();
}

Value PopCountOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  ScalarCode code(b.builder, b.loc);
  Value count = code.make<math::CtPopOp>(operands[0]);
  if (ScalarCode::width(count) == 8)
    return count;
  return code.convert<arith::TruncIOp>(count, b.builder.getIntegerType(8));
}

//===----------------------------------------------------------------------===//
// IsNanOp, IsInfOp, IsFiniteOp
//===----------------------------------------------------------------------===//

static llvm::Error classify(Inputs operands, Outputs results,
                            bool (*question)(double)) {
  for (int64_t i = 0; i < results[0].size(); ++i)
    results[0].setInt(i, question(operands[0]->getDouble(i)));
  return llvm::Error::success();
}

static Value buildMagnitudeTest(ElementBuilder &b, ValueRange operands,
                                Float predicate) {
  return buildWide(b, operands, [&](const ScalarCode &code, ValueRange values) {
    return code.compare(predicate, code.abs(values[0]),
                        std::numeric_limits<double>::infinity());
  });
}

llvm::Error IsNanOp::evaluate(Inputs operands, Outputs results) {
  return classify(operands, results, [](double x) { return std::isnan(x); });
}
Value IsNanOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return buildMagnitudeTest(b, operands, Float::UNO);
}

llvm::Error IsInfOp::evaluate(Inputs operands, Outputs results) {
  return classify(operands, results, [](double x) { return std::isinf(x); });
}
Value IsInfOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return buildMagnitudeTest(b, operands, Float::OEQ);
}

llvm::Error IsFiniteOp::evaluate(Inputs operands, Outputs results) {
  return classify(operands, results, [](double x) { return std::isfinite(x); });
}
Value IsFiniteOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return buildMagnitudeTest(b, operands, Float::OLT);
}

//===----------------------------------------------------------------------===//
// RealOp, ImagOp, ConjOp
//===----------------------------------------------------------------------===//

static LogicalResult inferPart(Value operand, SmallVectorImpl<Type> &types) {
  auto type = cast<ComplexType>(getElementTypeOrSelf(operand.getType()));
  return inferWithElement(operand.getType(), type.getElementType(), types);
}

LogicalResult RealOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  return inferPart(adaptor.getOperand(), types);
}
LogicalResult ImagOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  return inferPart(adaptor.getOperand(), types);
}

OpFoldResult RealOp::fold(FoldAdaptor) {
  if (auto parts = getOperand().getDefiningOp<ComplexOp>())
    return parts.getLhs();
  return {};
}
OpFoldResult ImagOp::fold(FoldAdaptor) {
  if (auto parts = getOperand().getDefiningOp<ComplexOp>())
    return parts.getRhs();
  return {};
}
OpFoldResult ConjOp::fold(FoldAdaptor) {
  if (auto inner = getOperand().getDefiningOp<ConjOp>())
    return inner.getOperand();
  return {};
}

llvm::Error RealOp::evaluate(Inputs operands, Outputs results) {
  for (int64_t i = 0; i < results[0].size(); ++i)
    results[0].setDouble(i, operands[0]->getComplex(i).real());
  return llvm::Error::success();
}
llvm::Error ImagOp::evaluate(Inputs operands, Outputs results) {
  for (int64_t i = 0; i < results[0].size(); ++i)
    results[0].setDouble(i, operands[0]->getComplex(i).imag());
  return llvm::Error::success();
}
llvm::Error ConjOp::evaluate(Inputs operands, Outputs results) {
  return applyComplex(operands, results,
                      [](std::complex<double> x) { return std::conj(x); });
}

Value RealOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return complex::ReOp::create(b.builder, b.loc, operands[0]);
}
Value ImagOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return complex::ImOp::create(b.builder, b.loc, operands[0]);
}
Value ConjOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return buildComplex(b, operands[0], &ComplexCode::conj);
}
