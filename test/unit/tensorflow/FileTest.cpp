//===- FileTest.cpp - Files that are no models, text form, damage ---------===//

#include "test/unit/tensorflow/Build.h"
#include <fcntl.h>
#include <sys/stat.h>

using namespace sluice;
using namespace sluice::tensorflow;
using namespace sluice::tensorflow::test;

static tf::GraphDef sample() {
  tf::GraphDef graph;
  addPlaceholder(graph, "x");
  addConst(graph, "c", {1, 2, 3, 4});
  add(graph, "y", "AddV2", {"x", "c"});
  add(graph, "z", "F", {"y"});
  tf::FunctionDef &f = addFunction(graph, "F", {"a"}, {"b"});
  node(f.mutable_node_def(), "r", "Relu", {"a"});
  setRet(f, "b", "r:activations:0");
  return graph;
}

TEST(File, OtherThings) {
  Folder folder("files");
  expectError(readModel(folder.file("none.pb")),
              {"none.pb", "cannot be opened", "No such file"}, ErrorKind::Io);
  expectError(readModel(folder.write("empty.pb", "")), {"is empty"});
  expectError(readModel(folder.write("blank.pb", " \n\n")), {"is empty"});
  expectError(readModel("/dev/zero"), {"is a device"});
  expectError(readModel(std::string("a\0b", 3)), {"NUL"}, ErrorKind::Io);
  std::string pipe = folder.file("pipe.pb");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expectError(readModel(pipe), {"is a named pipe"}); // and does not wait
  auto content = [&](std::string bytes) {
    return readModel(folder.write("model.pb", bytes));
  };
  expectError(content("\x89PNG\r\n\x1a\n"), {"is a picture"});
  expectError(content(std::string("\x1c\0\0\0TFL3\0\0", 10)), {"TFLite"});
  expectError(content("\x08\x08\x12\x07pytorch"), {"an ONNX model"});
  expectError(content("{\"modelTopology\": {}}"), {"a TF.js model"});
  expectError(content("[1, 2]"), {"a JSON file"});
  expectError(content("\x89HDF\r\n"), {"HDF5"});
  expectError(content("PK\x03\x04..."), {"zip archive"});
  expectError(content("\x7f"
                      "ELF\x02"),
              {"object file"});
  std::string random;
  for (uint32_t i = 0; i < 4096; ++i)
    random += static_cast<char>((i * 2654435761u) >> 13);
  expectError(content(random), {"not a GraphDef, or is damaged"});
  ReadOptions options;
  options.budgets.fileBytes = 100;
  expectError(
      readModel(folder.write("large.pb", std::string(101, 'x')), options),
      {"101 bytes, more than the limit of 100"}, ErrorKind::Limit);
}

TEST(File, LargerThanProtobufAllows) {
  Folder folder("sparse");
  std::string path = folder.write("huge.pb", "");
  ASSERT_EQ(::truncate(path.c_str(), (off_t(1) << 31) + 1), 0);
  expectError(readModel(path), {"more than the limit"}, ErrorKind::Limit);
}

TEST(File, TextForm) {
  tf::GraphDef graph = sample();
  auto binary = expectOk(read(graph));
  auto text = expectOk(readGraphBytes(graph.DebugString(), "model.pbtxt"));
  ASSERT_TRUE(binary && text);
  EXPECT_EQ(listing(**text), listing(**binary));
  EXPECT_TRUE((*text)->warnings().empty());
  // Comments, brackets, lists, separators, escapes, enum numbers.
  auto loose = expectOk(readGraphBytes(
      "# a comment with { \" and '\n"
      "node { name: 'x', op: \"Place\" 'holder'; attr < key: \"dtype\" "
      "value { type: 1 } > }\n"
      "node: [{ name: \"\\x79\" op: \"Re\\154u\" input: ['x'] }]\n",
      "model.pbtxt"));
  ASSERT_TRUE(loose);
  EXPECT_EQ(listing(**loose), "y=Relu(x:0) ");
  auto unknown = expectOk(
      readGraphBytes("node { name: 'x' op: 'Relu' novelty { deep: 1 } }",
                     "m.pbtxt", fetching({"x"})));
  ASSERT_TRUE(unknown);
  ASSERT_EQ((*unknown)->warnings().size(), 1u);
  EXPECT_NE((*unknown)->warnings()[0].find("novelty"), std::string::npos);
}

TEST(File, BrokenText) {
  auto bad = [](const std::string &text,
                std::initializer_list<std::string> parts,
                ErrorKind kind = ErrorKind::Model) {
    expectError(readGraphBytes(text, "model.pbtxt"), parts, kind);
  };
  bad("node {\n  name: 'x\n}", {"model.pbtxt:2:"});
  bad("node { name: '\\q' }", {"model.pbtxt:1:"});
  bad("node { name: 'a' name: 'b' }", {"model.pbtxt:1:", "name"});
  bad("node { name: 'x'", {"model.pbtxt:1:"});
  bad("node { attr { key: 'a' value { i: 99999999999999999999 } } }",
      {"model.pbtxt:1:"});
  bad("node { attr { key: 'a' value { b: maybe } } }", {"model.pbtxt:1:"});
  bad("node { attr { key: 'a' value { type: DT_NONE } } }",
      {"model.pbtxt:1:", "DT_NONE"});
  bad("hello world", {"model.pbtxt:1:"});
  // Deep nesting, in known and in unknown fields.
  for (const char *open : {"unknown {", "unknown <",
                           "node { attr { value { "
                           "func { attr { value {"}) {
    std::string deep;
    for (int i = 0; i < 100000; ++i)
      deep += open;
    bad(deep, {"model.pbtxt:1:", "nested more than 100"}, ErrorKind::Limit);
  }
}

