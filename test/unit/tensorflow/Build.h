//===- Build.h - Models made by tests ---------------------------*- C++ -*-===//

#ifndef SLUICE_TEST_UNIT_TENSORFLOW_BUILD_H
#define SLUICE_TEST_UNIT_TENSORFLOW_BUILD_H

#include "compiler/Import/TensorFlow/Proto/bundle.pb.h"
#include "compiler/Import/TensorFlow/Proto/saved_model.pb.h"
#include "compiler/Import/TensorFlow/Reader/Reader.h"
#include "compiler/Support/ModelError.h"
#include "gtest/gtest.h"
#include <filesystem>
#include <fstream>
#include <initializer_list>

namespace sluice {
namespace tensorflow {
namespace test {

using Result = llvm::Expected<std::unique_ptr<FlatGraph>>;

template <typename Def> tf::AttrValue &attr(Def &def, const std::string &name) {
  tf::AttrEntry *entry = def.add_attr();
  entry->set_key(name);
  return *entry->mutable_value();
}

inline void setTypes(tf::AttrValue &value, std::initializer_list<int> types) {
  value.mutable_list();
  for (int type : types)
    value.mutable_list()->add_type(static_cast<tf::DataType>(type));
}

template <typename Nodes>
tf::NodeDef &node(Nodes *nodes, const std::string &name, const std::string &op,
                  std::initializer_list<std::string> inputs = {}) {
  tf::NodeDef *def = nodes->Add();
  def->set_name(name);
  def->set_op(op);
  for (const std::string &input : inputs)
    def->add_input(input);
  return *def;
}

inline tf::NodeDef &add(tf::GraphDef &graph, const std::string &name,
                        const std::string &op,
                        std::initializer_list<std::string> inputs = {}) {
  return node(graph.mutable_node(), name, op, inputs);
}

inline void setShape(tf::TensorShapeProto *shape,
                     std::initializer_list<int64_t> dims) {
  for (int64_t dim : dims)
    shape->add_dim()->set_size(dim);
}

inline tf::NodeDef &addPlaceholder(tf::GraphDef &graph,
                                   const std::string &name) {
  tf::NodeDef &def = add(graph, name, "Placeholder");
  attr(def, "dtype").set_type(tf::DT_FLOAT);
  setShape(attr(def, "shape").mutable_shape(), {4});
  return def;
}

/// A float constant of one dimension.
inline tf::NodeDef &addConst(tf::GraphDef &graph, const std::string &name,
                             std::initializer_list<float> values) {
  tf::NodeDef &def = add(graph, name, "Const");
  attr(def, "dtype").set_type(tf::DT_FLOAT);
  tf::TensorProto *tensor = attr(def, "value").mutable_tensor();
  tensor->set_dtype(tf::DT_FLOAT);
  setShape(tensor->mutable_tensor_shape(),
           {static_cast<int64_t>(values.size())});
  for (float value : values)
    tensor->add_float_val(value);
  return def;
}

inline tf::NodeDef &addStrings(tf::GraphDef &graph, const std::string &name,
                               std::initializer_list<std::string> values) {
  tf::NodeDef &def = add(graph, name, "Const");
  attr(def, "dtype").set_type(tf::DT_STRING);
  tf::TensorProto *tensor = attr(def, "value").mutable_tensor();
  tensor->set_dtype(tf::DT_STRING);
  setShape(tensor->mutable_tensor_shape(),
           {static_cast<int64_t>(values.size())});
  for (const std::string &value : values)
    tensor->add_string_val(value);
  return def;
}

/// A function with float parameters and results.
inline tf::FunctionDef &
addFunction(tf::GraphDef &graph, const std::string &name,
            std::initializer_list<std::string> parameters,
            std::initializer_list<std::string> outputs) {
  tf::FunctionDef *function = graph.mutable_library()->add_function();
  function->mutable_signature()->set_name(name);
  for (const std::string &parameter : parameters) {
    tf::OpDef::ArgDef *arg = function->mutable_signature()->add_input_arg();
    arg->set_name(parameter);
    arg->set_type(tf::DT_FLOAT);
  }
  for (const std::string &output : outputs) {
    tf::OpDef::ArgDef *arg = function->mutable_signature()->add_output_arg();
    arg->set_name(output);
    arg->set_type(tf::DT_FLOAT);
  }
  return *function;
}

inline void setRet(tf::FunctionDef &function, const std::string &output,
                   const std::string &value) {
  tf::NameEntry *entry = function.add_ret();
  entry->set_key(output);
  entry->set_value(value);
}

inline Result read(const tf::GraphDef &graph, const ReadOptions &options = {}) {
  return readGraphBytes(graph.SerializeAsString(), "model.pb", options);
}

inline ReadOptions fetching(std::initializer_list<std::string> fetches) {
  ReadOptions options;
  options.fetches = fetches;
  return options;
}

/// The error's text, checked for what every error must and must not hold.
inline std::string failure(llvm::Error error, ErrorKind kind) {
  EXPECT_TRUE(static_cast<bool>(error));
  ErrorKind got = kind;
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::handleAllErrors(std::move(error), [&](const ModelError &e) {
    EXPECT_FALSE(e.get().file.empty());
    EXPECT_FALSE(e.get().message.empty());
    EXPECT_NE(e.get().message.back(), '.');
    if (text.empty())
      got = e.kind();
    e.log(os);
    os << '\n';
  });
  EXPECT_EQ(static_cast<int>(got), static_cast<int>(kind)) << text;
  EXPECT_EQ(text.find(".cpp"), std::string::npos) << text;
  EXPECT_EQ(text.find("compiler/"), std::string::npos) << text;
  return text;
}

inline void expectHolds(const std::string &text,
                        std::initializer_list<std::string> parts) {
  for (const std::string &part : parts)
    EXPECT_NE(text.find(part), std::string::npos)
        << "expected '" << part << "' in: " << text;
}

template <typename T>
void expectError(llvm::Expected<T> result,
                 std::initializer_list<std::string> parts,
                 ErrorKind kind = ErrorKind::Model) {
  if (result) {
    ADD_FAILURE() << "was accepted, expected an error with "
                  << (parts.size() ? *parts.begin() : "anything");
    return;
  }
  expectHolds(failure(result.takeError(), kind), parts);
}

template <typename T> std::optional<T> expectOk(llvm::Expected<T> result) {
  if (result)
    return std::move(*result);
  ADD_FAILURE() << errorText(result.takeError());
  return std::nullopt;
}

/// "name=op(input:0 ^control)" of every node but Const and Placeholder.
inline std::string listing(const FlatGraph &graph) {
  std::string text;
  for (const Node &n : graph.nodes()) {
    if (n.op() == "Const" || n.op() == "Placeholder")
      continue;
    text += n.name + "=" + n.op().str() + "(";
    std::string separator;
    for (Port input : n.inputs) {
      text += separator + graph.node(input.node).name + ":" +
              std::to_string(input.index);
      separator = " ";
    }
    for (uint32_t control : n.controls) {
      text += separator + "^" + graph.node(control).name;
      separator = " ";
    }
    text += ") ";
  }
  return text;
}

/// A folder that goes away with the test.
class Folder {
public:
  explicit Folder(const std::string &name)
      : path(std::filesystem::path(::testing::TempDir()) /
             ("sluice-" + name + "-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(const std::string &name) const {
    return (path / name).string();
  }
  std::string write(const std::string &name, const std::string &bytes) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << bytes;
    return file(name);
  }
  std::string str() const { return path.string(); }

private:
  std::filesystem::path path;
};

} // namespace test
} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_TEST_UNIT_TENSORFLOW_BUILD_H
