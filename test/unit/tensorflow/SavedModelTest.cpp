//===- SavedModelTest.cpp - Folders, tags, signatures, variables ----------===//

#include "test/unit/tensorflow/BundleFiles.h"

using namespace sluice;
using namespace sluice::tensorflow;
using namespace sluice::tensorflow::test;

static void setTensor(tf::TensorInfoEntry *entry, const std::string &key,
                      const std::string &tensor) {
  entry->set_key(key);
  entry->mutable_value()->set_name(tensor);
  entry->mutable_value()->set_dtype(tf::DT_FLOAT);
  setShape(entry->mutable_value()->mutable_tensor_shape(), {-1});
}

static tf::SignatureDef &addSignature(tf::MetaGraphDef &meta,
                                      const std::string &key,
                                      const std::string &output) {
  tf::SignatureDefEntry *entry = meta.add_signature_def();
  entry->set_key(key);
  entry->mutable_value()->set_method_name("tensorflow/serving/predict");
  setTensor(entry->mutable_value()->add_inputs(), "in", "x:0");
  setTensor(entry->mutable_value()->add_outputs(), "out", output);
  return *entry->mutable_value();
}

static tf::NodeDef &addVariable(tf::GraphDef &graph, const std::string &name) {
  tf::NodeDef &def = add(graph, name, "VarHandleOp");
  attr(def, "dtype").set_type(tf::DT_FLOAT);
  setShape(attr(def, "shape").mutable_shape(), {2});
  attr(def, "shared_name").set_s(name);
  return def;
}

/// out = x + w, with a TF2-style restore function for w.
static tf::SavedModel makeModel() {
  tf::SavedModel model;
  model.set_saved_model_schema_version(1);
  tf::MetaGraphDef &meta = *model.add_meta_graphs();
  meta.mutable_meta_info_def()->add_tags("serve");
  tf::GraphDef &graph = *meta.mutable_graph_def();
  tf::NodeDef &x = add(graph, "x", "Placeholder");
  attr(x, "dtype").set_type(tf::DT_FLOAT);
  addVariable(graph, "w");
  add(graph, "read", "ReadVariableOp", {"w"});
  add(graph, "y", "AddV2", {"x", "read"});
  add(graph, "file", "Placeholder");
  tf::NodeDef &call =
      add(graph, "restore", "StatefulPartitionedCall", {"file", "w"});
  attr(call, "f").mutable_func()->set_name("restore_fn");
  tf::FunctionDef &f =
      addFunction(graph, "restore_fn", {"file", "handle"}, {"done"});
  tf::GraphDef scratch;
  *f.add_node_def() = addStrings(scratch, "names", {"other", "path/w"});
  *f.add_node_def() = addStrings(scratch, "slices", {"", ""});
  auto *nodes = f.mutable_node_def();
  node(nodes, "r", "RestoreV2", {"file", "names:output:0", "slices:output:0"});
  setTypes(attr(*f.mutable_node_def(2), "dtypes"), {DT_FLOAT, DT_FLOAT});
  node(nodes, "i", "Identity", {"r:tensors:1"});
  node(nodes, "assign", "AssignVariableOp", {"handle", "i:output:0"});
  node(nodes, "end", "Identity", {"file", "^assign"});
  setRet(f, "done", "end:output:0");
  meta.mutable_saver_def()->set_restore_op_name("restore");
  addSignature(meta, "serving_default", "y:0");
  return model;
}

static void writeModel(const Folder &folder, const tf::SavedModel &model) {
  folder.write("saved_model.pb", model.SerializeAsString());
  Checkpoint checkpoint;
  checkpoint.addFloats("path/w", {2}, {3, 4});
  checkpoint.addFloats("other", {3}, {0, 0, 0});
  std::filesystem::create_directories(folder.file("variables"));
  checkpoint.write(folder, "variables/variables");
}

/// Stays, since variables are read when they are asked for.
static Folder &modelFolder() {
  static Folder folder("model");
  return folder;
}

