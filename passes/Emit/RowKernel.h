//===- RowKernel.h - What emitters of row kernels share ---------*- C++ -*-===//
//
// A row kernel visits the operand of its root row by row (or column block by
// column block), keeps partial results in vectors, and runs the elementwise
// operators behind the root on the finished elements.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_EMIT_ROWKERNEL_H
#define SLUICE_PASSES_EMIT_ROWKERNEL_H

#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/ReductionCode.h"
#include "passes/Emit/KernelEmitter.h"
#include <functional>

namespace sluice {

class RowKernel {
public:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<Value>;
  using Body = llvm::function_ref<Values(Value iv, mlir::ValueRange carried)>;

  explicit RowKernel(KernelContext &kernel)
      : kernel(kernel), builder(kernel.builder), loc(kernel.loc) {}

  KernelContext &kernel;
  mlir::OpBuilder &builder;
  mlir::Location loc;

  Value operand() const { return kernel.root->getOperand(0); }
  mlir::RankedTensorType operandType() const {
    return mlir::cast<mlir::RankedTensorType>(operand().getType());
  }
  mlir::RankedTensorType rootType() const {
    return mlir::cast<mlir::RankedTensorType>(
        kernel.root->getResult(0).getType());
  }

  /// Whether what follows the root works on the same index as the root, and
  /// everything but the root can be computed in vectors.
  bool isSupported() const;
  /// Elements per vector for what precedes the root, with partial results of
  /// `partialBits` bits; 1 when an element type does not fit into vectors.
  int64_t lanesBeforeRoot(int64_t partialBits) const;

  /// Views the operand with other dimensions, which merge neighbouring ones,
  /// when its elements depend on nothing but their position: whatever precedes
  /// the root is elementwise, on contiguous buffers of the operand's shape.
  /// After that, its elements are read with as many indices as `shape` has.
  bool mergeDimensions(llvm::ArrayRef<int64_t> shape);

  /// Views all buffers as `count` rows of `size` elements, or as one element
  /// for each row, where every operator but the root works on elements at one
  /// position. After that they are read with one index for the row.
  bool mergeRows(int64_t count, int64_t size);

  Value constant(int64_t value);
  /// `scf.for` with step 1; a loop that runs once is no loop.
  Values loop(int64_t count, mlir::ValueRange init, Body body);
  Values loop(Value lower, Value upper, mlir::ValueRange init, Body body);
  /// Nested loops over `sizes`, which sets `at[dims[i]]`.
  Values loopNest(llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> sizes,
                  Values &at, mlir::ValueRange init,
                  llvm::function_ref<Values(mlir::ValueRange)> body);
  /// Loops over the part of `[0, units)` that belongs to this launch, where a
  /// chunk is as many units as take `unitCost` scalar operations each.
  /// Returns the number of chunks.
  int64_t forUnits(int64_t units, int64_t unitCost,
                   llvm::function_ref<void(Value lower, Value upper)> body);
  /// `body(indices, present)` for blocks of `lanes` positions along the last of
  /// the dimensions `sizes`, of which `present` exist; a position costs as many
  /// scalar operations. Returns the number of chunks.
  int64_t
  forRowBlocks(llvm::ArrayRef<int64_t> sizes, int64_t lanes, int64_t cost,
               llvm::function_ref<void(llvm::ArrayRef<Value>, int64_t)> body);
  void ifElse(Value condition, llvm::function_ref<void()> thenCode,
              llvm::function_ref<void()> elseCode);
  /// The indices of a row-major position.
  Values delinearize(Value position, llvm::ArrayRef<int64_t> sizes);

  /// i1 vector whose first `count` lanes are set.
  Value firstLanes(int64_t lanes, int64_t count);
  /// Element(s) of a tensor, `lanes` along the last dimension. With
  /// `count < lanes` only the first `count` exist.
  Value read(Value tensor, mlir::ValueRange indices, int64_t lanes,
             int64_t count);
  /// Partial results for a row of `size` elements: vectors that hide the
  /// latency of a step.
  static Values startRow(int64_t size, int64_t lanes, Value identity);
  /// `step(first, count, partial)` for each vector of a row, over the partial
  /// results in turn; the last vector may have fewer lanes.
  Values
  foldRow(int64_t size, int64_t lanes, mlir::ValueRange partials,
          llvm::function_ref<Value(Value first, int64_t count, Value partial)>
              step);
  /// All lanes of all vectors combined to one scalar.
  Value combineAll(mlir::ValueRange vectors,
                   llvm::function_ref<Value(Value, Value)> combine);
  /// The greater one; NaN may get lost. One instruction, for softmax, which
  /// meets each NaN again in the sum of exponentials.
  Value greater(Value x, Value y);
  /// Combines the lanes of vectors to one scalar each, halving them until one
  /// is left; `combine` gets two lists of vectors of one length.
  Values horizontal(
      mlir::ValueRange vectors,
      llvm::function_ref<Values(mlir::ValueRange, mlir::ValueRange)> combine);
  /// Runs what follows the root on element(s) of its result and stores them.
  void finish(Value rootElement, mlir::ValueRange indices, int64_t lanes,
              int64_t count);
};

/// Any root on rows shorter than a vector, which lie side by side.
int64_t emitShortRows(RowKernel &rows);

// One per kind of root; 0 when the kernel is none for rows.
int64_t emitReduceRows(RowKernel &rows, graph::ReduceOp op);
int64_t emitReduceColumns(RowKernel &rows, graph::ReduceOp op);
int64_t emitSoftmaxRows(RowKernel &rows, bool logarithm);
int64_t emitNormalizeRows(RowKernel &rows, graph::NormalizeOp op);
int64_t emitArgRows(RowKernel &rows, graph::ArgReduceOp op);
int64_t emitScan(RowKernel &rows, graph::ScanOp op);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_ROWKERNEL_H
