//===- GraphIntegerOps.cpp - Powers, integral division, bits --------------===//

#include "dialects/Graph/ElementwiseSupport.h"
#include "mlir/IR/PatternMatch.h"
#include <functional>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

using Float = arith::CmpFPredicate;
using Int = arith::CmpIPredicate;

//===----------------------------------------------------------------------===//
// PowOp
//===----------------------------------------------------------------------===//

OpFoldResult PowOp::fold(FoldAdaptor) {
  return isSplat(getRhs(), 1) ? OpFoldResult(getLhs()) : OpFoldResult();
}

// x ** 2 = x * x, which is rounded better than any power function.
static LogicalResult squareAsProduct(PowOp op, PatternRewriter &rewriter) {
  if (!isSplat(op.getRhs(), 2))
    return failure();
  rewriter.replaceOpWithNewOp<MulOp>(op, op.getType(), op.getLhs(),
                                     op.getLhs());
  return success();
}

void PowOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                        MLIRContext *) {
  patterns.add(squareAsProduct);
}

llvm::Error PowOp::evaluate(Inputs operands, Outputs results) {
  const HostTensor &base = *operands[0], &exponent = *operands[1];
  if (isComplex(base.kind()))
    return applyComplex2(operands, results,
                         [](std::complex<double> x, std::complex<double> y) {
                           return std::pow(x, y);
                         });
  if (isFloat(base.kind()))
    return applyReal2(operands, results,
                      [](double x, double y) { return std::pow(x, y); });
  for (int64_t i = 0; i < results[0].size(); ++i) {
    if (isSigned(base.kind()) && exponent.getInt(i) < 0)
      return llvm::createStringError(
          "integer power with negative exponent %lld",
          (long long)exponent.getInt(i));
    uint64_t rest = static_cast<uint64_t>(exponent.getInt(i));
    uint64_t factor = static_cast<uint64_t>(base.getInt(i)), power = 1;
    for (; rest != 0; rest >>= 1, factor *= factor)
      if (rest & 1)
        power *= factor;
    results[0].setInt(i, static_cast<int64_t>(power));
  }
  return llvm::Error::success();
}

// Square and multiply, one step per bit of the exponent.
static Value buildIntegerPower(ElementBuilder &b, PowOp op,
                               ValueRange operands) {
  ScalarCode code(b.builder, b.loc);
  Value base = operands[0], exponent = operands[1];
  Value zero = code.integer(base, 0), one = code.integer(base, 1);
  if (!isUnsignedTensor(op.getLhs())) {
    Value isNegative = code.compare(Int::slt, exponent, zero);
    failWhere(b, op, isNegative, exponent, FailureKind::ValueOutOfRange);
    exponent = code.select(isNegative, zero, exponent);
  }
  SmallVector<Value> last = b.loop(
      b.index(0), b.index(ScalarCode::width(base)), {one, base, exponent},
      [&](Value, ValueRange carried) -> SmallVector<Value> {
        Value power = carried[0], factor = carried[1], rest = carried[2];
        Value isOdd = code.compare(Int::ne, code.bitAnd(rest, one), zero);
        return {code.select(isOdd, code.mul(power, factor), power),
                code.mul(factor, factor), code.make<arith::ShRUIOp>(rest, one)};
      });
  return last[0];
}

Value PowOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  if (isa<ComplexType>(operands[0].getType()))
    return buildComplex2(b, operands, &ComplexCode::pow);
  if (!ScalarCode::isFloat(operands[0]))
    return buildIntegerPower(b, *this, operands);
  return buildWide(b, operands, [](const ScalarCode &code, ValueRange values) {
    return code.make<math::PowFOp>(values[0], values[1]);
  });
}

//===----------------------------------------------------------------------===//
// TruncDivOp, FloorDivOp, RemOp, FloorModOp
//===----------------------------------------------------------------------===//

namespace {
struct Division {
  int64_t quotient, remainder;
};
} // namespace

// Rounded toward zero; nullopt for a zero divisor.
static std::optional<Division> divide(ElementKind kind, int64_t x, int64_t y) {
  if (y == 0)
    return std::nullopt;
  auto ux = static_cast<uint64_t>(x), uy = static_cast<uint64_t>(y);
  if (!isSigned(kind))
    return Division{static_cast<int64_t>(ux / uy),
                    static_cast<int64_t>(ux % uy)};
  if (y == -1)
    return Division{static_cast<int64_t>(-ux), 0};
  return Division{x / y, x % y};
}

// Applies `choose(division, divisor)` to integers.
static llvm::Error
evaluateDivision(Inputs operands, Outputs results,
                 function_ref<int64_t(Division, int64_t)> choose) {
  for (int64_t i = 0; i < results[0].size(); ++i) {
    int64_t divisor = operands[1]->getInt(i);
    std::optional<Division> division =
        divide(operands[0]->kind(), operands[0]->getInt(i), divisor);
    if (!division)
      return llvm::createStringError("integer division by zero");
    results[0].setInt(i, choose(*division, divisor));
  }
  return llvm::Error::success();
}

