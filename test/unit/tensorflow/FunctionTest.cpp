//===- FunctionTest.cpp - Calls and their inlining ------------------------===//

#include "test/unit/tensorflow/Build.h"

using namespace sluice;
using namespace sluice::tensorflow;
using namespace sluice::tensorflow::test;

/// x, and y = F(x) through the function's name as operator.
static tf::GraphDef caller(const std::string &function = "F") {
  tf::GraphDef graph;
  addPlaceholder(graph, "x");
  add(graph, "y", function, {"x"});
  return graph;
}

/// F(a) = b with b = Relu(a).
static tf::FunctionDef &addRelu(tf::GraphDef &graph,
                                const std::string &name = "F") {
  tf::FunctionDef &function = addFunction(graph, name, {"a"}, {"b"});
  node(function.mutable_node_def(), "r", "Relu", {"a"});
  setRet(function, "b", "r:activations:0");
  return function;
}

static void callPartitioned(tf::NodeDef &call, const std::string &function) {
  call.set_op("PartitionedCall");
  attr(call, "f").mutable_func()->set_name(function);
}

TEST(Function, IsInlined) {
  tf::GraphDef graph = caller();
  addRelu(graph);
  auto flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat), "y/r=Relu(x:0) ");
  EXPECT_EQ((*flat)->fetches()[0].name, "y:0");

  callPartitioned(*graph.mutable_node(1), "F");
  setTypes(attr(*graph.mutable_node(1), "Tin"), {DT_FLOAT});
  setTypes(attr(*graph.mutable_node(1), "Tout"), {DT_FLOAT});
  flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat), "y/r=Relu(x:0) ");
}

TEST(Function, NestedCallsAndParameters) {
  tf::GraphDef graph = caller("G");
  addRelu(graph);
  // G(p) = (F(F(p)), p); the second result is the parameter itself.
  tf::FunctionDef &g = addFunction(graph, "G", {"p"}, {"q", "same"});
  node(g.mutable_node_def(), "one", "F", {"p"});
  callPartitioned(node(g.mutable_node_def(), "two", "", {"one:b:0"}), "F");
  setRet(g, "q", "two:output:0");
  setRet(g, "same", "p");
  add(graph, "z", "AddV2", {"y:0", "y:1"});
  auto flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat), "y/one/r=Relu(x:0) y/two/r=Relu(y/one/r:0) "
                             "z=AddV2(y/two/r:0 x:0) ");
  // Inner nodes can be fetched and fed by their inlined names.
  ReadOptions options = fetching({"y/two/r"});
  options.feeds = {"y/one/r:0"};
  flat = expectOk(read(graph, options));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat), "y/one/r=Relu() y/two/r=Relu(y/one/r:0) ");
  // So can a call.
  options = fetching({"z"});
  options.feeds = {"y:0", "x"};
  flat = expectOk(read(graph, options));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat), "y=G() z=AddV2(y:0 x:0) ");
}

TEST(Function, OutputNamesOfMultiOutputOperators) {
  tf::GraphDef graph = caller();
  tf::FunctionDef &f = addFunction(graph, "F", {"a"}, {"b"});
  tf::NodeDef &split =
      node(f.mutable_node_def(), "s", "SplitV", {"a", "a", "a"});
  attr(split, "num_split").set_placeholder("n");
  node(f.mutable_node_def(), "t", "TopKV2", {"s:output:2", "a"});
  setRet(f, "b", "t:indices:0");
  attr(*graph.mutable_node(1), "n").set_i(3);
  auto flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat), "y/s=SplitV(x:0 x:0 x:0) y/t=TopKV2(y/s:2 x:0) ");
  EXPECT_EQ((*flat)->fetches()[0].port.index, 1u);
  EXPECT_EQ(*expectOk((*flat)->intAttr((*flat)->node(*(*flat)->find("y/s")),
                                       "num_split")),
            3);
  attr(*graph.mutable_node(1), "n").set_i(2);
  expectError(read(graph), {"'output:2' is used, but 'output' has 2 tensors",
                            "in function 'F'"});
}

