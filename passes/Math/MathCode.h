//===- MathCode.h - Building blocks of functions ----------------*- C++ -*-===//
//
// What the functions share, and the instructions that make them short where a
// target has them. This is the only place that asks for the target.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_MATH_MATHCODE_H
#define SLUICE_PASSES_MATH_MATHCODE_H

#include "dialects/Graph/ScalarCode.h"
#include "passes/Target/TargetDescription.h"

namespace sluice {

class MathCode : public graph::ScalarCode {
public:
  MathCode(mlir::OpBuilder &builder, mlir::Location loc,
           const TargetDescription &target)
      : ScalarCode(builder, loc), target(target) {}

  const TargetDescription &target;

  /// Coefficients from the highest power down.
  Value polynomial(Value x, llvm::ArrayRef<double> coefficients) const;
  /// `x` below `low` becomes `low`, above `high` `high`; NaN stays.
  Value clamp(Value x, double low, double high) const;
  Value isZero(Value x) const { return compare(Float::OEQ, x, 0.0); }
  Value isSize(Float predicate, Value x, double size) const {
    return compare(predicate, abs(x), size);
  }

  using Code = llvm::function_ref<llvm::SmallVector<Value, 2>()>;
  /// The results of `rare` if the condition holds in any lane, else those of
  /// `common`.
  llvm::SmallVector<Value, 2> ifAny(Value condition, Code rare,
                                    Code common) const;

  /// x / y to 0.6 ULP for y in [2**-100, 2**100], or one of them NaN.
  Value quotient(Value x, Value y) const;

  // AVX-512's instructions on f32.
  /// Whether there are some for values like `x`.
  bool hasExponents(Value x) const;
  /// x * 2**power, rounded once; `power` is an integer.
  Value scale(Value x, Value power) const;
  /// The exponent of x, minus infinity for zero, infinity for infinity.
  Value exponent(Value x) const;
  /// |x| / 2**n in [3/4, 3/2), 1 for zeros and infinity, NaN below zero.
  Value mantissa(Value x) const;
  /// 1 / x and 1 / sqrt(x) with a relative error of 2**-14.
  Value estimateReciprocal(Value x) const;
  Value estimateRsqrt(Value x) const;

private:
  enum class Form { Estimate, Rounded };
  Value instruction(llvm::StringRef name, Form form,
                    llvm::ArrayRef<Value> operands,
                    std::optional<int32_t> immediate = std::nullopt) const;
  Value onRegister(llvm::StringRef name, Form form,
                   llvm::ArrayRef<Value> operands,
                   std::optional<int32_t> immediate) const;
};

} // namespace sluice

#endif // SLUICE_PASSES_MATH_MATHCODE_H
