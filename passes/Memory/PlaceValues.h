//===- PlaceValues.h - Which buffer holds which tensor ----------*- C++ -*-===//
//
// Tensors that need no buffer of their own: views and parts of others, values
// that are made straight where the operator that joins them wants them, and
// those that the kernel that reads them last writes its result over.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_MEMORY_PLACEVALUES_H
#define SLUICE_PASSES_MEMORY_PLACEVALUES_H

#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Kernel/KernelOps.h"
#include "mlir/IR/Block.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace sluice {

/// Where a tensor's elements lie in the row-major buffer of another, its base.
struct Place {
  mlir::Value base;
  int64_t offset = 0;                 ///< of the first element, in elements
  llvm::SmallVector<int64_t> strides; ///< of each dimension, in elements
};

/// Strides by which the elements of a buffer of shape `from` are one of shape
/// `to`, in the same row-major order; nullopt where there are none.
std::optional<llvm::SmallVector<int64_t>>
reshapeStrides(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> strides,
               llvm::ArrayRef<int64_t> to);

/// Whether enough of what the join holds is made by kernels that can write it
/// there, side by side: else a kernel should do the work. Shapes are static.
bool isWorthPlacing(graph::JoinOp join);

/// The places of the tensors of a block and of the regions of control flow in
/// it, all of static shape. A value that is
/// its own base has a buffer of its own.
class ValuePlaces {
public:
  /// `fixed`: values whose buffers are given, by the caller say. What loops
  /// carry fits `copy-carried`.
  ValuePlaces(mlir::Block &block, const llvm::DenseSet<mlir::Value> &fixed);

  Place get(mlir::Value tensor) const;
  /// Where a part of a join belongs.
  Place getPart(graph::JoinOp join, unsigned part) const;
  /// Where a part of another tensor lies in that one's buffer; its own place
  /// may be another.
  Place getPart(graph::PartOp part) const;
  /// Whether it is made there; else it has to be copied.
  bool isInPlace(mlir::OpOperand &part) const {
    return inPlace.contains(&part);
  }

private:
  void placeOperands(mlir::Block &block);
  void placeOverwritten(kernel::FusedOp fused);
  void placeViews(mlir::Block &block);
  bool claim(mlir::OpOperand &part, Place place);
  bool canRead(mlir::Value tensor, llvm::ArrayRef<int64_t> strides) const;

  const llvm::DenseSet<mlir::Value> &fixed;
  llvm::DenseMap<mlir::Value, Place> places;
  llvm::DenseSet<mlir::OpOperand *> inPlace;
};

} // namespace sluice

#endif // SLUICE_PASSES_MEMORY_PLACEVALUES_H
