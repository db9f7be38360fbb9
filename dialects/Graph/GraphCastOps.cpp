//===- GraphCastOps.cpp - Conversion between element types ----------------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/ElementwiseSupport.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include <cstring>
#include <limits>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

using Float = arith::CmpFPredicate;
using Int = arith::CmpIPredicate;

static bool isUnsignedElement(Type element) {
  return element.isUnsignedInteger() || element.isInteger(1);
}

//===----------------------------------------------------------------------===//
// CastOp
//===----------------------------------------------------------------------===//

LogicalResult CastOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  Type from = getElementTypeOrSelf(adaptor.getOperand().getType());
  Type to = adaptor.getElement();
  if (!getElementKind(to) || isa<StringType>(to))
    return emitOptionalError(location, "cannot cast to ", to);
  if (adaptor.getMode() == CastMode::Chop &&
      (isa<IntegerType>(from) || isa<IntegerType>(to)))
    return emitOptionalError(
        location, "(C1) 'chop' is for floats and complex numbers, found ", from,
        " to ", to);
  return inferWithElement(adaptor.getOperand().getType(), to, types);
}

// Whether every value of `from` exists in `to`.
static bool isLossless(Type from, Type to) {
  if (auto complex = dyn_cast<ComplexType>(to)) {
    to = complex.getElementType();
    if (auto part = dyn_cast<ComplexType>(from))
      from = part.getElementType();
  }
  if (from == to)
    return true;
  if (isa<ComplexType>(from) || to.isInteger(1))
    return false;
  if (from.isInteger(1))
    return true;
  unsigned fromWidth = from.getIntOrFloatBitWidth();
  if (auto floating = dyn_cast<FloatType>(to)) {
    if (isa<IntegerType>(from))
      return fromWidth - !isUnsignedElement(from) <=
             floating.getFPMantissaWidth();
    return cast<FloatType>(from).getFPMantissaWidth() <=
               floating.getFPMantissaWidth() &&
           fromWidth < floating.getWidth();
  }
  if (isa<FloatType>(from))
    return false;
  unsigned toWidth = to.getIntOrFloatBitWidth();
  if (isUnsignedElement(from))
    return fromWidth < toWidth;
  return !isUnsignedElement(to) && fromWidth < toWidth;
}

OpFoldResult CastOp::fold(FoldAdaptor) {
  if (getOperand().getType() == getType())
    return getOperand();
  // A cast that loses nothing disappears before another one.
  auto inner = getOperand().getDefiningOp<CastOp>();
  if (!inner || !isLossless(inner.getOperand().getType().getElementType(),
                            inner.getType().getElementType()))
    return {};
  if (inner.getOperand().getType() == getType())
    return inner.getOperand();
  // `chop` looks at the operand's mantissa, and a complex number may have
  // been made real by then.
  if (getMode() == CastMode::Chop ||
      isa<ComplexType>(inner.getOperand().getType().getElementType()))
    return {};
  getOperandMutable().assign(inner.getOperand());
  return getResult();
}

// The largest and smallest integer of a kind, as doubles.
static std::pair<double, double> integerRange(ElementKind kind) {
  int width = 8 * elementSize(kind);
  return isSigned(kind) ? std::pair(-std::ldexp(1.0, width - 1),
                                    std::ldexp(1.0, width - 1))
                        : std::pair(0.0, std::ldexp(1.0, width));
}

static void storeSaturated(HostTensor &result, int64_t i, double value) {
  auto [low, end] = integerRange(result.kind());
  if (std::isnan(value))
    result.setInt(i, 0);
  else if (value <= low)
    result.setInt(i, isSigned(result.kind()) ? static_cast<int64_t>(low) : 0);
  else if (value >= end)
    result.setInt(i, result.kind() == ElementKind::U64 ? -1
                     : result.kind() == ElementKind::I64
                         ? INT64_MAX
                         : static_cast<int64_t>(end - 1));
  else
    result.setInt(i, value < 9.2e18
                         ? static_cast<int64_t>(value)
                         : static_cast<int64_t>(static_cast<uint64_t>(value)));
}

