//===- Elementwise.cpp - Scalar formulas of many operators ----------------===//

#include "dialects/Graph/Builders/Elementwise.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

Value sluice::graph::buildCompare(GraphBuilder &b, CompareDirection direction,
                                  Value lhs, Value rhs) {
  Value operands[] = {lhs, rhs};
  if (!b.broadcastTogether(operands))
    return {};
  return b.create<CompareOp>(
      operands,
      {{"direction", CompareDirectionAttr::get(b.context(), direction)}});
}

Value sluice::graph::buildCompare(GraphBuilder &b, CompareDirection direction,
                                  Value lhs, double rhs) {
  return buildCompare(b, direction, lhs, b.fullLike(lhs, rhs));
}

Value sluice::graph::buildSelect(GraphBuilder &b, Value condition, Value lhs,
                                 Value rhs) {
  Value operands[] = {condition, lhs, rhs};
  if (!b.broadcastTogether(operands))
    return {};
  return b.create<SelectOp>(operands);
}

Value sluice::graph::buildCast(GraphBuilder &b, Value operand, Type element,
                               CastMode mode) {
  if (mode == CastMode::Wrap)
    return b.create<CastOp>({operand}, {{"element", TypeAttr::get(element)}});
  return b.create<CastOp>({operand},
                          {{"element", TypeAttr::get(element)},
                           {"mode", CastModeAttr::get(b.context(), mode)}});
}

Value sluice::graph::buildClamp(GraphBuilder &b, Value operand, Value low,
                                Value high) {
  Value operands[] = {operand, low, high};
  if (!b.broadcastTogether(operands))
    return {};
  return b.create<ClampOp>(operands);
}

Value sluice::graph::buildClamp(GraphBuilder &b, Value operand, double low,
                                double high) {
  return buildClamp(b, operand, b.fullLike(operand, low),
                    b.fullLike(operand, high));
}

Value sluice::graph::buildSquare(GraphBuilder &b, Value x) {
  return b.create<MulOp>({x, x});
}

Value sluice::graph::buildSquaredDifference(GraphBuilder &b, Value x, Value y) {
  Value difference = b.binary<SubOp>(x, y);
  if (!difference || !isa<ComplexType>(b.elementType(difference)))
    return b.create<MulOp>({difference, difference});
  return b.create<MulOp>({b.create<ConjOp>({difference}), difference});
}

Value sluice::graph::buildReciprocal(GraphBuilder &b, Value x) {
  return b.create<DivOp>({b.fullLike(x, 1), x});
}

Value sluice::graph::buildAngle(GraphBuilder &b, Value x) {
  return b.create<Atan2Op>({b.create<ImagOp>({x}), b.create<RealOp>({x})});
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

Value sluice::graph::buildRelu(GraphBuilder &b, Value x) {
  return b.create<MaximumOp>({x, b.fullLike(x, 0)});
}

Value sluice::graph::buildRelu6(GraphBuilder &b, Value x) {
  return buildClamp(b, x, 0, 6);
}

// Not a maximum: alpha may be above 1 or negative.
Value sluice::graph::buildPrelu(GraphBuilder &b, Value x, Value alpha) {
  return buildSelect(b, buildCompare(b, CompareDirection::GT, x, 0.0), x,
                     b.binary<MulOp>(x, alpha));
}

Value sluice::graph::buildLeakyRelu(GraphBuilder &b, Value x, double alpha) {
  return buildPrelu(b, x, b.fullLike(x, alpha));
}

Value sluice::graph::buildElu(GraphBuilder &b, Value x) {
  return buildSelect(b, buildCompare(b, CompareDirection::LT, x, 0.0),
                     b.create<Expm1Op>({x}), x);
}

Value sluice::graph::buildSelu(GraphBuilder &b, Value x) {
  constexpr double scale = 1.0507009873554804934;
  constexpr double scaledAlpha = 1.7580993408473768599;
  Value below =
      b.create<MulOp>({b.create<Expm1Op>({x}), b.fullLike(x, scaledAlpha)});
  Value above = b.create<MulOp>({x, b.fullLike(x, scale)});
  return buildSelect(b, buildCompare(b, CompareDirection::LT, x, 0.0), below,
                     above);
}

Value sluice::graph::buildSoftsign(GraphBuilder &b, Value x) {
  Value divisor = b.create<AddOp>({b.create<AbsOp>({x}), b.fullLike(x, 1)});
  return b.create<DivOp>({x, divisor});
}

//===----------------------------------------------------------------------===//
// Formulas with a hole at zero
//===----------------------------------------------------------------------===//

// 0 where `tested` is 0, `value` elsewhere.
static Value zeroWhereZero(GraphBuilder &b, Value tested, Value value) {
  if (!tested || !value)
    return {};
  return buildSelect(b, buildCompare(b, CompareDirection::EQ, tested, 0.0),
                     b.fullLike(value, 0), value);
}

Value sluice::graph::buildDivNoNan(GraphBuilder &b, Value x, Value y) {
  return zeroWhereZero(b, y, b.binary<DivOp>(x, y));
}

Value sluice::graph::buildMulNoNan(GraphBuilder &b, Value x, Value y) {
  return zeroWhereZero(b, y, b.binary<MulOp>(x, y));
}

Value sluice::graph::buildXdivy(GraphBuilder &b, Value x, Value y) {
  return zeroWhereZero(b, x, b.binary<DivOp>(x, y));
}

Value sluice::graph::buildXlogy(GraphBuilder &b, Value x, Value y) {
  return zeroWhereZero(b, x, b.binary<MulOp>(x, b.create<LogOp>({y})));
}

Value sluice::graph::buildXlog1py(GraphBuilder &b, Value x, Value y) {
  return zeroWhereZero(b, x, b.binary<MulOp>(x, b.create<Log1pOp>({y})));
}

Value sluice::graph::buildDivision(GraphBuilder &b, Value x, Value y) {
  if (x && isa<IntegerType>(b.elementType(x)))
    return b.binary<TruncDivOp>(x, y);
  return b.binary<DivOp>(x, y);
}
