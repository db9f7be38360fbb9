//===- MovementSupport.cpp - Shared by operators that move elements -------===//

#include "dialects/Graph/MovementSupport.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/PatternMatch.h"
#include <cstring>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

void sluice::graph::replaceWithReshape(PatternRewriter &rewriter, Operation *op,
                                       Value value) {
  Attribute shape = makeDims(op->getContext(), getSizes(op->getResult(0)));
  rewriter.replaceOpWithNewOp<ReshapeOp>(op, value, cast<DimsAttr>(shape));
}

int64_t sluice::graph::linearize(ArrayRef<int64_t> indices,
                                 ArrayRef<int64_t> shape) {
  int64_t position = 0;
  for (auto [index, size] : llvm::zip_equal(indices, shape))
    position = position * size + index;
  return position;
}

void sluice::graph::forEachIndex(
    ArrayRef<int64_t> shape,
    function_ref<void(int64_t, ArrayRef<int64_t>)> visit) {
  int64_t count = elementCount(shape).value_or(0);
  SmallVector<int64_t> indices(shape.size());
  for (int64_t position = 0; position < count; ++position) {
    visit(position, indices);
    for (int64_t d = shape.size() - 1; d >= 0 && ++indices[d] == shape[d]; --d)
      indices[d] = 0;
  }
}

void sluice::graph::copyElement(const HostTensor &from, int64_t i,
                                HostTensor &to, int64_t j) {
  if (from.kind() == ElementKind::String) {
    to.strings[j] = from.strings[i];
    return;
  }
  unsigned size = elementSize(from.kind());
  std::memcpy(to.data() + j * size, from.data() + i * size, size);
}

int64_t sluice::graph::countElementsTaken(Operation *op, unsigned operand) {
  int64_t all = countElements(op->getOperand(operand));
  int64_t taken = countElements(op->getResult(0));
  return operand == 0 && taken >= 0 && taken < all ? taken : all;
}

llvm::Error sluice::graph::indexError(int64_t index, int64_t size) {
  return llvm::createStringError("index " + llvm::Twine(index) +
                                 " is outside a dimension of size " +
                                 llvm::Twine(size));
}

SmallVector<Size> sluice::graph::getSizes(DimsAttr dims) {
  SmallVector<Size> sizes;
  for (unsigned i = 0; i < dims.getRank(); ++i)
    sizes.push_back(dims.getSize(i));
  return sizes;
}

bool sluice::graph::allEqual(ArrayRef<int64_t> values, int64_t value) {
  return llvm::all_of(values, [&](int64_t v) { return v == value; });
}

Value sluice::graph::sizeOf(ElementBuilder &b, Value tensor, unsigned dim) {
  return b.size(getSizes(tensor)[dim]);
}

Value sluice::graph::checkedIndex(ElementBuilder &b, Operation *op,
                                  Value indices, ValueRange at, Value size,
                                  bool wrap) {
  OpBuilder &builder = b.builder;
  Location loc = b.loc;
  Value raw = b.readScalar(indices, at);
  Type i64 = builder.getI64Type();
  Value index = builder.createOrFold<arith::IndexCastOp>(
      loc, builder.getIndexType(), raw);
  if (wrap) {
    Value negative = builder.createOrFold<arith::CmpIOp>(
        loc, arith::CmpIPredicate::slt, index, b.index(0));
    index = builder.createOrFold<arith::SelectOp>(
        loc, negative, b.addIndex(index, size), index);
  }
  // Unsigned: an index below 0 is beyond every size.
  Value bad = builder.createOrFold<arith::CmpIOp>(
      loc, arith::CmpIPredicate::uge, index, size);
  Value shown = raw.getType() == i64
                    ? raw
                    : builder.createOrFold<arith::ExtSIOp>(loc, i64, raw);
  b.fail(op, bad, shown);
  return builder.createOrFold<arith::SelectOp>(loc, bad, b.index(0), index);
}
