//===- RowsReduce.cpp - Kernels around reduce -----------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/Emit/RowKernel.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sluice;
using graph::Accumulation;
using graph::ElementBuilder;

// Vectors of columns side by side.
static constexpr int64_t maxColumns = 4;

static int64_t partialBits(RowKernel &rows, const Accumulation &accumulation) {
  Type type = accumulation.partialType(rows.kernel.makeElementBuilder(1));
  return type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 0;
}

// One reduction: the element type, the shapes, the dimensions by role.
namespace {
struct Reduction {
  Reduction(RowKernel &rows, graph::ReduceOp op)
      : accumulation{op.getKind(), rows.operandType().getElementType()},
        shape(rows.operandType().getShape()) {
    for (int64_t d = 0; d < rows.operandType().getRank(); ++d) {
      bool isReduced = llvm::is_contained(op.getDims(), d);
      (isReduced ? reduced : kept).push_back(d);
      (isReduced ? count : results) *= shape[d];
    }
  }

  // Elements of the reduced dimensions at the end.
  int64_t trailing() const {
    int64_t product = 1;
    for (size_t d = shape.size(); d-- > 0;) {
      if (!llvm::is_contained(reduced, static_cast<int64_t>(d)))
        break;
      product *= shape[d];
    }
    return product;
  }

  // Reduced dimensions side by side become one where the operand allows it.
  void mergeReduced(RowKernel &rows) {
    SmallVector<int64_t> merged, mergedReduced, mergedKept;
    bool wasReduced = false;
    for (auto [d, size] : llvm::enumerate(shape)) {
      bool isReduced = llvm::is_contained(reduced, static_cast<int64_t>(d));
      if (isReduced && wasReduced) {
        merged.back() *= size;
      } else {
        (isReduced ? mergedReduced : mergedKept).push_back(merged.size());
        merged.push_back(size);
      }
      wasReduced = isReduced;
    }
    if (merged.size() == shape.size() || !rows.mergeDimensions(merged))
      return;
    shape = merged;
    reduced = mergedReduced;
    kept = mergedKept;
  }

  Accumulation accumulation;
  SmallVector<int64_t> shape;
  SmallVector<int64_t> reduced, kept;
  int64_t count = 1;   ///< elements combined into one
  int64_t results = 1; ///< elements of the result
};
} // namespace

// The last dimension is reduced: each result from vectors along it.
int64_t sluice::emitReduceRows(RowKernel &rows, graph::ReduceOp op) {
  Reduction reduction(rows, op);
  const Accumulation &accumulation = reduction.accumulation;
  if (reduction.results * reduction.count == 0 ||
      reduction.kept.size() == reduction.shape.size() ||
      reduction.reduced.back() !=
          static_cast<int64_t>(reduction.shape.size()) - 1)
    return 0;
  int64_t bits = partialBits(rows, accumulation);
  int64_t lanes = bits ? rows.lanesBeforeRoot(bits) : 1;
  if (lanes == 1 || reduction.trailing() == 1)
    return 0;
  reduction.mergeReduced(rows);
  int64_t size = reduction.shape.back();
  if (size == 1)
    return 0;
  lanes = std::min<int64_t>(lanes, llvm::PowerOf2Ceil(size));
  ElementBuilder vectors = rows.kernel.makeElementBuilder(lanes);
  RowKernel::Values at(reduction.shape.size());
  size_t last = at.size() - 1;

  auto step = [&](Value index, int64_t count, Value partial) {
    at[last] = index;
    Value element = accumulation.widen(
        vectors, rows.read(rows.operand(), at, lanes, count));
    if (count < lanes)
      element = arith::SelectOp::create(rows.builder, rows.loc,
                                        rows.firstLanes(lanes, count), element,
                                        accumulation.identity(vectors));
    return accumulation.combine(vectors, partial, element);
  };
  auto row = [&](ValueRange carried) {
    return rows.foldRow(size, lanes, carried, step);
  };
  auto combine = [&](Value low, Value high) {
    return accumulation.combine(vectors, low, high);
  };
  auto unit = [&](Value position) {
    SmallVector<int64_t> sizes;
    for (int64_t d : reduction.kept)
      sizes.push_back(reduction.shape[d]);
    RowKernel::Values indices = rows.delinearize(position, sizes);
    for (auto [d, index] : llvm::zip_equal(reduction.kept, indices))
      at[d] = index;
    RowKernel::Values partials =
        rows.startRow(size, lanes, accumulation.identity(vectors));
    partials = rows.loopNest(ArrayRef(reduction.reduced).drop_back(),
                             reduction.shape, at, partials, row);
    Value total = rows.combineAll(partials, combine);
    ElementBuilder scalar = rows.kernel.makeElementBuilder(1);
    rows.finish(accumulation.finish(scalar, total, reduction.count), indices, 1,
                1);
  };
  return rows.forUnits(
      reduction.results, reduction.count, [&](Value lower, Value upper) {
        rows.loop(lower, upper, {}, [&](Value position, ValueRange) {
          unit(position);
          return RowKernel::Values();
        });
      });
}

