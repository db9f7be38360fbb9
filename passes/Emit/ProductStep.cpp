//===- ProductStep.cpp - Code of one step of a sum ------------------------===//

#include "passes/Emit/ProductStep.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sluice;

using Values = ProductStep::Values;

static int64_t countLanes(Value vector) {
  return cast<VectorType>(vector.getType()).getNumElements();
}

// The same 32-bit pattern in all lanes.
Value ProductStep::constant(int64_t value) {
  auto type =
      VectorType::get(nest.vectorType.getShape(), nest.builder.getI32Type());
  return arith::ConstantOp::create(
      nest.builder, nest.loc,
      DenseElementsAttr::get(type, APInt(32, value, /*isSigned=*/true,
                                         /*implicitTrunc=*/true)));
}

// The same bits as other elements.
Value ProductStep::cast(Value vector, int64_t lanes, Type element) {
  auto type = VectorType::get({lanes}, element);
  if (vector.getType() == type)
    return vector;
  return vector::BitCastOp::create(nest.builder, nest.loc, type, vector);
}

Value ProductStep::call(StringRef name, ValueRange operands) {
  auto sums = VectorType::get(nest.vectorType.getShape(),
                              form.kind == ProductKind::HalfDots
                                  ? Type(nest.builder.getF32Type())
                                  : nest.builder.getI32Type());
  return LLVM::CallIntrinsicOp::create(nest.builder, nest.loc, sums,
                                       nest.builder.getStringAttr(name),
                                       operands)
      .getResult(0);
}

// The intrinsic's name for vectors of the nest's width.
static std::string sized(StringRef name, int64_t lanes) {
  return ("llvm.x86." + name + "." + Twine(lanes * 32)).str();
}

//===----------------------------------------------------------------------===//
// Loads
//===----------------------------------------------------------------------===//

// The bits of a group of factors as one 32-bit number.
Value ProductStep::loadGroup(Value lhs, Value at, int64_t stride,
                             int64_t present) {
  OpBuilder &b = nest.builder;
  Type element = getElementTypeOrSelf(lhs.getType()), i32 = b.getI32Type();
  if (stride == 1 && present == form.group) {
    auto type = VectorType::get({form.group}, element);
    Value group = vector::LoadOp::create(b, nest.loc, type, lhs, at);
    return vector::ExtractOp::create(b, nest.loc, cast(group, 1, i32),
                                     ArrayRef<int64_t>{0});
  }
  unsigned width = element.getIntOrFloatBitWidth();
  Value bits;
  for (int64_t i = 0; i < present; ++i) {
    Value part =
        memref::LoadOp::create(b, nest.loc, lhs, nest.add(at, i * stride));
    Type stored = b.getIntegerType(width);
    if (part.getType() != stored)
      part = arith::BitcastOp::create(b, nest.loc, stored, part);
    part = arith::ExtUIOp::create(b, nest.loc, i32, part);
    if (i != 0)
      part = arith::ShLIOp::create(
          b, nest.loc, part,
          arith::ConstantIntOp::create(b, nest.loc, i32, i * width));
    bits = bits ? arith::OrIOp::create(b, nest.loc, bits, part) : part;
  }
  return bits;
}

Value ProductStep::widenBytes(Value bytes, bool isUnsigned) {
  auto type = VectorType::get({countLanes(bytes)}, nest.builder.getI16Type());
  if (isUnsigned)
    return arith::ExtUIOp::create(nest.builder, nest.loc, type, bytes);
  return arith::ExtSIOp::create(nest.builder, nest.loc, type, bytes);
}

// A bf16 is the upper half of an f32.
Values ProductStep::widenHalves(Value pairs) {
  OpBuilder &b = nest.builder;
  int64_t lanes = countLanes(pairs);
  Value first = arith::ShLIOp::create(b, nest.loc, pairs, constant(16));
  Value second =
      arith::AndIOp::create(b, nest.loc, pairs, constant(0xffff0000));
  return {cast(first, lanes, b.getF32Type()),
          cast(second, lanes, b.getF32Type())};
}

Values ProductStep::loadWeights(Value rhs, Value at, Value mask) {
  OpBuilder &b = nest.builder;
  if (form.kind == ProductKind::Scalars)
    return {nest.loadVector(rhs, at, mask)};
  int64_t lanes = nest.vectorType.getNumElements();
  int64_t loaded = lanes * form.group / form.sums;
  auto type = VectorType::get({loaded}, getElementTypeOrSelf(rhs.getType()));
  auto load = [&](int64_t part) -> Value {
    return vector::LoadOp::create(b, nest.loc, type, rhs,
                                  nest.add(at, part * loaded));
  };
  if (form.kind == ProductKind::Bytes) {
    bool isUnsigned = types.rhs.isUnsignedInteger();
    return {widenBytes(load(0), isUnsigned), widenBytes(load(1), isUnsigned)};
  }
  if (form.kind == ProductKind::Halves)
    return widenHalves(cast(load(0), lanes, b.getI32Type()));
  return {load(0)};
}

