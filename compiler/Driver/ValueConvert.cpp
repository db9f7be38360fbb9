//===- ValueConvert.cpp - Tensor values in another kind or shape ----------===//

#include "compiler/Driver/ValueText.h"
#include "llvm/ADT/Twine.h"
#include <cstring>

using namespace sluice;
using llvm::Twine;

HostTensor sluice::reshapeTensor(const HostTensor &tensor,
                                 llvm::ArrayRef<int64_t> shape) {
  HostTensor result(tensor.kind(), shape);
  if (tensor.kind() == ElementKind::String)
    result.strings = tensor.strings;
  else if (tensor.byteSize() != 0)
    std::memcpy(result.data(), tensor.data(), tensor.byteSize());
  return result;
}

static bool keepsValue(const HostTensor &from, const HostTensor &to,
                       int64_t i) {
  int64_t a = from.getInt(i), b = to.getInt(i);
  // The same 64 bits are two numbers when one side is unsigned.
  bool mixed =
      (from.kind() == ElementKind::U64) != (to.kind() == ElementKind::U64);
  return a == b && !(mixed && a < 0);
}

llvm::Expected<HostTensor> sluice::convertTensor(const HostTensor &tensor,
                                                 ElementKind kind) {
  ElementKind from = tensor.kind();
  if (from == kind)
    return tensor;
  bool fromWhole = isInteger(from) || from == ElementKind::Bool;
  bool fromReal = fromWhole || isFloat(from);
  bool allowed = (isInteger(kind) && fromWhole) ||
                 (isFloat(kind) && fromReal) ||
                 (isComplex(kind) && (fromReal || isComplex(from)));
  if (!allowed)
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "elements are " + elementName(from) +
                                       " where " + elementName(kind) +
                                       " is expected");
  HostTensor result(kind, tensor.shape());
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (isComplex(kind)) {
      result.setComplex(i, tensor.getComplex(i));
    } else if (isFloat(kind)) {
      result.setDouble(i, tensor.getDouble(i));
    } else {
      result.setInt(i, tensor.getInt(i));
      if (!keepsValue(tensor, result, i))
        return llvm::createStringError(
            llvm::inconvertibleErrorCode(),
            "element " + Twine(i) + " does not fit into " + elementName(kind));
    }
  }
  return result;
}