// The last dimension stays: blocks of its columns, each column from the top.
int64_t sluice::emitReduceColumns(RowKernel &rows, graph::ReduceOp op) {
  Reduction reduction(rows, op);
  const Accumulation &accumulation = reduction.accumulation;
  int64_t rank = static_cast<int64_t>(reduction.shape.size());
  if (reduction.results * reduction.count == 0 || reduction.kept.empty() ||
      reduction.reduced.empty() || reduction.kept.back() != rank - 1)
    return 0;
  int64_t size = reduction.shape.back();
  int64_t bits = partialBits(rows, accumulation);
  int64_t lanes = !bits ? 1
                        : std::min<int64_t>(rows.lanesBeforeRoot(bits),
                                            llvm::PowerOf2Ceil(size));
  if (lanes == 1)
    return 0;
  reduction.mergeReduced(rows);
  rank = static_cast<int64_t>(reduction.shape.size());
  int64_t whole = size / lanes;
  int64_t width = std::clamp<int64_t>(whole, 1, maxColumns);
  int64_t blocks = whole / width; // of `width` vectors
  int64_t rest = size - blocks * width * lanes;
  ElementBuilder vectors = rows.kernel.makeElementBuilder(lanes);
  SmallVector<int64_t> outerSizes;
  for (int64_t d : ArrayRef(reduction.kept).drop_back())
    outerSizes.push_back(reduction.shape[d]);
  int64_t outer = reduction.results / size;

  // `columns` columns from `first` on, of one outer index.
  auto block = [&](Value position, Value first, int64_t columns) {
    RowKernel::Values indices = rows.delinearize(position, outerSizes);
    RowKernel::Values at(rank);
    for (auto [i, index] : llvm::enumerate(indices))
      at[reduction.kept[i]] = index;
    int64_t count = llvm::divideCeil(columns, lanes);
    RowKernel::Values starts;
    for (int64_t i = 0; i < count; ++i)
      starts.push_back(vectors.addIndex(first, i * lanes));
    auto lanesOf = [&](int64_t i) {
      return std::min(lanes, columns - i * lanes);
    };
    RowKernel::Values partials(count, accumulation.identity(vectors));
    partials = rows.loopNest(
        reduction.reduced, reduction.shape, at, partials,
        [&](ValueRange carried) {
          RowKernel::Values next;
          for (auto [i, value] : llvm::enumerate(carried)) {
            at.back() = starts[i];
            Value element = rows.read(rows.operand(), at, lanes, lanesOf(i));
            next.push_back(accumulation.combine(
                vectors, value, accumulation.widen(vectors, element)));
          }
          return next;
        });
    indices.push_back({});
    for (auto [i, partial] : llvm::enumerate(partials)) {
      indices.back() = starts[i];
      rows.finish(accumulation.finish(vectors, partial, reduction.count),
                  indices, lanes, lanesOf(i));
    }
  };
  // First all full blocks of all outer indices, then what is left of each.
  int64_t full = outer * blocks, units = full + (rest ? outer : 0);
  int64_t cost = std::max<int64_t>(1, reduction.count) * width * lanes;
  return rows.forUnits(units, cost, [&](Value lower, Value upper) {
    Value border = rows.constant(full);
    if (full) {
      Value end = arith::MinUIOp::create(rows.builder, rows.loc, upper, border);
      rows.loop(lower, end, {}, [&](Value unit, ValueRange) {
        RowKernel::Values place = rows.delinearize(unit, {outer, blocks});
        block(place[0], vectors.mulIndex(place[1], width * lanes),
              width * lanes);
        return RowKernel::Values();
      });
    }
    if (rest) {
      Value begin =
          arith::MaxUIOp::create(rows.builder, rows.loc, lower, border);
      rows.loop(begin, upper, {}, [&](Value unit, ValueRange) {
        block(vectors.subIndex(unit, border), rows.constant(size - rest), rest);
        return RowKernel::Values();
      });
    }
  });
}
