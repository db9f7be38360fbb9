//===- MathCode.cpp - Building blocks of functions ------------------------===//

#include "passes/Math/MathCode.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace sluice;

Value MathCode::polynomial(Value x, ArrayRef<double> coefficients) const {
  Value result = number(x, coefficients.front());
  for (double coefficient : coefficients.drop_front())
    result = fma(result, x, number(x, coefficient));
  return result;
}

Value MathCode::clamp(Value x, double low, double high) const {
  Value bottom = number(x, low), top = number(x, high);
  x = select(compare(Float::OLT, x, bottom), bottom, x);
  return select(compare(Float::OGT, x, top), top, x);
}

static int64_t laneCount(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? vector.getNumElements() : 1;
}

SmallVector<Value, 2> MathCode::ifAny(Value condition, Code rare,
                                      Code common) const {
  if (auto type = dyn_cast<VectorType>(condition.getType())) {
    if (type.getRank() != 1)
      condition = vector::ShapeCastOp::create(
          builder, loc,
          VectorType::get(type.getNumElements(), type.getElementType()),
          condition);
    condition = vector::ReductionOp::create(
        builder, loc, vector::CombiningKind::OR, condition);
  }
  auto yield = [&](Code code) {
    return [this, code](OpBuilder &, Location) {
      scf::YieldOp::create(builder, loc, code());
    };
  };
  auto branch =
      scf::IfOp::create(builder, loc, condition, yield(rare), yield(common));
  return {branch.getResults().begin(), branch.getResults().end()};
}

// The residual of the estimated quotient, times the estimate, is what it lacks.
Value MathCode::quotient(Value x, Value y) const {
  if (!hasExponents(x))
    return div(x, y);
  Value inverse = estimateReciprocal(y), estimate = mul(x, inverse);
  return fma(fma(neg(estimate), y, x), inverse, estimate);
}

//===----------------------------------------------------------------------===//
// AVX-512
//===----------------------------------------------------------------------===//

static constexpr int64_t registerLanes = 16;

bool MathCode::hasExponents(Value x) const {
  auto vector = dyn_cast<VectorType>(x.getType());
  if (!target.hasExponentInstructions || !element(x).isF32() ||
      (vector && vector.isScalable()))
    return false;
  int64_t lanes = laneCount(x.getType());
  return !vector || lanes == 4 || lanes == 8 || lanes % registerLanes == 0;
}

Value MathCode::scale(Value x, Value power) const {
  return instruction("mask.scalef", Form::Rounded, {x, power});
}
Value MathCode::exponent(Value x) const {
  return instruction("mask.getexp", Form::Rounded, {x});
}
Value MathCode::mantissa(Value x) const {
  constexpr int32_t threeQuarters = 3, unsignedZero = 4, nanBelowZero = 8;
  return instruction("mask.getmant", Form::Rounded, {x},
                     threeQuarters | unsignedZero | nanBelowZero);
}
Value MathCode::estimateReciprocal(Value x) const {
  return instruction("rcp14", Form::Estimate, {x});
}
Value MathCode::estimateRsqrt(Value x) const {
  return instruction("rsqrt14", Form::Estimate, {x});
}

// Scalars take a lane of a vector, vectors of more lanes several registers.
Value MathCode::instruction(StringRef name, Form form, ArrayRef<Value> operands,
                            std::optional<int32_t> immediate) const {
  Type type = operands.front().getType(), f32 = builder.getF32Type();
  int64_t lanes = laneCount(type);
  SmallVector<Value, 2> flat(operands);
  if (!isa<VectorType>(type)) {
    for (Value &value : flat)
      value = vector::BroadcastOp::create(builder, loc, VectorType::get(4, f32),
                                          value);
    Value result = onRegister(name, form, flat, immediate);
    return vector::ExtractOp::create(builder, loc, result, 0);
  }
  auto flatType = VectorType::get(lanes, f32);
  bool isFlat = type == flatType;
  if (!isFlat)
    for (Value &value : flat)
      value = vector::ShapeCastOp::create(builder, loc, flatType, value);
  Value result;
  if (lanes <= registerLanes) {
    result = onRegister(name, form, flat, immediate);
  } else {
    result = number(flatType, 0);
    for (int64_t first = 0; first < lanes; first += registerLanes) {
      SmallVector<Value, 2> part;
      for (Value value : flat)
        part.push_back(vector::ExtractStridedSliceOp::create(
            builder, loc, value, first, registerLanes, 1));
      result = vector::InsertStridedSliceOp::create(
          builder, loc, onRegister(name, form, part, immediate), result, first,
          1);
    }
  }
  return isFlat ? result
                : vector::ShapeCastOp::create(builder, loc, type, result);
}

// Operands, immediate, the value of masked lanes, mask, rounding.
Value MathCode::onRegister(StringRef name, Form form, ArrayRef<Value> operands,
                           std::optional<int32_t> immediate) const {
  Type type = operands.front().getType();
  int64_t lanes = laneCount(type);
  bool isWhole = lanes == registerLanes;
  SmallVector<Value, 6> arguments(operands);
  if (immediate)
    arguments.push_back(integer(builder.getI32Type(), *immediate));
  arguments.push_back(operands.front());
  arguments.push_back(integer(builder.getIntegerType(isWhole ? 16 : 8), -1));
  constexpr int32_t currentRounding = 4;
  if (isWhole && form == Form::Rounded)
    arguments.push_back(integer(builder.getI32Type(), currentRounding));
  std::string intrinsic =
      ("llvm.x86.avx512." + name + ".ps." + Twine(lanes * 32)).str();
  return LLVM::CallIntrinsicOp::create(
             builder, loc, type, builder.getStringAttr(intrinsic), arguments)
      .getResult(0);
}
