//===- RowsShort.cpp - Kernels over rows shorter than a vector ------------===//
//
// Rows of a few elements waste most lanes of a vector along them and end in
// horizontal combinations. Here lanes run across the rows: each step of a
// reduction is one operation for as many rows as a vector has lanes.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/ScalarCode.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/Emit/AcrossRows.h"
#include "passes/Emit/RowKernel.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sluice;
using graph::Accumulation;
using graph::ArgAccumulation;
using graph::ElementBuilder;
using graph::ReduceKind;

namespace {

class ShortRows {
public:
  ShortRows(RowKernel &rows, AcrossRows &block, ArrayRef<Value> outer)
      : rows(rows), builder(rows.builder), loc(rows.loc), block(block),
        vectors(block.getBuilder()), outer(outer),
        element(rows.operandType().getElementType()) {}

  Value reduce(graph::ReduceOp op);
  Value search(graph::ArgReduceOp op);
  void softmax(bool logarithm);
  void normalize(graph::NormalizeOp op);

private:
  int64_t size() { return rows.operandType().getShape().back(); }
  RowKernel::Values at(int64_t column) {
    RowKernel::Values indices(outer);
    indices.push_back(rows.constant(column));
    return indices;
  }
  // The columns of the operand; floats of half width as f32.
  RowKernel::Values read();
  Value fold(const Accumulation &accumulation, ValueRange columns);
  // What follows the root, on its results.
  void finish(ValueRange columns);
  template <typename OpTy> Value make(Value lhs, Value rhs) {
    return OpTy::create(builder, loc, lhs, rhs);
  }

  RowKernel &rows;
  OpBuilder &builder;
  Location loc;
  AcrossRows &block;
  ElementBuilder &vectors;
  ArrayRef<Value> outer;
  Type element;
};

} // namespace

RowKernel::Values ShortRows::read() {
  RowKernel::Values columns;
  for (int64_t c = 0; c < size(); ++c)
    columns.push_back(graph::widenFloat(
        vectors, block.read(rows.operand(), at(c), outer.size() - 1)));
  return columns;
}

Value ShortRows::fold(const Accumulation &accumulation, ValueRange columns) {
  Value result = columns.front();
  for (Value column : columns.drop_front())
    result = accumulation.combine(vectors, result, column);
  return result;
}

void ShortRows::finish(ValueRange columns) {
  RowKernel::Values results;
  for (auto [c, column] : llvm::enumerate(columns)) {
    block.bind(rows.kernel.root->getResult(0),
               graph::narrowFloat(vectors, column, element));
    results.push_back(block.read(
        rows.kernel.result, at(static_cast<int64_t>(c)), outer.size() - 1));
  }
  block.store(results, at(0));
}

Value ShortRows::reduce(graph::ReduceOp op) {
  Accumulation accumulation{op.getKind(), element};
  RowKernel::Values columns;
  for (int64_t c = 0; c < size(); ++c)
    columns.push_back(accumulation.widen(
        vectors, block.read(rows.operand(), at(c), outer.size() - 1)));
  return accumulation.finish(vectors, fold(accumulation, columns), size());
}

Value ShortRows::search(graph::ArgReduceOp op) {
  ArgAccumulation search{op.getKind(), element, builder.getI32Type()};
  Value best = search.worst(vectors);
  Value index = search.indexSplat(vectors, rows.constant(0));
  for (auto [c, column] : llvm::enumerate(read()))
    std::tie(best, index) =
        search.better(vectors, best, index, column,
                      search.indexSplat(vectors, rows.constant(c)));
  Type wanted = op.getIndexType();
  if (wanted.getIntOrFloatBitWidth() == 32)
    return index;
  return arith::ExtUIOp::create(
      builder, loc, VectorType::get(vectors.lanes, vectors.scalarType(wanted)),
      index);
}

void ShortRows::softmax(bool logarithm) {
  RowKernel::Values columns = read(), exponentials;
  Value greatest = columns.front();
  for (Value column : ArrayRef(columns).drop_front())
    greatest = rows.greater(column, greatest);
  graph::ScalarCode code(builder, loc);
  for (Value &column : columns) {
    column = make<arith::SubFOp>(column, greatest);
    exponentials.push_back(code.decay(column));
  }
  Value total = fold({ReduceKind::Sum, element}, exponentials);
  if (logarithm)
    total = math::LogOp::create(builder, loc, total);
  for (auto [column, exponential] : llvm::zip_equal(columns, exponentials))
    column = logarithm ? make<arith::SubFOp>(column, total)
                       : make<arith::DivFOp>(exponential, total);
  finish(columns);
}

