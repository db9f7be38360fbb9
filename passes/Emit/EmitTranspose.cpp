//===- EmitTranspose.cpp - Kernels whose result lies across their input ---===//
//
// Where vectors of the inputs run along another dimension than the result's
// last, squares of vectors are computed along the former and transposed in
// registers. Squares side by side fill whole cache lines before the next are
// touched: with strides of powers of two few lines stay in the cache.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/Emit/AcrossRows.h"
#include "passes/Emit/TransposeTile.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sluice;

namespace {

// Elements for one chunk: some ten microseconds.
constexpr int64_t chunkElements = 8192;
// More lanes make squares that no registers hold.
constexpr int64_t mostLanes = 8;

class Transposition {
public:
  Transposition(KernelContext &kernel, int64_t dim, int64_t lanes)
      : kernel(kernel), builder(kernel.builder), loc(kernel.loc),
        nest(builder, loc, kernel.resultType().getElementType(), lanes,
             kernel.target.hasFma),
        shape(kernel.resultType().getShape()), dim(dim), lanes(lanes),
        last(static_cast<int64_t>(shape.size()) - 1) {
    isShort = dim == last - 1 && shape[last] % lanes != 0 &&
              canStoreAcross(kernel, shape[last]);
  }

  /// Masked stores of less than a vector would cost more than they save.
  bool isWorthwhile() const { return isShort || shape[last] >= lanes; }
  int64_t run();

private:
  // `rows` positions along the dimension and `columns` along the last.
  void square(SmallVector<Value> at, int64_t rows, int64_t columns);
  void squares(SmallVector<Value> at, int64_t rows, int64_t columns);
  // Whole rows of the result, for all of those positions.
  void shortRows(SmallVector<Value> at, int64_t rows);
  void band(SmallVector<Value> at, Value end, bool hasRest, int64_t columns);

  KernelContext &kernel;
  OpBuilder &builder;
  Location loc;
  NestBuilder nest;
  ArrayRef<int64_t> shape;
  int64_t dim, lanes, last;
  bool isShort; ///< rows of the result are joined from columns
};

} // namespace

void Transposition::square(SmallVector<Value> at, int64_t rows,
                           int64_t columns) {
  AcrossRows block(kernel, lanes, rows);
  SmallVector<Value> vectors;
  Value first = at[last];
  for (int64_t j = 0; j < columns; ++j) {
    at[last] = nest.add(first, j);
    vectors.push_back(block.read(kernel.result, at, dim));
  }
  vectors.resize(lanes, vectors.front());
  transposeTile(nest, vectors);
  graph::ElementBuilder elements = kernel.makeElementBuilder(lanes);
  elements.mask = nest.maskOf(columns);
  at[last] = first;
  Value start = at[dim];
  for (int64_t i = 0; i < rows; ++i) {
    at[dim] = nest.add(start, i);
    kernel.store(elements, vectors[i], at);
  }
}

void Transposition::squares(SmallVector<Value> at, int64_t rows,
                            int64_t columns) {
  Value first = at[last];
  for (int64_t j = 0; j < columns; j += lanes) {
    at[last] = nest.add(first, j);
    square(at, rows, std::min(lanes, columns - j));
  }
}

void Transposition::shortRows(SmallVector<Value> at, int64_t rows) {
  AcrossRows block(kernel, lanes, rows);
  SmallVector<Value> columns;
  for (int64_t j = 0; j < shape[last]; ++j) {
    at[last] = nest.index(j);
    columns.push_back(block.read(kernel.result, at, dim));
  }
  at[last] = nest.index(0);
  block.store(columns, at);
}

// From one position along the dimension to `end`, and what lanes are left over
// at the end of the dimension.
void Transposition::band(SmallVector<Value> at, Value end, bool hasRest,
                         int64_t columns) {
  auto block = [&](int64_t rows) {
    if (isShort)
      shortRows(at, rows);
    else
      squares(at, rows, columns);
  };
  nest.loop(at[dim], end, lanes, [&](Value row) {
    at[dim] = row;
    block(lanes);
  });
  int64_t rest = shape[dim] % lanes;
  if (!hasRest || rest == 0)
    return;
  at[dim] = nest.index(shape[dim] - rest);
  block(rest);
}

