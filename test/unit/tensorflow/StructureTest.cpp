//===- StructureTest.cpp - Names, inputs, cycles, pruning -----------------===//

#include "test/unit/tensorflow/Build.h"

using namespace sluice;
using namespace sluice::tensorflow;
using namespace sluice::tensorflow::test;

/// Placeholder x, and y with the given operator and inputs.
static tf::GraphDef small(const std::string &op,
                          std::initializer_list<std::string> inputs) {
  tf::GraphDef graph;
  addPlaceholder(graph, "x");
  add(graph, "y", op, inputs);
  return graph;
}

TEST(Structure, ValidGraph) { // T001
  auto graph = expectOk(read(small("Relu", {"x"})));
  ASSERT_TRUE(graph);
  EXPECT_EQ(listing(**graph), "y=Relu(x:0) ");
  ASSERT_EQ((*graph)->feeds().size(), 1u);
  EXPECT_EQ((*graph)->feeds()[0].name, "x:0");
  EXPECT_EQ((*graph)->feeds()[0].dtype, DT_FLOAT);
  EXPECT_EQ((*graph)->feeds()[0].shape, llvm::SmallVector<int64_t>{4});
  ASSERT_EQ((*graph)->fetches().size(), 1u);
  EXPECT_EQ((*graph)->fetches()[0].name, "y:0");
  EXPECT_TRUE((*graph)->nodes()[0].cut);
  EXPECT_EQ((*graph)->feedOf(Port{0, 0}), 0u);
  EXPECT_EQ((*graph)->find("y"), 1u);
  EXPECT_FALSE((*graph)->find("z"));
}

TEST(Structure, Cycles) {
  tf::GraphDef graph; // T002
  addPlaceholder(graph, "x");
  add(graph, "a", "AddV2", {"x", "c"});
  add(graph, "b", "Relu", {"a"});
  add(graph, "c", "Relu", {"b"});
  expectError(read(graph), {"model.pb: error: node '", "cycle of 3 nodes",
                            "'a' -> 'b'", "(AddV2)"});
  expectError(read(small("Relu", {"y"})), // T003
              {"node 'y' (Relu)", "cycle of 1 node", "'y' -> 'y'"});
  tf::GraphDef control;
  addPlaceholder(control, "x");
  add(control, "a", "Relu", {"x", "^b"});
  add(control, "b", "Relu", {"a"});
  expectError(read(control), {"cycle of 2 nodes"});
}

TEST(Structure, LoopBackEdgeIsNoCycle) { // T036
  tf::GraphDef graph;
  addPlaceholder(graph, "x");
  add(graph, "enter", "Enter", {"x"});
  add(graph, "merge", "Merge", {"enter", "next"});
  add(graph, "cond", "LoopCond", {"merge"});
  add(graph, "switch", "Switch", {"merge", "cond"});
  add(graph, "body", "Neg", {"switch:1"});
  add(graph, "next", "NextIteration", {"body"});
  add(graph, "exit", "Exit", {"switch"});
  auto flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat),
            "enter=Enter(x:0) merge=Merge(enter:0 next:0) "
            "cond=LoopCond(merge:0) switch=Switch(merge:0 cond:0) "
            "exit=Exit(switch:0) body=Neg(switch:1) "
            "next=NextIteration(body:0) ");
}

TEST(Structure, Names) {
  expectError(read(small("Relu", {"nope"})), // T004
              {"node 'y' (Relu)", "input 0 ('nope')", "does not exist"});
  expectError(read(small("Relu", {"xx"})), {"did you mean 'x'?"});
  tf::GraphDef twice = small("Relu", {"x"}); // T005
  add(twice, "y", "Neg", {"x"});
  expectError(read(twice), {"node 'y' (Neg)", "two nodes have this name"});
  expectError(read(small("Relu", {"x"}), fetching({"nope"})), // T006
              {"fetch 'nope'", "does not exist"});
  expectError(read(small("Relu", {"x"}), fetching({"y:1"})),
              {"fetch 'y:1'", "output 1 of a Relu, which has 1"});
  tf::GraphDef empty; // T007
  empty.mutable_versions()->set_producer(21);
  expectError(read(empty), {"no nodes"});
  tf::GraphDef onlyLibrary; // T008
  addFunction(onlyLibrary, "f", {}, {});
  expectError(read(onlyLibrary), {"no nodes"});
  expectError(read(small("", {"x"})), {"node 'y'", "no operator"}); // T009
  tf::GraphDef unnamed;                                             // T010
  addPlaceholder(unnamed, "x");
  add(unnamed, "", "Relu", {"x"});
  expectError(read(unnamed), {"node '#1' (Relu)", "no name"});
  // T011
  for (const std::string &name :
       {std::string("a b"), std::string("a\"b"), std::string("a\nb"),
        std::string("a\0b", 3), std::string("\xff\xfe"), std::string("-a")}) {
    tf::GraphDef odd;
    add(odd, name, "Const");
    expectError(read(odd), {"node name"});
  }
}

