//===- AcrossRows.h - Vectors of the elements of many rows ------*- C++ -*-===//
//
// Where rows are shorter than a vector, lanes run along the dimension before
// the last: a vector holds one column of as many rows as it has lanes. Buffers
// are read and written in whole vectors, and shuffles make columns of them.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_EMIT_ACROSSROWS_H
#define SLUICE_PASSES_EMIT_ACROSSROWS_H

#include "passes/Emit/KernelEmitter.h"

namespace sluice {

/// Whether `value` can be read in vectors along its dimension `dim`, where
/// buffers have up to `mostColumns` elements from one position to the next.
bool canReadAcross(const KernelContext &kernel, mlir::Value value, int64_t dim,
                   int64_t mostColumns = 16);
/// Whether the output's rows of `columns` elements lie one behind the other.
bool canStoreAcross(const KernelContext &kernel, int64_t columns);

/// One block of `lanes` rows, of which the first `count` exist.
class AcrossRows {
public:
  using Value = mlir::Value;

  AcrossRows(KernelContext &kernel, int64_t lanes, int64_t count)
      : kernel(kernel), vectors(kernel.makeElementBuilder(lanes)), lanes(lanes),
        count(count) {}

  /// The elements of `value` from `indices` on along dimension `dim`; what lies
  /// behind the rows that exist is anything. Indices along the dimensions
  /// behind it are constants.
  Value read(Value value, llvm::ArrayRef<Value> indices, int64_t dim);
  /// Makes `value` give `element` wherever it is read, until it is bound again.
  void bind(Value value, Value element);
  /// Stores what all columns give, in value form, from `indices` on.
  void store(llvm::ArrayRef<Value> columns, llvm::ArrayRef<Value> indices);

  graph::ElementBuilder &getBuilder() { return vectors; }

private:
  Value readBuffer(Value tensor, llvm::ArrayRef<Value> indices, int64_t dim);
  Value readColumn(Value tensor, llvm::ArrayRef<Value> indices, int64_t dim,
                   int64_t columns);
  Value maskOf(int64_t present);

  KernelContext &kernel;
  graph::ElementBuilder vectors;
  int64_t lanes, count;
  Value boundValue, boundElement;
  /// What elementwise operators gave since then: they may share operands.
  struct Computed {
    llvm::SmallVector<Value> indices;
    int64_t dim;
    Value element;
  };
  llvm::DenseMap<Value, llvm::SmallVector<Computed, 1>> computed;
  /// The columns of what was read: a tensor, from these rows on.
  struct Columns {
    Value tensor;
    llvm::SmallVector<Value> indices;
    llvm::SmallVector<Value> values;
  };
  llvm::SmallVector<Columns> found;
};

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_ACROSSROWS_H
