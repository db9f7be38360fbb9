//===- ProductForm.h - How elements of a sum are multiplied -----*- C++ -*-===//
//
// One step of a sum multiplies a factor, the same in all lanes, with vectors of
// weights. Narrow elements go by groups along the sum: one 32-bit lane holds
// the two or four weights of a column, and one instruction multiplies and adds
// them.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_EMIT_PRODUCTFORM_H
#define SLUICE_PASSES_EMIT_PRODUCTFORM_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "passes/Target/TargetDescription.h"

namespace sluice {

/// What products are summed in for results of the type, or null: contractions
/// of it are left to the generic emitter. Narrow integers wrap around in the
/// end as they would at every step.
mlir::Type getAccumulatorType(mlir::Type resultType);

/// The element types of a contraction, with their signs.
struct ProductTypes {
  mlir::Type lhs, rhs, result;

  static ProductTypes get(mlir::Operation *contraction);
  mlir::Type sum() const { return getAccumulatorType(result); }
};

/// Elements along the sum that one lane of packed weights holds. Types alone
/// decide: all targets read the same weights.
int64_t getProductGroup(const ProductTypes &types);

enum class ProductKind : uint8_t {
  Scalars,  ///< one by one, widened where they are loaded
  Bytes,    ///< four, widened to 16 bits
  ByteDots, ///< four
  Words,    ///< two 16-bit integers
  Halves,   ///< two bf16, widened
  HalfDots, ///< two bf16
};

struct ProductForm {
  ProductKind kind = ProductKind::Scalars;
  int64_t group = 1;
  /// Vectors of sums and of weights for one vector of columns.
  int64_t sums = 1, weights = 1;
  /// Vectors that a factor takes.
  int64_t factors = 1;
  /// ByteDots multiplies unsigned with signed bytes: the weights are the
  /// unsigned ones, or signed factors are raised by 128, which a row of that
  /// factor corrects.
  bool swapsOperands = false, raisesFactors = false;

  /// For elements that are grouped by `group`.
  static ProductForm get(const ProductTypes &types, int64_t group,
                         const TargetDescription &target);
  /// Rows of a tile of `vectors` columns that fit the registers.
  int64_t mostRows(int64_t registers, int64_t vectors) const;
};

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_PRODUCTFORM_H
