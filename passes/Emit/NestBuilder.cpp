//===- NestBuilder.cpp - Loops over flat buffers --------------------------===//

#include "passes/Emit/NestBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sluice;

Value NestBuilder::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}
Value NestBuilder::add(Value lhs, Value rhs) {
  return builder.createOrFold<arith::AddIOp>(loc, lhs, rhs);
}
Value NestBuilder::sub(Value lhs, Value rhs) {
  return builder.createOrFold<arith::SubIOp>(loc, lhs, rhs);
}
Value NestBuilder::shiftRight(Value lhs, int64_t bits) {
  return builder.createOrFold<arith::ShRUIOp>(loc, lhs, index(bits));
}
Value NestBuilder::mul(Value lhs, int64_t rhs) {
  return builder.createOrFold<arith::MulIOp>(loc, lhs, index(rhs));
}
Value NestBuilder::div(Value lhs, int64_t rhs) {
  return builder.createOrFold<arith::DivUIOp>(loc, lhs, index(rhs));
}
Value NestBuilder::rem(Value lhs, int64_t rhs) {
  return builder.createOrFold<arith::RemUIOp>(loc, lhs, index(rhs));
}
Value NestBuilder::min(Value lhs, Value rhs) {
  return builder.createOrFold<arith::MinUIOp>(loc, lhs, rhs);
}
Value NestBuilder::isLess(Value lhs, int64_t rhs) {
  return builder.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::ult,
                                             lhs, index(rhs));
}

SmallVector<Value> NestBuilder::split(Value linear, ArrayRef<NestLoop> loops) {
  SmallVector<Value> positions(loops.size());
  int64_t before = 1;
  for (const NestLoop &loop : loops)
    before *= loop.count;
  for (int64_t i = loops.size() - 1; i >= 0; --i) {
    // What is left of the index runs below `before`.
    bool whole = before == loops[i].count;
    before /= loops[i].count;
    positions[i] = whole ? linear : rem(linear, loops[i].count);
    linear = whole ? index(0) : div(linear, loops[i].count);
  }
  return positions;
}

