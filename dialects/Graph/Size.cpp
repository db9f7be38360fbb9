//===- Size.cpp - The size of a dimension, constant or symbolic -----------===//

#include "dialects/Graph/Size.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphDialect.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

Size Size::get(Attribute attribute) {
  if (auto constant = dyn_cast_or_null<IntegerAttr>(attribute))
    return Size(constant.getInt());
  Size size;
  size.expression = attribute;
  size.valid = static_cast<bool>(attribute);
  return size;
}

Size Size::symbol(MLIRContext *context, StringRef name) {
  return get(StringAttr::get(context, name));
}

int64_t Size::getStaticOrDynamic() const {
  return isStatic() ? constant : ShapedType::kDynamic;
}

Attribute Size::getAttribute(MLIRContext *context) const {
  if (expression)
    return expression;
  return IntegerAttr::get(IntegerType::get(context, 64), constant);
}

Size Size::operator+(Size other) const {
  int64_t result;
  if (!isStatic() || !other.isStatic() ||
      __builtin_add_overflow(constant, other.constant, &result))
    return {};
  return result;
}

Size Size::operator-(Size other) const {
  int64_t result;
  if (!isStatic() || !other.isStatic() ||
      __builtin_sub_overflow(constant, other.constant, &result))
    return {};
  return result;
}

Size Size::operator*(Size other) const {
  int64_t result;
  if (!isStatic() || !other.isStatic() ||
      __builtin_mul_overflow(constant, other.constant, &result))
    return {};
  return result;
}

Size Size::floorDiv(Size other) const {
  if (!isStatic() || !other.isStatic() || other.constant == 0 ||
      (constant == INT64_MIN && other.constant == -1))
    return {};
  int64_t quotient = constant / other.constant;
  bool inexact = constant % other.constant != 0;
  return quotient - (inexact && (constant < 0) != (other.constant < 0));
}

Size Size::ceilDiv(Size other) const {
  if (!isStatic() || !other.isStatic() || other.constant == 0 ||
      (constant == INT64_MIN && other.constant == -1))
    return {};
  int64_t quotient = constant / other.constant;
  bool inexact = constant % other.constant != 0;
  return quotient + (inexact && (constant < 0) == (other.constant < 0));
}

Size Size::divideExactly(Size other) const {
  Size quotient = floorDiv(other);
  return quotient * other == *this ? quotient : Size();
}

Size Size::max(Size other) const {
  if (!isStatic() || !other.isStatic())
    return {};
  return std::max(constant, other.constant);
}

Size Size::min(Size other) const {
  if (!isStatic() || !other.isStatic())
    return {};
  return std::min(constant, other.constant);
}

bool Size::operator==(Size other) const {
  return valid && other.valid && expression == other.expression &&
         constant == other.constant;
}

llvm::raw_ostream &sluice::graph::operator<<(llvm::raw_ostream &os, Size size) {
  if (!size.isValid())
    return os << "invalid";
  if (size.isStatic())
    return os << size.getStatic();
  return os << '?';
}

SmallVector<Size> sluice::graph::getSizes(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  auto dims = dyn_cast_or_null<DimsAttr>(tensor.getEncoding());
  SmallVector<Size> sizes;
  for (int64_t i = 0; i < tensor.getRank(); ++i)
    sizes.push_back(dims ? dims.getSize(i) : Size(tensor.getDimSize(i)));
  return sizes;
}

SmallVector<Size> sluice::graph::getSizes(Value value) {
  return getSizes(value.getType());
}

SmallVector<Size> sluice::graph::getSizes(ArrayRef<int64_t> sizes) {
  return SmallVector<Size>(sizes.begin(), sizes.end());
}

Size sluice::graph::product(ArrayRef<Size> sizes) {
  Size result = 1;
  for (Size size : sizes)
    result = result * size;
  return result;
}

RankedTensorType sluice::graph::makeTensorType(ArrayRef<Size> sizes,
                                               Type elementType) {
  SmallVector<int64_t> shape;
  bool isStatic = true;
  // A tensor of no elements still needs sizes whose product is defined.
  Size bytes = 16;
  for (Size size : sizes) {
    if (!size.isValid() || (size.isStatic() && size.getStatic() < 0))
      return {};
    shape.push_back(size.getStaticOrDynamic());
    isStatic &= size.isStatic();
    if (size.isStatic() && size.getStatic() != 0)
      bytes = bytes * size;
  }
  if (!bytes.isValid())
    return {};
  Attribute encoding;
  if (!isStatic)
    encoding = makeDims(elementType.getContext(), sizes);
  return RankedTensorType::get(shape, elementType, encoding);
}

Attribute sluice::graph::makeDims(MLIRContext *context, ArrayRef<Size> sizes) {
  SmallVector<Attribute> attributes;
  for (Size size : sizes)
    attributes.push_back(size.getAttribute(context));
  return DimsAttr::get(context, attributes);
}
