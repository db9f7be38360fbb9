//===- ReductionCode.cpp - Scalar code of reductions ----------------------===//

#include "dialects/Graph/ReductionCode.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

// `scalar` with the shape of `like`, which is a scalar or a vector.
static Type withShapeOf(Type scalar, Type like) {
  if (auto vector = dyn_cast<VectorType>(like))
    return VectorType::get(vector.getShape(), scalar);
  return scalar;
}

Value sluice::graph::splatLike(ElementBuilder &b, TypedAttr scalar, Type like) {
  if (auto vector = dyn_cast<VectorType>(like))
    return arith::ConstantOp::create(
        b.builder, b.loc,
        DenseElementsAttr::get(
            VectorType::get(vector.getShape(), scalar.getType()), scalar));
  return arith::ConstantOp::create(b.builder, b.loc, scalar);
}

Value sluice::graph::widenFloat(ElementBuilder &b, Value value) {
  Type element = getElementTypeOrSelf(value);
  if (!element.isF16() && !element.isBF16())
    return value;
  return arith::ExtFOp::create(
      b.builder, b.loc, withShapeOf(b.builder.getF32Type(), value.getType()),
      value);
}

Value sluice::graph::narrowFloat(ElementBuilder &b, Value value,
                                 Type elementType) {
  if (getElementTypeOrSelf(value) == elementType)
    return value;
  return arith::TruncFOp::create(
      b.builder, b.loc, withShapeOf(elementType, value.getType()), value);
}

Type Accumulation::partialType(const ElementBuilder &b) const {
  if (elementType.isF16() || elementType.isBF16())
    return b.builder.getF32Type();
  if (kind == ReduceKind::Mean && isa<IntegerType>(elementType))
    return b.builder.getI64Type();
  return b.scalarType(elementType);
}

// The least or greatest value of an integer type.
static APInt extreme(IntegerType type, bool greatest) {
  unsigned width = type.getWidth();
  if (type.isUnsigned())
    return greatest ? APInt::getMaxValue(width) : APInt::getMinValue(width);
  return greatest ? APInt::getSignedMaxValue(width)
                  : APInt::getSignedMinValue(width);
}

// A number as an attribute of a scalar in value form, floats and integers.
static TypedAttr numberAttr(Type scalar, double value) {
  if (auto floating = dyn_cast<FloatType>(scalar))
    return FloatAttr::get(floating, value);
  return IntegerAttr::get(scalar, APInt(scalar.getIntOrFloatBitWidth(),
                                        static_cast<uint64_t>(value)));
}

Value Accumulation::identity(ElementBuilder &b) const {
  Type scalar = partialType(b);
  if (auto complex = dyn_cast<ComplexType>(scalar)) {
    Type part = complex.getElementType();
    double real = kind == ReduceKind::Product ? 1 : 0;
    return complex::ConstantOp::create(
        b.builder, b.loc, scalar,
        b.builder.getArrayAttr({numberAttr(part, real), numberAttr(part, 0)}));
  }
  TypedAttr value;
  switch (kind) {
  case ReduceKind::Sum:
  case ReduceKind::Mean:
  case ReduceKind::Or:
    value = numberAttr(scalar, 0);
    break;
  case ReduceKind::Product:
  case ReduceKind::And:
    value = numberAttr(scalar, 1);
    break;
  case ReduceKind::Max:
  case ReduceKind::Min:
    bool greatest = kind == ReduceKind::Min;
    if (auto floating = dyn_cast<FloatType>(scalar))
      value = FloatAttr::get(
          floating, APFloat::getInf(floating.getFloatSemantics(), !greatest));
    else
      value = IntegerAttr::get(
          scalar, extreme(cast<IntegerType>(elementType), greatest));
    break;
  }
  return b.splat(arith::ConstantOp::create(b.builder, b.loc, value));
}

Value Accumulation::widen(ElementBuilder &b, Value element) const {
  if (isa<FloatType>(elementType))
    return widenFloat(b, element);
  Type partial = partialType(b);
  if (getElementTypeOrSelf(element) == partial)
    return element;
  Type type = withShapeOf(partial, element.getType());
  if (elementType.isUnsignedInteger())
    return arith::ExtUIOp::create(b.builder, b.loc, type, element);
  return arith::ExtSIOp::create(b.builder, b.loc, type, element);
}

Value Accumulation::combine(ElementBuilder &b, Value lhs, Value rhs) const {
  OpBuilder &builder = b.builder;
  Location loc = b.loc;
  bool isFloat = isa<FloatType>(elementType);
  bool isUnsigned = elementType.isUnsignedInteger();
  // The sign of a zero maximum is free: the order of the operands is.
  auto anyZero = arith::FastMathFlagsAttr::get(builder.getContext(),
                                               arith::FastMathFlags::nsz);
  switch (kind) {
  case ReduceKind::Sum:
  case ReduceKind::Mean:
    if (isa<ComplexType>(elementType))
      return complex::AddOp::create(builder, loc, lhs, rhs);
    if (isFloat)
      return arith::AddFOp::create(builder, loc, lhs, rhs);
    return arith::AddIOp::create(builder, loc, lhs, rhs);
  case ReduceKind::Product:
    if (isa<ComplexType>(elementType))
      return complex::MulOp::create(builder, loc, lhs, rhs);
    if (isFloat)
      return arith::MulFOp::create(builder, loc, lhs, rhs);
    return arith::MulIOp::create(builder, loc, lhs, rhs);
  case ReduceKind::Max:
    if (isFloat)
      return arith::MaximumFOp::create(builder, loc, lhs, rhs, anyZero);
    if (isUnsigned)
      return arith::MaxUIOp::create(builder, loc, lhs, rhs);
    return arith::MaxSIOp::create(builder, loc, lhs, rhs);
  case ReduceKind::Min:
    if (isFloat)
      return arith::MinimumFOp::create(builder, loc, lhs, rhs, anyZero);
    if (isUnsigned)
      return arith::MinUIOp::create(builder, loc, lhs, rhs);
    return arith::MinSIOp::create(builder, loc, lhs, rhs);
  case ReduceKind::And:
    return arith::AndIOp::create(builder, loc, lhs, rhs);
  case ReduceKind::Or:
    return arith::OrIOp::create(builder, loc, lhs, rhs);
  }
  return {};
}

