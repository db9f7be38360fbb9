//===- TensorValue.cpp - Decode tensor values -----------------------------===//

#include "compiler/Import/TensorFlow/Reader/TensorValue.h"

#include "compiler/Import/TensorFlow/Proto/graph.pb.h"
#include "compiler/Import/TensorFlow/Reader/Varint.h"
#include "llvm/ADT/Twine.h"
#include <cstring>

namespace sluice {
namespace tensorflow {

static ValueProblem problem(const llvm::Twine &text, bool limit = false) {
  return ValueProblem{text.str(), limit};
}

std::optional<ElementKind> elementKindOf(int type) {
  switch (type) {
  case DT_FLOAT:
    return ElementKind::F32;
  case DT_DOUBLE:
    return ElementKind::F64;
  case DT_INT32:
  case DT_QINT32:
    return ElementKind::I32;
  case DT_UINT8:
  case DT_QUINT8:
    return ElementKind::U8;
  case DT_INT16:
  case DT_QINT16:
    return ElementKind::I16;
  case DT_INT8:
  case DT_QINT8:
    return ElementKind::I8;
  case DT_STRING:
    return ElementKind::String;
  case DT_COMPLEX64:
    return ElementKind::C64;
  case DT_INT64:
    return ElementKind::I64;
  case DT_BOOL:
    return ElementKind::Bool;
  case DT_BFLOAT16:
    return ElementKind::BF16;
  case DT_UINT16:
  case DT_QUINT16:
    return ElementKind::U16;
  case DT_COMPLEX128:
    return ElementKind::C128;
  case DT_HALF:
    return ElementKind::F16;
  case DT_UINT32:
    return ElementKind::U32;
  case DT_UINT64:
    return ElementKind::U64;
  default:
    return std::nullopt;
  }
}

std::string dataTypeName(int type) {
  if (tf::DataType_IsValid(type))
    return tf::DataType_Name(static_cast<tf::DataType>(type));
  return "DT_" + std::to_string(type) + " (unknown)";
}

std::string shapeText(const PartialShape &shape) {
  if (!shape)
    return "unknown rank";
  std::string text = "[";
  for (int64_t dim : *shape) {
    if (text.size() > 1)
      text += ", ";
    text += dim < 0 ? "?" : std::to_string(dim);
  }
  return text + "]";
}

std::optional<ValueProblem> readPartialShape(const tf::TensorShapeProto &proto,
                                             PartialShape &shape) {
  shape.reset();
  if (proto.unknown_rank()) {
    if (proto.dim_size() != 0)
      return problem("shape says its rank is unknown but lists " +
                     llvm::Twine(proto.dim_size()) + " sizes");
    return std::nullopt;
  }
  if (proto.dim_size() > maxRank)
    return problem("rank must be at most " + llvm::Twine(maxRank) + ", got " +
                   llvm::Twine(proto.dim_size()));
  shape.emplace();
  for (const tf::TensorShapeProto::Dim &dim : proto.dim()) {
    if (dim.size() < -1)
      return problem("shape has a size of " + llvm::Twine(dim.size()) +
                     ", expected -1 (unknown) or more");
    shape->push_back(dim.size());
  }
  return std::nullopt;
}

std::optional<ValueProblem>
readFullShape(const tf::TensorShapeProto &proto, unsigned elementBytes,
              uint64_t budget, llvm::SmallVectorImpl<int64_t> &shape) {
  PartialShape partial;
  if (std::optional<ValueProblem> wrong = readPartialShape(proto, partial))
    return wrong;
  if (!partial)
    return problem("a value must have a known shape, got an unknown rank");
  for (int64_t dim : *partial)
    if (dim < 0)
      return problem("a value must have a known shape, got " +
                     shapeText(partial));
  std::optional<int64_t> count = elementCount(*partial);
  if (!count)
    return problem("shape " + shapeText(partial) +
                   " has more elements than 64 bits can count");
  // Empty strings take memory too.
  uint64_t width =
      elementBytes == 0 ? sizeof(std::string) : uint64_t(elementBytes);
  if (static_cast<uint64_t>(*count) > budget / width)
    return problem("value of shape " + shapeText(partial) +
                       " is larger than the limit of " + llvm::Twine(budget) +
                       " bytes",
                   /*limit=*/true);
  shape.assign(partial->begin(), partial->end());
  return std::nullopt;
}

void copyElements(llvm::StringRef bytes, HostTensor &value) {
  if (bytes.empty())
    return;
  if (value.kind() == ElementKind::Bool) {
    for (size_t i = 0; i < bytes.size(); ++i)
      value.data()[i] = bytes[i] != 0;
    return;
  }
  std::memcpy(value.data(), bytes.data(), bytes.size());
}

/// Content of a string tensor: the lengths of all elements, then their bytes.
static std::optional<ValueProblem> decodeStrings(llvm::StringRef content,
                                                 HostTensor &value) {
  std::vector<uint64_t> lengths;
  lengths.reserve(value.size());
  for (int64_t i = 0; i < value.size(); ++i) {
    uint64_t length = 0;
    if (!takeVarint(content, length))
      return problem("tensor_content ends inside the length of string " +
                     llvm::Twine(i) + " or its length has over 10 bytes");
    lengths.push_back(length);
  }
  for (int64_t i = 0; i < value.size(); ++i) {
    if (lengths[i] > content.size())
      return problem("string " + llvm::Twine(i) + " has a length of " +
                     llvm::Twine(lengths[i]) + " bytes but only " +
                     llvm::Twine(content.size()) + " are left");
    value.strings[i] = content.take_front(lengths[i]).str();
    content = content.drop_front(lengths[i]);
  }
  if (!content.empty())
    return problem("tensor_content has " + llvm::Twine(content.size()) +
                   " bytes more than its strings");
  return std::nullopt;
}

/// The elements of a typed list; the last one fills what is left, a longer
/// list is cut off. `parts` list entries make one number: 2 for complex types.
template <typename Element, typename List>
static std::optional<ValueProblem> fillFrom(const List &list, HostTensor &value,
                                            unsigned parts = 1) {
  if (list.size() % parts != 0)
    return problem("a complex value needs pairs of numbers, got " +
                   llvm::Twine(list.size()) + " numbers");
  int64_t given = list.size() / parts;
  Element *out = value.as<Element>();
  for (int64_t i = 0; i < value.size() && given != 0; ++i) {
    int64_t from = std::min(i, given - 1);
    for (unsigned part = 0; part < parts; ++part)
      out[i * parts + part] =
          static_cast<Element>(list.Get(static_cast<int>(from * parts + part)));
  }
  return std::nullopt;
}

static int typedValues(const tf::TensorProto &proto) {
  return proto.float_val_size() + proto.double_val_size() +
         proto.int_val_size() + proto.string_val_size() +
         proto.scomplex_val_size() + proto.int64_val_size() +
         proto.bool_val_size() + proto.dcomplex_val_size() +
         proto.half_val_size() + proto.uint32_val_size() +
         proto.uint64_val_size();
}

static std::optional<ValueProblem> fillTyped(const tf::TensorProto &proto,
                                             HostTensor &value) {
  switch (value.kind()) {
  case ElementKind::F32:
    return fillFrom<float>(proto.float_val(), value);
  case ElementKind::F64:
    return fillFrom<double>(proto.double_val(), value);
  case ElementKind::F16:
  case ElementKind::BF16:
    return fillFrom<uint16_t>(proto.half_val(), value);
  case ElementKind::I32:
    return fillFrom<int32_t>(proto.int_val(), value);
  case ElementKind::I16:
    return fillFrom<int16_t>(proto.int_val(), value);
  case ElementKind::U16:
    return fillFrom<uint16_t>(proto.int_val(), value);
  case ElementKind::I8:
    return fillFrom<int8_t>(proto.int_val(), value);
  case ElementKind::U8:
    return fillFrom<uint8_t>(proto.int_val(), value);
  case ElementKind::I64:
    return fillFrom<int64_t>(proto.int64_val(), value);
  case ElementKind::U32:
    return fillFrom<uint32_t>(proto.uint32_val(), value);
  case ElementKind::U64:
    return fillFrom<uint64_t>(proto.uint64_val(), value);
  case ElementKind::Bool:
    return fillFrom<uint8_t>(proto.bool_val(), value);
  case ElementKind::C64:
    return fillFrom<float>(proto.scomplex_val(), value, 2);
  case ElementKind::C128:
    return fillFrom<double>(proto.dcomplex_val(), value, 2);
  case ElementKind::String:
    for (int64_t i = 0; i < value.size() && proto.string_val_size() != 0; ++i)
      value.strings[i] = proto.string_val(
          static_cast<int>(std::min<int64_t>(i, proto.string_val_size() - 1)));
    return std::nullopt;
  }
  return std::nullopt;
}

/// Repeating a long last string over many elements must not outgrow the budget.
static std::optional<ValueProblem>
checkStrings(const tf::TensorProto &proto, int64_t count, uint64_t budget) {
  int given = proto.string_val_size();
  if (given == 0 || count <= given)
    return std::nullopt;
  uint64_t last = proto.string_val(given - 1).size();
  uint64_t repeats = static_cast<uint64_t>(count - given);
  if (last != 0 && repeats > budget / last)
    return problem("repeating the last string over " + llvm::Twine(count) +
                       " elements passes the limit of " + llvm::Twine(budget) +
                       " bytes",
                   /*limit=*/true);
  return std::nullopt;
}

std::optional<ValueProblem> decodeTensor(const tf::TensorProto &proto,
                                         uint64_t budget, HostTensor &value) {
  int type = proto.dtype();
  std::optional<ElementKind> kind = elementKindOf(type);
  if (!kind)
    return problem("values of type " + dataTypeName(type) +
                   " are not supported");
  llvm::SmallVector<int64_t> shape;
  if (std::optional<ValueProblem> wrong = readFullShape(
          proto.tensor_shape(), elementSize(*kind), budget, shape))
    return wrong;
  bool hasContent = !proto.tensor_content().empty();
  if (hasContent && typedValues(proto) != 0)
    return problem("value has both tensor_content and a list of numbers");
  int64_t count = *elementCount(shape);
  if (!hasContent && *kind == ElementKind::String)
    if (std::optional<ValueProblem> wrong = checkStrings(proto, count, budget))
      return wrong;
  llvm::StringRef content = proto.tensor_content();
  uint64_t expected = static_cast<uint64_t>(count) * elementSize(*kind);
  if (hasContent && *kind != ElementKind::String && content.size() != expected)
    return problem("value of shape " + shapeText(shape) + " and type " +
                   dataTypeName(type) + " needs " + llvm::Twine(expected) +
                   " bytes of tensor_content, got " +
                   llvm::Twine(content.size()));
  value = HostTensor(*kind, shape);
  if (!hasContent)
    return fillTyped(proto, value);
  if (*kind == ElementKind::String)
    return decodeStrings(content, value);
  copyElements(content, value);
  return std::nullopt;
}

} // namespace tensorflow
} // namespace sluice
