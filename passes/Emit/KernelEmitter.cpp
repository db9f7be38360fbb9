//===- KernelEmitter.cpp - Loads, stores and lanes of kernels -------------===//

#include "passes/Emit/KernelEmitter.h"
#include "dialects/Graph/GraphDialect.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sluice;
using graph::ElementBuilder;

// From the form in memory to the form in which operators compute.
static Value toValueForm(ElementBuilder &b, Value stored, Type elementType) {
  if (!elementType.isInteger(1))
    return stored;
  Value zero = arith::ConstantOp::create(
      b.builder, b.loc, b.builder.getZeroAttr(stored.getType()));
  return arith::CmpIOp::create(b.builder, b.loc, arith::CmpIPredicate::ne,
                               stored, zero);
}

static Value toStorageForm(ElementBuilder &b, Value value, Type storage) {
  if (!getElementTypeOrSelf(value).isInteger(1))
    return value;
  Type type = storage;
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    type = VectorType::get(vector.getShape(), storage);
  return arith::ExtUIOp::create(b.builder, b.loc, type, value);
}

static Value loadInput(ElementBuilder &b, Value tensor, Value buffer,
                       ValueRange indices) {
  Type elementType = cast<RankedTensorType>(tensor.getType()).getElementType();
  Type storage = cast<MemRefType>(buffer.getType()).getElementType();
  Value stored;
  if (b.lanes == 1) {
    stored = memref::LoadOp::create(b.builder, b.loc, buffer, indices);
  } else {
    auto type = VectorType::get({b.lanes}, storage);
    if (!b.mask) {
      stored = vector::LoadOp::create(b.builder, b.loc, type, buffer, indices);
    } else {
      Value zero = arith::ConstantOp::create(b.builder, b.loc,
                                             b.builder.getZeroAttr(type));
      stored = vector::MaskedLoadOp::create(b.builder, b.loc, type, buffer,
                                            indices, b.mask, zero);
    }
  }
  return toValueForm(b, stored, elementType);
}

ElementBuilder KernelContext::makeElementBuilder(int64_t lanes) {
  ElementBuilder elements(
      builder, loc, lanes,
      [this](ElementBuilder &b, Value tensor, ValueRange indices) {
        return loadInput(b, tensor, buffers.lookup(tensor), indices);
      });
  elements.isInput = [this](Value value) { return buffers.contains(value); };
  if (!status)
    return elements;
  elements.onFailure = [this](ElementBuilder &b, Operation *op, Value failed,
                              Value value, graph::FailureKind kind) {
    auto branch = scf::IfOp::create(b.builder, b.loc, failed);
    OpBuilder inside = branch.getThenBodyBuilder();
    int64_t node = 0;
    if (auto id = op->getAttrOfType<IntegerAttr>("kernel.node"))
      node = id.getInt();
    auto put = [&](Value word, int64_t at) {
      Value index = arith::ConstantIndexOp::create(inside, b.loc, at);
      memref::StoreOp::create(inside, b.loc, word, status, index);
    };
    put(arith::ConstantIntOp::create(inside, b.loc, node, 64), 1);
    put(value, 2);
    put(arith::ConstantIntOp::create(inside, b.loc, static_cast<int64_t>(kind),
                                     64),
        0);
  };
  return elements;
}

void KernelContext::store(ElementBuilder &b, Value element,
                          ValueRange indices) {
  Type storage = cast<MemRefType>(output.getType()).getElementType();
  Value stored = toStorageForm(b, element, storage);
  if (b.lanes == 1)
    memref::StoreOp::create(builder, loc, stored, output, indices);
  else if (b.mask)
    vector::MaskedStoreOp::create(builder, loc, output, indices, b.mask,
                                  stored);
  else
    vector::StoreOp::create(builder, loc, stored, output, indices);
}

int64_t KernelContext::getLanesOfTypes() const {
  int64_t widest = 8;
  auto visit = [&](Type type) {
    Type element = getElementTypeOrSelf(type);
    if (!element.isIntOrFloat())
      return false;
    // Half and bfloat16 are computed in single precision.
    bool isHalf = element.isF16() || element.isBF16();
    widest = std::max<int64_t>(widest,
                               isHalf ? 32 : element.getIntOrFloatBitWidth());
    return true;
  };
  for (BlockArgument argument : body.getArguments())
    if (!visit(argument.getType()))
      return 1;
  for (Operation &op : body)
    for (Type type : op.getResultTypes())
      if (!visit(type))
        return 1;
  return target.lanes(widest);
}

int64_t KernelContext::getLanes() const {
  for (Operation &op : body.without_terminator()) {
    if (op.hasTrait<OpTrait::ConstantLike>())
      continue;
    auto element = dyn_cast<graph::ElementOp>(op);
    if (!element || !element.supportsLanes())
      return 1;
  }
  return getLanesOfTypes();
}
