//===- EmitDepthwise.cpp - A convolution and the depthwise one behind it --===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "passes/Emit/ContractionRows.h"
#include "passes/Emit/FusedDepthwise.h"
#include "passes/Emit/NestBuilder.h"

using namespace mlir;
using namespace sluice;

namespace {
class FusedEmitter {
public:
  FusedEmitter(const FusedDepthwise &fused, NestBuilder &nest,
               ContractionRows &first, ContractionRows &depthwise, Value kept)
      : fused(fused), nest(nest), first(first), depthwise(depthwise),
        kept(kept) {}

  void emitUnit(KernelContext &context, Value unit) {
    // The groups of the unit that the launch's range has.
    Value start = nest.mul(unit, fused.groups);
    auto within = [&](Value chunk) {
      Value least =
          arith::MaxUIOp::create(nest.builder, nest.loc, chunk, start);
      return nest.sub(nest.min(least, nest.add(start, fused.groups)), start);
    };
    NestLoop loops[] = {{fused.images, 0, 0, 0},
                        {fused.bands, 0, 0, 0},
                        {fused.panels(), 0, 0, 0}};
    SmallVector<Value> position = nest.split(unit, loops);
    image = position[0];
    Value group = nest.mul(position[1], fused.groups);
    auto rowOf = [&](Value chunk) {
      return nest.div(nest.mul(nest.add(group, within(chunk)), fused.rows),
                      fused.bands * fused.groups);
    };
    Value begin = rowOf(context.begin), end = rowOf(context.end);
    channel = nest.mul(position[2], fused.panel);
    int64_t full = fused.width / fused.panel, rest = fused.width % fused.panel;
    auto whole = [&] { emitRows(begin, end, fused.panel); };
    auto tail = [&] { emitRows(begin, end, rest); };
    if (rest == 0)
      whole();
    else if (full == 0)
      tail();
    else
      nest.ifElse(nest.isLess(position[2], full), whole, tail);
  }

  /// What `first` makes goes to the panel's rows.
  SmallVector<Value> place(ArrayRef<Value> at) {
    return {nest.index(0), keptRow, nest.add(at[2], fused.left),
            nest.sub(at[3], channel)};
  }

private:
  // Each row of the result right behind the last one that it reads: it finds
  // them in the first cache.
  void emitRows(Value begin, Value end, int64_t channels) {
    Value base = nest.mul(begin, fused.stride);
    Value lines = nest.mul(image, fused.rows);
    nest.loop(begin, end, 1, base, [&](Value row, ValueRange made) {
      Value start = nest.mul(row, fused.stride);
      Value next = fused.extent < fused.stride ? start : made.front();
      Value last = nest.add(start, fused.extent);
      nest.loop(next, last, 1, [&](Value read) {
        keptRow = nest.sub(read, base);
        makeRow(nest.sub(read, nest.index(fused.top)), channels);
      });
      depthwise.emitDepthwiseRow(
          nest.add(lines, row),
          nest.mul(nest.sub(start, base), fused.rowElements()), channel,
          channels);
      return SmallVector<Value>{last};
    });
  }

  void makeRow(Value row, int64_t channels) {
    Value line = nest.add(nest.mul(image, fused.madeRows), row);
    auto make = [&] {
      fillZeros(0, fused.left);
      fillZeros(fused.columns - fused.right, fused.right);
      first.emitRow(line, channel, channels);
    };
    // Rows before the first one have the greatest numbers.
    if (fused.top == 0 && fused.rowsRead(fused.rows) <= fused.madeRows)
      make();
    else
      nest.ifElse(nest.isLess(row, fused.madeRows), make,
                  [&] { fillZeros(0, fused.columns); });
  }

  void fillZeros(int64_t column, int64_t count) {
    if (count == 0)
      return;
    auto type = VectorType::get({depthwise.plan.lanes},
                                getElementTypeOrSelf(kept.getType()));
    Value zero = arith::ConstantOp::create(nest.builder, nest.loc,
                                           nest.builder.getZeroAttr(type));
    nest.loop(nest.index(column), nest.index(column + count), 1,
              [&](Value column) {
                for (int64_t c = 0; c < fused.panel; c += depthwise.plan.lanes)
                  vector::StoreOp::create(nest.builder, nest.loc, zero, kept,
                                          ValueRange{nest.index(0), keptRow,
                                                     column, nest.index(c)});
              });
  }

  const FusedDepthwise &fused;
  NestBuilder &nest;
  ContractionRows &first, &depthwise;
  Value kept;
  Value image, channel, keptRow; ///< of what is being emitted
};
} // namespace

// The launch's part of the scratch, as rows of a panel.
static Value openScratch(KernelContext &context, NestBuilder &nest,
                         const FusedDepthwise &fused) {
  int64_t all = fused.chunks() * fused.chunkElements();
  Type element = getElementTypeOrSelf(fused.made.getType());
  Value flat = memref::ViewOp::create(
      nest.builder, nest.loc, MemRefType::get({all}, element), context.scratch,
      nest.index(0), ValueRange());
  int64_t shape[] = {1, fused.rowsRead(fused.bandRows()), fused.columns,
                     fused.panel};
  int64_t strides[] = {fused.rowElements() * shape[1], fused.rowElements(),
                       fused.panel, 1};
  auto layout = StridedLayoutAttr::get(nest.builder.getContext(),
                                       ShapedType::kDynamic, strides);
  SmallVector<OpFoldResult> sizes, steps;
  for (int64_t d = 0; d < 4; ++d) {
    sizes.push_back(nest.builder.getIndexAttr(shape[d]));
    steps.push_back(nest.builder.getIndexAttr(strides[d]));
  }
  return memref::ReinterpretCastOp::create(
      nest.builder, nest.loc, MemRefType::get(shape, element, layout), flat,
      OpFoldResult(nest.mul(context.begin, fused.chunkElements())), sizes,
      steps);
}

FailureOr<int64_t> sluice::emitDepthwise(KernelContext &context) {
  std::optional<FusedDepthwise> fused = FusedDepthwise::get(context.body);
  if (!fused || !context.scratch)
    return 0;
  Type sum = getAccumulatorType(getElementTypeOrSelf(fused->made.getType()));
  if (!sum)
    return 0;
  NestBuilder nest(context.builder, context.loc, sum, 1, context.target.hasFma);
  Value kept = openScratch(context, nest, *fused);
  KernelContext makes = context, reads = context;
  makes.root = fused->first;
  makes.result = fused->made;
  makes.output = kept;
  makes.others.clear();
  reads.root = fused->depthwise;
  reads.buffers[fused->padded] = kept;
  FailureOr<std::unique_ptr<ContractionRows>> first =
      openContraction(makes, /*byRows=*/true);
  FailureOr<std::unique_ptr<ContractionRows>> depthwise =
      openContraction(reads, /*byRows=*/true);
  if (failed(first) || failed(depthwise))
    return failure();
  if (!*first || !*depthwise || !(*depthwise)->plan.keepsChannels() ||
      (*first)->plan.packing.panel != fused->panel ||
      fused->panel % (*depthwise)->plan.lanes != 0)
    return fused->depthwise.emitOpError("cannot be computed by panels of ")
           << fused->panel << " channels";
  FusedEmitter emitter(*fused, nest, **first, **depthwise, kept);
  (*first)->moveStore = [&](ArrayRef<Value> at) { return emitter.place(at); };
  Value last =
      nest.div(nest.add(context.end, fused->groups - 1), fused->groups);
  nest.loop(nest.div(context.begin, fused->groups), last, 1,
            [&](Value unit) { emitter.emitUnit(context, unit); });
  return fused->chunks();
}