template <typename Bend>
static Result with(Bend bend, ReadOptions options = {}) {
  Folder &folder = modelFolder();
  tf::SavedModel model = makeModel();
  bend(model, *model.mutable_meta_graphs(0));
  writeModel(folder, model);
  return readModel(folder.str(), options);
}
using Model = tf::SavedModel;
using Meta = tf::MetaGraphDef;

TEST(SavedModel, RestoresVariables) {
  Folder folder("restored");
  writeModel(folder, makeModel());
  for (const std::string &path :
       {folder.str(), folder.file("saved_model.pb")}) {
    auto graph = expectOk(readModel(path));
    ASSERT_TRUE(graph);
    const FlatGraph &g = **graph;
    EXPECT_EQ(listing(g), "w=VarHandleOp() read=ReadVariableOp(w:0) "
                          "y=AddV2(x:0 read:0) ");
    EXPECT_EQ(g.sourceFile(), path);
    EXPECT_EQ(g.signatureKey(), "serving_default");
    ASSERT_EQ(g.feeds().size(), 1u);
    EXPECT_EQ(g.feeds()[0].name, "in");
    EXPECT_EQ(g.feeds()[0].shape, llvm::SmallVector<int64_t>{-1});
    EXPECT_EQ(g.fetches()[0].name, "out");
    EXPECT_EQ(g.signatures()[0].method, "tensorflow/serving/predict");
    uint32_t w = *g.find("w");
    EXPECT_TRUE(g.isVariable(w));
    auto value = expectOk(g.variableValue(w));
    ASSERT_TRUE(value);
    EXPECT_EQ(value->getDouble(1), 4);
    EXPECT_TRUE(g.variableWrites().empty());
    EXPECT_FALSE(g.checkState());
  }
}

TEST(SavedModel, TextForm) {
  Folder folder("text");
  writeModel(folder, makeModel());
  std::filesystem::remove(folder.file("saved_model.pb"));
  folder.write("saved_model.pbtxt", makeModel().DebugString());
  auto graph = expectOk(readModel(folder.str()));
  ASSERT_TRUE(graph);
  EXPECT_TRUE(expectOk((*graph)->variableValue(*(*graph)->find("w"))));
}

TEST(SavedModel, RestoreOfTheFirstVersion) {
  // save/restore_all waits for Assign(w, RestoreV2).
  auto graph = expectOk(with([](Model &, Meta &meta) {
    tf::GraphDef &g = *meta.mutable_graph_def();
    g.mutable_node(1)->set_op("VariableV2");
    g.mutable_node(2)->set_op("Identity");
    addStrings(g, "names", {"path/w"});
    addStrings(g, "slices", {""});
    setTypes(
        attr(add(g, "r", "RestoreV2", {"file", "names", "slices"}), "dtypes"),
        {DT_FLOAT});
    add(g, "assign", "Assign", {"w", "r"});
    add(g, "all", "NoOp", {"^assign"});
    meta.mutable_saver_def()->set_restore_op_name("all");
  }));
  ASSERT_TRUE(graph);
  auto value = expectOk((*graph)->variableValue(*(*graph)->find("w")));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->getDouble(0), 3);
}

TEST(SavedModel, InitialisedByTheInitOperator) {
  auto graph = expectOk(with([](Model &, Meta &meta) {
    tf::GraphDef &g = *meta.mutable_graph_def();
    addConst(g, "c", {7, 8});
    add(g, "copy", "Identity", {"c"});
    add(g, "assign", "AssignVariableOp", {"w", "copy"});
    add(g, "init", "NoOp", {"^assign"});
    tf::SignatureDefEntry *entry = meta.add_signature_def();
    entry->set_key("__saved_model_init_op");
    setTensor(entry->mutable_value()->add_outputs(), "__saved_model_init_op",
              "init");
  }));
  ASSERT_TRUE(graph);
  auto value = expectOk((*graph)->variableValue(*(*graph)->find("w")));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->getDouble(0), 7);
}

