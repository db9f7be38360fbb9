//===- HeaderTest.cpp - Generated text compiles whatever the names --------===//

#include "Helpers.h"
#include "compiler/Codegen/Headers.h"
#include "llvm/Support/JSON.h"
#include <gtest/gtest.h>

using namespace sluice;
using namespace sluice::test;

namespace {

// Names from hostile models, every element type, scalars, dynamic dims, two
// entries.
ModelInterface strangeModel() {
  ModelInterface model = vectorModel("strange", 4);
  model.source = "\"); system(\"*/ %n%s ?\?/\n$(x)`y`\x1b[31m";
  model.relaxations = {"none */ really"};
  std::string binary("\0\xff\xfe*/", 5);
  const std::vector<std::string> names = {"x",
                                          "x",
                                          "int",
                                          "class",
                                          "9lives",
                                          "*/ int evil; /*",
                                          "",
                                          binary,
                                          "a b",
                                          "a_b",
                                          "A-B",
                                          "dims",
                                          "\xd0\xb0",
                                          "linux",
                                          "x_data",
                                          "new\n",
                                          std::string(100000, 'q')};
  InterfaceEntry first;
  first.name = "serving_default";
  first.dims = {{"batch", 1, 1024}, {"int", 1, -1}, {"batch", 0, -1}};
  unsigned kind = 0;
  for (const std::string &name : names) {
    InterfaceTensor tensor;
    tensor.name = name;
    tensor.source = name + ":0";
    tensor.kind = static_cast<ElementKind>(kind++ % 16);
    if (kind % 3 == 0) {
      tensor.shape = {-1, 8, -1};
      tensor.dimArgs = {0, -1, 1};
    } else if (kind % 3 == 1) {
      tensor.shape = {2, 3};
    }
    first.inputs.push_back(tensor);
    first.outputs.push_back(tensor);
  }
  InterfaceEntry second = vectorModel("strange", 4).entries[0];
  second.name = "*/ train";
  InterfaceEntry third = second;
  third.name = "workspace";
  model.entries = {first, second, third, third};
  return model;
}

void expectCompiles(const TemporaryFolder &folder, bool cxx,
                    llvm::StringRef source,
                    const std::vector<std::string> &standards) {
  std::string file = folder.write(cxx ? "use.cpp" : "use.c", source);
  for (const std::string &compiler : cxx ? cxxCompilers() : cCompilers())
    for (const std::string &standard : standards)
      EXPECT_EQ(
          runProgram({compiler, "-std=" + standard, "-Wall", "-Wextra",
                      "-Wpedantic", "-Wshadow", "-Wtrigraphs", "-Wundef",
                      "-Werror", "-fsyntax-only", "-I" + folder.path, file}),
          "")
          << compiler << " " << standard;
}

TEST(Header, compilesInEveryLanguageAndCompiler) {
  TemporaryFolder folder;
  ModelInterface model = strangeModel();
  folder.write("strange.h", renderHeader(model));
  folder.write("vectors.h", renderHeader(vectorModel("vectors", 4)));
  const char *use = "#include \"strange.h\"\n#include \"vectors.h\"\n"
                    "#include \"strange.h\"\n"
                    "int use(strange_serving_default_args *args);\n"
                    "int use(strange_serving_default_args *args) {\n"
                    "  return args->dims.batch && args->int_ && args->x;\n}\n";
  expectCompiles(folder, false, use, {"c99", "c11", "c17", "gnu17"});
  expectCompiles(folder, true, use, {"c++11", "c++17", "c++20"});
}

TEST(Header, cxxHeaderCompilesWithoutExceptionsAndRtti) {
  TemporaryFolder folder;
  ModelInterface model = strangeModel();
  folder.write("strange.h", renderHeader(model));
  folder.write("strange.hpp", llvm::cantFail(renderCxxHeader(model, "")));
  expectCompiles(folder, true,
                 "#include \"strange.hpp\"\n"
                 "int use(strange::Model &net);\n"
                 "int use(strange::Model &net) {\n"
                 "  strange::Model::Inputs_serving_default inputs;\n"
                 "  auto outputs = net.run_serving_default(inputs);\n"
                 "  return outputs.x_out.size() != 0;\n}\n",
                 {"c++17", "c++20"});
}

TEST(Header, holdsNoByteThatIsNotAscii) {
  std::string text = renderHeader(strangeModel());
  for (char c : text)
    ASSERT_TRUE(c == '\n' || (c >= 32 && c < 127)) << int(c);
}

TEST(Header, needsOnlyTwoStandardHeaders) {
  std::string text = renderHeader(vectorModel("vectors", 4));
  llvm::StringRef rest = text;
  std::vector<std::string> includes;
  while (rest.contains("#include")) {
    rest = rest.split("#include ").second;
    includes.push_back(rest.split('\n').first.str());
  }
  EXPECT_EQ(includes, (std::vector<std::string>{"<stddef.h>", "<stdint.h>"}));
}

TEST(Header, metadataOfStrangeNamesParses) {
  auto parsed = llvm::json::parse(renderMetadata(strangeModel(), 0, {}));
  EXPECT_TRUE(bool(parsed)) << llvm::toString(parsed.takeError());
}

TEST(Depfile, escapesWhatMakeWouldRead) {
  EXPECT_EQ(renderDepfile("a b", {"c#d", "$e", "f\ng", "h"}),
            "a\\ b: \\\n  c\\#d \\\n  $$e \\\n  h\n");
}

TEST(DropInClass, isUsedLikeTensorFlows) {
  TemporaryFolder folder;
  writeVectorLibrary("vectors", 4, folder.path, "llvm::my::Vectors");
  std::string source = folder.write("main.cpp", R"(
#include "vectors.hpp"
#include <cstdio>
#include <memory>
#include <string>
int main() {
  auto net = std::make_unique<llvm::my::Vectors>();
  int x = net->LookupArgIndex(std::string("feed_x"));
  int z = net->LookupResultIndex(std::string("fetch_z"));
  std::printf("%d %d %d %d\n", x, z, net->LookupArgIndex("x"),
              net->LookupResultIndex("fetch_x"));
  auto *px = static_cast<float *>(net->arg_data(x));
  float *py = net->arg_feed_y_data();
  for (int i = 0; i < 4; ++i)
    px[i] = float(i), py[i] = 10;
  bool ok = net->Run();
  std::printf("%d %g %g %d %d\n", ok, net->result0(3), net->result_z(1),
              int(net->arg_x_count()), int(net->result_fetch_z_size()));
  std::printf("%d %d %d %s\n", net->arg_data(x) == px,
              net->arg_data(2) == nullptr, net->result_data(-1) == nullptr,
              net->error_msg().c_str());
  net->arg_y(2) = 100;
  net->Run();
  std::printf("%g\n", static_cast<float *>(net->result_data(z))[2]);
}
)");
  for (const std::string &compiler : cxxCompilers()) {
    std::string program = folder.file("main");
    ASSERT_EQ(runProgram({compiler, "-std=c++17", "-Wall", "-Wextra",
                          "-Wpedantic", "-Werror", "-fno-exceptions",
                          "-fno-rtti", "-I" + folder.path, source,
                          folder.file("libvectors.a"), "-o", program}),
              "");
    EXPECT_EQ(runProgram({program}), "0 0 -1 -1\n1 16 12 4 16\n1 1 1 \n104\n");
  }
}

// The class of LLVM that drives its own compiled policies.
TEST(DropInClass, isAcceptedByReleaseModeModelRunner) {
  TemporaryFolder folder;
  writeVectorLibrary("vectors", 4, folder.path, "llvm::Vectors");
  std::string file = folder.write("use.cpp", R"(
#include "vectors.hpp"
#include "llvm/Analysis/ReleaseModeModelRunner.h"
using Runner = llvm::ReleaseModeModelRunner<llvm::Vectors>;
float use(llvm::LLVMContext &context, const std::vector<llvm::TensorSpec> &specs) {
  Runner runner(context, specs, "z");
  return *runner.evaluate<float *>();
}
static_assert(sizeof(Runner) > 0);
)");
  for (const std::string &compiler : cxxCompilers())
    EXPECT_EQ(runProgram({compiler, "-std=c++17", "-fno-exceptions",
                          "-fsyntax-only", "-I" + folder.path,
                          "-isystem" SLUICE_TEST_LLVM_INCLUDE, file}),
              "");
}

TEST(DropInClass, refusesWhatCannotBeAClass) {
  ModelInterface model = vectorModel("vectors", 4);
  for (const char *bad :
       {"9x", "a::", "a b", "a::class", "x;", "a:b", "::", "vectors"}) {
    auto text = renderDropInClass(model, bad);
    EXPECT_FALSE(bool(text)) << bad;
    if (!text)
      EXPECT_NE(llvm::toString(text.takeError()).find("--cxx-class"),
                std::string::npos);
  }
  auto dynamic = renderDropInClass(strangeModel(), "ns::Name");
  ASSERT_FALSE(bool(dynamic));
  llvm::consumeError(dynamic.takeError());
}

} // namespace
