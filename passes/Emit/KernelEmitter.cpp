//===- KernelEmitter.cpp - Loads, stores and lanes of kernels -------------===//

#include "passes/Emit/KernelEmitter.h"
#include "dialects/Graph/FlowInterfaces.h"
#include "dialects/Graph/GraphDialect.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Graph/ScalarCode.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sluice;
using graph::ElementBuilder;
using kernel::RunRecord;

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

static int64_t getNode(Operation *op) {
  auto id = op->getAttrOfType<IntegerAttr>("kernel.node");
  return id ? id.getInt() : 0;
}

// Bumps the cursor. Where the space does not suffice it goes on counting, so
// that the run can tell how much it would have needed.
static Value reserveStringSpace(ElementBuilder &b, Operation *op, Value bytes,
                                Value record) {
  graph::ScalarCode code(b.builder, b.loc);
  auto get = [&](RunRecord::Word word) -> Value {
    return memref::LoadOp::create(b.builder, b.loc, record, b.index(word));
  };
  Value used = get(RunRecord::StringUsed), size = get(RunRecord::StringSize);
  // Far above any size and far below what wraps around.
  Value next = code.make<arith::MinUIOp>(code.add(used, bytes),
                                         code.integer(used, int64_t(1) << 61));
  memref::StoreOp::create(b.builder, b.loc, next, record,
                          b.index(RunRecord::StringUsed));
  using Int = arith::CmpIPredicate;
  Value fits = code.compare(Int::ule, next, size);
  Value isFirst = code.bitAnd(code.compare(Int::ugt, next, size),
                              code.compare(Int::ule, used, size));
  Value node = code.select(isFirst, code.integer(used, getNode(op)),
                           get(RunRecord::StringNode));
  memref::StoreOp::create(b.builder, b.loc, node, record,
                          b.index(RunRecord::StringNode));
  Value address = code.add(get(RunRecord::StringSpace), used);
  return code.select(fits, address, code.integer(address, 0));
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
  elements.onAllocate = [this](ElementBuilder &b, Operation *op, Value bytes) {
    return reserveStringSpace(b, op, bytes, status);
  };
  elements.onFailure = [this](ElementBuilder &b, Operation *op, Value failed,
                              Value value, graph::FailureKind kind) {
    auto branch = scf::IfOp::create(b.builder, b.loc, failed);
    OpBuilder inside = branch.getThenBodyBuilder();
    auto put = [&](Value word, RunRecord::Word at) {
      Value index = arith::ConstantIndexOp::create(inside, b.loc, at);
      memref::StoreOp::create(inside, b.loc, word, status, index);
    };
    put(arith::ConstantIntOp::create(inside, b.loc, getNode(op), 64),
        RunRecord::Node);
    put(value, RunRecord::Found);
    put(arith::ConstantIntOp::create(inside, b.loc, static_cast<int64_t>(kind),
                                     64),
        RunRecord::Status);
  };
  return elements;
}

void KernelContext::store(ElementBuilder &b, Value element, ValueRange indices,
                          Value to) {
  Type storage = cast<MemRefType>(to.getType()).getElementType();
  Value stored = toStorageForm(b, element, storage);
  if (b.lanes == 1)
    memref::StoreOp::create(builder, loc, stored, to, indices);
  else if (b.mask)
    vector::MaskedStoreOp::create(builder, loc, to, indices, b.mask, stored);
  else
    vector::StoreOp::create(builder, loc, stored, to, indices);
}

bool KernelContext::isFar(Value buffer) const {
  auto type = cast<MemRefType>(buffer.getType());
  return type.getNumElements() * type.getElementTypeBitWidth() / 8 >=
         target.l2Bytes / 2;
}

void KernelContext::prefetch(Value buffer, ValueRange indices, bool toWrite) {
  memref::PrefetchOp::create(builder, loc, buffer, indices, toWrite,
                             /*localityHint=*/3, /*isDataCache=*/true);
}

SmallVector<Value, 2> KernelContext::readResults(ElementBuilder &elements,
                                                 ValueRange indices) {
  SmallVector<Value, 2> found{elements.read(result, indices)};
  for (auto [value, buffer] : others)
    found.push_back(elements.read(value, indices));
  return found;
}

void KernelContext::storeResults(ElementBuilder &elements,
                                 ArrayRef<Value> results, ValueRange indices) {
  store(elements, results.front(), indices);
  for (auto [i, other] : llvm::enumerate(others))
    store(elements, results[i + 1], indices, other.second);
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
    if (op.hasTrait<OpTrait::ConstantLike>() || isa<graph::UpdateOp>(op))
      continue;
    auto element = dyn_cast<graph::ElementOp>(op);
    if (!element || !element.supportsLanes())
      return 1;
  }
  return getLanesOfTypes();
}