TEST(SavedModel, VariablesWithoutAValue) {
  auto fails = [](auto bend, std::initializer_list<std::string> parts) {
    auto graph = expectOk(with(bend));
    ASSERT_TRUE(graph);
    expectError((*graph)->variableValue(*(*graph)->find("w")), parts);
  };
  auto f = [](Meta &meta) {
    return meta.mutable_graph_def()->mutable_library()->mutable_function(0);
  };
  auto reshape = [](Meta &meta, int64_t size) {
    tf::AttrValue *shape = nullptr;
    for (tf::AttrEntry &entry :
         *meta.mutable_graph_def()->mutable_node(1)->mutable_attr())
      if (entry.key() == "shape")
        shape = entry.mutable_value();
    shape->mutable_shape()->mutable_dim(0)->set_size(size);
  };
  fails(
      [](Model &, Meta &meta) {
        attr(*meta.mutable_graph_def()->mutable_node(1), "shared_name")
            .set_s("v");
        meta.mutable_graph_def()->mutable_node(5)->set_input(1, "u");
        addVariable(*meta.mutable_graph_def(), "u");
      },
      {"node 'w' (VarHandleOp)", "variable has no value"});
  fails([&](Model &,
            Meta &meta) { f(meta)->mutable_node_def(4)->set_input(1, "file"); },
        {"no value", "restore/assign", "not to a constant"});
  fails([&](Model &, Meta &meta) { reshape(meta, 3); },
        {"shape [3], but its value has [2]"});
  fails(
      [](Model &, Meta &meta) {
        attr(*meta.mutable_graph_def()->mutable_node(1), "dtype")
            .set_type(tf::DT_HALF);
      },
      {"DT_HALF", "f32"});
  fails(
      [&](Model &, Meta &meta) {
        for (tf::AttrEntry &entry :
             *f(meta)->mutable_node_def(0)->mutable_attr())
          if (entry.value().has_tensor())
            entry.mutable_value()->mutable_tensor()->set_string_val(1, "gone");
      },
      {"variables.index", "'gone'", "not in the checkpoint"});
  // One string too few for RestoreV2's output.
  expectError(with([&](Model &, Meta &meta) {
                for (tf::AttrEntry &entry :
                     *f(meta)->mutable_node_def(0)->mutable_attr())
                  if (entry.value().has_tensor())
                    entry.mutable_value()
                        ->mutable_tensor()
                        ->mutable_tensor_shape()
                        ->mutable_dim(0)
                        ->set_size(1);
              }),
              {"(RestoreV2)", "lists 1 strings"});
  expectError(with([](Model &, Meta &meta) {
                meta.mutable_saver_def()->clear_restore_op_name();
              }),
              {"restore_op_name"});
  expectError(with([](Model &, Meta &meta) {
                meta.mutable_saver_def()->set_restore_op_name("nope");
              }),
              {"'nope'", "does not exist"});
}

TEST(SavedModel, StateIsReported) {
  auto graph = expectOk(with([](Model &, Meta &meta) {
    tf::GraphDef &g = *meta.mutable_graph_def();
    add(g, "bump", "AssignAddVariableOp", {"w", "x"});
    g.mutable_node(3)->add_input("^bump");
  }));
  ASSERT_TRUE(graph);
  ASSERT_EQ((*graph)->variableWrites().size(), 1u);
  expectHolds(failure((*graph)->checkState(), ErrorKind::Model),
              {"node 'bump' (AssignAddVariableOp)", "variable 'w'"});
}

TEST(SavedModel, Containers) {
  expectError(
      with([](Model &m, Meta &) { m.set_saved_model_schema_version(0); }),
      {"schema version 0, expected 1"});
  expectError(
      with([](Model &m, Meta &) { m.set_saved_model_schema_version(2); }),
      {"schema version 2"});
  expectError(with([](Model &m, Meta &) { m.clear_meta_graphs(); }),
              {"no MetaGraph"});
  expectError(with([](Model &m, Meta &meta) { *m.add_meta_graphs() = meta; }),
              {"two MetaGraphs with the tags {'serve'}"});
  ReadOptions options;
  options.tags = {"gpu", "serve"};
  expectError(with([](Model &, Meta &) {}, options),
              {"no MetaGraph with the tags {'gpu', 'serve'}", "{'serve'}"});
  auto addTag = [](Model &, Meta &meta) {
    meta.mutable_meta_info_def()->add_tags("gpu");
  };
  EXPECT_TRUE(expectOk(with(addTag, options)));
  EXPECT_TRUE(expectOk(with(addTag)));
}