TEST(Structure, InputStrings) { // T012 to T021
  const char *bad[] = {"",     ":",     ":0", "x:-1", "x:99999999999999999999",
                       "x:",   "x:0x1", "^",  "^x:1", "x:2147483648",
                       "x: 0", "x:+1"};
  for (const char *input : bad)
    expectError(read(small("Relu", {input})),
                {"node 'y' (Relu)", "input 0 ('"});
  expectError(read(small("AddV2", {"^x", "x"})), // T021
              {"input 1 ('x')", "data input after a control input"});
  expectError(read(small("Relu", {"x:y:0"})), {"three parts"});
}

TEST(Structure, Ports) { // T022
  tf::GraphDef graph = small("Split", {"x", "x"});
  attr(*graph.mutable_node(1), "num_split").set_i(3);
  add(graph, "z", "Relu", {"y:2"});
  EXPECT_TRUE(expectOk(read(graph)));
  graph.mutable_node(2)->set_input(0, "y:3");
  expectError(read(graph), {"node 'z' (Relu)", "output 3 of a Split"});
  tf::GraphDef noOp = small("NoOp", {});
  add(noOp, "z", "Relu", {"y"});
  expectError(read(noOp), {"output 0 of a NoOp, which has 0"});
  // An operator nobody knows may have any number.
  tf::GraphDef unknown = small("Mystery", {"x"});
  add(unknown, "z", "Relu", {"y:7"});
  EXPECT_TRUE(expectOk(read(unknown)));
}

TEST(Structure, WideAndLong) {
  tf::GraphDef wide; // T026
  addPlaceholder(wide, "x");
  tf::NodeDef &sum = add(wide, "y", "AddN");
  for (int i = 0; i < 1000000; ++i)
    sum.add_input("x");
  auto flat = expectOk(read(wide));
  ASSERT_TRUE(flat);
  EXPECT_EQ((*flat)->node(1).inputs.size(), 1000000u);

  tf::GraphDef chain; // T027, T028
  addPlaceholder(chain, "n0");
  constexpr int length = 1000000;
  for (int i = 1; i <= length; ++i)
    add(chain, "n" + std::to_string(i), "Neg", {"n" + std::to_string(i - 1)});
  auto longGraph = expectOk(read(chain));
  ASSERT_TRUE(longGraph);
  EXPECT_EQ((*longGraph)->nodes().size(), size_t(length) + 1);
  EXPECT_EQ((*longGraph)->nodes().back().name, "n" + std::to_string(length));

  ReadOptions options;
  options.budgets.graphNodes = 1000;
  expectError(read(chain, options), {"1000001 nodes", "limit of 1000"},
              ErrorKind::Limit);
}

TEST(Structure, SinksAndConstants) {
  tf::GraphDef graph;
  addPlaceholder(graph, "unused");
  addConst(graph, "c", {1, 2});
  addConst(graph, "lonely", {1, 2});
  add(graph, "init", "NoOp", {"^c"});
  tf::NodeDef &split = add(graph, "s", "Split", {"c", "c"});
  attr(split, "num_split").set_i(2);
  auto flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  ASSERT_EQ((*flat)->fetches().size(), 2u);
  EXPECT_EQ((*flat)->fetches()[1].name, "s:1");
  ASSERT_EQ((*flat)->feeds().size(), 1u); // kept, though nothing needs it
  EXPECT_FALSE((*flat)->find("lonely"));
  EXPECT_FALSE((*flat)->find("init"));

  tf::GraphDef constants;
  addConst(constants, "c", {1});
  auto all = expectOk(read(constants));
  ASSERT_TRUE(all);
  EXPECT_EQ((*all)->fetches()[0].name, "c:0");

  tf::GraphDef nothing;
  addPlaceholder(nothing, "x");
  expectError(read(nothing), {"no node that computes an output", "--fetch"});
}

TEST(Structure, FeedsCutTheGraph) {
  tf::GraphDef graph;
  addPlaceholder(graph, "x");
  add(graph, "init", "Exotic", {});
  add(graph, "a", "Mystery", {"x", "^init"});
  add(graph, "b", "Relu", {"a", "^init"});
  add(graph, "c", "Neg", {"b"});
  ReadOptions options = fetching({"c"});
  options.feeds = {"b"};
  auto flat = expectOk(read(graph, options));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat), "b=Relu() c=Neg(b:0) ");
  EXPECT_TRUE((*flat)->node(0).cut);

  // One output of two is fed: the operator still runs for the other.
  tf::GraphDef two;
  addPlaceholder(two, "x");
  attr(add(two, "u", "Unpack", {"x"}), "num").set_i(2);
  add(two, "s", "AddV2", {"u:0", "u:1"});
  options = fetching({"s"});
  options.feeds = {"x", "u:1"};
  flat = expectOk(read(two, options));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat), "u=Unpack(x:0) s=AddV2(u:0 u:1) ");
  const Node &unpack = (*flat)->node(*(*flat)->find("u"));
  EXPECT_TRUE(unpack.fed);
  EXPECT_FALSE(unpack.cut);

  options.feeds = {"u:0"};
  expectError(read(two, options),
              {"node 'x' (Placeholder)", "is not fed", "--feed x"});
  options.feeds = {"x", "x:0"};
  expectError(read(two, options), {"'x' and 'x:0' are the same tensor"});
  options.feeds = {"nope"};
  expectError(read(two, options), {"feed 'nope'"});
  options.feeds = {"^x"};
  expectError(read(two, options), {"not a tensor"});
}