TEST(Function, EffectsOfACallAreKept) {
  tf::GraphDef graph;
  addPlaceholder(graph, "x");
  add(graph, "first", "Assert", {"x"});
  add(graph, "y", "F", {"x", "^first"});
  add(graph, "z", "Neg", {"x", "^y"});
  tf::FunctionDef &f = addRelu(graph);
  node(f.mutable_node_def(), "check", "Assert", {"a"});
  tf::NameEntry *control = f.add_control_ret();
  control->set_key("check");
  control->set_value("check");
  auto flat = expectOk(read(graph, fetching({"y"})));
  ASSERT_TRUE(flat);
  // The body starts after what its call waits for.
  EXPECT_EQ(listing(**flat),
            "first=Assert(x:0) y^entry=NoOp(^first) y/r=Relu(x:0 ^y^entry) "
            "y/check=Assert(x:0 ^y^entry) ");
  ASSERT_EQ((*flat)->effects().size(), 1u);
  flat = expectOk(read(graph, fetching({"z"})));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat),
            "first=Assert(x:0) y^entry=NoOp(^first) "
            "y/check=Assert(x:0 ^y^entry) y^done=NoOp(^first ^y/check) "
            "z=Neg(x:0 ^y^done) ");
}

TEST(Function, Recursion) {
  tf::GraphDef self = caller(); // T046
  tf::FunctionDef &f = addFunction(self, "F", {"a"}, {"b"});
  node(f.mutable_node_def(), "again", "F", {"a"});
  setRet(f, "b", "again:b:0");
  expectError(read(self), {"functions call themselves", "'F' -> 'F'"});

  tf::GraphDef mutual = caller(); // T047
  for (auto [name, other] : {std::pair("F", "H"), std::pair("H", "F")}) {
    tf::FunctionDef &g = addFunction(mutual, name, {"a"}, {"b"});
    callPartitioned(node(g.mutable_node_def(), "call", "", {"a"}), other);
    setRet(g, "b", "call:output:0");
  }
  expectError(read(mutual), {"'F' -> 'H' -> 'F'"});

  // T048 to T050: through a branch, a loop body, a gradient.
  for (auto [op, name] :
       {std::pair("StatelessIf", "then_branch"), std::pair("While", "body"),
        std::pair("SymbolicGradient", "f")}) {
    tf::GraphDef graph = caller();
    tf::FunctionDef &g = addFunction(graph, "F", {"a"}, {"b"});
    tf::NodeDef &flow = node(g.mutable_node_def(), "flow", op, {"a"});
    attr(flow, name).mutable_func()->set_name("F");
    setTypes(attr(flow, "Tout"), {DT_FLOAT});
    setTypes(attr(flow, "T"), {DT_FLOAT});
    setRet(g, "b", "flow:output:0");
    expectError(read(graph), {"'F' -> 'F'"});
  }

  // A function given as an attribute escapes the search by names.
  tf::GraphDef passed = caller();
  tf::FunctionDef &g = addFunction(passed, "F", {"a"}, {"b"});
  tf::NodeDef &call = node(g.mutable_node_def(), "c", "PartitionedCall", {"a"});
  attr(call, "f").set_placeholder("g");
  attr(call, "g").set_placeholder("g");
  setRet(g, "b", "c:output:0");
  tf::NameAttrList *given = attr(*passed.mutable_node(1), "g").mutable_func();
  given->set_name("F");
  tf::AttrEntry *inner = given->add_attr();
  inner->set_key("g");
  inner->mutable_value()->mutable_func()->set_name("F");
  // After two levels the attribute runs out; deeper ones meet the limit.
  expectError(read(passed), {"'$g'", "the call gives no value"});
}

TEST(Function, ExpansionIsBounded) { // T051
  tf::GraphDef graph = caller("F0");
  constexpr int levels = 26;
  for (int i = 0; i < levels; ++i) {
    tf::FunctionDef &f =
        addFunction(graph, "F" + std::to_string(i), {"a"}, {"b"});
    std::string next = "F" + std::to_string(i + 1);
    node(f.mutable_node_def(), "p", next, {"a"});
    node(f.mutable_node_def(), "q", next, {"p:b:0"});
    setRet(f, "b", "q:b:0");
  }
  addRelu(graph, "F" + std::to_string(levels));
  expectError(read(graph), {"more than 1000000 nodes"}, ErrorKind::Limit);
}

TEST(Function, DepthIsBounded) { // T074
  for (int depth : {500, 3000}) {
    tf::GraphDef graph = caller("F0");
    for (int i = 0; i < depth; ++i) {
      tf::FunctionDef &f =
          addFunction(graph, "F" + std::to_string(i), {"a"}, {"b"});
      node(f.mutable_node_def(), "c", "F" + std::to_string(i + 1), {"a"});
      setRet(f, "b", "c:b:0");
    }
    addRelu(graph, "F" + std::to_string(depth));
    if (depth < 1000)
      EXPECT_TRUE(expectOk(read(graph)));
    else
      expectError(read(graph), {"more than 1000 deep"}, ErrorKind::Limit);
  }
}

