//===- EmitUpdate.cpp - A row of a tensor, in place -----------------------===//

#include "passes/Emit/EmitUpdate.h"
#include "dialects/Graph/GraphLoopOps.h"
#include "dialects/Graph/MovementSupport.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace sluice;

// The output holds the destination already: the kernel's result is the row.
FailureOr<int64_t> sluice::emitUpdate(KernelContext &kernel) {
  auto update = dyn_cast_or_null<graph::DynamicUpdateSliceOp>(kernel.root);
  if (!update)
    return 0;
  OpBuilder &builder = kernel.builder;
  auto type = cast<RankedTensorType>(update.getType());
  graph::ElementBuilder elements = kernel.makeElementBuilder(1);
  if (type.getDimSize(0) == 0) {
    Value always = arith::ConstantIntOp::create(builder, kernel.loc, 1, 1);
    elements.fail(update, always,
                  arith::ConstantIntOp::create(builder, kernel.loc, 0, 64));
    return 1;
  }
  Value row = graph::checkedIndex(elements, update, update.getIndex(), {},
                                  elements.index(type.getDimSize(0)),
                                  /*wrap=*/false);
  if (type.getNumElements() == 0)
    return 1;
  SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0)),
      strides(type.getRank(), builder.getIndexAttr(1)),
      sizes = getAsIndexOpFoldResult(builder.getContext(), type.getShape());
  offsets.front() = row;
  sizes.front() = builder.getIndexAttr(1);
  ArrayRef<int64_t> shape = type.getShape().drop_front();
  auto part = memref::SubViewOp::inferRankReducedResultType(
      shape, cast<MemRefType>(kernel.output.getType()), offsets, sizes,
      strides);
  kernel.output =
      memref::SubViewOp::create(builder, kernel.loc, cast<MemRefType>(part),
                                kernel.output, offsets, sizes, strides);
  kernel.result = update.getUpdate();
  return emitElements(kernel);
}
