//===- ContractionPlan.h - How a contraction runs on a target ---*- C++ -*-===//
//
// Matrix products and convolutions are one loop nest: for each group (batch of
// a product, group of channels), each position of the result and each vector
// of output channels, sum over a nest of loops. They differ in strides only.
// A plan is a function of the operator's shapes and of the target, so that the
// pass that packs weights and the emitter that reads them agree.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_EMIT_CONTRACTIONPLAN_H
#define SLUICE_PASSES_EMIT_CONTRACTIONPLAN_H

#include "dialects/Support/HostTensor.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "passes/Emit/ProductForm.h"
#include "passes/Target/TargetDescription.h"
#include "passes/Tuning/Tuning.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace sluice {

/// One loop of the nest; strides in elements.
struct NestLoop {
  int64_t count;
  int64_t lhsStride; ///< of the operand that is broadcast
  int64_t rhsStride; ///< of groups: elements; of sums: rows of the weights
  unsigned dim;      ///< of the result, where the loop runs over one
};

/// A split of `total` into `parts()` of one or two sizes, the larger first.
struct BalancedSplit {
  int64_t highCount = 0, high = 0, lowCount = 0, low = 0;

  /// As few parts as `limit` allows, as equal as possible.
  static BalancedSplit get(int64_t total, int64_t limit);
  int64_t parts() const { return highCount + lowCount; }
  int64_t largest() const { return highCount ? high : low; }
};

/// Columns of a panel of packed weights, and of the vectors that the last one
/// is rounded up to. So many rows follow one another column by column.
struct PanelShape {
  int64_t panel, lanes, rows = 1;
};

/// The layout that weights are packed to: for each group panels of `panel`
/// columns, `depth` rows each, the last panel as narrow as whole vectors
/// allow, missing columns zero. `interleaved` rows follow one another column by
/// column; each `run` of rows is rounded up to a multiple of that with zeros,
/// which `depth` counts.
struct ContractionPacking {
  int64_t groups, depth, width;
  int64_t panel, lanes;
  /// Strides of the unpacked constant, in elements.
  int64_t groupStride, depthStride, widthStride;
  int64_t interleaved = 1, run = 1;

  /// Rows that a run takes.
  int64_t paddedRun() const {
    return (run + interleaved - 1) / interleaved * interleaved;
  }

  int64_t fullPanels() const { return width / panel; }
  /// Vectors of the panel after the full ones, 0 without one.
  int64_t tailVectors() const { return (width % panel + lanes - 1) / lanes; }
  /// Elements of one group, of all groups.
  int64_t groupSize() const {
    return depth * (fullPanels() * panel + tailVectors() * lanes);
  }
  int64_t size() const { return groups * groupSize(); }
};

struct ContractionPlan {
  llvm::SmallVector<NestLoop, 2> groups; ///< outermost first
  llvm::SmallVector<NestLoop, 2> outer;
  NestLoop rows, columns; ///< what a register tile is cut from
  /// What is summed over, outermost first; `rhsStride` counts weight rows.
  llvm::SmallVector<NestLoop, 3> sums;
  ContractionPacking packing;
  /// Output channels follow one another from group to group (convolution).
  bool groupsAreChannels = false;
  /// Vectors of result channels cut across groups: all of them are columns, and
  /// what the lanes read is put together from the groups' channels.
  bool depthwise = false;
  int64_t groupInputs = 1, groupResults = 1; ///< depthwise: channels of a group
  ProductForm form;

  // The tile: rowSplit x columnSplit positions times a strip of channels in
  // vectors of `lanes`. Panels are cut into strips without rest: a level with
  // narrow vectors reads panels that were packed for wide ones.
  BalancedSplit rowSplit, columnSplit;
  int64_t strip = 1, lanes = 1;
  // The order: tiles are visited in blocks.
  int64_t tilesPerBlock = 1, blocks = 1;
  bool panelsOutside = true;
  bool prefetch = false;
  int64_t rowsPerChunk = 1; ///< depthwise

  /// One channel of the result for each of the input.
  bool keepsChannels() const {
    return depthwise && groupInputs == 1 && groupResults == 1;
  }
  int64_t groupCount() const { return packing.groups; }
  int64_t outerCount() const;
  int64_t fullStrips() const { return packing.width / strip; }
  /// Vectors of the strip after the full ones, 0 without one.
  int64_t tailVectors() const {
    return (packing.width % strip + lanes - 1) / lanes;
  }
  int64_t strips() const { return fullStrips() + (tailVectors() != 0); }
  int64_t tiles() const {
    return outerCount() * rowSplit.parts() * columnSplit.parts();
  }
  int64_t chunks() const {
    return depthwise
               ? (outerCount() * rows.count + rowsPerChunk - 1) / rowsPerChunk
               : groupCount() * strips() * blocks;
  }
};

/// Element strides and offset of a buffer, as in its memref type.
struct BufferLayout {
  llvm::SmallVector<int64_t> strides;
  /// Row-major.
  static BufferLayout contiguous(llvm::ArrayRef<int64_t> shape);
};

/// The plan of a `graph.contract` or `graph.conv`; nullopt when the emitter
/// does not serve it (element type, pads, input dilation, empty or dynamic
/// shapes) or cannot read the panels. `lhs` is the layout of operand 0, null:
/// row-major; `panels` those that operand 1 has, null: the target's own, or,
/// where `isPacked` is false, none. A choice, null: what the operator carries,
/// replaces what the rules say as far as it fits.
std::optional<ContractionPlan>
planContraction(mlir::Operation *op, const TargetDescription &target,
                const BufferLayout *lhs = nullptr,
                const PanelShape *panels = nullptr,
                const TuningChoice *choice = nullptr, bool isPacked = true);

/// Tiles worth measuring for such an operator, none twice and none that the
/// rules choose; `listOrders`: orders of the tiles that `tile` makes.
std::vector<TuningChoice> listTiles(mlir::Operation *op,
                                    const TargetDescription &target);
std::vector<TuningChoice> listOrders(mlir::Operation *op,
                                     const TargetDescription &target,
                                     const TuningChoice &tile);

/// What a kernel's `packings` say of an operand: {lanes = 16, panel = 32}, with
/// `rows` where those are interleaved.
mlir::Attribute toAttribute(mlir::MLIRContext *context,
                            const PanelShape &panels);
std::optional<PanelShape> parsePanelShape(mlir::Attribute attribute);

/// The packing that the emitter wants of operand 1 where that is a constant;
/// nullopt: leave it as it is.
std::optional<ContractionPacking>
getContractionPacking(mlir::Operation *op, const TargetDescription &target);

/// The packed constant: rank 1, `packing.size()` elements. Readers prefetch up
/// to 16 KiB behind its end.
HostTensor packContractionWeights(const HostTensor &weights,
                                  const ContractionPacking &packing);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_CONTRACTIONPLAN_H