// Mantissa bits without the implicit one.
static int fractionBits(ElementKind kind) {
  switch (kind) {
  case ElementKind::F16:
    return 10;
  case ElementKind::BF16:
    return 7;
  case ElementKind::F32:
  case ElementKind::C64:
    return 23;
  default:
    return 52;
  }
}

// Clears the bits of a normal number's mantissa that `to` has no room for.
static double chopped(double value, ElementKind from, ElementKind to) {
  int lost = fractionBits(from) - fractionBits(to);
  if (lost <= 0 || !std::isfinite(value))
    return value;
  if (from == ElementKind::F64 || from == ElementKind::C128) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    bits &= ~uint64_t(0) << lost;
    std::memcpy(&value, &bits, sizeof(bits));
    return value;
  }
  float narrow = static_cast<float>(value);
  uint32_t bits;
  std::memcpy(&bits, &narrow, sizeof(bits));
  bits &= ~uint32_t(0) << lost;
  std::memcpy(&narrow, &bits, sizeof(bits));
  return narrow;
}

static void castElement(const HostTensor &x, HostTensor &result, int64_t i,
                        CastMode mode) {
  ElementKind from = x.kind(), to = result.kind();
  if (isInteger(to) && (isInteger(from) || from == ElementKind::Bool)) {
    int64_t value = x.getInt(i);
    if (mode == CastMode::Saturate) {
      // -1 of u64 is 2**64 - 1: too large for every other type.
      bool isHuge = from == ElementKind::U64 && value < 0;
      auto [low, end] = integerRange(to);
      if (isHuge && to != ElementKind::U64)
        return storeSaturated(result, i, end);
      if (!isHuge && value < 0 && isUnsigned(to))
        value = 0;
      else if (to != ElementKind::U64 && to != ElementKind::I64 &&
               (value < static_cast<int64_t>(low) ||
                value >= static_cast<int64_t>(end)))
        return storeSaturated(result, i, value < 0 ? low : end);
    }
    return result.setInt(i, value);
  }
  double real = x.getDouble(i);
  if (to == ElementKind::Bool)
    return result.setInt(i, real != 0);
  if (isInteger(to))
    return storeSaturated(result, i, real);
  if (isComplex(to)) {
    std::complex<double> value = x.getComplex(i);
    if (mode == CastMode::Chop)
      value = {chopped(value.real(), from, to),
               chopped(value.imag(), from, to)};
    return result.setComplex(i, value);
  }
  if (mode == CastMode::Chop)
    real = chopped(real, from, to);
  // 64-bit integers do not fit a double; f16 and bf16 come by way of f32.
  if (from == ElementKind::I64)
    real = to == ElementKind::F64 ? static_cast<double>(x.getInt(i))
                                  : static_cast<float>(x.getInt(i));
  if (from == ElementKind::U64)
    real = to == ElementKind::F64
               ? static_cast<double>(static_cast<uint64_t>(x.getInt(i)))
               : static_cast<float>(static_cast<uint64_t>(x.getInt(i)));
  if (to == ElementKind::F16 || to == ElementKind::BF16)
    real = static_cast<float>(real);
  result.setDouble(i, real);
}

