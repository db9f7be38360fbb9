//===- ElementBuilder.cpp - Code for one element of a tensor --------------===//

#include "dialects/Graph/ElementBuilder.h"
#include "dialects/Graph/GraphDialect.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

void ElementBuilder::bind(Value value, Value element) {
  bound[value] = element;
}

// The repeated value of a constant, as a scalar in value form.
static Value buildConstant(ElementBuilder &b, DenseElementsAttr constant) {
  Type elementType = constant.getElementType();
  if (auto complex = dyn_cast<ComplexType>(elementType)) {
    auto value = constant.getSplatValue<std::complex<APFloat>>();
    Type part = complex.getElementType();
    return complex::ConstantOp::create(
        b.builder, b.loc, complex,
        b.builder.getArrayAttr({FloatAttr::get(part, value.real()),
                                FloatAttr::get(part, value.imag())}));
  }
  Type scalar = b.scalarType(elementType);
  if (isa<FloatType>(scalar))
    return arith::ConstantOp::create(
        b.builder, b.loc,
        FloatAttr::get(scalar, constant.getSplatValue<APFloat>()));
  return arith::ConstantOp::create(
      b.builder, b.loc,
      IntegerAttr::get(scalar, constant.getSplatValue<APInt>()));
}

Value ElementBuilder::read(Value value, ValueRange indices) {
  if (Value element = bound.lookup(value))
    return element;
  for (auto &scope : llvm::reverse(scopes))
    for (auto &[key, element] : scope)
      if (key.value == value && key.lanes == lanes &&
          llvm::equal(key.indices, indices))
        return element;
  Value element;
  bool isComputed = !(isInput && isInput(value));
  DenseElementsAttr constant;
  auto op = value.getDefiningOp<ElementOp>();
  if (isComputed && matchPattern(value, m_Constant(&constant)) &&
      constant.isSplat())
    element = splat(buildConstant(*this, constant));
  else if (op && isComputed)
    element = op.buildElement(*this, indices);
  else
    element = readInput(*this, value, indices);
  scopes.back().push_back(
      {{value, llvm::to_vector<4>(indices), lanes}, element});
  return element;
}

Value ElementBuilder::readSplat(Value value, ValueRange indices) {
  return splat(readScalar(value, indices));
}

Value ElementBuilder::readScalar(Value value, ValueRange indices) {
  int64_t outerLanes = lanes;
  Value outerMask = mask;
  lanes = 1;
  mask = nullptr;
  Value element = read(value, indices);
  lanes = outerLanes;
  mask = outerMask;
  return element;
}

Type ElementBuilder::scalarType(Type elementType) const {
  if (auto integer = dyn_cast<IntegerType>(elementType))
    return IntegerType::get(builder.getContext(), integer.getWidth());
  // A string is its address and its length.
  if (isa<StringType>(elementType))
    return ComplexType::get(builder.getI64Type());
  return elementType;
}

Type ElementBuilder::valueType(Type elementType) const {
  Type scalar = scalarType(elementType);
  return lanes == 1 ? scalar : VectorType::get({lanes}, scalar);
}

Value ElementBuilder::splat(Value scalar) {
  if (lanes == 1)
    return scalar;
  auto type = VectorType::get({lanes}, scalar.getType());
  TypedAttr constant;
  if (matchPattern(scalar, m_Constant(&constant)))
    return arith::ConstantOp::create(builder, loc,
                                     DenseElementsAttr::get(type, constant));
  return vector::BroadcastOp::create(builder, loc, type, scalar);
}

Value ElementBuilder::number(Type elementType, double value) {
  Type scalar = scalarType(elementType);
  if (auto floating = dyn_cast<FloatType>(scalar))
    return splat(arith::ConstantOp::create(
        builder, loc, builder.getFloatAttr(floating, value)));
  return integer(elementType, static_cast<int64_t>(value));
}

Value ElementBuilder::integer(Type elementType, int64_t value) {
  Type scalar = scalarType(elementType);
  return splat(arith::ConstantOp::create(
      builder, loc,
      IntegerAttr::get(scalar,
                       APInt(scalar.getIntOrFloatBitWidth(), value,
                             /*isSigned=*/true, /*implicitTrunc=*/true))));
}

Value ElementBuilder::zero(Type elementType) {
  auto complex = dyn_cast<ComplexType>(elementType);
  if (!complex)
    return number(elementType, 0);
  Value part = arith::ConstantOp::create(
      builder, loc, builder.getZeroAttr(complex.getElementType()));
  return complex::CreateOp::create(builder, loc, complex, part, part);
}

Value ElementBuilder::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value ElementBuilder::addIndex(Value lhs, Value rhs) {
  return builder.createOrFold<arith::AddIOp>(loc, lhs, rhs);
}

Value ElementBuilder::addIndex(Value lhs, int64_t offset) {
  return offset == 0 ? lhs : addIndex(lhs, index(offset));
}

Value ElementBuilder::subIndex(Value lhs, Value rhs) {
  return builder.createOrFold<arith::SubIOp>(loc, lhs, rhs);
}

Value ElementBuilder::mulIndex(Value lhs, int64_t factor) {
  return builder.createOrFold<arith::MulIOp>(loc, lhs, index(factor));
}

Value ElementBuilder::mulIndex(Value lhs, Value factor) {
  return builder.createOrFold<arith::MulIOp>(loc, lhs, factor);
}

Value ElementBuilder::size(Size size) {
  if (!size.isStatic() && readSize)
    return readSize(*this, size);
  return index(size.getStatic());
}

Value ElementBuilder::ifElse(Value condition, Type resultType,
                             function_ref<Value()> thenValue,
                             function_ref<Value()> elseValue) {
  BoolAttr known;
  if (matchPattern(condition, m_Constant(&known)))
    return known.getValue() ? thenValue() : elseValue();
  auto branch = scf::IfOp::create(builder, loc, resultType, condition,
                                  /*withElseRegion=*/true);
  auto fill = [&](Block *block, function_ref<Value()> value) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(block);
    scopes.emplace_back();
    Value result = value();
    scopes.pop_back();
    scf::YieldOp::create(builder, loc, result);
  };
  fill(branch.thenBlock(), thenValue);
  fill(branch.elseBlock(), elseValue);
  return branch.getResult(0);
}

SmallVector<Value>
ElementBuilder::loop(Value lower, Value upper, ValueRange init,
                     function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(
      builder, loc, lower, upper, index(1), init,
      [&](OpBuilder &, Location, Value iv, ValueRange carried) {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToEnd(iv.getParentBlock());
        scopes.emplace_back();
        SmallVector<Value> next = body(iv, carried);
        scopes.pop_back();
        scf::YieldOp::create(builder, loc, next);
      });
  return SmallVector<Value>(loop.getResults());
}

void ElementBuilder::fail(Operation *op, Value condition, Value value,
                          FailureKind kind) {
  if (onFailure)
    onFailure(*this, op, condition, value, kind);
}

Value ElementBuilder::allocate(Operation *op, Value bytes) {
  if (onAllocate)
    return onAllocate(*this, op, bytes);
  return arith::ConstantIntOp::create(builder, loc, 0, 64);
}
