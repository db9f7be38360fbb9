//===- Contraction.h - Compositions around products and convs ---*- C++ -*-===//
//
// Shared by all importers. A null operand gives a null result; problems are
// diagnostics at the builder's location.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_BUILDERS_CONTRACTION_H
#define SLUICE_DIALECTS_GRAPH_BUILDERS_CONTRACTION_H

#include "dialects/Graph/GraphBuilder.h"

namespace sluice::graph {

/// Product of matrices in the last two dimensions; the dimensions before them
/// broadcast by numpy's rules. Operands have rank 2 at least.
mlir::Value buildMatMul(GraphBuilder &b, mlir::Value lhs, mlir::Value rhs,
                        bool transposeLhs, bool transposeRhs);

/// `x` plus one number per index of dimension `dim`.
mlir::Value buildBiasAdd(GraphBuilder &b, mlir::Value x, mlir::Value bias,
                         int64_t dim);

/// Attributes of a convolution, one entry per spatial dimension.
struct ConvWindow {
  llvm::SmallVector<int64_t> strides, low, high, inputDilation, dilation;
  int64_t groups = 1;
};

mlir::Value buildConv(GraphBuilder &b, mlir::Value input, mlir::Value filter,
                      const ConvWindow &window);

/// The labels of a dimension each: letters, or numbers from `einsumEllipsis`
/// on for the dimensions of an ellipsis, counted from the last one.
using EinsumLabels = llvm::SmallVector<int>;
constexpr int einsumEllipsis = 256;

/// Sum over the labels that `result` does not name of the product of one or
/// two operands. A label that an operand names twice takes its diagonal, one
/// that the result names twice fills it; ellipsis dimensions of size 1
/// broadcast.
mlir::Value buildEinsum(GraphBuilder &b, llvm::ArrayRef<mlir::Value> operands,
                        llvm::ArrayRef<EinsumLabels> labels,
                        llvm::ArrayRef<int> result);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_BUILDERS_CONTRACTION_H