TEST(Structure, ControlOnlyNodesAreTargets) {
  tf::GraphDef graph;
  addPlaceholder(graph, "x");
  add(graph, "check", "Assert", {"x"});
  add(graph, "y", "Relu", {"x", "^check"});
  auto flat = expectOk(read(graph, fetching({"y"})));
  ASSERT_TRUE(flat);
  EXPECT_EQ(listing(**flat), "check=Assert(x:0) y=Relu(x:0 ^check) ");
  flat = expectOk(read(graph, fetching({"check"})));
  ASSERT_TRUE(flat);
  EXPECT_TRUE((*flat)->fetches().empty());
  ASSERT_EQ((*flat)->effects().size(), 1u);
  EXPECT_EQ((*flat)->node((*flat)->effects()[0]).name, "check");
}

TEST(Structure, Versions) {
  tf::GraphDef graph = small("Relu", {"x"}); // T170: no versions at all
  EXPECT_TRUE(expectOk(read(graph)));
  graph.mutable_versions()->set_min_consumer(99999); // T171
  expectError(read(graph), {"version 99999 or later"});
  graph.mutable_versions()->set_min_consumer(0);
  graph.mutable_versions()->add_bad_consumers(2314); // T172
  expectError(read(graph), {"forbids readers", "bad_consumers"});
  // Before producer 22 a shape of [] meant "unknown".
  tf::GraphDef old;
  tf::NodeDef &x = add(old, "x", "Placeholder");
  attr(x, "dtype").set_type(tf::DT_FLOAT);
  attr(x, "shape").mutable_shape();
  add(old, "y", "Relu", {"x"});
  for (int producer : {0, 21}) {
    old.mutable_versions()->set_producer(producer);
    auto flat = expectOk(read(old));
    ASSERT_TRUE(flat);
    EXPECT_FALSE((*flat)->feeds()[0].shape);
  }
  old.mutable_versions()->set_producer(22);
  auto flat = expectOk(read(old));
  ASSERT_TRUE(flat);
  ASSERT_TRUE((*flat)->feeds()[0].shape);
  EXPECT_TRUE((*flat)->feeds()[0].shape->empty());
}

TEST(Structure, AttributeAccess) {
  tf::GraphDef graph = small("Relu", {"x"});
  tf::NodeDef &y = *graph.mutable_node(1);
  attr(y, "i").set_i(1);
  attr(y, "i").set_i(2); // T079: the last wins
  attr(y, "f").set_f(0.5f);
  attr(y, "unset"); // T076
  attr(y, "t").set_type(static_cast<tf::DataType>(999));
  attr(y, "invalid").set_type(tf::DT_INVALID);
  attr(y, "ints").mutable_list()->add_i(7);
  attr(y, "none").mutable_list();
  attr(y, "rank").mutable_shape()->add_dim()->set_size(-2);
  attr(y, "_hint").set_i(0);
  auto flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  const FlatGraph &g = **flat;
  const Node &n = g.node(1);
  EXPECT_EQ(*expectOk(g.intAttr(n, "i")), 2);
  EXPECT_EQ(*expectOk(g.intAttr(n, "absent", 5)), 5);
  EXPECT_EQ(*expectOk(g.floatAttr(n, "f")), 0.5f);
  EXPECT_EQ(*expectOk(g.typeAttr(n, "t")), 999);
  EXPECT_EQ(dataTypeName(999), "DT_999 (unknown)");
  EXPECT_EQ(dataTypeName(101), "DT_FLOAT_REF");
  EXPECT_EQ(expectOk(g.intsAttr(n, "ints"))->size(), 1u);
  EXPECT_TRUE(expectOk(g.intsAttr(n, "none"))->empty());
  EXPECT_TRUE(expectOk(g.stringsAttr(n, "none"))->empty());
  expectError(g.intAttr(n, "absent"),
              {"node 'y' (Relu): attribute 'absent' is missing, expected an "
               "int"});
  expectError(g.intAttr(n, "f"), {"'f' must be an int, got a float"});
  expectError(g.intAttr(n, "unset"), {"got nothing"});
  expectError(g.typeAttr(n, "invalid"), {"DT_INVALID"});
  expectError(g.typesAttr(n, "ints"),
              {"must be a list of types, got a list of ints"});
  expectError(g.shapeAttr(n, "rank"), {"sizes of -1 or more"});
  for (llvm::StringRef name : n.attrNames())
    EXPECT_NE(name, "_hint");
}
