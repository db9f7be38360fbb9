//===- GraphBinaryOps.cpp - Arithmetic on two numbers ---------------------===//

#include "dialects/Graph/ElementwiseSupport.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include <functional>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

using Float = arith::CmpFPredicate;
using Int = arith::CmpIPredicate;

static bool isFloatTensor(Value value) {
  return isa<FloatType>(getElementTypeOrSelf(value.getType()));
}

// The neutral element of addition: for floats -0.0, since -0.0 + 0.0 is 0.0.
static bool isNeutralOfAdd(Value value) {
  return isSplat(value, isFloatTensor(value) ? -0.0 : 0.0);
}

//===----------------------------------------------------------------------===//
// AddOp, SubOp, MulOp
//===----------------------------------------------------------------------===//

OpFoldResult AddOp::fold(FoldAdaptor) {
  if (isNeutralOfAdd(getRhs()))
    return getLhs();
  if (isNeutralOfAdd(getLhs()))
    return getRhs();
  return {};
}

llvm::Error AddOp::evaluate(Inputs operands, Outputs results) {
  if (isComplex(operands[0]->kind()))
    return applyComplex2(operands, results, std::plus<std::complex<double>>());
  if (isFloat(operands[0]->kind()))
    return applyReal2(operands, results, std::plus<double>());
  return applyBits2(operands, results, std::plus<uint64_t>());
}

Value AddOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  if (isa<ComplexType>(operands[0].getType()))
    return buildComplex2(b, operands, &ComplexCode::add);
  return buildWide(b, operands, [](const ScalarCode &code, ValueRange values) {
    return code.add(values[0], values[1]);
  });
}

OpFoldResult SubOp::fold(FoldAdaptor) {
  if (isSplat(getRhs(), 0.0))
    return getLhs();
  return {};
}

llvm::Error SubOp::evaluate(Inputs operands, Outputs results) {
  if (isComplex(operands[0]->kind()))
    return applyComplex2(operands, results, std::minus<std::complex<double>>());
  if (isFloat(operands[0]->kind()))
    return applyReal2(operands, results, std::minus<double>());
  return applyBits2(operands, results, std::minus<uint64_t>());
}

Value SubOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  if (isa<ComplexType>(operands[0].getType()))
    return buildComplex2(b, operands, &ComplexCode::sub);
  return buildWide(b, operands, [](const ScalarCode &code, ValueRange values) {
    return code.sub(values[0], values[1]);
  });
}

OpFoldResult MulOp::fold(FoldAdaptor) {
  for (auto [x, y] : {std::pair(getLhs(), getRhs()), {getRhs(), getLhs()}}) {
    if (isSplat(y, 1))
      return x;
    // Not for floats: 0 times infinity is NaN.
    if (isSplat(y, 0) && !isFloatTensor(y))
      return y;
  }
  return {};
}

llvm::Error MulOp::evaluate(Inputs operands, Outputs results) {
  if (isComplex(operands[0]->kind()))
    return applyComplex2(operands, results, reference::multiply);
  if (isFloat(operands[0]->kind()))
    return applyReal2(operands, results, std::multiplies<double>());
  return applyBits2(operands, results, std::multiplies<uint64_t>());
}

Value MulOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  if (isa<ComplexType>(operands[0].getType()))
    return buildComplex2(b, operands, &ComplexCode::mul);
  return buildWide(b, operands, [](const ScalarCode &code, ValueRange values) {
    return code.mul(values[0], values[1]);
  });
}

//===----------------------------------------------------------------------===//
// DivOp
//===----------------------------------------------------------------------===//

OpFoldResult DivOp::fold(FoldAdaptor) {
  return isSplat(getRhs(), 1) ? OpFoldResult(getLhs()) : OpFoldResult();
}

llvm::Error DivOp::evaluate(Inputs operands, Outputs results) {
  if (isComplex(operands[0]->kind()))
    return applyComplex2(operands, results, reference::divide);
  return applyReal2(operands, results, std::divides<double>());
}

Value DivOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  if (isa<ComplexType>(operands[0].getType()))
    return buildComplex2(b, operands, &ComplexCode::div);
  return buildWide(b, operands, [](const ScalarCode &code, ValueRange values) {
    // Dividing by a power of two is multiplying by one, exactly.
    FloatAttr divisor;
    Attribute constant;
    if (matchPattern(values[1], m_Constant(&constant))) {
      auto dense = dyn_cast<DenseElementsAttr>(constant);
      divisor = dense && dense.isSplat() ? dense.getSplatValue<FloatAttr>()
                                         : dyn_cast<FloatAttr>(constant);
    }
    APFloat inverse(0.0);
    if (divisor && divisor.getValue().getExactInverse(&inverse))
      return code.mul(
          values[0], code.constant(values[0].getType(),
                                   FloatAttr::get(divisor.getType(), inverse)));
    return code.div(values[0], values[1]);
  });
}

//===----------------------------------------------------------------------===//
// MaximumOp, MinimumOp, ClampOp
//===----------------------------------------------------------------------===//

static bool isNumberConstant(Value value) {
  Attribute constant;
  if (!matchPattern(value, m_Constant(&constant)))
    return false;
  if (auto dense = dyn_cast<DenseElementsAttr>(constant))
    constant = dense.isSplat() ? dense.getSplatValue<Attribute>() : Attribute();
  auto number = dyn_cast_or_null<FloatAttr>(constant);
  return number && !number.getValue().isNaN();
}

