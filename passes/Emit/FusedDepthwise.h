//===- FusedDepthwise.h - Two convolutions in one kernel --------*- C++ -*-===//
//
// A convolution and the depthwise convolution that reads it, panel of channels
// by panel: what the first makes of a panel stays in the launch's scratch, laid
// out [row, column, channel of the panel].
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_EMIT_FUSEDDEPTHWISE_H
#define SLUICE_PASSES_EMIT_FUSEDDEPTHWISE_H

#include "dialects/Graph/GraphOps.h"
#include "mlir/IR/Block.h"
#include <optional>

namespace sluice {

/// A function of the shapes and of what the pass that fused them chose. A unit
/// is a band of result rows of one panel of one image; a chunk is a group of a
/// unit's rows. Within a launch's range a unit's rows follow one another, so
/// that no row of the first convolution is made twice; between bands some are.
struct FusedDepthwise {
  graph::ConvOp first, depthwise;
  mlir::Value made;   ///< of the first convolution and its epilogue
  mlir::Value padded; ///< the same with zeros around, if any: what is read

  int64_t images, madeRows, rows;    ///< `rows`: of the result
  int64_t top, left, right, columns; ///< of what is read
  int64_t stride, extent;            ///< of the window, in rows
  int64_t width, panel;              ///< all channels, of a panel
  int64_t bands = 1, groups = 1;     ///< of an image, of a band

  /// The convolutions of a kernel's body, whoever chose the rest: nullopt where
  /// it does not have this form.
  static std::optional<FusedDepthwise> match(mlir::Block &body);
  /// With what the body's depthwise convolution carries.
  static std::optional<FusedDepthwise> get(mlir::Block &body);
  /// Makes it carry the choice and the scratch that it takes.
  void set();

  int64_t panels() const { return (width + panel - 1) / panel; }
  int64_t units() const { return images * bands * panels(); }
  int64_t chunks() const { return units() * groups; }
  int64_t rowElements() const { return columns * panel; }
  /// Rows of what is read that so many rows of the result need.
  int64_t rowsRead(int64_t count) const {
    return (count - 1) * stride + extent;
  }
  int64_t bandRows() const { return (rows + bands - 1) / bands; }
  /// A range of chunks uses the scratch of all of them.
  int64_t chunkElements() const {
    int64_t count = (rows + bands * groups - 1) / (bands * groups);
    return std::max(rowsRead(count), count * stride) * rowElements();
  }
  int64_t elementBytes() const;
  int64_t scratchBytes() const {
    return chunks() * chunkElements() * elementBytes();
  }
};

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_FUSEDDEPTHWISE_H
