//===- RowsSoftmax.cpp - Kernels around softmax and log_softmax -----------===//
//
// A row that fits into a few registers is read once and stays there. A longer
// one is read three times: for its maximum, for the sum of exponentials, for
// the results.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/ScalarCode.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/Emit/RowKernel.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir;
using namespace sluice;
using graph::Accumulation;
using graph::ElementBuilder;
using graph::ReduceKind;

namespace {

constexpr int64_t maxRegisters = 8;

class SoftmaxRows {
public:
  SoftmaxRows(RowKernel &rows, bool logarithm, int64_t lanes, bool isShort)
      : isShort(isShort), rows(rows), builder(rows.builder), loc(rows.loc),
        logarithm(logarithm), lanes(lanes),
        size(rows.operandType().getShape().back()),
        element(rows.operandType().getElementType()),
        vectors(rows.kernel.makeElementBuilder(lanes)),
        wide(Accumulation{ReduceKind::Sum, element}.partialType(vectors)) {}

  void emit(Value position);

private:
  Value zero() { return vectors.number(wide, 0); }
  Value lowest() {
    return vectors.number(wide, -std::numeric_limits<double>::infinity());
  }
  // The `count` elements from `first` on; -inf where there are none.
  Value read(Value first, int64_t count);
  void write(Value first, int64_t count, Value result);
  // Whether what is written can be read again as it was.
  bool isKept() const;
  Value readBack(Value first, int64_t count);
  Value exponential(Value x, Value greatest);
  Value result(Value x, Value greatest, Value total);
  // Of the greatest, or of a sum.
  Value combine(bool isSum, Value lhs, Value rhs);
  Value total(ValueRange partials, bool isSum);
  // Of `element` of each vector of the row, in `most` vectors or fewer.
  Value overRow(bool isSum, size_t most,
                function_ref<Value(Value first, int64_t count)> element);
  void fromRegisters();
  void fromMemory();

  bool isShort; ///< fits into registers
  RowKernel &rows;
  OpBuilder &builder;
  Location loc;
  bool logarithm;
  int64_t lanes, size;
  Type element;
  ElementBuilder vectors;
  Type wide; ///< scalar type of the arithmetic
  RowKernel::Values outer;
};

} // namespace

Value SoftmaxRows::read(Value first, int64_t count) {
  RowKernel::Values at(outer);
  at.push_back(first);
  Value x =
      graph::widenFloat(vectors, rows.read(rows.operand(), at, lanes, count));
  if (count == lanes)
    return x;
  return arith::SelectOp::create(builder, loc, rows.firstLanes(lanes, count), x,
                                 lowest());
}

void SoftmaxRows::write(Value first, int64_t count, Value result) {
  RowKernel::Values at(outer);
  at.push_back(first);
  rows.finish(graph::narrowFloat(vectors, result, element), at, lanes, count);
}

bool SoftmaxRows::isKept() const {
  return rows.kernel.result == rows.kernel.root->getResult(0) &&
         element.isF32();
}

Value SoftmaxRows::readBack(Value first, int64_t count) {
  RowKernel::Values at(outer);
  at.push_back(first);
  auto type = VectorType::get(lanes, element);
  if (count == lanes)
    return vector::LoadOp::create(builder, loc, type, rows.kernel.output, at);
  return vector::MaskedLoadOp::create(builder, loc, type, rows.kernel.output,
                                      at, rows.firstLanes(lanes, count),
                                      vectors.zero(element));
}

Value SoftmaxRows::exponential(Value x, Value greatest) {
  return graph::ScalarCode(builder, loc)
      .decay(arith::SubFOp::create(builder, loc, x, greatest));
}

Value SoftmaxRows::result(Value x, Value greatest, Value total) {
  if (!logarithm)
    return arith::DivFOp::create(builder, loc, exponential(x, greatest), total);
  Value shifted = arith::SubFOp::create(builder, loc, x, greatest);
  return arith::SubFOp::create(builder, loc, shifted, total);
}

Value SoftmaxRows::combine(bool isSum, Value lhs, Value rhs) {
  return isSum ? arith::AddFOp::create(builder, loc, lhs, rhs)
               : rows.greater(lhs, rhs);
}