// partial / count for a mean.
static Value divideByCount(ElementBuilder &b, Type elementType, Value partial,
                           int64_t count) {
  OpBuilder &builder = b.builder;
  Type scalar = getElementTypeOrSelf(partial);
  if (auto complex = dyn_cast<ComplexType>(scalar)) {
    auto divisor = arith::ConstantOp::create(
        builder, b.loc,
        FloatAttr::get(complex.getElementType(), static_cast<double>(count)));
    Value re = complex::ReOp::create(builder, b.loc, partial);
    Value im = complex::ImOp::create(builder, b.loc, partial);
    re = arith::DivFOp::create(builder, b.loc, re, divisor);
    im = arith::DivFOp::create(builder, b.loc, im, divisor);
    return complex::CreateOp::create(builder, b.loc, complex, re, im);
  }
  if (isa<FloatType>(scalar))
    return arith::DivFOp::create(
        builder, b.loc, partial,
        splatLike(b, numberAttr(scalar, static_cast<double>(count)),
                  partial.getType()));
  if (count == 0)
    return partial;
  Value divisor = splatLike(
      b, IntegerAttr::get(scalar, APInt(64, static_cast<uint64_t>(count))),
      partial.getType());
  if (elementType.isUnsignedInteger())
    return arith::DivUIOp::create(builder, b.loc, partial, divisor);
  return arith::DivSIOp::create(builder, b.loc, partial, divisor);
}

Value Accumulation::finish(ElementBuilder &b, Value partial,
                           int64_t count) const {
  if (kind == ReduceKind::Mean)
    partial = divideByCount(b, elementType, partial, count);
  if (isa<FloatType>(elementType))
    return narrowFloat(b, partial, elementType);
  Type scalar = b.scalarType(elementType);
  if (getElementTypeOrSelf(partial) == scalar)
    return partial;
  return arith::TruncIOp::create(
      b.builder, b.loc, withShapeOf(scalar, partial.getType()), partial);
}

Value ArgAccumulation::worst(ElementBuilder &b) const {
  bool greatest = kind == ArgKind::Min;
  TypedAttr value;
  if (isa<FloatType>(elementType)) {
    // Everything but NaN is better than NaN.
    auto type =
        elementType.isF64() ? b.builder.getF64Type() : b.builder.getF32Type();
    value = FloatAttr::get(type, APFloat::getNaN(type.getFloatSemantics()));
  } else if (elementType.isInteger(1)) {
    value = b.builder.getBoolAttr(greatest);
  } else {
    value = IntegerAttr::get(b.scalarType(elementType),
                             extreme(cast<IntegerType>(elementType), greatest));
  }
  return b.splat(arith::ConstantOp::create(b.builder, b.loc, value));
}

Value ArgAccumulation::indexSplat(ElementBuilder &b, Value index) const {
  return b.splat(b.builder.createOrFold<arith::IndexCastOp>(
      b.loc, b.scalarType(indexType), index));
}

std::pair<Value, Value> ArgAccumulation::better(ElementBuilder &b, Value best,
                                                Value bestIndex,
                                                Value candidate,
                                                Value candidateIndex) const {
  OpBuilder &builder = b.builder;
  bool wantsMax = kind == ArgKind::Max;
  Value wins;
  if (isa<FloatType>(elementType)) {
    // Better or unordered, but not NaN itself.
    Value notWorse = arith::CmpFOp::create(builder, b.loc,
                                           wantsMax ? arith::CmpFPredicate::UGT
                                                    : arith::CmpFPredicate::ULT,
                                           candidate, best);
    Value isNumber = arith::CmpFOp::create(
        builder, b.loc, arith::CmpFPredicate::ORD, candidate, candidate);
    wins = arith::AndIOp::create(builder, b.loc, notWorse, isNumber);
  } else {
    bool isSigned =
        elementType.isSignlessInteger() && !elementType.isInteger(1);
    auto predicate = wantsMax ? (isSigned ? arith::CmpIPredicate::sgt
                                          : arith::CmpIPredicate::ugt)
                              : (isSigned ? arith::CmpIPredicate::slt
                                          : arith::CmpIPredicate::ult);
    wins = arith::CmpIOp::create(builder, b.loc, predicate, candidate, best);
  }
  return {
      arith::SelectOp::create(builder, b.loc, wins, candidate, best),
      arith::SelectOp::create(builder, b.loc, wins, candidateIndex, bestIndex)};
}
