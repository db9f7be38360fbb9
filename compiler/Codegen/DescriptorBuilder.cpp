//===- DescriptorBuilder.cpp - Constants in the shape of C structs --------===//

#include "compiler/Codegen/DescriptorBuilder.h"
#include "compiler/Codegen/Names.h"

using namespace sluice;
using llvm::ArrayRef;
using llvm::Constant;
using llvm::StringRef;

DescriptorBuilder::DescriptorBuilder(llvm::Module &module) : module(module) {}

Constant *DescriptorBuilder::int32(int64_t value) const {
  // Truncation keeps flag words with bit 31 set.
  return llvm::ConstantInt::get(llvm::Type::getInt32Ty(module.getContext()),
                                static_cast<uint32_t>(value));
}

Constant *DescriptorBuilder::int64(int64_t value) const {
  return llvm::ConstantInt::get(llvm::Type::getInt64Ty(module.getContext()),
                                static_cast<uint64_t>(value));
}

Constant *DescriptorBuilder::null() const {
  return llvm::ConstantPointerNull::get(
      llvm::PointerType::getUnqual(module.getContext()));
}

Constant *DescriptorBuilder::place(Constant *value) {
  auto *global = new llvm::GlobalVariable(
      module, value->getType(), /*isConstant=*/true,
      llvm::GlobalValue::PrivateLinkage, value, ".data");
  global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  return global;
}

Constant *DescriptorBuilder::string(StringRef text) {
  std::string clean = withoutNul(text);
  Constant *&entry = strings[clean];
  if (!entry)
    entry =
        place(llvm::ConstantDataArray::getString(module.getContext(), clean));
  return entry;
}

Constant *DescriptorBuilder::int64s(ArrayRef<int64_t> values) {
  if (values.empty())
    return null();
  llvm::SmallVector<uint64_t> words(values.begin(), values.end());
  return place(llvm::ConstantDataArray::get(module.getContext(), words));
}

Constant *DescriptorBuilder::int32s(ArrayRef<int32_t> values) {
  if (values.empty())
    return null();
  llvm::SmallVector<uint32_t> words(values.begin(), values.end());
  return place(llvm::ConstantDataArray::get(module.getContext(), words));
}

Constant *DescriptorBuilder::bytes(ArrayRef<uint8_t> values) const {
  return llvm::ConstantDataArray::get(module.getContext(), values);
}

Constant *DescriptorBuilder::structure(ArrayRef<Constant *> fields) const {
  return llvm::ConstantStruct::getAnon(module.getContext(), fields);
}

Constant *DescriptorBuilder::array(ArrayRef<Constant *> elements) {
  if (elements.empty())
    return null();
  auto *type =
      llvm::ArrayType::get(elements.front()->getType(), elements.size());
  return place(llvm::ConstantArray::get(type, elements));
}