TEST(SavedModel, AssetsStayInside) {
  auto asset = [](const std::string &name) {
    return with([name](Model &, Meta &meta) {
      meta.add_asset_file_def()->set_filename(name);
    });
  };
  EXPECT_TRUE(expectOk(asset("words/a..b.txt")));
  for (const char *name : {"../secret", "/etc/passwd", "a/../../b", "..", ""})
    expectError(asset(name), {"asset file", "inside the folder 'assets'"});
}

TEST(SavedModel, Signatures) {
  auto rename = [](Model &, Meta &meta) {
    meta.mutable_signature_def(0)->set_key("a");
  };
  auto only = expectOk(with(rename));
  ASSERT_TRUE(only);
  EXPECT_EQ((*only)->signatureKey(), "a");
  expectError(with([](Model &, Meta &meta) {
                meta.mutable_signature_def(0)->set_key("b");
                addSignature(meta, "a", "read:0");
              }),
              {"several others: 'a', 'b'", "--signature"});
  ReadOptions options;
  options.signature = "a";
  auto graph = expectOk(with(
      [](Model &, Meta &meta) { addSignature(meta, "a", "read:0"); }, options));
  ASSERT_TRUE(graph);
  EXPECT_EQ((*graph)->fetches()[0].tensorName, "read:0");
  expectError(with([](Model &, Meta &) {}, options),
              {"no signature 'a'; it has 'serving_default'"});
  expectError(with([](Model &, Meta &meta) { meta.clear_signature_def(); }),
              {"no signature", "--fetch"});

  auto tensor = [](const std::string &name) {
    return [name](Model &, Meta &meta) {
      meta.mutable_signature_def(0)
          ->mutable_value()
          ->mutable_outputs(0)
          ->mutable_value()
          ->set_name(name);
    };
  };
  expectError(with(tensor("nope:0")), {"'nope:0'", "does not exist"});
  expectError(with(tensor("y:1")), {"output 1 of a AddV2"});
  expectError(with(tensor("")), // T033
              {"signature 'serving_default': output 'out' names no tensor"});
  expectError(with([](Model &, Meta &meta) {
                meta.mutable_signature_def(0)
                    ->mutable_value()
                    ->mutable_inputs(0)
                    ->mutable_value()
                    ->mutable_coo_sparse();
              }),
              {"input 'in' names no tensor"});
  expectError(with([](Model &, Meta &meta) {
                meta.mutable_signature_def(0)
                    ->mutable_value()
                    ->mutable_inputs(0)
                    ->mutable_value()
                    ->set_dtype(tf::DT_INT32);
              }),
              {"node 'x' (Placeholder): attribute 'dtype' is DT_FLOAT",
               "'in' is DT_INT32"});
  // Names of the signature serve as feeds and fetches too.
  ReadOptions named = fetching({"out"});
  named.feeds = {"in"};
  EXPECT_TRUE(expectOk(with([](Model &, Meta &) {}, named)));
}

TEST(SavedModel, Folders) {
  Folder empty("empty");
  expectError(readModel(empty.str()),
              {"without saved_model.pb or saved_model.pbtxt"});
  empty.write("saved_model.cpb", "x");
  expectError(readModel(empty.str()), {"in chunks", "not supported"});
  expectError(readModel(empty.file("saved_model.cpb")), {"in chunks"});
  empty.write("saved_model.pb", "");
  expectError(readModel(empty.str()), {"saved_model.pb", "is empty"});
  empty.write("saved_model.pb", std::string("\x0a\xff\xff\xff", 4));
  expectError(readModel(empty.str()), {"not a SavedModel, or is damaged"});
  // A broken checkpoint is met when a variable is needed.
  Folder broken("broken");
  writeModel(broken, makeModel());
  broken.write("variables/variables.index", "short");
  expectError(readModel(broken.str()), {"variables.index", "too few"});
}
