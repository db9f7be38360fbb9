//===- Window.h - Windows, padding rules, channel layouts -------*- C++ -*-===//
//
// Shared by all importers. A null operand gives a null result; problems are
// diagnostics at the builder's location.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_BUILDERS_WINDOW_H
#define SLUICE_DIALECTS_GRAPH_BUILDERS_WINDOW_H

#include "dialects/Graph/GraphBuilder.h"

namespace sluice::graph {

/// One entry per spatial dimension.
struct WindowShape {
  llvm::SmallVector<int64_t> window, strides, padLow, padHigh, dilations;
};

/// Padding of one spatial dimension such that the result has
/// ceil(size / stride) elements; the odd one goes after. False when something
/// overflows or is not positive.
bool computeSamePadding(int64_t size, int64_t window, int64_t stride,
                        int64_t dilation, int64_t &low, int64_t &high);

/// From N C spatial.. to N spatial.. C, and back.
mlir::Value buildChannelsLast(GraphBuilder &b, mlir::Value operand);
mlir::Value buildChannelsFirst(GraphBuilder &b, mlir::Value operand);

/// Pool over a channels-last operand.
mlir::Value buildPool(GraphBuilder &b, PoolKind kind, mlir::Value operand,
                      const WindowShape &shape);

/// The greatest of each `window` channels that follow one another; the number
/// of channels is a multiple.
mlir::Value buildDepthMaxPool(GraphBuilder &b, mlir::Value operand,
                              int64_t window);

/// Resize of a channels-last operand to static spatial sizes.
mlir::Value buildResize(GraphBuilder &b, ResizeMode mode, mlir::Value operand,
                        llvm::ArrayRef<int64_t> sizes, ResizeRule rule,
                        ResizeRounding rounding);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_BUILDERS_WINDOW_H
