//===- RowsNormalize.cpp - Kernels around normalize -----------------------===//
//
// Three passes over a row: mean, mean of squared differences, results. A row
// that fits into a few registers is read once and stays there. What precedes
// the root is computed in the first pass: where the output can hold it
// (nothing else still lies there), it waits there for the others.
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/InPlace.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/Emit/RowKernel.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sluice;
using graph::Accumulation;
using graph::ElementBuilder;
using graph::ReduceKind;

namespace {

constexpr int64_t maxAccumulators = 4;

class NormalizeRows {
public:
  NormalizeRows(RowKernel &rows, graph::NormalizeOp op, int64_t lanes)
      : rows(rows), op(op), builder(rows.builder), loc(rows.loc), lanes(lanes),
        size(rows.operandType().getShape().back()),
        element(rows.operandType().getElementType()),
        vectors(rows.kernel.makeElementBuilder(lanes)),
        sum{ReduceKind::Sum, element}, wide(sum.partialType(vectors)) {
    bool isStored = rows.kernel.buffers.contains(rows.operand());
    auto output = cast<MemRefType>(rows.kernel.output.getType());
    Value overwritten = rows.kernel.overwritten;
    keepsInOutput =
        !isStored && output.getElementType() == element &&
        output.getShape() == rows.operandType().getShape() &&
        !(overwritten && kernel::isReadBehind(overwritten, rows.kernel.root));
    // Half of the registers hold the row; the rest is for the code behind it.
    isInRegisters = llvm::divideCeilSigned(size, lanes) <=
                    rows.kernel.target.vectorRegisters / 2;
  }

  void emit(Value position);

private:
  Value number(double value) { return vectors.number(wide, value); }
  template <typename OpTy> Value make(Value lhs, Value rhs) {
    return OpTy::create(builder, loc, lhs, rhs);
  }
  RowKernel::Values at(Value first) {
    RowKernel::Values indices(outer);
    indices.push_back(first);
    return indices;
  }
  Value read(Value first, int64_t count);
  Value readFirst(Value first, int64_t count);
  Value readAgain(Value first, int64_t count);
  Value difference(Value x, int64_t count);
  Value addSquare(Value x, Value total);
  Value meanOf(ValueRange partials);
  /// The mean of what `step(first, count, partial)` sums up.
  Value overRow(function_ref<Value(Value, int64_t, Value)> step);
  void finish(Value first, int64_t count, Value x);

  RowKernel &rows;
  graph::NormalizeOp op;
  OpBuilder &builder;
  Location loc;
  int64_t lanes, size;
  Type element;
  ElementBuilder vectors;
  Accumulation sum;
  Type wide; ///< scalar type of the arithmetic
  bool keepsInOutput, isInRegisters;
  RowKernel::Values outer;
  Value mean, factor; ///< of the row, in all lanes; no mean: null
};

} // namespace

// The `count` elements from `first` on; 0 where there are none.
Value NormalizeRows::read(Value first, int64_t count) {
  Value x = graph::widenFloat(
      vectors, rows.read(rows.operand(), at(first), lanes, count));
  if (count == lanes)
    return x;
  return arith::SelectOp::create(builder, loc, rows.firstLanes(lanes, count), x,
                                 number(0));
}

Value NormalizeRows::readFirst(Value first, int64_t count) {
  Value x = read(first, count);
  if (!keepsInOutput)
    return x;
  ElementBuilder elements = rows.kernel.makeElementBuilder(lanes);
  if (count < lanes)
    elements.mask = rows.firstLanes(lanes, count);
  rows.kernel.store(elements, graph::narrowFloat(elements, x, element),
                    at(first));
  return x;
}

Value NormalizeRows::readAgain(Value first, int64_t count) {
  if (!keepsInOutput)
    return read(first, count);
  auto type = VectorType::get({lanes}, element);
  Value x;
  if (count == lanes) {
    x = vector::LoadOp::create(builder, loc, type, rows.kernel.output,
                               at(first));
  } else {
    Value zero =
        arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
    x = vector::MaskedLoadOp::create(builder, loc, type, rows.kernel.output,
                                     at(first), rows.firstLanes(lanes, count),
                                     zero);
  }
  return graph::widenFloat(vectors, x);
}

// 0 where there are no elements.
Value NormalizeRows::difference(Value x, int64_t count) {
  if (!mean)
    return x;
  Value result = make<arith::SubFOp>(x, mean);
  if (count == lanes)
    return result;
  return arith::SelectOp::create(builder, loc, rows.firstLanes(lanes, count),
                                 result, number(0));
}

