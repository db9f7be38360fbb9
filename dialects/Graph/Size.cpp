//===- Size.cpp - The size of a dimension, constant or symbolic -----------===//

#include "dialects/Graph/Size.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/SizeAlgebra.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

Size Size::get(Attribute attribute) {
  if (auto constant = dyn_cast_or_null<IntegerAttr>(attribute))
    return Size(constant.getInt());
  Size size;
  size.expression = dyn_cast_or_null<SizeExprAttr>(attribute);
  size.valid = static_cast<bool>(size.expression);
  return size;
}

Size Size::symbol(MLIRContext *context, StringRef name) {
  auto atom = SizeAtomAttr::get(context, SizeAtomKind::Symbol, name, {});
  return get(makeAttribute(context, makePolynomial(atom)));
}

int64_t Size::getStaticOrDynamic() const {
  return isStatic() ? constant : ShapedType::kDynamic;
}

Attribute Size::getAttribute(MLIRContext *context) const {
  if (expression)
    return expression;
  return IntegerAttr::get(IntegerType::get(context, 64), constant);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

// Applies a function of polynomials to two sizes, not both static.
template <typename Function>
static Size combine(Size lhs, Size rhs, Function function) {
  if (!lhs.isValid() || !rhs.isValid())
    return {};
  auto polynomial = [](Size size) {
    return size.isStatic() ? makePolynomial(size.getStatic())
                           : *makePolynomial(size.getAttribute(nullptr));
  };
  MLIRContext *context =
      (lhs.isStatic() ? rhs : lhs).getAttribute(nullptr).getContext();
  MaybePolynomial result = function(context, polynomial(lhs), polynomial(rhs));
  return result ? Size::get(makeAttribute(context, *result)) : Size();
}

Size Size::operator+(Size other) const {
  int64_t result;
  if (isStatic() && other.isStatic())
    return __builtin_add_overflow(constant, other.constant, &result)
               ? Size()
               : Size(result);
  return combine(*this, other, [](MLIRContext *, const auto &x, const auto &y) {
    return add(x, y);
  });
}

Size Size::operator-(Size other) const {
  int64_t result;
  if (isStatic() && other.isStatic())
    return __builtin_sub_overflow(constant, other.constant, &result)
               ? Size()
               : Size(result);
  return combine(*this, other, [](MLIRContext *, const auto &x, const auto &y) {
    return subtract(x, y);
  });
}

Size Size::operator*(Size other) const {
  int64_t result;
  if (isStatic() && other.isStatic())
    return __builtin_mul_overflow(constant, other.constant, &result)
               ? Size()
               : Size(result);
  return combine(*this, other, [](MLIRContext *, const auto &x, const auto &y) {
    return multiply(x, y);
  });
}

Size Size::floorDiv(Size other) const {
  if (!isStatic() || !other.isStatic())
    return combine(*this, other,
                   [](MLIRContext *context, const auto &x, const auto &y) {
                     return floorDivide(context, x, y);
                   });
  if (other.constant == 0 || (constant == INT64_MIN && other.constant == -1))
    return {};
  int64_t quotient = constant / other.constant;
  bool inexact = constant % other.constant != 0;
  return quotient - (inexact && (constant < 0) != (other.constant < 0));
}

Size Size::ceilDiv(Size other) const {
  if (!isStatic() || !other.isStatic()) {
    if (other.isStatic() && other.constant < 0)
      return Size(0) - floorDiv(Size(0) - other);
    Size exact = divideExactly(other);
    return exact.isValid() ? exact : (*this + other - Size(1)).floorDiv(other);
  }
  if (other.constant == 0 || (constant == INT64_MIN && other.constant == -1))
    return {};
  int64_t quotient = constant / other.constant;
  bool inexact = constant % other.constant != 0;
  return quotient + (inexact && (constant < 0) == (other.constant < 0));
}

Size Size::mod(Size other) const { return *this - floorDiv(other) * other; }

Size Size::divideExactly(Size other) const {
  if (isStatic() && other.isStatic()) {
    Size quotient = floorDiv(other);
    return quotient * other == *this ? quotient : Size();
  }
  return combine(*this, other, [](MLIRContext *, const auto &x, const auto &y) {
    return sluice::graph::divideExactly(x, y);
  });
}

// max(a, b) = b + max(a - b, 0)
Size Size::max(Size other) const {
  if (isStatic() && other.isStatic())
    return std::max(constant, other.constant);
  return combine(*this, other,
                 [](MLIRContext *context, const auto &x,
                    const auto &y) -> MaybePolynomial {
                   MaybePolynomial difference = subtract(x, y);
                   MaybePolynomial part =
                       difference ? positivePart(context, *difference)
                                  : std::nullopt;
                   return part ? add(y, *part) : std::nullopt;
                 });
}

Size Size::min(Size other) const {
  if (isStatic() && other.isStatic())
    return std::min(constant, other.constant);
  return *this + other - max(other);
}

std::optional<int64_t>
Size::evaluate(function_ref<std::optional<int64_t>(StringRef)> symbols) const {
  if (!valid)
    return std::nullopt;
  return expression ? sluice::graph::evaluate(expression, symbols)
                    : std::optional<int64_t>(constant);
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
  printSize(os, size.getAttribute(nullptr));
  return os;
}

SmallVector<Size> sluice::graph::getSizes(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  auto dims = dyn_cast_or_null<DimsAttr>(tensor.getEncoding());
  SmallVector<Size> sizes;
  for (int64_t i = 0; i < tensor.getRank(); ++i) {
    if (!tensor.isDynamicDim(i))
      sizes.push_back(tensor.getDimSize(i));
    else // a `?` that nothing explains is no size
      sizes.push_back(dims ? dims.getSize(i) : Size());
  }
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
