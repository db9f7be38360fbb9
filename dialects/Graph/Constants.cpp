//===- Constants.cpp - Host tensors as attributes and back ----------------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/ConstantNames.h"
#include "dialects/Graph/GraphDialect.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include <cstring>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

std::optional<ElementKind> sluice::graph::getElementKind(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type)) {
    bool isUnsigned = integer.isUnsigned();
    switch (integer.getWidth()) {
    case 1:
      return ElementKind::Bool;
    case 8:
      return isUnsigned ? ElementKind::U8 : ElementKind::I8;
    case 16:
      return isUnsigned ? ElementKind::U16 : ElementKind::I16;
    case 32:
      return isUnsigned ? ElementKind::U32 : ElementKind::I32;
    case 64:
      return isUnsigned ? ElementKind::U64 : ElementKind::I64;
    default:
      return std::nullopt;
    }
  }
  if (type.isF16())
    return ElementKind::F16;
  if (type.isBF16())
    return ElementKind::BF16;
  if (type.isF32())
    return ElementKind::F32;
  if (type.isF64())
    return ElementKind::F64;
  if (auto complex = dyn_cast<ComplexType>(type))
    return complex.getElementType().isF64() ? ElementKind::C128
                                            : ElementKind::C64;
  if (isa<StringType>(type))
    return ElementKind::String;
  return std::nullopt;
}

Type sluice::graph::getElementType(MLIRContext *context, ElementKind kind) {
  switch (kind) {
  case ElementKind::Bool:
    return IntegerType::get(context, 1);
  case ElementKind::F16:
    return Float16Type::get(context);
  case ElementKind::BF16:
    return BFloat16Type::get(context);
  case ElementKind::F32:
    return Float32Type::get(context);
  case ElementKind::F64:
    return Float64Type::get(context);
  case ElementKind::C64:
    return ComplexType::get(Float32Type::get(context));
  case ElementKind::C128:
    return ComplexType::get(Float64Type::get(context));
  case ElementKind::String:
    return StringType::get(context);
  default:
    return IntegerType::get(context, elementSize(kind) * 8,
                            isUnsigned(kind) ? IntegerType::Unsigned
                                             : IntegerType::Signless);
  }
}

// Values up to this size are printed in place; larger ones are blobs.
static constexpr size_t inlineBytes = 256;

ElementsAttr sluice::graph::toAttribute(MLIRContext *context,
                                        const HostTensor &tensor) {
  auto type = RankedTensorType::get(tensor.shape(),
                                    getElementType(context, tensor.kind()));
  ArrayRef<char> bytes(tensor.data(), tensor.byteSize());
  if (tensor.kind() == ElementKind::String) {
    SmallVector<StringRef> strings(tensor.strings.begin(),
                                   tensor.strings.end());
    return DenseStringElementsAttr::get(type, strings);
  }
  if (bytes.size() <= inlineBytes) {
    if (tensor.kind() == ElementKind::Bool) {
      SmallVector<bool> values;
      for (int64_t i = 0; i < tensor.size(); ++i)
        values.push_back(tensor.getInt(i) != 0);
      return DenseElementsAttr::get(type, values);
    }
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  }
  auto *names = context->getOrLoadDialect<GraphDialect>()
                    ->getRegisteredInterface<ConstantNames>();
  return DenseResourceElementsAttr::get(
      type, names->next(),
      HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 64,
                                                    /*dataIsMutable=*/false));
}

std::optional<HostTensor> sluice::graph::toHostTensor(Attribute attribute) {
  auto elements = dyn_cast_or_null<ElementsAttr>(attribute);
  if (!elements)
    return std::nullopt;
  auto type = dyn_cast<RankedTensorType>(elements.getType());
  if (!type || !type.hasStaticShape() || !elementCount(type.getShape()))
    return std::nullopt;
  std::optional<ElementKind> kind = getElementKind(type.getElementType());
  if (!kind)
    return std::nullopt;
  HostTensor tensor(*kind, type.getShape());
  if (auto strings = dyn_cast<DenseStringElementsAttr>(elements)) {
    int64_t i = 0;
    bool splat = strings.isSplat();
    for (std::string &string : tensor.strings)
      string = strings.getRawStringData()[splat ? 0 : i++].str();
    return tensor;
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || blob->getData().size() != tensor.byteSize())
      return std::nullopt;
    std::memcpy(tensor.data(), blob->getData().data(), tensor.byteSize());
    return tensor;
  }
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  if (!dense)
    return std::nullopt;
  if (*kind == ElementKind::Bool) {
    int64_t i = 0;
    for (bool value : dense.getValues<bool>())
      tensor.setInt(i++, value);
    return tensor;
  }
  ArrayRef<char> raw = dense.getRawData();
  if (!dense.isSplat()) {
    if (raw.size() != tensor.byteSize())
      return std::nullopt;
    std::memcpy(tensor.data(), raw.data(), raw.size());
    return tensor;
  }
  for (int64_t i = 0; i < tensor.size(); ++i)
    std::memcpy(tensor.data() + i * elementSize(*kind), raw.data(),
                elementSize(*kind));
  return tensor;
}

std::optional<SmallVector<int64_t>>
sluice::graph::getConstantIntegers(Attribute attribute) {
  std::optional<HostTensor> tensor = toHostTensor(attribute);
  if (!tensor || tensor->rank() > 1 ||
      (tensor->kind() != ElementKind::I32 &&
       tensor->kind() != ElementKind::I64))
    return std::nullopt;
  SmallVector<int64_t> values;
  for (int64_t i = 0; i < tensor->size(); ++i)
    values.push_back(tensor->getInt(i));
  return values;
}