namespace {
struct DivisionCode {
  Value quotient, remainder, divisor;
};
} // namespace

// Division that neither traps nor is undefined: a zero divisor is reported and
// becomes 1, and -1, whose quotient may overflow, is treated apart.
static DivisionCode buildDivision(ElementBuilder &b, Operation *op,
                                  ValueRange operands, bool isUnsigned) {
  ScalarCode code(b.builder, b.loc);
  Value x = operands[0], y = operands[1];
  Value zero = code.integer(x, 0), one = code.integer(x, 1);
  Value isZero = code.compare(Int::eq, y, zero);
  failWhere(b, op, isZero, zero, FailureKind::DivisionByZero);
  Value divisor = code.select(isZero, one, y);
  if (isUnsigned)
    return {code.make<arith::DivUIOp>(x, divisor),
            code.make<arith::RemUIOp>(x, divisor), divisor};
  Value isMinusOne = code.compare(Int::eq, divisor, int64_t(-1));
  Value safe = code.select(isMinusOne, one, divisor);
  Value quotient =
      code.select(isMinusOne, code.neg(x), code.make<arith::DivSIOp>(x, safe));
  return {quotient, code.make<arith::RemSIOp>(x, safe), divisor};
}

// Whether rounding toward minus infinity differs from truncation.
static Value buildNeedsFloor(const ScalarCode &code, DivisionCode division) {
  Value zero = code.integer(division.divisor, 0);
  Value signsDiffer = code.compare(
      Int::slt, code.bitXor(division.remainder, division.divisor), zero);
  return code.bitAnd(code.compare(Int::ne, division.remainder, zero),
                     signsDiffer);
}

llvm::Error TruncDivOp::evaluate(Inputs operands, Outputs results) {
  return evaluateDivision(operands, results, [](Division division, int64_t) {
    return division.quotient;
  });
}

Value TruncDivOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return buildDivision(b, *this, operands, isUnsignedTensor(getLhs())).quotient;
}

llvm::Error FloorDivOp::evaluate(Inputs operands, Outputs results) {
  if (isFloat(operands[0]->kind()))
    return applyReal2(operands, results, [&](double x, double y) {
      // The quotient is rounded to the element type before it is floored.
      HostTensor quotient(operands[0]->kind(), {});
      quotient.setDouble(0, x / y);
      return std::floor(quotient.getDouble(0));
    });
  bool hasSign = isSigned(operands[0]->kind());
  return evaluateDivision(
      operands, results, [&](Division division, int64_t divisor) {
        bool below = hasSign && division.remainder != 0 &&
                     (division.remainder < 0) != (divisor < 0);
        return division.quotient - below;
      });
}

Value FloorDivOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  Type element = ScalarCode::element(operands[0]);
  if (isa<FloatType>(element))
    return buildWide(b, operands,
                     [&](const ScalarCode &code, ValueRange values) {
                       Value quotient = code.div(values[0], values[1]);
                       quotient = widen(code, narrow(code, quotient, element));
                       return code.make<math::FloorOp>(quotient);
                     });
  ScalarCode code(b.builder, b.loc);
  bool isUnsigned = isUnsignedTensor(getLhs());
  DivisionCode division = buildDivision(b, *this, operands, isUnsigned);
  if (isUnsigned)
    return division.quotient;
  Value below = code.sub(division.quotient, code.integer(division.quotient, 1));
  return code.select(buildNeedsFloor(code, division), below, division.quotient);
}

llvm::Error RemOp::evaluate(Inputs operands, Outputs results) {
  if (isFloat(operands[0]->kind()))
    return applyReal2(operands, results,
                      [](double x, double y) { return std::fmod(x, y); });
  return evaluateDivision(operands, results, [](Division division, int64_t) {
    return division.remainder;
  });
}

Value RemOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  if (ScalarCode::isFloat(operands[0]))
    return buildWide(b, operands,
                     [](const ScalarCode &code, ValueRange values) {
                       return code.make<arith::RemFOp>(values[0], values[1]);
                     });
  return buildDivision(b, *this, operands, isUnsignedTensor(getLhs()))
      .remainder;
}

llvm::Error FloorModOp::evaluate(Inputs operands, Outputs results) {
  if (isFloat(operands[0]->kind()))
    return applyReal2(operands, results, [](double x, double y) {
      double rest = std::fmod(x, y);
      return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
    });
  bool hasSign = isSigned(operands[0]->kind());
  return evaluateDivision(
      operands, results, [&](Division division, int64_t divisor) {
        bool differs = hasSign && division.remainder != 0 &&
                       (division.remainder < 0) != (divisor < 0);
        return differs ? division.remainder + divisor : division.remainder;
      });
}