TEST(Function, LibraryErrors) {
  tf::GraphDef missing = caller(); // T052
  callPartitioned(*missing.mutable_node(1), "Fx");
  addRelu(missing);
  expectError(read(missing),
              {"node 'y' (PartitionedCall): attribute 'f'",
               "'Fx', which is not in the library", "did you mean 'F'?"});
  tf::GraphDef noAttr = caller("StatefulPartitionedCall");
  expectError(read(noAttr), {"attribute 'f' is missing"});
  attr(*noAttr.mutable_node(1), "f").set_i(1);
  expectError(read(noAttr), {"attribute 'f' must be a function"});

  tf::GraphDef twice = caller(); // T053
  addRelu(twice);
  addRelu(twice);
  expectError(read(twice), {"two functions are called 'F'"});
  tf::GraphDef like = caller("Relu"); // T054
  addRelu(like, "Relu");
  expectError(read(like), {"function 'Relu' has the name of an operator"});
  tf::GraphDef nameless = caller();
  addRelu(nameless, "");
  expectError(read(nameless), {"has no name"});
}

TEST(Function, CallsThatDoNotFit) {
  tf::GraphDef few = caller(); // T055
  addRelu(few);
  few.mutable_node(1)->clear_input();
  expectError(read(few), {"node 'y' (F)", "takes 1 inputs, with 0"});
  tf::GraphDef many = caller(); // T056
  addRelu(many);
  many.mutable_node(1)->add_input("x");
  expectError(read(many), {"takes 1 inputs, with 2"});
  // T057
  for (const char *attribute : {"Tin", "Tout"}) {
    tf::GraphDef types = caller();
    addRelu(types);
    callPartitioned(*types.mutable_node(1), "F");
    tf::AttrValue &value = attr(*types.mutable_node(1), attribute);
    setTypes(value, {DT_FLOAT, DT_FLOAT});
    expectError(read(types), {attribute, "must list 1 types", "got 2"});
    value.clear_list();
    setTypes(value, {DT_INT32});
    expectError(read(types), {attribute, "lists DT_INT32 at 0", "DT_FLOAT"});
  }
}

TEST(Function, RetErrors) {
  auto with = [](const std::string &output, const std::string &value,
                 bool extra = false) {
    tf::GraphDef graph = caller();
    tf::FunctionDef &f = addFunction(graph, "F", {"a"}, {"b"});
    node(f.mutable_node_def(), "r", "Relu", {"a"});
    setRet(f, output, value);
    if (extra)
      setRet(f, "b", "r:activations:0");
    return graph;
  };
  expectError(read(with("b", "nope:z:0")), // T058
              {"function 'F'", "'nope:z:0'", "does not exist"});
  expectError(read(with("c", "r:activations:0")), // T059
              {"no value for output 'b'"});
  expectError(read(with("c", "r:activations:0", true)), // T060
              {"'c', which is no output"});
  expectError(read(with("b", "r:activations:1")), // T061
              {"node 'r' (Relu)", "'activations' has 1 tensor"});
  expectError(read(with("b", "r:activations:-1")), {"port"});
  expectError(read(with("b", "^r")), {"control"});
  expectError(read(with("b", "r")), {"node:output:index"});
}

TEST(Function, BodyInputErrors) {
  auto with = [](const std::string &input) {
    tf::GraphDef graph = caller();
    tf::FunctionDef &f = addFunction(graph, "F", {"a"}, {"b"});
    node(f.mutable_node_def(), "r", "Relu", {"a"});
    node(f.mutable_node_def(), "n", "Neg", {input});
    setRet(f, "b", "n:y:0");
    return graph;
  };
  EXPECT_TRUE(expectOk(read(with("r:activations:0"))));
  expectError(read(with("r:wrong:0")), // T062
              {"output 'wrong' is used", "outputs are: activations",
               "in function 'F'"});
  expectError(read(with("r:activations:999")), {"999"}); // T063
  expectError(read(with("r:0")), {"node:output:index"}); // T064
  expectError(read(with("r")), {"node:output:index"});
  expectError(read(with("a:x:0")), {"parameter"});
  expectError(read(with("r::0")), {"no output between its colons"});
  expectError(read(with("n:y:0")), {"cycle of 1 node"});
}

