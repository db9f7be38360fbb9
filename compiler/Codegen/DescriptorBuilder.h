//===- DescriptorBuilder.h - Constants in the shape of C structs -*- C++
//-*-===//

#ifndef SLUICE_COMPILER_CODEGEN_DESCRIPTORBUILDER_H
#define SLUICE_COMPILER_CODEGEN_DESCRIPTORBUILDER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"

namespace sluice {

/// Builds the nested constants of a descriptor in a module. A struct's LLVM
/// type follows from its fields; with natural alignment its layout is C's.
class DescriptorBuilder {
public:
  explicit DescriptorBuilder(llvm::Module &module);

  llvm::Constant *int32(int64_t value) const;
  llvm::Constant *int64(int64_t value) const;
  llvm::Constant *null() const;
  /// A C string; equal strings are one.
  llvm::Constant *string(llvm::StringRef text);
  /// Pointers to private constant arrays, null when empty.
  llvm::Constant *int64s(llvm::ArrayRef<int64_t> values);
  llvm::Constant *int32s(llvm::ArrayRef<int32_t> values);
  llvm::Constant *bytes(llvm::ArrayRef<uint8_t> values) const;
  llvm::Constant *structure(llvm::ArrayRef<llvm::Constant *> fields) const;
  /// All elements must have one type.
  llvm::Constant *array(llvm::ArrayRef<llvm::Constant *> elements);

private:
  llvm::Constant *place(llvm::Constant *value);

  llvm::Module &module;
  llvm::StringMap<llvm::Constant *> strings;
};

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_DESCRIPTORBUILDER_H