Value FloorModOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  if (ScalarCode::isFloat(operands[0]))
    return buildWide(
        b, operands, [](const ScalarCode &code, ValueRange values) {
          Value y = values[1], zero = code.number(y, 0);
          Value rest = code.make<arith::RemFOp>(values[0], y);
          Value differs = code.bitXor(code.compare(Float::OLT, rest, zero),
                                      code.compare(Float::OLT, y, zero));
          differs = code.bitAnd(differs, code.compare(Float::UNE, rest, zero));
          return code.select(differs, code.add(rest, y), rest);
        });
  ScalarCode code(b.builder, b.loc);
  bool isUnsigned = isUnsignedTensor(getLhs());
  DivisionCode division = buildDivision(b, *this, operands, isUnsigned);
  if (isUnsigned)
    return division.remainder;
  return code.select(buildNeedsFloor(code, division),
                     code.add(division.remainder, division.divisor),
                     division.remainder);
}

//===----------------------------------------------------------------------===//
// AndOp, OrOp, XorOp
//===----------------------------------------------------------------------===//

// Whether all bits of a constant are `ones`.
static bool isBits(Value value, bool ones) {
  std::optional<double> number = getSplatNumber(value);
  if (!number)
    return false;
  Type element = getElementTypeOrSelf(value.getType());
  if (!ones)
    return *number == 0;
  if (element.isInteger(1))
    return *number == 1;
  if (element.isUnsignedInteger())
    return *number == std::ldexp(1.0, element.getIntOrFloatBitWidth()) - 1;
  return *number == -1;
}

// The folds of a commutative operator with the neutral element `neutral` and,
// where `absorbs`, the absorbing complement of it.
template <typename OpTy>
static OpFoldResult foldBits(OpTy op, bool neutral, bool absorbs) {
  Value lhs = op.getLhs(), rhs = op.getRhs();
  for (auto [x, y] : {std::pair(lhs, rhs), {rhs, lhs}}) {
    if (isBits(y, neutral))
      return x;
    if (absorbs && isBits(y, !neutral))
      return y;
  }
  return absorbs && lhs == rhs ? OpFoldResult(lhs) : OpFoldResult();
}

OpFoldResult AndOp::fold(FoldAdaptor) { return foldBits(*this, true, true); }
OpFoldResult OrOp::fold(FoldAdaptor) { return foldBits(*this, false, true); }
OpFoldResult XorOp::fold(FoldAdaptor) { return foldBits(*this, false, false); }

llvm::Error AndOp::evaluate(Inputs operands, Outputs results) {
  return applyBits2(operands, results, std::bit_and<uint64_t>());
}
llvm::Error OrOp::evaluate(Inputs operands, Outputs results) {
  return applyBits2(operands, results, std::bit_or<uint64_t>());
}
llvm::Error XorOp::evaluate(Inputs operands, Outputs results) {
  return applyBits2(operands, results, std::bit_xor<uint64_t>());
}

Value AndOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return ScalarCode(b.builder, b.loc).bitAnd(operands[0], operands[1]);
}
Value OrOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return ScalarCode(b.builder, b.loc).bitOr(operands[0], operands[1]);
}
Value XorOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return ScalarCode(b.builder, b.loc).bitXor(operands[0], operands[1]);
}

//===----------------------------------------------------------------------===//
// ShiftLeftOp, ShiftRightOp
//===----------------------------------------------------------------------===//

llvm::Error ShiftLeftOp::evaluate(Inputs operands, Outputs results) {
  uint64_t width = 8 * elementSize(operands[0]->kind());
  return applyBits2(operands, results, [&](uint64_t bits, uint64_t amount) {
    return amount < width ? bits << amount : 0;
  });
}

llvm::Error ShiftRightOp::evaluate(Inputs operands, Outputs results) {
  uint64_t width = 8 * elementSize(operands[0]->kind());
  bool hasSign = isSigned(operands[0]->kind());
  return applyBits2(operands, results, [&](uint64_t bits, uint64_t amount) {
    if (amount >= width)
      return uint64_t(0);
    uint64_t moved = bits >> amount;
    // The sign fills the positions that become free.
    if (hasSign && amount != 0 && static_cast<int64_t>(bits) < 0)
      moved |= ~uint64_t(0) << (64 - amount);
    return moved;
  });
}

template <typename ShiftOp>
static Value buildShift(ElementBuilder &b, ValueRange operands) {
  ScalarCode code(b.builder, b.loc);
  Value bits = operands[0], amount = operands[1];
  Value inRange = code.compare(Int::ult, amount,
                               static_cast<int64_t>(ScalarCode::width(bits)));
  return code.select(inRange, code.make<ShiftOp>(bits, amount),
                     code.integer(bits, 0));
}

Value ShiftLeftOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return buildShift<arith::ShLIOp>(b, operands);
}

Value ShiftRightOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return isUnsignedTensor(getLhs()) ? buildShift<arith::ShRUIOp>(b, operands)
                                    : buildShift<arith::ShRSIOp>(b, operands);
}