// Selections in the operand order of x86's maxps and minps, which give the
// second operand when one is NaN: one instruction for constants, three else.
static Value buildExtremum(const ScalarCode &code, bool isMaximum,
                           bool isUnsigned, Value x, Value y) {
  if (!ScalarCode::isFloat(x)) {
    if (isUnsigned)
      return isMaximum ? code.make<arith::MaxUIOp>(x, y)
                       : code.make<arith::MinUIOp>(x, y);
    return isMaximum ? code.make<arith::MaxSIOp>(x, y)
                     : code.make<arith::MinSIOp>(x, y);
  }
  if (isNumberConstant(y))
    std::swap(x, y);
  Float predicate = isMaximum ? Float::OGT : Float::OLT;
  Value chosen = code.select(code.compare(predicate, x, y), x, y);
  if (isNumberConstant(x))
    return chosen;
  return code.select(code.isNan(x), x, chosen);
}

static Value buildExtremum(ElementBuilder &b, ValueRange operands, Value tensor,
                           bool isMaximum) {
  Type element = getElementTypeOrSelf(tensor.getType());
  bool isUnsigned = element.isUnsignedInteger() || element.isInteger(1);
  return buildWide(b, operands, [&](const ScalarCode &code, ValueRange values) {
    return buildExtremum(code, isMaximum, isUnsigned, values[0], values[1]);
  });
}

// The larger or smaller element as each kind orders its numbers.
static llvm::Error evaluateExtremum(Inputs operands, Outputs results,
                                    bool isMaximum) {
  const HostTensor &lhs = *operands[0], &rhs = *operands[1];
  for (int64_t i = 0; i < results[0].size(); ++i) {
    if (isFloat(lhs.kind())) {
      double x = lhs.getDouble(i), y = rhs.getDouble(i);
      results[0].setDouble(i, std::isnan(x)   ? x
                              : std::isnan(y) ? y
                              : isMaximum     ? std::max(x, y)
                                              : std::min(x, y));
      continue;
    }
    int64_t x = lhs.getInt(i), y = rhs.getInt(i);
    bool isLess = isSigned(lhs.kind())
                      ? x < y
                      : static_cast<uint64_t>(x) < static_cast<uint64_t>(y);
    results[0].setInt(i, isLess == isMaximum ? y : x);
  }
  return llvm::Error::success();
}

OpFoldResult MaximumOp::fold(FoldAdaptor) {
  return getLhs() == getRhs() ? OpFoldResult(getLhs()) : OpFoldResult();
}
llvm::Error MaximumOp::evaluate(Inputs operands, Outputs results) {
  return evaluateExtremum(operands, results, true);
}
Value MaximumOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return buildExtremum(b, operands, getLhs(), true);
}

OpFoldResult MinimumOp::fold(FoldAdaptor) {
  return getLhs() == getRhs() ? OpFoldResult(getLhs()) : OpFoldResult();
}
llvm::Error MinimumOp::evaluate(Inputs operands, Outputs results) {
  return evaluateExtremum(operands, results, false);
}
Value MinimumOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return buildExtremum(b, operands, getLhs(), false);
}

llvm::Error ClampOp::evaluate(Inputs operands, Outputs results) {
  if (llvm::Error error =
          evaluateExtremum({operands[0], operands[2]}, results, false))
    return error;
  HostTensor limited = results[0];
  return evaluateExtremum({&limited, operands[1]}, results, true);
}

Value ClampOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  bool isUnsigned = isUnsignedTensor(getOperand());
  return buildWide(b, operands, [&](const ScalarCode &code, ValueRange values) {
    Value limited =
        buildExtremum(code, false, isUnsigned, values[0], values[2]);
    return buildExtremum(code, true, isUnsigned, limited, values[1]);
  });
}

//===----------------------------------------------------------------------===//
// Atan2Op, ComplexOp
//===----------------------------------------------------------------------===//

llvm::Error Atan2Op::evaluate(Inputs operands, Outputs results) {
  return applyReal2(operands, results,
                    [](double y, double x) { return std::atan2(y, x); });
}

Value Atan2Op::buildScalar(ElementBuilder &b, ValueRange operands) {
  return buildWide(b, operands, [](const ScalarCode &code, ValueRange values) {
    return code.make<math::Atan2Op>(values[0], values[1]);
  });
}

LogicalResult ComplexOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  SmallVector<Type> parts;
  if (failed(inferSameType("complex", location, adaptor.getOperands(), parts)))
    return failure();
  return inferWithElement(
      parts[0], ComplexType::get(getElementTypeOrSelf(parts[0])), types);
}

llvm::Error ComplexOp::evaluate(Inputs operands, Outputs results) {
  for (int64_t i = 0; i < results[0].size(); ++i)
    results[0].setComplex(
        i, {operands[0]->getDouble(i), operands[1]->getDouble(i)});
  return llvm::Error::success();
}

Value ComplexOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return complex::CreateOp::create(b.builder, b.loc,
                                   ComplexType::get(operands[0].getType()),
                                   operands[0], operands[1]);
}