llvm::Error CastOp::evaluate(Inputs operands, Outputs results) {
  for (int64_t i = 0; i < results[0].size(); ++i)
    castElement(*operands[0], results[0], i,
                getMode().value_or(CastMode::Wrap));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Code for casts
//===----------------------------------------------------------------------===//

// Clears the mantissa bits that `to` has no room for, except in NaNs, which
// might become infinite.
static Value buildChopped(const ScalarCode &code, Value x, FloatType to) {
  auto from = cast<FloatType>(ScalarCode::element(x));
  int lost = static_cast<int>(from.getFPMantissaWidth()) -
             static_cast<int>(to.getFPMantissaWidth());
  if (lost <= 0)
    return x;
  Type bitsType = code.builder.getIntegerType(from.getWidth());
  Value bits = code.bitcast(x, bitsType);
  bits = code.bitAnd(
      bits, code.integer(bits, static_cast<int64_t>(~uint64_t(0) << lost)));
  return code.select(code.isNan(x), x, code.bitcast(bits, from));
}

static Value buildFloatToFloat(const ScalarCode &code, Value x, FloatType to,
                               CastMode mode) {
  auto from = cast<FloatType>(ScalarCode::element(x));
  if (from == to)
    return x;
  if (mode == CastMode::Chop)
    x = buildChopped(code, x, to);
  if (from.getWidth() == 16)
    x = code.convert<arith::ExtFOp>(x, code.builder.getF32Type());
  Type f32 = code.builder.getF32Type();
  if (to.isF64())
    return code.convert<arith::ExtFOp>(x, to);
  if (ScalarCode::element(x).isF64())
    x = code.convert<arith::TruncFOp>(x, f32);
  return to.isF32() ? x : code.convert<arith::TruncFOp>(x, to);
}

// Toward zero, saturated, NaN gives 0.
static Value buildFloatToInt(const ScalarCode &code, Value x, Type to) {
  x = widen(code, x);
  bool isUnsigned = isUnsignedElement(to);
  unsigned width = to.getIntOrFloatBitWidth();
  Type integer = code.builder.getIntegerType(width);
  double low = isUnsigned ? 0 : -std::ldexp(1.0, width - 1);
  double end = std::ldexp(1.0, isUnsigned ? width : width - 1);
  unsigned digits =
      cast<FloatType>(ScalarCode::element(x)).getFPMantissaWidth();
  Value isNan = code.isNan(x);
  if (width <= 16 || (width == 32 && digits >= 32)) {
    // The bounds are numbers of the float type: clamp before converting.
    Type wide =
        code.builder.getIntegerType(width == 32 && isUnsigned ? 64 : 32);
    x = code.select(code.compare(Float::OGT, x, low), x, code.number(x, low));
    x = code.select(code.compare(Float::OLT, x, end - 1), x,
                    code.number(x, end - 1));
    Value result = code.convert<arith::FPToSIOp>(x, wide);
    if (wide != integer)
      result = code.convert<arith::TruncIOp>(result, integer);
    return code.select(isNan, code.integer(result, 0), result);
  }
  Value result = isUnsigned ? code.convert<arith::FPToUIOp>(x, integer)
                            : code.convert<arith::FPToSIOp>(x, integer);
  int64_t largest = isUnsigned ? -1 : llvm::maxIntN(width);
  int64_t smallest = isUnsigned ? 0 : llvm::minIntN(width);
  result = code.select(code.compare(Float::OGE, x, end),
                       code.integer(result, largest), result);
  result = code.select(code.compare(Float::OLE, x, low),
                       code.integer(result, smallest), result);
  return code.select(isNan, code.integer(result, 0), result);
}

static Value buildIntToInt(const ScalarCode &code, Value x, Type from, Type to,
                           CastMode mode) {
  unsigned fromWidth = from.getIntOrFloatBitWidth();
  unsigned toWidth = to.getIntOrFloatBitWidth();
  bool fromUnsigned = isUnsignedElement(from),
       toUnsigned = isUnsignedElement(to);
  if (mode == CastMode::Saturate && !isLossless(from, to)) {
    // Clamp to the range of `to`, in the operand's type.
    if (!fromUnsigned && (toUnsigned || toWidth < fromWidth)) {
      int64_t low = toUnsigned ? 0 : llvm::minIntN(toWidth);
      x = code.make<arith::MaxSIOp>(x, code.integer(x, low));
    }
    unsigned positiveBits = toUnsigned ? toWidth : toWidth - 1;
    if (positiveBits < fromWidth - !fromUnsigned) {
      Value high =
          code.integer(x, static_cast<int64_t>(llvm::maxUIntN(positiveBits)));
      x = fromUnsigned ? code.make<arith::MinUIOp>(x, high)
                       : code.make<arith::MinSIOp>(x, high);
    }
  }
  Type integer = code.builder.getIntegerType(toWidth);
  if (toWidth < fromWidth)
    return code.convert<arith::TruncIOp>(x, integer);
  if (toWidth == fromWidth)
    return x;
  return fromUnsigned ? code.convert<arith::ExtUIOp>(x, integer)
                      : code.convert<arith::ExtSIOp>(x, integer);
}

static Value buildRealCast(const ScalarCode &code, Value x, Type from, Type to,
                           CastMode mode) {
  auto toFloat = dyn_cast<FloatType>(to);
  if (isa<FloatType>(from)) {
    if (toFloat)
      return buildFloatToFloat(code, x, toFloat, mode);
    if (to.isInteger(1))
      return code.compare(Float::UNE, widen(code, x), 0.0);
    return buildFloatToInt(code, x, to);
  }
  if (!toFloat) {
    if (to.isInteger(1) && !from.isInteger(1))
      return code.compare(Int::ne, x, int64_t(0));
    return buildIntToInt(code, x, from, to, mode);
  }
  Type wide = toFloat.isF64() ? Type(toFloat) : code.builder.getF32Type();
  Value result = isUnsignedElement(from)
                     ? code.convert<arith::UIToFPOp>(x, wide)
                     : code.convert<arith::SIToFPOp>(x, wide);
  return narrow(code, result, to);
}

Value CastOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  ScalarCode code(b.builder, b.loc);
  CastMode mode = getMode().value_or(CastMode::Wrap);
  Value x = operands[0];
  Type from = getOperand().getType().getElementType();
  Type to = getType().getElementType();
  Value imaginary;
  if (auto complex = dyn_cast<ComplexType>(from)) {
    imaginary = code.make<complex::ImOp>(x);
    x = code.make<complex::ReOp>(x);
    from = complex.getElementType();
  }
  auto complex = dyn_cast<ComplexType>(to);
  if (!complex)
    return buildRealCast(code, x, from, to, mode);
  Type part = complex.getElementType();
  x = buildRealCast(code, x, from, part, mode);
  imaginary = imaginary ? buildRealCast(code, imaginary, from, part, mode)
                        : code.number(x, 0);
  return complex::CreateOp::create(b.builder, b.loc, complex, x, imaginary);
}

