//===- Instantiate.cpp - Fill in the attributes of a call -----------------===//

#include "compiler/Import/TensorFlow/Reader/Instantiate.h"

#include "compiler/Import/TensorFlow/Reader/Body.h"
#include <google/protobuf/arena.h>

namespace sluice {
namespace tensorflow {

const tf::AttrValue *CallAttrs::find(llvm::StringRef name) const {
  if (values)
    if (const tf::AttrValue *value = findAttr(*values, name))
      return value;
  for (const tf::OpDef::AttrDef &attr : function->signature().attr())
    if (attr.name() == name && attr.has_default_value())
      return &attr.default_value();
  return nullptr;
}

/// Whether a value fits an OpDef attribute type such as "type" or
/// "list(int)". Types that are not known are taken as fitting.
static bool fits(const tf::AttrValue &value, llvm::StringRef type) {
  if (type.starts_with("list("))
    return value.has_list();
  if (type == "string")
    return value.has_s();
  if (type == "int")
    return value.has_i();
  if (type == "float")
    return value.has_f();
  if (type == "bool")
    return value.has_b();
  if (type == "type")
    return value.has_type();
  if (type == "shape")
    return value.has_shape();
  if (type == "tensor")
    return value.has_tensor();
  if (type == "func")
    return value.has_func();
  return true;
}

const tf::NodeDef *instantiate(const tf::NodeDef &source,
                               const CallAttrs &attrs,
                               google::protobuf::Arena &arena,
                               std::string &attribute, std::string &problem) {
  auto *copy = google::protobuf::Arena::CreateMessage<tf::NodeDef>(&arena);
  *copy = source;
  std::vector<tf::AttrValue *> work;
  for (tf::AttrEntry &entry : *copy->mutable_attr()) {
    attribute = entry.key();
    work.push_back(entry.mutable_value());
    while (!work.empty()) {
      tf::AttrValue *value = work.back();
      work.pop_back();
      auto visit = [&](tf::NameAttrList &called) {
        for (tf::AttrEntry &inner : *called.mutable_attr())
          work.push_back(inner.mutable_value());
      };
      if (value->has_func())
        visit(*value->mutable_func());
      if (value->has_list())
        for (tf::NameAttrList &called : *value->mutable_list()->mutable_func())
          visit(called);
      if (!value->has_placeholder())
        continue;
      std::string name = value->placeholder();
      const tf::AttrValue *given = attrs.find(name);
      if (!given || given->value_case() == tf::AttrValue::VALUE_NOT_SET ||
          given->has_placeholder()) {
        problem = "stands for '$" + name + "', which the call gives no value";
        return nullptr;
      }
      for (const tf::OpDef::AttrDef &declared :
           attrs.function->signature().attr())
        if (declared.name() == name && !fits(*given, declared.type())) {
          problem = "stands for '$" + name + "', which must be a " +
                    declared.type() + "; the call gives another kind";
          return nullptr;
        }
      tf::AttrValue replacement(*given); // `given` may lie on the same arena
      *value = replacement;
    }
  }
  attribute.clear();
  return copy;
}

} // namespace tensorflow
} // namespace sluice
