//===- NestBuilder.h - Loops over flat buffers ------------------*- C++ -*-===//

#ifndef SLUICE_PASSES_EMIT_NESTBUILDER_H
#define SLUICE_PASSES_EMIT_NESTBUILDER_H

#include "mlir/IR/Builders.h"
#include "passes/Emit/ContractionPlan.h"
#include "passes/Target/TargetDescription.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace sluice {

/// What the contraction emitters say in one line: index arithmetic that folds
/// constants, loops, vectors of a buffer seen as one dimension.
class NestBuilder {
public:
  using Value = mlir::Value;

  /// Vectors hold sums; what buffers hold is widened where it is narrower.
  NestBuilder(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type sum,
              int64_t lanes, bool hasFma)
      : builder(builder), loc(loc),
        vectorType(mlir::VectorType::get({lanes}, sum)), hasFma(hasFma) {}

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::VectorType vectorType;
  bool hasFma;
  /// Buffers of unsigned integers.
  llvm::SmallDenseSet<Value> unsignedBuffers;

  Value index(int64_t value);
  Value add(Value lhs, Value rhs);
  Value add(Value lhs, int64_t rhs) { return add(lhs, index(rhs)); }
  Value sub(Value lhs, Value rhs);
  Value mul(Value lhs, int64_t rhs);
  Value shiftRight(Value lhs, int64_t bits);
  Value div(Value lhs, int64_t rhs);
  Value rem(Value lhs, int64_t rhs);
  Value min(Value lhs, Value rhs);
  Value isLess(Value lhs, int64_t rhs);

  /// Positions along the loops of a linear index, outermost first.
  llvm::SmallVector<Value> split(Value linear, llvm::ArrayRef<NestLoop> loops);

  void loop(Value lower, Value upper, int64_t step,
            llvm::function_ref<void(Value)> body);
  /// Carries values in registers; runs as written, LLVM does not unroll it.
  llvm::SmallVector<Value>
  loop(Value lower, Value upper, int64_t step, mlir::ValueRange carried,
       llvm::function_ref<llvm::SmallVector<Value>(Value, mlir::ValueRange)>
           body);
  void ifElse(Value condition, llvm::function_ref<void()> thenBody,
              llvm::function_ref<void()> elseBody);
  /// Runs `body(start, size)` for the part at `index` of the split.
  void selectPart(const BalancedSplit &split, Value index,
                  llvm::function_ref<void(Value, int64_t)> body);

  /// The elements from the buffer's first on, without dimensions.
  Value flatten(Value buffer);
  Value zero();
  /// Loads give what sums are made of: narrow elements are widened.
  Value load(Value flat, Value at);
  /// A vector; only the lanes of `mask` are read where there is one.
  Value loadVector(Value flat, Value at, Value mask = {});
  /// Whole vectors of another length than the sums'.
  Value loadElements(Value flat, Value at, int64_t count);
  /// A vector of sums, lane by lane an element of `lhs` followed by `rhs`.
  Value shuffle(Value lhs, Value rhs, llvm::ArrayRef<int64_t> lanes);
  /// Into the cache of that level and those behind it.
  void prefetch(Value flat, Value at, int level = 1);
  Value broadcast(Value scalar);
  /// lhs * rhs + sum.
  Value multiplyAdd(Value lhs, Value rhs, Value sum);
  Value sum(Value lhs, Value rhs);
  /// A finished sum as an element of that type.
  Value narrow(Value sum, mlir::Type element);
  /// The first `count` lanes; null when that is all.
  Value maskOf(int64_t count);

private:
  Value widen(Value flat, Value stored);
};

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_NESTBUILDER_H