//===----------------------------------------------------------------------===//
// BitcastOp
//===----------------------------------------------------------------------===//

LogicalResult BitcastOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  Type from = getElementTypeOrSelf(adaptor.getOperand().getType());
  Type to = adaptor.getElement();
  std::optional<ElementKind> kind = getElementKind(to);
  if (!kind || !(isInteger(*kind) || isFloat(*kind)) ||
      to.getIntOrFloatBitWidth() != from.getIntOrFloatBitWidth())
    return emitOptionalError(location, "(C1) ", from,
                             " has not the width of a number of type ", to);
  return inferWithElement(adaptor.getOperand().getType(), to, types);
}

OpFoldResult BitcastOp::fold(FoldAdaptor) {
  if (getOperand().getType() == getType())
    return getOperand();
  auto inner = getOperand().getDefiningOp<BitcastOp>();
  if (!inner)
    return {};
  if (inner.getOperand().getType() == getType())
    return inner.getOperand();
  getOperandMutable().assign(inner.getOperand());
  return getResult();
}

llvm::Error BitcastOp::evaluate(Inputs operands, Outputs results) {
  std::memcpy(results[0].data(), operands[0]->data(), results[0].byteSize());
  return llvm::Error::success();
}

Value BitcastOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  Type to = b.scalarType(getType().getElementType());
  if (ScalarCode::element(operands[0]) == to)
    return operands[0];
  return ScalarCode(b.builder, b.loc).bitcast(operands[0], to);
}
