//===- ContractionEpilogue.h - What follows a tile's sums -------*- C++ -*-===//

#ifndef SLUICE_PASSES_EMIT_CONTRACTIONEPILOGUE_H
#define SLUICE_PASSES_EMIT_CONTRACTIONEPILOGUE_H

#include "passes/Emit/ContractionRows.h"
#include "passes/Emit/NestBuilder.h"

namespace sluice {

/// Where the sums of a tile belong: rows * columns positions, each with so many
/// vectors of channels.
struct TilePlace {
  mlir::Value row, column, channel; ///< the first of each
  int64_t rows, columns, vectors;
  mlir::Value mask; ///< of the last vector; null: all lanes
};

/// Applies the operators behind a contraction to finished sums and stores the
/// results. Refers to what it is made of.
class ContractionEpilogue {
public:
  /// `result`: the element type of the contraction's result.
  ContractionEpilogue(KernelContext &context, NestBuilder &nest,
                      const ContractionRows &rows, mlir::Type result);

  /// Fetches what `emit` will touch, to be there when the sums are done.
  /// `indices`: of the result, those along other dimensions than a tile's.
  void prefetch(const TilePlace &place, llvm::ArrayRef<mlir::Value> indices);
  void emit(llvm::ArrayRef<mlir::Value> sums, const TilePlace &place,
            llvm::ArrayRef<mlir::Value> indices);

private:
  /// Results of one vector of sums.
  struct Finished {
    graph::ElementBuilder elements;
    llvm::SmallVector<mlir::Value, 4> at;
    llvm::SmallVector<mlir::Value, 2> results;
  };

  /// Calls `body(indices)` for the first channel of each position.
  void forPositions(
      const TilePlace &place, llvm::ArrayRef<mlir::Value> indices,
      llvm::function_ref<void(llvm::MutableArrayRef<mlir::Value>)> body);
  Finished compute(mlir::Value sum, llvm::ArrayRef<mlir::Value> at,
                   mlir::Value mask);
  void store();

  KernelContext &context;
  NestBuilder &nest;
  const ContractionRows &rows;
  mlir::Type result;
  /// Buffers that are too large for a near cache: `written` ones that get
  /// results, and tensors of their size that are read with them.
  llvm::SmallVector<mlir::Value, 2> touched;
  size_t written = 0;
  llvm::SmallVector<Finished, 2> waiting; ///< for a partner
};

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_CONTRACTIONEPILOGUE_H
