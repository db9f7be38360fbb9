//===- EmitHalo.cpp - Zeros around the interior of a buffer ---------------===//

#include "passes/Emit/EmitHalo.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace sluice;

namespace {
struct Interval {
  int64_t lower, upper;
};
} // namespace

static void fillBox(OpBuilder &builder, Location loc, Value buffer,
                    ArrayRef<Interval> box) {
  Value zero = arith::ConstantOp::create(
      builder, loc,
      builder.getZeroAttr(cast<MemRefType>(buffer.getType()).getElementType()));
  SmallVector<Value> indices;
  OpBuilder::InsertionGuard guard(builder);
  auto constant = [&](int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  for (Interval range : box) {
    auto loop = scf::ForOp::create(builder, loc, constant(range.lower),
                                   constant(range.upper), constant(1));
    indices.push_back(loop.getInductionVar());
    builder.setInsertionPointToStart(loop.getBody());
  }
  memref::StoreOp::create(builder, loc, zero, buffer, indices);
}

// A dimension without a halo is part of the one before it, where it follows it
// in memory: fewer and longer loops.
static Value mergeInner(OpBuilder &builder, Location loc, Value buffer,
                        SmallVector<int64_t> &low, SmallVector<int64_t> &high) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> strides = type.getStridesAndOffset().first;
  SmallVector<int64_t> shape(type.getShape());
  for (size_t d = shape.size(); d-- > 1;) {
    if (low[d] || high[d] || strides[d - 1] != shape[d] * strides[d])
      continue;
    shape[d - 1] *= shape[d];
    low[d - 1] *= shape[d];
    high[d - 1] *= shape[d];
    strides[d - 1] = strides[d];
    for (auto *list : {&shape, &strides, &low, &high})
      list->erase(list->begin() + d);
  }
  if (shape.size() == type.getShape().size())
    return buffer;
  auto merged =
      MemRefType::get(shape, type.getElementType(),
                      StridedLayoutAttr::get(builder.getContext(), 0, strides));
  return memref::ReinterpretCastOp::create(builder, loc, merged, buffer,
                                           /*offset=*/0, shape, strides);
}

void sluice::emitHalo(OpBuilder &builder, Location loc, Value whole,
                      ArrayRef<int64_t> lowest, ArrayRef<int64_t> highest) {
  SmallVector<int64_t> low(lowest), high(highest);
  Value buffer = mergeInner(builder, loc, whole, low, high);
  // Dimension by dimension: the slabs before and behind its interior, within
  // the interior of the dimensions before it.
  SmallVector<Interval> box;
  for (int64_t size : cast<MemRefType>(buffer.getType()).getShape())
    box.push_back({0, size});
  for (size_t d = 0; d < box.size(); ++d) {
    int64_t size = box[d].upper;
    for (Interval slab :
         {Interval{0, low[d]}, Interval{size - high[d], size}}) {
      box[d] = slab;
      if (slab.lower < slab.upper)
        fillBox(builder, loc, buffer, box);
    }
    box[d] = {low[d], size - high[d]};
  }
}