TEST(File, DeepWireForm) {
  // AttrValue { func { attr { value { func ... written inside out, so that
  // every level wraps the one before.
  std::string message;
  auto wrap = [&](char tag) {
    std::string outer(1, tag);
    uint64_t size = message.size();
    for (; size >= 0x80; size >>= 7)
      outer += static_cast<char>(size | 0x80);
    outer += static_cast<char>(size);
    message.insert(0, outer);
  };
  for (int i = 0; i < 2000; ++i)
    for (char tag : {'\x12', '\x12', '\x52'}) // value, attr, func
      wrap(tag);
  for (char tag : {'\x12', '\x2a', '\x0a'}) // value, attr, node
    wrap(tag);
  expectError(readGraphBytes(message, "deep.pb"), {"not a GraphDef"});
  // Unknown groups inside groups.
  expectError(readGraphBytes(std::string(200000, '\x7b'), "g.pb"), {"g.pb"});
  EXPECT_FALSE(
      errorText(readGraphBytes(
                    std::string(1, '\0') + std::string(300000, '\x7b'), "g.pb")
                    .takeError())
          .empty());
}

/// Reads, and when that works touches everything an importer would.
static void exercise(const std::string &bytes) {
  ReadOptions options;
  options.budgets.tensorBytes = 1 << 20;
  options.budgets.inlinedNodes = 1000;
  Result graph = readGraphBytes(bytes, "model.pb", options);
  if (!graph) {
    std::string text = errorText(graph.takeError());
    EXPECT_EQ(text.rfind("model.pb", 0), 0u) << text;
    return;
  }
  for (const Node &n : (*graph)->nodes()) {
    for (llvm::StringRef name : n.attrNames())
      (void)n.attr(name).kindName();
    llvm::Expected<HostTensor> value = (*graph)->decode(n, "value");
    if (!value)
      llvm::consumeError(value.takeError());
    for (Port input : n.inputs)
      ASSERT_LT(input.node, (*graph)->nodes().size());
  }
}

TEST(File, EveryPrefix) {
  std::string bytes = sample().SerializeAsString();
  for (size_t length = 0; length < bytes.size(); ++length)
    exercise(bytes.substr(0, length));
  std::string text = sample().DebugString();
  for (size_t length = 0; length < text.size(); length += 3)
    exercise(text.substr(0, length));
  exercise(bytes + "trailing garbage");
}

TEST(File, Mutations) {
  const std::string seeds[] = {sample().SerializeAsString(),
                               sample().DebugString()};
  uint64_t state = 1;
  auto next = [&](uint64_t below) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (state >> 33) % below;
  };
  constexpr uint8_t favourites[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
  for (int attempt = 0; attempt < 6000; ++attempt) {
    std::string bytes = seeds[attempt % 2];
    for (uint64_t edits = next(4) + 1; edits != 0; --edits) {
      char &byte = bytes[next(bytes.size())];
      switch (next(3)) {
      case 0:
        byte = static_cast<char>(next(256));
        break;
      case 1:
        byte = static_cast<char>(byte ^ (1 << next(8)));
        break;
      default:
        byte = static_cast<char>(favourites[next(5)]);
      }
    }
    exercise(bytes);
  }
}

TEST(ModelError, EscapesNames) {
  EXPECT_EQ(escapeForTerminal("a\x1b[31m\n"), "a\\x1b[31m\\x0a");
  EXPECT_EQ(escapeForTerminal("\xc3\xa9"), "\xc3\xa9");
  EXPECT_EQ(escapeForTerminal("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(escapeForTerminal("\xe2\x80\xae"), "\\xe2\\x80\\xae"); // RTL mark
  EXPECT_EQ(escapeForTerminal("\xc2\x9b"), "\\xc2\\x9b");          // C1 CSI
  EXPECT_EQ(escapeForTerminal("\xc0\xaf"), "\\xc0\\xaf");          // overlong
  EXPECT_EQ(escapeForTerminal("%n%s"), "%n%s");
  std::string shortened = escapeForTerminal(std::string(1 << 20, 'a'));
  EXPECT_LT(shortened.size(), 300u);
  EXPECT_NE(shortened.find("1048576 bytes, hash "), std::string::npos);
  EXPECT_NE(escapeForTerminal(std::string(1 << 20, 'b')), shortened);

  ModelErrorText text;
  text.file = "m.pb";
  text.node = "conv1";
  text.op = "Conv2D";
  text.attribute = "strides";
  text.message = "must be positive, got 0";
  text.notes = {"n"};
  text.help = {"h"};
  text.kind = ErrorKind::Limit;
  std::string out;
  llvm::raw_string_ostream os(out);
  EXPECT_EQ(printErrors(llvm::joinErrors(makeModelError(text),
                                         makeFileError("f", "is odd")),
                        os),
            3);
  EXPECT_EQ(out, "m.pb: error: node 'conv1' (Conv2D): attribute 'strides' "
                 "must be positive, got 0\nnote: n\nhelp: h\n"
                 "f: error: is odd\n");
}