int64_t Transposition::run() {
  // As many columns as fill a cache line.
  int64_t columns = std::max<int64_t>(
      lanes, 512 / kernel.resultType().getElementTypeBitWidth());
  if (isShort)
    columns = shape[last];
  int64_t rows = std::min(llvm::alignTo(chunkElements / columns, lanes),
                          llvm::alignTo(shape[dim], lanes));
  SmallVector<int64_t> units(shape);
  units[dim] = llvm::divideCeil(shape[dim], rows);
  units[last] = llvm::divideCeil(shape[last], columns);
  int64_t count = 1;
  for (int64_t size : units)
    count *= size;
  int64_t perChunk =
      std::clamp<int64_t>(chunkElements / (rows * columns), 1, count);
  Value step = nest.index(perChunk);
  Value lower = arith::MulIOp::create(builder, loc, kernel.begin, step);
  Value upper = nest.min(arith::MulIOp::create(builder, loc, kernel.end, step),
                         nest.index(count));
  nest.loop(lower, upper, 1, [&](Value unit) {
    SmallVector<Value> at(shape.size());
    for (int64_t d = last; d >= 0; --d) {
      at[d] = nest.rem(unit, units[d]);
      unit = nest.div(unit, units[d]);
    }
    Value row = at[dim], column = at[last];
    at[dim] = nest.mul(row, rows);
    at[last] = nest.mul(column, columns);
    Value whole = nest.index(shape[dim] - shape[dim] % lanes);
    Value end = nest.min(nest.add(at[dim], rows), whole);
    // Runs `body(isLast)` for a block that is the last of its dimension or not.
    auto split = [&](Value number, int64_t d, int64_t rest,
                     function_ref<void(bool)> body) {
      if (rest == 0 || units[d] == 1)
        return body(true);
      nest.ifElse(
          nest.isLess(number, units[d] - 1), [&] { body(false); },
          [&] { body(true); });
    };
    int64_t tail = shape[last] % columns;
    split(column, last, tail, [&](bool isLastColumn) {
      split(row, dim, shape[dim] % lanes, [&](bool isLastRow) {
        band(at, end, isLastRow, isLastColumn && tail ? tail : columns);
      });
    });
  });
  return llvm::divideCeil(count, perChunk);
}

FailureOr<int64_t> sluice::emitTranspose(KernelContext &kernel) {
  RankedTensorType type = kernel.resultType();
  int64_t lanes = std::min(mostLanes, kernel.getLanesOfTypes());
  // Where vectors along the last dimension serve, the generic emitter does.
  if (kernel.root || !kernel.others.empty() || type.getRank() < 2 ||
      type.getNumElements() == 0 || type.getElementType().isInteger(1) ||
      lanes == 1 || kernel.getLanes() > 1)
    return 0;
  for (int64_t dim = type.getRank() - 2; dim >= 0; --dim)
    if (type.getDimSize(dim) > 1 && type.getShape().back() > 1 &&
        canReadAcross(kernel, kernel.result, dim, /*mostColumns=*/1)) {
      Transposition transposition(kernel, dim, lanes);
      return transposition.isWorthwhile() ? transposition.run() : 0;
    }
  return 0;
}

// Powers of two fill narrow vectors.
int64_t sluice::emitShortElements(KernelContext &kernel) {
  RankedTensorType type = kernel.resultType();
  int64_t lanes = std::min(mostLanes, kernel.getLanesOfTypes());
  int64_t dim = type.getRank() - 2;
  if (kernel.root || !kernel.others.empty() || dim < 0 ||
      type.getElementType().isInteger(1))
    return 0;
  int64_t size = type.getShape().back();
  if (type.getDimSize(dim) < lanes || size >= lanes ||
      llvm::isPowerOf2_64(uint64_t(size)) || !canStoreAcross(kernel, size) ||
      !canReadAcross(kernel, kernel.result, dim))
    return 0;
  return Transposition(kernel, dim, lanes).run();
}
