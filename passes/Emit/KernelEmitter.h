//===- KernelEmitter.h - Loops for one kernel -------------------*- C++ -*-===//
//
// An emitter turns the graph operators of one `kernel.func` into loops over
// its buffers. There is one per kind of root; the generic one serves all
// operators that have an ElementOp.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_EMIT_KERNELEMITTER_H
#define SLUICE_PASSES_EMIT_KERNELEMITTER_H

#include "dialects/Graph/ElementBuilder.h"
#include "dialects/Kernel/KernelOps.h"
#include "mlir/IR/Builders.h"
#include "passes/Target/TargetDescription.h"
#include "llvm/ADT/DenseMap.h"

namespace sluice {

/// What an emitter works with: the operators, still in the `kernel.func`, and
/// an insertion point in the function that will replace it.
struct KernelContext {
  kernel::FuncOp source;
  /// The operators and the value that they compute.
  mlir::Block &body;
  mlir::Value result;
  /// The last KernelRootOp among the operators, or null.
  mlir::Operation *root;

  mlir::OpBuilder &builder; ///< inside the new function
  mlir::Location loc;
  const TargetDescription &target;

  /// The buffer of each region argument.
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  /// Where the result goes: same shape, storage form, static strides.
  mlir::Value output;
  /// The launch computes chunks [begin, end) of the kernel (index values).
  mlir::Value begin, end;
  /// The run's record (kernel::RunRecord), or null when no operator of the
  /// kernel can fail.
  mlir::Value status;
  /// Bytes that the launch may use, as the root asked for; else null.
  mlir::Value scratch = {};
  /// The region argument whose buffer is the output, or null.
  mlir::Value overwritten = {};
  /// Further results, of the shape of the first, and where they go: emitters of
  /// contractions and of elements store them.
  llvm::SmallVector<std::pair<mlir::Value, mlir::Value>, 1> others = {};

  mlir::RankedTensorType resultType() const {
    return mlir::cast<mlir::RankedTensorType>(result.getType());
  }

  /// Reads kernel inputs from their buffers, reports failures to `status`.
  /// With lanes > 1 the readers need contiguous last dimensions.
  graph::ElementBuilder makeElementBuilder(int64_t lanes);

  /// Stores element(s) in value form at `indices` of the output; with a mask,
  /// only the lanes it names.
  void store(graph::ElementBuilder &elements, mlir::Value element,
             mlir::ValueRange indices) {
    store(elements, element, indices, output);
  }
  void store(graph::ElementBuilder &elements, mlir::Value element,
             mlir::ValueRange indices, mlir::Value to);

  /// Whether a buffer is so large that what is touched of it is rarely near.
  bool isFar(mlir::Value buffer) const;
  /// Brings the line of an element into the first cache.
  void prefetch(mlir::Value buffer, mlir::ValueRange indices, bool toWrite);

  /// Computes all results at `indices`.
  llvm::SmallVector<mlir::Value, 2> readResults(graph::ElementBuilder &elements,
                                                mlir::ValueRange indices);
  void storeResults(graph::ElementBuilder &elements,
                    llvm::ArrayRef<mlir::Value> results,
                    mlir::ValueRange indices);

  /// The widest vector, in elements, for everything that the kernel touches;
  /// 1 when some operator or type cannot be vectorised along the last
  /// dimension.
  int64_t getLanes() const;
  /// The same by element types alone.
  int64_t getLanesOfTypes() const;
};

/// Emits the kernel's loops and returns how many chunks it has: a function of
/// shapes alone, at least 1. An emitter that does not serve this kernel
/// returns 0 and emits nothing; failure means a diagnostic was emitted.
using KernelEmitter = mlir::FailureOr<int64_t> (*)(KernelContext &);

mlir::FailureOr<int64_t> emitDepthwise(KernelContext &context);
mlir::FailureOr<int64_t> emitContraction(KernelContext &context);
mlir::FailureOr<int64_t> emitAttention(KernelContext &context);
mlir::FailureOr<int64_t> emitRows(KernelContext &context);
mlir::FailureOr<int64_t> emitWindow(KernelContext &context);
mlir::FailureOr<int64_t> emitWinograd(KernelContext &context);
mlir::FailureOr<int64_t> emitTranspose(KernelContext &context);
/// Rows of the result that are shorter than a vector, in columns of many rows;
/// 0 where they cannot be read or stored so.
int64_t emitShortElements(KernelContext &context);
mlir::FailureOr<int64_t> emitElements(KernelContext &context);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_KERNELEMITTER_H
