//===- StringConstants.cpp - Constant tensors of strings ------------------===//

#include "passes/Lowering/StringConstants.h"

using namespace mlir;
using namespace sluice;

LLVM::GlobalOp sluice::defineStrings(OpBuilder &builder, Location loc,
                                     StringRef name, const HostTensor &tensor) {
  std::string text;
  for (const std::string &string : tensor.strings)
    text += string;
  text.push_back('\0'); // never empty
  auto bytes = LLVM::GlobalOp::create(
      builder, loc, LLVM::LLVMArrayType::get(builder.getI8Type(), text.size()),
      /*isConstant=*/true, LLVM::Linkage::Internal, (name + ".bytes").str(),
      builder.getStringAttr(text), /*alignment=*/1);

  Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Type i64 = builder.getI64Type();
  auto entry =
      LLVM::LLVMStructType::getLiteral(builder.getContext(), {pointer, i64});
  auto type = LLVM::LLVMArrayType::get(entry, tensor.strings.size());
  auto global = LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/true,
                                       LLVM::Linkage::Internal, name,
                                       Attribute(), /*alignment=*/64);
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&global.getInitializerRegion());
  Value base = LLVM::AddressOfOp::create(builder, loc, bytes);
  Value array = LLVM::UndefOp::create(builder, loc, type);
  int64_t offset = 0;
  for (auto [i, string] : llvm::enumerate(tensor.strings)) {
    int64_t position = static_cast<int64_t>(i);
    int64_t length = static_cast<int64_t>(string.size());
    Value distance = LLVM::ConstantOp::create(
        builder, loc, i64, builder.getI64IntegerAttr(offset));
    Value start =
        LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), base,
                            ArrayRef<LLVM::GEPArg>{distance});
    Value size = LLVM::ConstantOp::create(builder, loc, i64,
                                          builder.getI64IntegerAttr(length));
    array = LLVM::InsertValueOp::create(builder, loc, array, start,
                                        ArrayRef<int64_t>{position, 0});
    array = LLVM::InsertValueOp::create(builder, loc, array, size,
                                        ArrayRef<int64_t>{position, 1});
    offset += length;
  }
  LLVM::ReturnOp::create(builder, loc, array);
  return global;
}