Values ProductStep::loadFactor(Value lhs, Value at, int64_t stride,
                               int64_t present) {
  OpBuilder &b = nest.builder;
  if (form.kind == ProductKind::Scalars)
    return {nest.broadcast(nest.load(lhs, at))};
  int64_t lanes = nest.vectorType.getNumElements();
  // Bytes fill the vector when they have been widened.
  int64_t copies = lanes / form.sums;
  Value bits = vector::BroadcastOp::create(
      b, nest.loc, VectorType::get({copies}, b.getI32Type()),
      loadGroup(lhs, at, stride, present));
  if (form.kind == ProductKind::Halves)
    return widenHalves(bits);
  if (form.raisesFactors)
    bits = arith::XOrIOp::create(b, nest.loc, bits, constant(0x80808080));
  Value elements =
      cast(bits, copies * form.group, getElementTypeOrSelf(lhs.getType()));
  if (form.kind == ProductKind::Bytes)
    return {widenBytes(elements, types.lhs.isUnsignedInteger())};
  return {elements};
}

Values ProductStep::raisedFactor() {
  int64_t lanes = nest.vectorType.getNumElements();
  return {
      cast(constant(0x80808080), lanes * form.group, nest.builder.getI8Type())};
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

// The sums of the products of two 16-bit integers each, in 32 bits, added to
// `sum`. All wraps around as the definition does, -2**15 * -2**15 * 2 too.
Value ProductStep::addPairs(Value lhs, Value rhs, Value sum) {
  OpBuilder &b = nest.builder;
  int64_t lanes = nest.vectorType.getNumElements();
  if (hasIntegerDots)
    return call(sized("avx512.vpdpwssd", lanes), {sum, lhs, rhs});
  if (hasPairProducts) {
    StringRef name = lanes == 16  ? "llvm.x86.avx512.pmaddw.d.512"
                     : lanes == 8 ? "llvm.x86.avx2.pmadd.wd"
                                  : "llvm.x86.sse2.pmadd.wd";
    return nest.sum(sum, call(name, {lhs, rhs}));
  }
  auto halves = [&](Value pairs) {
    Value bits = cast(pairs, lanes, b.getI32Type()), shift = constant(16);
    Value low = arith::ShLIOp::create(b, nest.loc, bits, shift);
    return std::make_pair(
        arith::ShRSIOp::create(b, nest.loc, low, shift).getResult(),
        arith::ShRSIOp::create(b, nest.loc, bits, shift).getResult());
  };
  auto [lhsLow, lhsHigh] = halves(lhs);
  auto [rhsLow, rhsHigh] = halves(rhs);
  return nest.multiplyAdd(lhsHigh, rhsHigh,
                          nest.multiplyAdd(lhsLow, rhsLow, sum));
}

void ProductStep::multiplyAdd(const Values &factor, const Values &weights,
                              Value *sums) {
  int64_t lanes = nest.vectorType.getNumElements();
  switch (form.kind) {
  case ProductKind::Scalars:
    *sums = nest.multiplyAdd(factor[0], weights[0], *sums);
    return;
  case ProductKind::Bytes:
    for (unsigned part : {0, 1})
      sums[part] = addPairs(factor[0], weights[part], sums[part]);
    return;
  case ProductKind::Words:
    *sums = addPairs(factor[0], weights[0], *sums);
    return;
  case ProductKind::ByteDots: {
    Value unsignedBytes = factor[0], signedBytes = weights[0];
    if (form.swapsOperands)
      std::swap(unsignedBytes, signedBytes);
    *sums = call(sized("avx512.vpdpbusd", lanes),
                 {*sums, unsignedBytes, signedBytes});
    return;
  }
  case ProductKind::Halves:
    // In the order of the sum.
    for (unsigned part : {0, 1})
      *sums = nest.multiplyAdd(factor[part], weights[part], *sums);
    return;
  case ProductKind::HalfDots:
    *sums = call("llvm.x86.avx512bf16.dpbf16ps.512",
                 {*sums, factor[0], weights[0]});
    return;
  }
}

Value ProductStep::finish(ArrayRef<Value> sums) {
  if (form.sums == 1)
    return sums[0];
  // Each column has two neighbouring sums.
  int64_t lanes = nest.vectorType.getNumElements();
  SmallVector<int64_t> even, odd;
  for (int64_t i = 0; i < lanes; ++i) {
    even.push_back(2 * i);
    odd.push_back(2 * i + 1);
  }
  auto pick = [&](ArrayRef<int64_t> order) -> Value {
    return vector::ShuffleOp::create(nest.builder, nest.loc, sums[0], sums[1],
                                     order);
  };
  return nest.sum(pick(even), pick(odd));
}
