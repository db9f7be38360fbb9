//===- SizeAlgebra.h - The normal form of symbolic sizes --------*- C++ -*-===//
//
// A symbolic size is a polynomial with integer coefficients over atoms:
// symbols, rounded quotients `floordiv(e, e)` and positive parts `max(e, 0)`.
// Everything else is written with these: ceildiv(a, c) is
// floordiv(a + c - 1, c), mod(a, c) is a - c * floordiv(a, c), and
// max(a, b) is b + max(a - b, 0). Sizes are equal exactly when their
// attributes are. Arithmetic that overflows, or whose result is unreasonably
// large, gives nothing.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_SIZEALGEBRA_H
#define SLUICE_DIALECTS_GRAPH_SIZEALGEBRA_H

#include "dialects/Graph/GraphDialect.h"

namespace sluice::graph {

/// A product of atoms, sorted; 1 without any.
using SizeMonomial = llvm::SmallVector<SizeAtomAttr, 2>;

struct SizeTerm {
  int64_t coefficient = 0; ///< never 0 in a polynomial
  SizeMonomial atoms;
};

/// Terms in descending order of their monomials, each monomial once; the
/// constant is the last.
using SizePolynomial = llvm::SmallVector<SizeTerm, 2>;
using MaybePolynomial = std::optional<SizePolynomial>;

SizePolynomial makePolynomial(int64_t constant);
SizePolynomial makePolynomial(SizeAtomAttr atom);
/// Of an IntegerAttr or a SizeExprAttr; nothing for another attribute.
MaybePolynomial makePolynomial(mlir::Attribute attribute);
/// The IntegerAttr or SizeExprAttr; null when it would be too large.
mlir::Attribute makeAttribute(mlir::MLIRContext *context,
                              const SizePolynomial &polynomial);
/// The value of a polynomial without atoms.
std::optional<int64_t> getConstant(const SizePolynomial &polynomial);

MaybePolynomial add(const SizePolynomial &lhs, const SizePolynomial &rhs);
MaybePolynomial multiply(const SizePolynomial &lhs, const SizePolynomial &rhs);
MaybePolynomial scale(const SizePolynomial &polynomial, int64_t factor);
MaybePolynomial subtract(const SizePolynomial &lhs, const SizePolynomial &rhs);
/// The quotient if there is one without remainder.
MaybePolynomial divideExactly(const SizePolynomial &lhs,
                              const SizePolynomial &rhs);
MaybePolynomial floorDivide(mlir::MLIRContext *context,
                            const SizePolynomial &lhs,
                            const SizePolynomial &rhs);
/// max(polynomial, 0)
MaybePolynomial positivePart(mlir::MLIRContext *context,
                             const SizePolynomial &polynomial);
/// Known to be 0 or more for all values of the symbols, which are.
bool isNeverNegative(const SizePolynomial &polynomial);

/// The value for these values of the symbols; nothing on overflow, division
/// by zero or an unknown symbol.
std::optional<int64_t>
evaluate(mlir::Attribute size,
         llvm::function_ref<std::optional<int64_t>(llvm::StringRef)> symbols);

/// `2*B*T + floordiv(H + 1, 2)`
void printSize(llvm::raw_ostream &os, mlir::Attribute size);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_SIZEALGEBRA_H
