//===- RowPatterns.h - Parts of formulas over rows --------------*- C++ -*-===//
//
// What recognising passes look through: reshapes, repetition along rows,
// nested products and sums. Rows are the last dimensions, in row-major order;
// a value per row that is repeated along them is seen as the value per row.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_SIMPLIFY_ROWPATTERNS_H
#define SLUICE_PASSES_SIMPLIFY_ROWPATTERNS_H

#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphOps.h"
#include <optional>

namespace sluice {

/// Asks every operator of a function once whether it has been replaced, and
/// erases those that have and what nothing reads then.
void replaceRecognised(mlir::Operation *function,
                       llvm::function_ref<bool(mlir::Operation *)> recognise);

/// The value that reshapes show in other dimensions.
mlir::Value skipViews(mlir::Value value);

/// The number that all elements of a float constant have, whatever repeats it.
std::optional<double> getSplat(mlir::Value value);

/// `value` as one element per row, each repeated `length` times.
struct PerRow {
  mlir::Value value; ///< without reshapes; null: it is none
  int64_t length = 0;
};
PerRow matchPerRow(mlir::Value value);

/// The operand of a reduction of all elements of rows of `length`; null if
/// `value` is none.
mlir::Value matchRowReduction(mlir::Value value, graph::ReduceKind kind,
                              int64_t length);

/// The operand of a mean along rows of `length` elements (a reduction to the
/// mean, or to the sum and then scaled); null if `value` is none.
mlir::Value matchRowMean(mlir::Value value, int64_t length);

/// What `value` is the square of; null if it is none.
mlir::Value matchSquare(mlir::Value value);

/// A factor of a product of rows.
struct Factor {
  mlir::Value value;    ///< without reshapes
  int64_t length = 0;   ///< not 0: one element per row of so many
  bool divides = false; ///< the product is divided by it

  bool operator==(const Factor &other) const {
    return value == other.value && length == other.length &&
           divides == other.divides;
  }
};

struct Product {
  llvm::SmallVector<Factor, 4> factors;
  bool isNegative = false;
};

/// `value` as a product of few factors; a single one where it is none.
Product matchProduct(mlir::Value value);

/// The terms of a sum, each a product.
llvm::SmallVector<std::pair<mlir::Value, bool>, 4> matchSum(mlir::Value value);

/// `value` with the dimensions of `like` or, where its last one is no row, as
/// many rows of `length` elements as there are.
mlir::Value buildRows(graph::GraphBuilder &b, mlir::Value value, int64_t length,
                      mlir::Value like);

/// The factor with the dimensions of `like`; null where they do not fit.
mlir::Value buildFactor(graph::GraphBuilder &b, const Factor &factor,
                        mlir::Value like);

} // namespace sluice

#endif // SLUICE_PASSES_SIMPLIFY_ROWPATTERNS_H
