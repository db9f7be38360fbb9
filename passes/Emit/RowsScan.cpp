//===- RowsScan.cpp - Kernels around arg_reduce and scan ------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/Emit/RowKernel.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sluice;
using graph::ArgAccumulation;
using graph::ArgKind;
using graph::ElementBuilder;

//===----------------------------------------------------------------------===//
// arg_reduce along the last dimension
//===----------------------------------------------------------------------===//

// The better of two candidates found side by side: of equals the first.
static RowKernel::Values mergeCandidates(ElementBuilder &b,
                                         const ArgAccumulation &search,
                                         ValueRange lhs, ValueRange rhs) {
  auto [best, index] = search.better(b, lhs[0], lhs[1], rhs[0], rhs[1]);
  OpBuilder &builder = b.builder;
  Value equal;
  if (isa<FloatType>(search.elementType))
    equal = arith::CmpFOp::create(builder, b.loc, arith::CmpFPredicate::OEQ,
                                  lhs[0], rhs[0]);
  else
    equal = arith::CmpIOp::create(builder, b.loc, arith::CmpIPredicate::eq,
                                  lhs[0], rhs[0]);
  Value first = arith::MinUIOp::create(builder, b.loc, lhs[1], rhs[1]);
  return {best, arith::SelectOp::create(builder, b.loc, equal, first, index)};
}

int64_t sluice::emitArgRows(RowKernel &rows, graph::ArgReduceOp op) {
  RankedTensorType type = rows.operandType();
  int64_t size = type.getShape().back();
  if (type.getNumElements() == 0 ||
      static_cast<int64_t>(op.getDim()) != type.getRank() - 1)
    return 0;
  // Indices are counted in 32 bits while the row is searched.
  Type counter = rows.builder.getI32Type();
  int64_t lanes =
      std::min<int64_t>(rows.lanesBeforeRoot(32), llvm::PowerOf2Ceil(size));
  if (lanes == 1 || size > std::numeric_limits<int32_t>::max())
    return 0;
  ArgAccumulation search{op.getKind(), type.getElementType(), counter};
  ElementBuilder vectors = rows.kernel.makeElementBuilder(lanes);
  int64_t whole = size / lanes, tail = size % lanes;
  SmallVector<int32_t> numbers(lanes);
  for (int64_t i = 0; i < lanes; ++i)
    numbers[i] = static_cast<int32_t>(i);
  auto vectorType = VectorType::get({lanes}, counter);

  auto unit = [&](Value position) {
    RowKernel::Values outer =
        rows.delinearize(position, type.getShape().drop_back());
    Value offsets = arith::ConstantOp::create(
        rows.builder, rows.loc,
        DenseElementsAttr::get(vectorType, ArrayRef(numbers)));
    auto step = [&](ValueRange best, Value first,
                    int64_t count) -> RowKernel::Values {
      RowKernel::Values at(outer);
      at.push_back(first);
      Value element = graph::widenFloat(
          vectors, rows.read(rows.operand(), at, lanes, count));
      if (count < lanes)
        element = arith::SelectOp::create(rows.builder, rows.loc,
                                          rows.firstLanes(lanes, count),
                                          element, search.worst(vectors));
      Value index = arith::AddIOp::create(
          rows.builder, rows.loc, search.indexSplat(vectors, first), offsets);
      auto [value, at0] =
          search.better(vectors, best[0], best[1], element, index);
      return {value, at0};
    };
    RowKernel::Values best{search.worst(vectors),
                           search.indexSplat(vectors, rows.constant(0))};
    best = rows.loop(whole, best, [&](Value i, ValueRange carried) {
      return step(carried, vectors.mulIndex(i, lanes), lanes);
    });
    if (tail)
      best = step(best, rows.constant(whole * lanes), tail);
    best = rows.horizontal(best, [&](ValueRange low, ValueRange high) {
      return mergeCandidates(vectors, search, low, high);
    });
    ElementBuilder scalar = rows.kernel.makeElementBuilder(1);
    Value index = arith::IndexCastUIOp::create(
        rows.builder, rows.loc, rows.builder.getIndexType(), best[1]);
    ArgAccumulation result{op.getKind(), type.getElementType(),
                           op.getIndexType()};
    rows.finish(result.indexSplat(scalar, index), outer, 1, 1);
  };
  return rows.forUnits(
      type.getNumElements() / size, size, [&](Value lower, Value upper) {
        rows.loop(lower, upper, {}, [&](Value position, ValueRange) {
          unit(position);
          return RowKernel::Values();
        });
      });
}

//===----------------------------------------------------------------------===//
// scan
//===----------------------------------------------------------------------===//

// Each line along the scanned dimension from its start to its end; lines that
// lie side by side in memory in the lanes of a vector.
int64_t sluice::emitScan(RowKernel &rows, graph::ScanOp op) {
  RankedTensorType type = rows.operandType();
  if (type.getNumElements() == 0)
    return 0;
  int64_t dim = op.getDim(), length = type.getDimSize(dim);
  bool alongLast = dim == type.getRank() - 1;
  int64_t columns = alongLast ? 1 : type.getShape().back();
  Type element = type.getElementType();
  int64_t lanes = 1;
  if (!alongLast && element.isIntOrFloat())
    lanes =
        std::min<int64_t>(rows.lanesBeforeRoot(element.getIntOrFloatBitWidth()),
                          llvm::PowerOf2Ceil(columns));
  SmallVector<int64_t> lines(type.getShape()); // how many per dimension
  lines[dim] = 1;
  if (!alongLast)
    lines.back() = llvm::divideCeil(columns, lanes);
  int64_t units = 1;
  for (int64_t size : lines)
    units *= size;

  // The line at `at`, where `count` lanes exist.
  auto line = [&](RowKernel::Values at, int64_t count) {
    ElementBuilder builder = rows.kernel.makeElementBuilder(lanes);
    graph::ScanCode code{op.getKind(), type.getElementType()};
    Value last = rows.constant(length - 1);
    rows.loop(length, code.start(builder), [&](Value i, ValueRange carried) {
      at[dim] = op.getReverse() ? builder.subIndex(last, i) : i;
      Value next = code.step(builder, carried[0],
                             rows.read(rows.operand(), at, lanes, count));
      Value result = op.getExclusive() ? carried[0] : next;
      rows.finish(code.finish(builder, result), at, lanes, count);
      return RowKernel::Values{next};
    });
  };
  int64_t tail = columns % lanes;
  return rows.forUnits(units, length * lanes, [&](Value lower, Value upper) {
    rows.loop(lower, upper, {}, [&](Value position, ValueRange) {
      ElementBuilder builder = rows.kernel.makeElementBuilder(lanes);
      RowKernel::Values at = rows.delinearize(position, lines);
      Value block = at.back();
      if (!alongLast)
        at.back() = builder.mulIndex(block, lanes);
      if (!tail) {
        line(at, lanes);
        return RowKernel::Values();
      }
      Value isLast = arith::CmpIOp::create(rows.builder, rows.loc,
                                           arith::CmpIPredicate::eq, block,
                                           rows.constant(lines.back() - 1));
      rows.ifElse(isLast, [&] { line(at, tail); }, [&] { line(at, lanes); });
      return RowKernel::Values();
    });
  });
}
