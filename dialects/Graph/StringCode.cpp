//===- StringCode.cpp - Scalar code for strings ---------------------------===//

#include "dialects/Graph/StringCode.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

// How a string of that type is stored: sluice_string.
static Type getStorage(OpBuilder &builder) {
  Type i64 = builder.getI64Type();
  return LLVM::LLVMStructType::getLiteral(builder.getContext(), {i64, i64});
}

StringValue StringCode::take(Value value) const {
  Value pair = UnrealizedConversionCastOp::create(builder, loc,
                                                  getStorage(builder), value)
                   .getResult(0);
  auto part = [&](int64_t at) -> Value {
    return LLVM::ExtractValueOp::create(builder, loc, pair,
                                        ArrayRef<int64_t>(at));
  };
  return {part(0), part(1)};
}

Value StringCode::give(StringValue string) const {
  Value pair = LLVM::UndefOp::create(builder, loc, getStorage(builder));
  auto put = [&](Value part, int64_t at) {
    pair = LLVM::InsertValueOp::create(builder, loc, pair, part,
                                       ArrayRef<int64_t>(at));
  };
  put(string.address, 0);
  put(string.length, 1);
  Type form = ComplexType::get(builder.getI64Type());
  return UnrealizedConversionCastOp::create(builder, loc, form, pair)
      .getResult(0);
}

Value StringCode::pointer(Value address) const {
  auto type = LLVM::LLVMPointerType::get(builder.getContext());
  return LLVM::IntToPtrOp::create(builder, loc, type, address);
}

Value StringCode::equal(StringValue x, StringValue y) const {
  Value same = compare(Int::eq, x.length, y.length);
  auto isThere = [&](StringValue string) {
    return compare(Int::ne, string.address, int64_t(0));
  };
  Value readable = bitAnd(same, bitAnd(isThere(x), isThere(y)));
  Value count = select(readable, x.length, integer(x.length, 0));
  count = convert<arith::IndexCastOp>(count, builder.getIndexType());
  auto byteAt = [&](StringValue string, Value position) -> Value {
    return LLVM::LoadOp::create(builder, loc, builder.getI8Type(),
                                pointer(add(string.address, position)));
  };
  return elements.loop(elements.index(0), count, same,
                       [&](Value i, ValueRange carried) -> SmallVector<Value> {
                         Value position =
                             convert<arith::IndexCastOp>(i, x.length.getType());
                         Value equalBytes = compare(
                             Int::eq, byteAt(x, position), byteAt(y, position));
                         return {bitAnd(carried[0], equalBytes)};
                       })[0];
}

void StringCode::copy(Value to, StringValue from, Value fits) const {
  Value length = select(fits, from.length, integer(from.length, 0));
  LLVM::MemcpyOp::create(builder, loc, pointer(to), pointer(from.address),
                         length, /*isVolatile=*/false);
}

StringValue StringCode::concat(Operation *op, StringValue x,
                               StringValue y) const {
  // No memory is so large: lengths that were only counted cannot wrap around.
  Value longest = integer(x.length, int64_t(1) << 61);
  auto limit = [&](Value bytes) {
    return make<arith::MinUIOp>(bytes, longest);
  };
  Value length = limit(add(limit(x.length), limit(y.length)));
  Value address = elements.allocate(op, length);
  Value fits = compare(Int::ne, address, int64_t(0));
  copy(address, x, fits);
  copy(add(address, x.length), y, fits);
  return {address, length};
}