// Of all lanes of all vectors, repeated in a vector.
Value SoftmaxRows::total(ValueRange partials, bool isSum) {
  return vectors.splat(rows.combineAll(partials, [&](Value low, Value high) {
    return combine(isSum, low, high);
  }));
}

Value SoftmaxRows::overRow(
    bool isSum, size_t most,
    function_ref<Value(Value first, int64_t count)> element) {
  RowKernel::Values partials =
      rows.startRow(size, lanes, isSum ? zero() : lowest());
  partials.resize(std::min(partials.size(), most));
  partials = rows.foldRow(
      size, lanes, partials, [&](Value first, int64_t count, Value partial) {
        return combine(isSum, element(first, count), partial);
      });
  return total(partials, isSum);
}

// The logarithm of a sum that is in all lanes.
static Value logOfSplat(ElementBuilder &b, Value splat) {
  Value scalar = vector::ExtractOp::create(b.builder, b.loc, splat, int64_t(0));
  return b.splat(math::LogOp::create(b.builder, b.loc, scalar));
}

void SoftmaxRows::fromRegisters() {
  int64_t count = llvm::divideCeil(size, lanes);
  auto lanesOf = [&](int64_t i) { return std::min(lanes, size - i * lanes); };
  RowKernel::Values x;
  for (int64_t i = 0; i < count; ++i)
    x.push_back(read(rows.constant(i * lanes), lanesOf(i)));
  Value greatest = total(x, /*isSum=*/false);
  RowKernel::Values exponentials;
  for (Value value : x)
    exponentials.push_back(exponential(value, greatest));
  Value all = total(exponentials, /*isSum=*/true);
  if (logarithm)
    all = logOfSplat(vectors, all);
  for (int64_t i = 0; i < count; ++i) {
    Value y = logarithm
                  ? result(x[i], greatest, all)
                  : arith::DivFOp::create(builder, loc, exponentials[i], all);
    write(rows.constant(i * lanes), lanesOf(i), y);
  }
}

void SoftmaxRows::fromMemory() {
  auto value = [&](Value first, int64_t count) { return read(first, count); };
  Value greatest = overRow(/*isSum=*/false, 4, value);
  // Exponentials wait in the result for their sum. Several at a time would
  // spill.
  bool isKept = !logarithm && this->isKept();
  Value all = overRow(/*isSum=*/true, 1, [&](Value first, int64_t count) {
    Value x = exponential(read(first, count), greatest);
    if (isKept)
      write(first, count, x);
    return x;
  });
  if (logarithm)
    all = logOfSplat(vectors, all);
  int64_t whole = size / lanes, tail = size % lanes;
  auto element = [&](Value first, int64_t count) {
    Value y = isKept ? arith::DivFOp::create(builder, loc,
                                             readBack(first, count), all)
                     : result(read(first, count), greatest, all);
    write(first, count, y);
  };
  rows.loop(whole, {}, [&](Value i, ValueRange) {
    element(vectors.mulIndex(i, lanes), lanes);
    return RowKernel::Values();
  });
  if (tail)
    element(rows.constant(whole * lanes), tail);
}

void SoftmaxRows::emit(Value position) {
  outer = rows.delinearize(position, rows.operandType().getShape().drop_back());
  if (isShort)
    fromRegisters();
  else
    fromMemory();
}

int64_t sluice::emitSoftmaxRows(RowKernel &rows, bool logarithm) {
  RankedTensorType type = rows.operandType();
  if (type.getNumElements() == 0)
    return 0;
  int64_t size = type.getShape().back();
  int64_t lanes =
      std::min<int64_t>(rows.lanesBeforeRoot(32), llvm::PowerOf2Ceil(size));
  if (lanes == 1)
    return 0;
  // An exponential is a chain of steps: of a long row, two vectors take turns.
  // The rest of a shorter one would often compute twice the lanes it has.
  bool isShort = size <= maxRegisters * lanes;
  bool inPairs = !isShort && (size % (2 * lanes) == 0 || size >= 32 * lanes);
  SoftmaxRows softmax(rows, logarithm, inPairs ? 2 * lanes : lanes, isShort);
  // An exponential costs about as much as ten additions.
  return rows.forUnits(
      type.getNumElements() / size, 10 * size, [&](Value lower, Value upper) {
        rows.loop(lower, upper, {}, [&](Value position, ValueRange) {
          softmax.emit(position);
          return RowKernel::Values();
        });
      });
}
