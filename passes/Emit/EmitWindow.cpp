//===- EmitWindow.cpp - Kernels around a pool -----------------------------===//
//
// Row by row of the last spatial dimension. Where the window lies inside the
// operand along it, its taps are constants; at the borders they are counted.
// Channels are taken in blocks of several vectors.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/Emit/KernelEmitter.h"
#include "passes/Emit/RowKernel.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sluice;
using graph::Accumulation;
using graph::ElementBuilder;
using graph::PoolKind;
using graph::WindowTaps;

namespace {

constexpr int64_t maxVectors = 4;
// Taps along the last spatial dimension that are unrolled.
constexpr int64_t maxUnrolled = 16;

class PoolRows {
public:
  PoolRows(RowKernel &rows, graph::PoolOp op, int64_t lanes,
           const Accumulation &accumulation)
      : rows(rows), op(op), accumulation(accumulation), lanes(lanes),
        channels(rows.operandType().getShape().back()),
        spatial(op.getWindow().size()), last(spatial - 1),
        vectors(rows.kernel.makeElementBuilder(lanes)),
        scalars(rows.kernel.makeElementBuilder(1)) {}

  int64_t emit();

private:
  void row(Value position);
  void range(int64_t from, int64_t to, bool isInside);
  void allChannels();
  void block(Value first, int64_t count);
  RowKernel::Values overTaps(size_t d, RowKernel::Values &at,
                             ArrayRef<Value> starts, int64_t count,
                             ValueRange partials);
  RowKernel::Values step(RowKernel::Values &at, ArrayRef<Value> starts,
                         int64_t count, ValueRange partials);
  int64_t lanesOf(int64_t i, int64_t count) const {
    return std::min(lanes, count - i * lanes);
  }

  RowKernel &rows;
  graph::PoolOp op;
  Accumulation accumulation;
  int64_t lanes, channels;
  size_t spatial, last;
  ElementBuilder vectors, scalars;
  // Where the code being emitted stands.
  RowKernel::Values result; // indices but the channel
  SmallVector<WindowTaps> taps;
  bool isInside = false;
};

} // namespace

// One element of each channel vector into the partial results.
RowKernel::Values PoolRows::step(RowKernel::Values &at, ArrayRef<Value> starts,
                                 int64_t count, ValueRange partials) {
  RowKernel::Values next;
  for (auto [i, partial] : llvm::enumerate(partials)) {
    at.back() = starts[i];
    Value element = rows.read(rows.operand(), at, lanes, lanesOf(i, count));
    next.push_back(accumulation.combine(vectors, partial,
                                        accumulation.widen(vectors, element)));
  }
  return next;
}

RowKernel::Values PoolRows::overTaps(size_t d, RowKernel::Values &at,
                                     ArrayRef<Value> starts, int64_t count,
                                     ValueRange partials) {
  if (d == spatial)
    return step(at, starts, count, partials);
  int64_t dilation = op.getDilations()[d], window = op.getWindow()[d];
  if (d == last && isInside && window <= maxUnrolled) {
    RowKernel::Values current(partials);
    for (int64_t k = 0; k < window; ++k) {
      at[d + 1] = scalars.addIndex(taps[d].start, k * dilation);
      current = overTaps(d + 1, at, starts, count, current);
    }
    return current;
  }
  return rows.loop(
      taps[d].first, taps[d].end, partials, [&](Value k, ValueRange carried) {
        at[d + 1] =
            scalars.addIndex(taps[d].start, scalars.mulIndex(k, dilation));
        return overTaps(d + 1, at, starts, count, carried);
      });
}

// `count` channels from `first` on.
void PoolRows::block(Value first, int64_t count) {
  RowKernel::Values starts, at(result);
  at.push_back({});
  for (int64_t i = 0; i < count; i += lanes)
    starts.push_back(scalars.addIndex(first, i));
  RowKernel::Values partials(starts.size(), accumulation.identity(vectors));
  partials = overTaps(0, at, starts, count, partials);
  RowKernel::Values indices(result);
  indices.push_back({});
  for (auto [i, partial] : llvm::enumerate(partials)) {
    indices.back() = starts[i];
    Value value = partial;
    if (op.getKind() == PoolKind::Average)
      value = graph::buildWindowAverage(vectors, value, taps);
    rows.finish(accumulation.finish(vectors, value, 1), indices, lanes,
                lanesOf(i, count));
  }
}

