//===- ReductionCode.h - Scalar code of reductions --------------*- C++ -*-===//
//
// What reductions, windows and their kernel emitters share: the type in which
// elements are accumulated, where accumulation starts, how two partial results
// are combined. Everything works on scalars and on vectors of any length.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_REDUCTIONCODE_H
#define SLUICE_DIALECTS_GRAPH_REDUCTIONCODE_H

#include "dialects/Graph/ElementBuilder.h"
#include "dialects/Graph/GraphOps.h"

namespace sluice::graph {

struct Accumulation {
  ReduceKind kind;
  /// Graph type of the elements that are accumulated and of the result.
  mlir::Type elementType;

  /// Scalar type of a partial result: f32 for f16 and bf16, 64 bits for the
  /// mean of integers, else the value form of the elements.
  mlir::Type partialType(const ElementBuilder &b) const;
  /// The partial result of no elements, in all lanes.
  mlir::Value identity(ElementBuilder &b) const;
  /// An element as a partial result.
  mlir::Value widen(ElementBuilder &b, mlir::Value element) const;
  mlir::Value combine(ElementBuilder &b, mlir::Value lhs,
                      mlir::Value rhs) const;
  /// The result from a partial result of `count` elements.
  mlir::Value finish(ElementBuilder &b, mlir::Value partial,
                     int64_t count) const;
};

/// The search of `arg_reduce`: a candidate element and its index.
struct ArgAccumulation {
  ArgKind kind;
  mlir::Type elementType; ///< graph type
  mlir::Type indexType;   ///< graph type

  /// What every element that is not NaN is at least as good as.
  mlir::Value worst(ElementBuilder &b) const;
  /// An index value in the index type, in all lanes.
  mlir::Value indexSplat(ElementBuilder &b, mlir::Value index) const;
  /// The candidate where it is better than what was found before it.
  std::pair<mlir::Value, mlir::Value>
  better(ElementBuilder &b, mlir::Value best, mlir::Value bestIndex,
         mlir::Value candidate, mlir::Value candidateIndex) const;
};

/// One step of `scan`.
struct ScanCode {
  ScanKind kind;
  mlir::Type elementType; ///< graph type

  mlir::Value start(ElementBuilder &b) const;
  mlir::Value step(ElementBuilder &b, mlir::Value partial,
                   mlir::Value element) const;
  mlir::Value finish(ElementBuilder &b, mlir::Value partial) const;

private:
  Accumulation accumulation() const;
};

/// The taps of a window along one spatial dimension that fall into the
/// operand: index values, none when `end <= first`.
struct WindowTaps {
  mlir::Value start; ///< position of tap 0 in the operand, may be negative
  mlir::Value first, end;
};
WindowTaps buildWindowTaps(ElementBuilder &b, PoolOp op, unsigned spatial,
                           mlir::Value position);
/// `sum` of as many elements as the taps of all spatial dimensions.
mlir::Value buildWindowAverage(ElementBuilder &b, mlir::Value sum,
                               llvm::ArrayRef<WindowTaps> taps);

/// Floats of half width as f32, others as they are.
mlir::Value widenFloat(ElementBuilder &b, mlir::Value value);
/// Back to `elementType`, rounding once.
mlir::Value narrowFloat(ElementBuilder &b, mlir::Value value,
                        mlir::Type elementType);
/// `scalar`, or a vector of it with as many elements as `like` has.
mlir::Value splatLike(ElementBuilder &b, mlir::TypedAttr scalar,
                      mlir::Type like);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_REDUCTIONCODE_H
