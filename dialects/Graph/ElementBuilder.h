//===- ElementBuilder.h - Code for one element of a tensor ------*- C++ -*-===//
//
// What an operator's `buildElement` works with. Values have *value form*:
// bool is i1, integers are signless, half and bfloat16 stay what they are, a
// complex number is a `complex` value, and with lanes > 1 each is a vector of
// that many elements. Signedness is asked of the graph type.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_ELEMENTBUILDER_H
#define SLUICE_DIALECTS_GRAPH_ELEMENTBUILDER_H

#include "dialects/Graph/Size.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"
#include <functional>

namespace sluice::graph {

/// What a run-time check found: values are the runtime's status codes.
enum class FailureKind {
  Assertion = 14,
  IndexOutOfRange = 15,
  ValueOutOfRange = 16,
  DivisionByZero = 17
};

class ElementBuilder {
public:
  /// Emits the element(s) of a kernel input (a value that no operator of the
  /// kernel defines) at `indices`, in value form, `lanes` of them.
  using InputReader = std::function<mlir::Value(
      ElementBuilder &, mlir::Value input, mlir::ValueRange indices)>;
  /// Emits the reaction to a failed run-time check: `condition` (i1) is true
  /// when the check failed; `value` (i64) is the offending index or value.
  using FailureSink = std::function<void(ElementBuilder &, mlir::Operation *op,
                                         mlir::Value condition,
                                         mlir::Value value, FailureKind kind)>;

  /// Emits the reservation of `bytes` (i64) of the run's string space for a
  /// result of `op` and returns their address (i64), 0 where there is no room.
  using StringAllocator = std::function<mlir::Value(
      ElementBuilder &, mlir::Operation *op, mlir::Value bytes)>;

  ElementBuilder(mlir::OpBuilder &builder, mlir::Location loc, int64_t lanes,
                 InputReader readInput)
      : builder(builder), loc(loc), lanes(lanes),
        readInput(std::move(readInput)) {}

  mlir::OpBuilder &builder;
  mlir::Location loc;
  /// Elements computed at once, along the last dimension; 1 is scalar.
  int64_t lanes;
  /// With lanes > 1: an i1 vector of the lanes that exist, or null for all.
  mlir::Value mask;
  FailureSink onFailure;
  StringAllocator onAllocate;

  /// The element(s) of `value` at `indices`: computed in place when an
  /// ElementOp defines it and it is no kernel input, loaded otherwise.
  mlir::Value read(mlir::Value value, mlir::ValueRange indices);
  /// One element as a scalar, whatever `lanes` is.
  mlir::Value readScalar(mlir::Value value, mlir::ValueRange indices);
  /// One element, repeated in all lanes.
  mlir::Value readSplat(mlir::Value value, mlir::ValueRange indices);
  /// Makes `value` give `element` wherever it is read (an accumulator of the
  /// kernel's root, a value computed before).
  void bind(mlir::Value value, mlir::Value element);
  /// Values for which this says true are read by `readInput`.
  std::function<bool(mlir::Value)> isInput;

  // Types and constants in value form.
  mlir::Type valueType(mlir::Type elementType) const;
  mlir::Type scalarType(mlir::Type elementType) const;
  /// A number in the element type (rounded to it), in all lanes.
  mlir::Value number(mlir::Type elementType, double value);
  mlir::Value integer(mlir::Type elementType, int64_t value);
  /// Zero of any number type, false for bool.
  mlir::Value zero(mlir::Type elementType);
  mlir::Value index(int64_t value);
  /// Repeats a scalar in all lanes.
  mlir::Value splat(mlir::Value scalar);

  /// The size of a dimension as an `index` value. Sizes that are not static
  /// are asked of `readSize`.
  mlir::Value size(Size size);
  std::function<mlir::Value(ElementBuilder &, Size)> readSize;

  // Index arithmetic (always scalar), folded where constant.
  mlir::Value addIndex(mlir::Value lhs, mlir::Value rhs);
  mlir::Value subIndex(mlir::Value lhs, mlir::Value rhs);
  mlir::Value mulIndex(mlir::Value lhs, int64_t factor);
  mlir::Value mulIndex(mlir::Value lhs, mlir::Value factor);
  mlir::Value addIndex(mlir::Value lhs, int64_t offset);

  /// `scf.if` on a scalar i1; what is read inside a branch stays inside.
  mlir::Value ifElse(mlir::Value condition, mlir::Type resultType,
                     llvm::function_ref<mlir::Value()> thenValue,
                     llvm::function_ref<mlir::Value()> elseValue);
  /// `scf.for` from `lower` to `upper` (index values, step 1) with carried
  /// values; `body(iv, carried)` returns the new ones.
  llvm::SmallVector<mlir::Value>
  loop(mlir::Value lower, mlir::Value upper, mlir::ValueRange init,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                         mlir::ValueRange)>
           body);

  /// Reports a failed check of `op` (see FailureSink).
  void fail(mlir::Operation *op, mlir::Value condition, mlir::Value value,
            FailureKind kind = FailureKind::IndexOutOfRange);
  /// Reserves string space (see StringAllocator). Only operators whose
  /// `makesStrings` says so may.
  mlir::Value allocate(mlir::Operation *op, mlir::Value bytes);

private:
  struct Key {
    mlir::Value value;
    llvm::SmallVector<mlir::Value, 4> indices;
    int64_t lanes;
  };
  /// Elements computed so far, innermost scope last: each scope is a block of
  /// code whose values are visible only inside it.
  llvm::SmallVector<llvm::SmallVector<std::pair<Key, mlir::Value>, 8>, 4>
      scopes{{}};
  llvm::DenseMap<mlir::Value, mlir::Value> bound;
  InputReader readInput;
};

/// `buildElement` of every elementwise operator: reads all operands at
/// `indices` and applies the scalar function.
template <typename OpTy>
mlir::Value buildElementwise(OpTy op, ElementBuilder &builder,
                             mlir::ValueRange indices) {
  llvm::SmallVector<mlir::Value, 4> operands;
  for (mlir::Value operand : op->getOperands())
    operands.push_back(builder.read(operand, indices));
  return op.buildScalar(builder, operands);
}

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_ELEMENTBUILDER_H