TEST(Function, Placeholders) {
  auto with = [] {
    tf::GraphDef graph = caller();
    tf::FunctionDef &f = addRelu(graph);
    attr(*f.mutable_node_def(0), "T").set_placeholder("T");
    tf::OpDef::AttrDef *declared = f.mutable_signature()->add_attr();
    declared->set_name("T");
    declared->set_type("type");
    return graph;
  };
  tf::GraphDef graph = with(); // T065
  expectError(read(graph), {"node 'r' (Relu): attribute 'T' stands for '$T'",
                            "no value", "in function 'F'"});
  attr(*graph.mutable_node(1), "T").set_i(1); // T066
  expectError(read(graph), {"which must be a type"});
  attr(*graph.mutable_node(1), "T").set_type(tf::DT_HALF);
  auto flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  EXPECT_EQ(*expectOk((*flat)->typeAttr((*flat)->nodes().back(), "T")),
            DT_HALF);
  // The same function at two types: two instances.
  attr(add(graph, "z", "F", {"x"}), "T").set_type(tf::DT_DOUBLE);
  flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  EXPECT_EQ(
      *expectOk((*flat)->typeAttr((*flat)->node(*(*flat)->find("y/r")), "T")),
      DT_HALF);
  EXPECT_EQ(
      *expectOk((*flat)->typeAttr((*flat)->node(*(*flat)->find("z/r")), "T")),
      DT_DOUBLE);
}

TEST(Function, CopiesAreBounded) {
  // A large constant in a function called often, with an attribute to fill in.
  tf::GraphDef graph;
  addPlaceholder(graph, "x");
  tf::FunctionDef &f = addFunction(graph, "F", {"a"}, {"b"});
  tf::NodeDef &c = node(f.mutable_node_def(), "c", "Const");
  attr(c, "value")
      .mutable_tensor()
      ->set_tensor_content(std::string(100000, 'x'));
  attr(c, "dtype").set_placeholder("T");
  setRet(f, "b", "c:output:0");
  for (int i = 0; i < 100; ++i)
    attr(add(graph, "y" + std::to_string(i), "F", {"x"}), "T")
        .set_type(tf::DT_FLOAT);
  EXPECT_TRUE(expectOk(read(graph)));
  ReadOptions options;
  options.budgets.copiedBytes = 5000000;
  expectError(read(graph, options), {"function 'F'", "more than 5000000 bytes"},
              ErrorKind::Limit);
}

TEST(Function, ArgumentTables) {
  tf::GraphDef graph = caller(); // T067
  addRelu(graph).add_arg_attr()->set_key(1);
  expectError(read(graph), {"arg_attr is for parameter 1"});
  tf::GraphDef ids = caller(); // T068
  addRelu(ids).add_resource_arg_unique_id()->set_key(9);
  expectError(read(ids), {"resource_arg_unique_id is for parameter 9"});
  tf::GraphDef control = caller(); // T069
  addRelu(control).add_control_ret()->set_value("nope");
  expectError(read(control), {"control_ret", "'nope', which does not exist"});
  tf::GraphDef parameters = caller();
  addFunction(parameters, "F", {"a", "a"}, {});
  parameters.mutable_library()
      ->mutable_function(0)
      ->mutable_signature()
      ->add_output_arg()
      ->set_name("b");
  expectError(read(parameters, fetching({"y"})),
              {"function 'F'", "two parameters are called 'a'"});
}

TEST(Function, UnreachableFunctionsCostNothing) {
  tf::GraphDef graph = caller();
  addRelu(graph);
  tf::FunctionDef &broken = addFunction(graph, "Broken", {"a"}, {"b"});
  node(broken.mutable_node_def(), "r", "Broken", {"nope"});
  add(graph, "unused", "Broken", {"x"});
  auto flat = expectOk(read(graph, fetching({"y"})));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat), "y/r=Relu(x:0) ");
}

TEST(Function, InlinedNamesStayUnique) {
  tf::GraphDef graph = caller();
  addRelu(graph);
  add(graph, "y/r", "Neg", {"y"});
  auto flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat), "y/r_1=Relu(x:0) y/r=Neg(y/r_1:0) ");
}

TEST(Function, ManyCallsInARow) {
  // Functions that hand their parameter through make long chains to resolve.
  tf::GraphDef graph;
  addPlaceholder(graph, "n0");
  tf::FunctionDef &f = addFunction(graph, "Same", {"a"}, {"b"});
  setRet(f, "b", "a");
  constexpr int length = 100000;
  for (int i = 1; i <= length; ++i)
    add(graph, "n" + std::to_string(i), "Same", {"n" + std::to_string(i - 1)});
  for (int i = 1; i <= length; i += 10)
    add(graph, "use" + std::to_string(i), "Neg", {"n" + std::to_string(i)});
  auto flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  EXPECT_EQ((*flat)->nodes()[1].inputs[0], (Port{0, 0}));
}
