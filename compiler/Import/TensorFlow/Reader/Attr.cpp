//===- Attr.cpp - Views of attribute values -------------------------------===//

#include "compiler/Import/TensorFlow/Proto/graph.pb.h"
#include "compiler/Import/TensorFlow/Reader/FlatGraph.h"
#include "compiler/Import/TensorFlow/Reader/TensorValue.h"

namespace sluice {
namespace tensorflow {

using tf::AttrValue;

static std::string listKindName(const AttrValue::ListValue &list) {
  if (list.s_size())
    return "a list of strings";
  if (list.i_size())
    return "a list of ints";
  if (list.f_size())
    return "a list of floats";
  if (list.b_size())
    return "a list of bools";
  if (list.type_size())
    return "a list of types";
  if (list.shape_size())
    return "a list of shapes";
  if (list.tensor_size())
    return "a list of tensors";
  if (list.func_size())
    return "a list of functions";
  return "an empty list";
}

std::string Attr::kindName() const {
  if (!value)
    return "nothing";
  switch (value->value_case()) {
  case AttrValue::kList:
    return listKindName(value->list());
  case AttrValue::kS:
    return "a string";
  case AttrValue::kI:
    return "an int";
  case AttrValue::kF:
    return "a float";
  case AttrValue::kB:
    return "a bool";
  case AttrValue::kType:
    return "a type";
  case AttrValue::kShape:
    return "a shape";
  case AttrValue::kTensor:
    return "a tensor";
  case AttrValue::kPlaceholder:
    return "a placeholder";
  case AttrValue::kFunc:
    return "a function";
  case AttrValue::VALUE_NOT_SET:
    return "nothing";
  }
  return "nothing";
}

std::optional<llvm::StringRef> Attr::string() const {
  if (!value || !value->has_s())
    return std::nullopt;
  return llvm::StringRef(value->s());
}

std::optional<int64_t> Attr::integer() const {
  if (!value || !value->has_i())
    return std::nullopt;
  return value->i();
}

std::optional<float> Attr::real() const {
  if (!value || !value->has_f())
    return std::nullopt;
  return value->f();
}

std::optional<bool> Attr::boolean() const {
  if (!value || !value->has_b())
    return std::nullopt;
  return value->b();
}

std::optional<int> Attr::type() const {
  if (!value || !value->has_type())
    return std::nullopt;
  return static_cast<int>(value->type());
}

std::optional<PartialShape> Attr::shape() const {
  PartialShape shape;
  if (!value || !value->has_shape() || readPartialShape(value->shape(), shape))
    return std::nullopt;
  return shape;
}

const tf::TensorProto *Attr::tensor() const {
  return value && value->has_tensor() ? &value->tensor() : nullptr;
}

std::optional<llvm::StringRef> Attr::function() const {
  if (!value || !value->has_func())
    return std::nullopt;
  return llvm::StringRef(value->func().name());
}

/// The list's elements of one kind; nullopt when it is no list or a list of
/// another kind.
template <typename Result, typename Field>
static std::optional<Result> listOf(const AttrValue *value, Field field) {
  if (!value || !value->has_list())
    return std::nullopt;
  const AttrValue::ListValue &list = value->list();
  const auto &elements = (list.*field)();
  int all = list.s_size() + list.i_size() + list.f_size() + list.b_size() +
            list.type_size() + list.shape_size() + list.tensor_size() +
            list.func_size();
  if (all != elements.size())
    return std::nullopt;
  Result result;
  result.reserve(elements.size());
  for (const auto &element : elements)
    result.push_back(typename Result::value_type(element));
  return result;
}

using List = AttrValue::ListValue;

std::optional<std::vector<llvm::StringRef>> Attr::strings() const {
  const google::protobuf::RepeatedPtrField<std::string> &(List::*field)()
      const = &List::s;
  return listOf<std::vector<llvm::StringRef>>(value, field);
}

std::optional<llvm::SmallVector<int64_t>> Attr::integers() const {
  const google::protobuf::RepeatedField<int64_t> &(List::*field)() const =
      &List::i;
  return listOf<llvm::SmallVector<int64_t>>(value, field);
}

std::optional<llvm::SmallVector<float>> Attr::reals() const {
  const google::protobuf::RepeatedField<float> &(List::*field)() const =
      &List::f;
  return listOf<llvm::SmallVector<float>>(value, field);
}

std::optional<llvm::SmallVector<bool>> Attr::booleans() const {
  const google::protobuf::RepeatedField<bool> &(List::*field)() const =
      &List::b;
  return listOf<llvm::SmallVector<bool>>(value, field);
}

std::optional<llvm::SmallVector<int>> Attr::types() const {
  const google::protobuf::RepeatedField<int> &(List::*field)() const =
      &List::type;
  return listOf<llvm::SmallVector<int>>(value, field);
}

std::optional<std::vector<PartialShape>> Attr::shapes() const {
  if (!value || !value->has_list())
    return std::nullopt;
  const List &list = value->list();
  int others = list.s_size() + list.i_size() + list.f_size() + list.b_size() +
               list.type_size() + list.tensor_size() + list.func_size();
  if (others != 0)
    return std::nullopt;
  std::vector<PartialShape> shapes(list.shape_size());
  for (int i = 0; i < list.shape_size(); ++i)
    if (readPartialShape(list.shape(i), shapes[i]))
      return std::nullopt;
  return shapes;
}

llvm::StringRef Node::op() const { return def->op(); }

Attr Node::attr(llvm::StringRef attrName) const {
  // The last of equal keys wins, as in a protobuf map.
  for (int i = def->attr_size(); i-- > 0;)
    if (def->attr(i).key() == attrName)
      return Attr(&def->attr(i).value());
  return Attr();
}

std::vector<llvm::StringRef> Node::attrNames() const {
  std::vector<llvm::StringRef> names;
  for (const tf::AttrEntry &entry : def->attr())
    if (!llvm::StringRef(entry.key()).starts_with("_"))
      names.push_back(entry.key());
  return names;
}

} // namespace tensorflow
} // namespace sluice