Value NormalizeRows::addSquare(Value x, Value total) {
  if (rows.kernel.target.hasFma)
    return math::FmaOp::create(builder, loc, x, x, total);
  return make<arith::AddFOp>(make<arith::MulFOp>(x, x), total);
}

// Of all lanes of all vectors.
Value NormalizeRows::meanOf(ValueRange partials) {
  Value total = rows.combineAll(partials, [&](Value low, Value high) {
    return make<arith::AddFOp>(low, high);
  });
  Value count = arith::ConstantOp::create(
      builder, loc,
      builder.getFloatAttr(total.getType(), static_cast<double>(size)));
  return make<arith::DivFOp>(total, count);
}

Value NormalizeRows::overRow(function_ref<Value(Value, int64_t, Value)> step) {
  return meanOf(
      rows.foldRow(size, lanes, rows.startRow(size, lanes, number(0)), step));
}

void NormalizeRows::finish(Value first, int64_t count, Value x) {
  if (mean)
    x = make<arith::SubFOp>(x, mean);
  Value result = make<arith::MulFOp>(x, factor);
  rows.finish(graph::narrowFloat(vectors, result, element), at(first), lanes,
              count);
}

void NormalizeRows::emit(Value position) {
  outer = rows.delinearize(position, rows.operandType().getShape().drop_back());
  mean = Value();
  int64_t count = llvm::divideCeil(size, lanes);
  auto lanesOf = [&](int64_t i) { return std::min(lanes, size - i * lanes); };
  RowKernel::Values row;
  bool isRead = false;
  if (isInRegisters)
    for (int64_t i = 0; i < count; ++i)
      row.push_back(read(rows.constant(i * lanes), lanesOf(i)));
  // Partial sums of values in registers, up to four.
  auto sumRow = [&](function_ref<Value(Value, int64_t, Value)> step) {
    RowKernel::Values partials(std::min(count, maxAccumulators), number(0));
    for (int64_t i = 0; i < count; ++i) {
      Value &partial = partials[i % partials.size()];
      partial = step(row[i], lanesOf(i), partial);
    }
    return meanOf(partials);
  };
  auto pass = [&](function_ref<Value(Value, int64_t, Value)> step) {
    if (isInRegisters)
      return sumRow(step);
    return overRow([&](Value first, int64_t number, Value partial) {
      Value x = isRead ? readAgain(first, number) : readFirst(first, number);
      return step(x, number, partial);
    });
  };
  if (op.getCentred()) {
    Value centre = pass([&](Value x, int64_t, Value partial) {
      return make<arith::AddFOp>(partial, x);
    });
    isRead = true;
    mean = vectors.splat(centre);
  }
  Value variance = pass([&](Value x, int64_t number, Value partial) {
    return addSquare(difference(x, number), partial);
  });
  Value one = arith::ConstantOp::create(
      builder, loc, builder.getFloatAttr(variance.getType(), 1));
  Value epsilon = arith::ConstantOp::create(
      builder, loc,
      builder.getFloatAttr(variance.getType(),
                           op.getEpsilon().convertToDouble()));
  Value root = math::SqrtOp::create(builder, loc,
                                    make<arith::AddFOp>(variance, epsilon));
  factor = vectors.splat(make<arith::DivFOp>(one, root));
  if (isInRegisters) {
    for (int64_t i = 0; i < count; ++i)
      finish(rows.constant(i * lanes), lanesOf(i), row[i]);
    return;
  }
  rows.loop(size / lanes, {}, [&](Value i, ValueRange) {
    Value first = vectors.mulIndex(i, lanes);
    finish(first, lanes, readAgain(first, lanes));
    return RowKernel::Values();
  });
  if (int64_t tail = size % lanes) {
    Value first = rows.constant(size - tail);
    finish(first, tail, readAgain(first, tail));
  }
}

int64_t sluice::emitNormalizeRows(RowKernel &rows, graph::NormalizeOp op) {
  RankedTensorType type = rows.operandType();
  if (type.getNumElements() == 0)
    return 0;
  int64_t size = type.getShape().back();
  int64_t lanes =
      std::min<int64_t>(rows.lanesBeforeRoot(32), llvm::PowerOf2Ceil(size));
  if (lanes == 1)
    return 0;
  NormalizeRows normalize(rows, op, lanes);
  return rows.forUnits(
      type.getNumElements() / size, 4 * size, [&](Value lower, Value upper) {
        rows.loop(lower, upper, {}, [&](Value position, ValueRange) {
          normalize.emit(position);
          return RowKernel::Values();
        });
      });
}
