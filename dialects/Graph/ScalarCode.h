//===- ScalarCode.h - Short names for scalar and vector code ----*- C++ -*-===//
//
// Arithmetic on scalars or vectors of any shape: the operation is chosen by
// the element type, constants take the shape of a value they are used with.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_SCALARCODE_H
#define SLUICE_DIALECTS_GRAPH_SCALARCODE_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"

namespace sluice::graph {

class ScalarCode {
public:
  using Value = mlir::Value;
  using Type = mlir::Type;

  ScalarCode(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::OpBuilder &builder;
  mlir::Location loc;

  /// `type` with another element type.
  static Type withElement(Type type, Type element) {
    if (auto vector = mlir::dyn_cast<mlir::VectorType>(type))
      return mlir::VectorType::get(vector.getShape(), element,
                                   vector.getScalableDims());
    return element;
  }
  static Type element(Value value) {
    return mlir::getElementTypeOrSelf(value.getType());
  }
  static bool isFloat(Value value) {
    return mlir::isa<mlir::FloatType>(element(value));
  }
  static unsigned width(Value value) {
    return element(value).getIntOrFloatBitWidth();
  }
  Type like(Value value, Type element) const {
    return withElement(value.getType(), element);
  }
  Type integerLike(Value value, unsigned width) const {
    return like(value, builder.getIntegerType(width));
  }

  // Constants in a scalar or vector type.
  Value constant(Type type, mlir::TypedAttr scalar) const {
    if (auto vector = mlir::dyn_cast<mlir::VectorType>(type))
      scalar = mlir::DenseElementsAttr::get(vector, scalar);
    return mlir::arith::ConstantOp::create(builder, loc, scalar);
  }
  Value number(Type type, double value) const {
    Type scalar = mlir::getElementTypeOrSelf(type);
    if (auto floating = mlir::dyn_cast<mlir::FloatType>(scalar))
      return constant(type, builder.getFloatAttr(floating, value));
    return integer(type, static_cast<int64_t>(value));
  }
  Value number(Value like, double value) const {
    return number(like.getType(), value);
  }
  Value integer(Type type, int64_t value) const {
    Type scalar = mlir::getElementTypeOrSelf(type);
    return constant(
        type, mlir::IntegerAttr::get(
                  scalar, llvm::APInt(scalar.getIntOrFloatBitWidth(), value,
                                      /*isSigned=*/true,
                                      /*implicitTrunc=*/true)));
  }
  Value integer(Value like, int64_t value) const {
    return integer(like.getType(), value);
  }

  // Arithmetic, by the element type.
  Value add(Value x, Value y) const {
    return isFloat(x) ? make<mlir::arith::AddFOp>(x, y)
                      : make<mlir::arith::AddIOp>(x, y);
  }
  Value sub(Value x, Value y) const {
    return isFloat(x) ? make<mlir::arith::SubFOp>(x, y)
                      : make<mlir::arith::SubIOp>(x, y);
  }
  Value mul(Value x, Value y) const {
    return isFloat(x) ? make<mlir::arith::MulFOp>(x, y)
                      : make<mlir::arith::MulIOp>(x, y);
  }
  Value div(Value x, Value y) const { return make<mlir::arith::DivFOp>(x, y); }
  /// x / y where y is neither tiny nor huge: the flag says that a reciprocal
  /// may be refined, which `lower-math` does within 0.6 ULP or undoes.
  Value quotient(Value x, Value y) const {
    return mlir::arith::DivFOp::create(builder, loc, x, y,
                                       mlir::arith::FastMathFlags::arcp);
  }
  Value neg(Value x) const {
    return isFloat(x) ? make<mlir::arith::NegFOp>(x)
                      : make<mlir::arith::SubIOp>(integer(x, 0), x);
  }
  Value abs(Value x) const { return make<mlir::math::AbsFOp>(x); }
  Value sqrt(Value x) const { return make<mlir::math::SqrtOp>(x); }
  /// x * y + z, rounded once.
  Value fma(Value x, Value y, Value z) const {
    return make<mlir::math::FmaOp>(x, y, z);
  }
  /// The magnitude of `x` with the sign of `y`.
  Value copySign(Value x, Value y) const {
    return make<mlir::math::CopySignOp>(x, y);
  }
  Value bitAnd(Value x, Value y) const {
    return make<mlir::arith::AndIOp>(x, y);
  }
  Value bitOr(Value x, Value y) const { return make<mlir::arith::OrIOp>(x, y); }
  Value bitXor(Value x, Value y) const {
    return make<mlir::arith::XOrIOp>(x, y);
  }

  /// exp(x) of x that is not above zero, which makes it shorter.
  Value decay(Value x) const {
    Value zero = number(x, 0);
    Value limited = select(compare(Float::OGT, x, zero), zero, x);
    return make<mlir::math::ExpOp>(limited);
  }

  // Comparison and choice.
  using Float = mlir::arith::CmpFPredicate;
  using Int = mlir::arith::CmpIPredicate;
  Value compare(Float predicate, Value x, Value y) const {
    return mlir::arith::CmpFOp::create(builder, loc, predicate, x, y);
  }
  Value compare(Float predicate, Value x, double y) const {
    return compare(predicate, x, number(x, y));
  }
  Value compare(Int predicate, Value x, Value y) const {
    return mlir::arith::CmpIOp::create(builder, loc, predicate, x, y);
  }
  Value compare(Int predicate, Value x, int64_t y) const {
    return compare(predicate, x, integer(x, y));
  }
  /// The sign bit of a float.
  Value isNegative(Value x) const {
    Type type = integerLike(x, width(x));
    Value bits = mlir::arith::BitcastOp::create(builder, loc, type, x);
    return compare(Int::slt, bits, 0);
  }
  Value isNan(Value x) const { return compare(Float::UNO, x, x); }
  Value select(Value condition, Value x, Value y) const {
    return make<mlir::arith::SelectOp>(condition, x, y);
  }

  // Conversion; `element` is the new element type.
  template <typename OpTy> Value convert(Value x, Type element) const {
    return OpTy::create(builder, loc, like(x, element), x);
  }
  Value bitcast(Value x, Type element) const {
    return convert<mlir::arith::BitcastOp>(x, element);
  }

  template <typename OpTy, typename... Values>
  Value make(Values... operands) const {
    return OpTy::create(builder, loc, operands...);
  }
};

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_SCALARCODE_H
