//===- ProductStep.h - Code of one step of a sum ----------------*- C++ -*-===//

#ifndef SLUICE_PASSES_EMIT_PRODUCTSTEP_H
#define SLUICE_PASSES_EMIT_PRODUCTSTEP_H

#include "passes/Emit/NestBuilder.h"
#include "passes/Emit/ProductForm.h"

namespace sluice {

/// Emits the form's loads and products for vectors of `nest`'s lanes.
class ProductStep {
public:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<mlir::Value, 2>;

  ProductStep(NestBuilder &nest, const ProductForm &form,
              const ProductTypes &types, bool hasPairProducts,
              bool hasIntegerDots)
      : form(form), nest(nest), types(types), hasPairProducts(hasPairProducts),
        hasIntegerDots(hasIntegerDots) {}

  const ProductForm form;

  /// One vector of columns; of single elements the lanes of `mask` alone.
  Values loadWeights(Value rhs, Value at, Value mask = {});
  /// The step's elements of lhs, `stride` apart; those after the first
  /// `present` count as zero and are not read.
  Values loadFactor(Value lhs, Value at, int64_t stride, int64_t present);
  /// By how much factors were raised; only where the form says so.
  Values raisedFactor();
  void multiplyAdd(const Values &factor, const Values &weights, Value *sums);
  /// One value per column.
  Value finish(llvm::ArrayRef<Value> sums);

private:
  Value constant(int64_t value);
  Value cast(Value vector, int64_t lanes, mlir::Type element);
  Value loadGroup(Value lhs, Value at, int64_t stride, int64_t present);
  Value widenBytes(Value bytes, bool isUnsigned);
  Values widenHalves(Value pairs);
  Value addPairs(Value lhs, Value rhs, Value sum);
  Value call(llvm::StringRef name, mlir::ValueRange operands);

  NestBuilder &nest;
  const ProductTypes types;
  bool hasPairProducts, hasIntegerDots;
};

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_PRODUCTSTEP_H