void PoolRows::allChannels() {
  int64_t whole = channels / lanes;
  int64_t width = std::clamp<int64_t>(whole, 1, maxVectors) * lanes;
  int64_t blocks = channels / width, rest = channels % width;
  rows.loop(blocks, {}, [&](Value i, ValueRange) {
    block(scalars.mulIndex(i, width), width);
    return RowKernel::Values();
  });
  if (rest)
    block(rows.constant(channels - rest), rest);
}

// The elements [from, to) of a row.
void PoolRows::range(int64_t from, int64_t to, bool inside) {
  if (from >= to)
    return;
  isInside = inside;
  rows.loop(rows.constant(from), rows.constant(to), {},
            [&](Value position, ValueRange) {
              result.back() = position;
              taps[last] = graph::buildWindowTaps(scalars, op, last, position);
              if (inside) {
                taps[last].first = rows.constant(0);
                taps[last].end = rows.constant(op.getWindow()[last]);
              }
              allChannels();
              return RowKernel::Values();
            });
}

void PoolRows::row(Value position) {
  ArrayRef<int64_t> shape = rows.rootType().getShape();
  result = rows.delinearize(position, shape.drop_back(2));
  taps.clear();
  for (size_t d = 0; d < last; ++d)
    taps.push_back(graph::buildWindowTaps(scalars, op, d, result[d + 1]));
  taps.emplace_back();
  result.push_back({});
  // Windows inside the operand: the first starts at 0 or later, the last ends
  // before the end.
  int64_t size = rows.operandType().getDimSize(last + 1);
  int64_t low = op.getPadLow()[last], stride = op.getStrides()[last];
  int64_t out = shape[last + 1];
  int64_t room =
      size + low - (op.getWindow()[last] - 1) * op.getDilations()[last] - 1;
  int64_t begin = std::min<int64_t>(llvm::divideCeil(low, stride), out);
  int64_t end =
      room < 0 ? begin : std::clamp<int64_t>(room / stride + 1, begin, out);
  range(0, begin, false);
  range(begin, end, true);
  range(end, out, false);
}

int64_t PoolRows::emit() {
  ArrayRef<int64_t> shape = rows.rootType().getShape();
  int64_t rowSize = shape.back() * shape[last + 1], windowSize = 1;
  for (int64_t size : op.getWindow())
    windowSize *= std::min<int64_t>(size, 1 << 10);
  int64_t cost = std::max<int64_t>(1, rowSize / lanes) * windowSize;
  return rows.forUnits(rows.rootType().getNumElements() / rowSize, cost,
                       [&](Value lower, Value upper) {
                         rows.loop(lower, upper, {},
                                   [&](Value position, ValueRange) {
                                     row(position);
                                     return RowKernel::Values();
                                   });
                       });
}

FailureOr<int64_t> sluice::emitWindow(KernelContext &kernel) {
  auto pool = dyn_cast_or_null<graph::PoolOp>(kernel.root);
  if (!pool || pool.getWindow().empty())
    return 0;
  RowKernel rows(kernel);
  if (!rows.isSupported() || rows.rootType().getNumElements() == 0)
    return 0;
  Accumulation accumulation{pool.getKind() == PoolKind::Max
                                ? graph::ReduceKind::Max
                                : graph::ReduceKind::Sum,
                            rows.operandType().getElementType()};
  Type partial = accumulation.partialType(kernel.makeElementBuilder(1));
  if (!partial.isIntOrFloat())
    return 0;
  int64_t lanes = std::min<int64_t>(
      rows.lanesBeforeRoot(partial.getIntOrFloatBitWidth()),
      llvm::PowerOf2Ceil(rows.operandType().getShape().back()));
  if (lanes == 1)
    return 0;
  return PoolRows(rows, pool, lanes, accumulation).emit();
}