void NestBuilder::loop(Value lower, Value upper, int64_t step,
                       function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(builder, loc, lower, upper, index(step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

// The tile fills the registers: what LLVM unrolls on top of it spills.
static Attribute makeKeepRolled(MLIRContext *context) {
  auto unroll = LLVM::LoopUnrollAttr::get(context, BoolAttr::get(context, true),
                                          {}, {}, {}, {}, {}, {});
  return LLVM::LoopAnnotationAttr::get(context, {}, {}, {}, unroll, {}, {}, {},
                                       {}, {}, {}, {}, {}, {}, {}, {});
}

SmallVector<Value>
NestBuilder::loop(Value lower, Value upper, int64_t step, ValueRange carried,
                  function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop =
      scf::ForOp::create(builder, loc, lower, upper, index(step), carried);
  loop->setAttr("llvm.loop_annotation", makeKeepRolled(builder.getContext()));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> next =
      body(loop.getInductionVar(), loop.getRegionIterArgs());
  scf::YieldOp::create(builder, loc, next);
  return SmallVector<Value>(loop.getResults());
}

void NestBuilder::ifElse(Value condition, function_ref<void()> thenBody,
                         function_ref<void()> elseBody) {
  auto branch =
      scf::IfOp::create(builder, loc, condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  thenBody();
  builder.setInsertionPointToStart(branch.elseBlock());
  elseBody();
}

void NestBuilder::selectPart(const BalancedSplit &split, Value index,
                             function_ref<void(Value, int64_t)> body) {
  auto high = [&] { body(mul(index, split.high), split.high); };
  auto low = [&] {
    body(add(mul(index, split.low), split.highCount), split.low);
  };
  if (split.highCount == 0)
    low();
  else
    ifElse(isLess(index, split.highCount), high, low);
}

Value NestBuilder::flatten(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  auto [strides, offset] = type.getStridesAndOffset();
  int64_t span = 1;
  for (auto [size, stride] : llvm::zip_equal(type.getShape(), strides))
    span += (size - 1) * stride;
  auto flat =
      MemRefType::get({span}, type.getElementType(),
                      StridedLayoutAttr::get(builder.getContext(), offset, {1}),
                      type.getMemorySpace());
  if (offset == 0)
    flat = MemRefType::get({span}, type.getElementType(),
                           MemRefLayoutAttrInterface(), type.getMemorySpace());
  OpFoldResult start = builder.getIndexAttr(offset);
  if (ShapedType::isDynamic(offset))
    start = memref::ExtractStridedMetadataOp::create(builder, loc, buffer)
                .getOffset();
  return memref::ReinterpretCastOp::create(
      builder, loc, flat, buffer, start,
      ArrayRef<OpFoldResult>{builder.getIndexAttr(span)},
      ArrayRef<OpFoldResult>{builder.getIndexAttr(1)});
}

Value NestBuilder::zero() {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getZeroAttr(vectorType));
}

// `value` as a vector or scalar of another element type.
static Type withElement(Value value, Type element) {
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    return VectorType::get(vector.getShape(), element);
  return element;
}

Value NestBuilder::widen(Value flat, Value stored) {
  Type sum = vectorType.getElementType();
  Type type = withElement(stored, sum);
  if (stored.getType() == type)
    return stored;
  if (isa<FloatType>(sum))
    return arith::ExtFOp::create(builder, loc, type, stored);
  if (unsignedBuffers.contains(flat))
    return arith::ExtUIOp::create(builder, loc, type, stored);
  return arith::ExtSIOp::create(builder, loc, type, stored);
}

Value NestBuilder::narrow(Value sum, Type element) {
  if (auto integer = dyn_cast<IntegerType>(element))
    element = builder.getIntegerType(integer.getWidth());
  Type type = withElement(sum, element);
  if (sum.getType() == type)
    return sum;
  if (isa<FloatType>(element))
    return arith::TruncFOp::create(builder, loc, type, sum);
  return arith::TruncIOp::create(builder, loc, type, sum);
}

Value NestBuilder::load(Value flat, Value at) {
  return widen(flat, memref::LoadOp::create(builder, loc, flat, at));
}

Value NestBuilder::loadVector(Value flat, Value at, Value mask) {
  auto type = VectorType::get(vectorType.getShape(),
                              getElementTypeOrSelf(flat.getType()));
  if (!mask)
    return widen(flat, vector::LoadOp::create(builder, loc, type, flat, at));
  Value none =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  return widen(flat, vector::MaskedLoadOp::create(builder, loc, type, flat, at,
                                                  mask, none));
}

Value NestBuilder::loadElements(Value flat, Value at, int64_t count) {
  auto type = VectorType::get({count}, getElementTypeOrSelf(flat.getType()));
  return widen(flat, vector::LoadOp::create(builder, loc, type, flat, at));
}

Value NestBuilder::shuffle(Value lhs, Value rhs, ArrayRef<int64_t> lanes) {
  return vector::ShuffleOp::create(builder, loc, lhs, rhs, lanes);
}

void NestBuilder::prefetch(Value flat, Value at, int level) {
  memref::PrefetchOp::create(builder, loc, flat, at, /*isWrite=*/false,
                             /*localityHint=*/4 - level, /*isDataCache=*/true);
}

Value NestBuilder::broadcast(Value scalar) {
  return vector::BroadcastOp::create(builder, loc, vectorType, scalar);
}

Value NestBuilder::multiplyAdd(Value lhs, Value rhs, Value sum) {
  if (isa<IntegerType>(vectorType.getElementType()))
    return arith::AddIOp::create(builder, loc, sum,
                                 arith::MulIOp::create(builder, loc, lhs, rhs));
  if (hasFma)
    return vector::FMAOp::create(builder, loc, lhs, rhs, sum);
  return arith::AddFOp::create(builder, loc, sum,
                               arith::MulFOp::create(builder, loc, lhs, rhs));
}

Value NestBuilder::sum(Value lhs, Value rhs) {
  if (isa<IntegerType>(vectorType.getElementType()))
    return arith::AddIOp::create(builder, loc, lhs, rhs);
  return arith::AddFOp::create(builder, loc, lhs, rhs);
}

Value NestBuilder::maskOf(int64_t count) {
  int64_t lanes = vectorType.getNumElements();
  if (count >= lanes)
    return {};
  SmallVector<bool> bits(lanes);
  std::fill_n(bits.begin(), count, true);
  auto type = VectorType::get({lanes}, builder.getI1Type());
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, bits));
}