void ShortRows::normalize(graph::NormalizeOp op) {
  RowKernel::Values columns = read();
  Accumulation sum{ReduceKind::Sum, element};
  Type type = sum.partialType(vectors);
  Value count = vectors.number(type, static_cast<double>(size()));
  auto mean = [&](ValueRange values) {
    return make<arith::DivFOp>(fold(sum, values), count);
  };
  if (op.getCentred()) {
    Value centre = mean(columns);
    for (Value &column : columns)
      column = make<arith::SubFOp>(column, centre);
  }
  RowKernel::Values squares;
  for (Value column : columns)
    squares.push_back(make<arith::MulFOp>(column, column));
  Value epsilon = vectors.number(type, op.getEpsilon().convertToDouble());
  Value root = math::SqrtOp::create(
      builder, loc, make<arith::AddFOp>(mean(squares), epsilon));
  Value factor = make<arith::DivFOp>(vectors.number(type, 1), root);
  for (Value &column : columns)
    column = make<arith::MulFOp>(column, factor);
  finish(columns);
}

// Whether the root works on rows along the last dimension.
static bool isAlongLast(Operation *root, int64_t rank) {
  if (auto reduce = dyn_cast<graph::ReduceOp>(root))
    return llvm::equal(reduce.getDims(), ArrayRef<int64_t>{rank - 1});
  if (auto search = dyn_cast<graph::ArgReduceOp>(root))
    return static_cast<int64_t>(search.getDim()) == rank - 1;
  return !isa<graph::ScanOp>(root);
}

// Bits of the widest value that the root computes with.
static int64_t getBits(RowKernel &rows) {
  Operation *root = rows.kernel.root;
  auto reduce = dyn_cast<graph::ReduceOp>(root);
  if (!reduce)
    return 32;
  Accumulation accumulation{reduce.getKind(),
                            rows.operandType().getElementType()};
  Type type = accumulation.partialType(rows.kernel.makeElementBuilder(1));
  return type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 0;
}

int64_t sluice::emitShortRows(RowKernel &rows) {
  KernelContext &kernel = rows.kernel;
  RankedTensorType type = rows.operandType();
  int64_t rank = type.getRank();
  if (rank < 2 || type.getNumElements() == 0 || !isAlongLast(kernel.root, rank))
    return 0;
  int64_t bits = getBits(rows), size = type.getShape().back();
  int64_t lanes = bits ? rows.lanesBeforeRoot(bits) : 1;
  SmallVector<int64_t> sizes(type.getShape().drop_back());
  int64_t count = type.getNumElements() / size;
  bool keepsColumns = rows.rootType().getRank() == rank;
  // What costs next to nothing for an element is not worth the shuffles where
  // vectors along the row have few lanes to spare.
  int64_t most = isa<graph::ReduceOp>(kernel.root) ? lanes : 2 * lanes - 1;
  if (lanes == 1 || size < 2 || size > most || count < lanes)
    return 0;
  bool isSupported =
      canReadAcross(kernel, rows.operand(), rank - 2) &&
      (!keepsColumns || (canReadAcross(kernel, kernel.result, rank - 2) &&
                         canStoreAcross(kernel, size)));
  if (!isSupported)
    return 0;
  if (rows.mergeRows(count, size))
    sizes = {count};
  else if (sizes.back() < lanes)
    return 0;
  // An exponential costs about as much as ten additions.
  int64_t cost = keepsColumns ? 10 * size : size;
  return rows.forRowBlocks(
      sizes, lanes, cost, [&](ArrayRef<Value> outer, int64_t present) {
        AcrossRows block(kernel, lanes, present);
        ShortRows code(rows, block, outer);
        llvm::TypeSwitch<Operation *>(kernel.root)
            .Case([&](graph::ReduceOp op) {
              rows.finish(code.reduce(op), outer, lanes, present);
            })
            .Case([&](graph::ArgReduceOp op) {
              rows.finish(code.search(op), outer, lanes, present);
            })
            .Case([&](graph::NormalizeOp op) { code.normalize(op); })
            .Default([&](Operation *op) {
              code.softmax(isa<graph::LogSoftmaxOp>(op));
            });
      });
}
