//===- LibraryTest.cpp - Whole libraries, linked and run ------------------===//

#include "Helpers.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include <gtest/gtest.h>

using namespace sluice;
using namespace sluice::test;

namespace {

const char *const mainC = R"(
#include "vectors.h"
#include <stdio.h>
static unsigned char workspace[VECTORS_WORKSPACE_SIZE];
int main(void) {
  vectors net;
  vectors_options options = {0};
  vectors_args args;
  float x[4] = {1, 2, 3, 4}, y[4] = {10, 20, 30, 40}, z[4];
  size_t size = 0;
  int status;
  options.workspace = workspace;
  options.workspace_size = sizeof workspace;
  status = vectors_init(&net, &options);
  args.x = x;
  args.y = y;
  args.z = z;
  if (!status)
    status = vectors_run(&net, &args);
  printf("%d: %g %g %g %g\n", status, z[0], z[1], z[2], z[3]);
  args.z = x;
  printf("%s\n", sluice_status_text(vectors_run(&net, &args)));
  args.z = NULL;
  printf("%s\n", sluice_status_text(vectors_run(&net, &args)));
  status = vectors_workspace_size(&size);
  printf("%d %d %s %s\n", status, size == sizeof workspace,
         vectors_model.entries[0].tensors[2].name,
         vectors_model.entries[0].tensors[2].source);
  vectors_release(&net);
  printf("%s\n", sluice_status_text(vectors_run(&net, &args)));
  return 0;
}
)";

const char *const mainCOutput =
    "0: 11 23 35 47\n"
    "an output or the workspace overlaps another buffer\n"
    "the pointer of an input or output is null\n"
    "0 1 z add:0\n"
    "the instance was not initialised\n";

TEST(Library, runsInC) {
  TemporaryFolder folder;
  writeVectorLibrary("vectors", 4, folder.path);
  std::string source = folder.write("main.c", mainC);
  for (const std::string &compiler : cCompilers())
    for (const char *mode : {"-pie", "-no-pie", "-static", "-static-pie"}) {
      std::string program = folder.file("main");
      std::string fpic =
          llvm::StringRef(mode).contains("no-") ? "-fno-pie" : "-fPIE";
      ASSERT_EQ(runProgram({compiler, "-std=c99", "-Wall", "-Wextra",
                            "-Wpedantic", "-Werror", fpic, mode,
                            "-Wl,--fatal-warnings", "-I" + folder.path, source,
                            folder.file("libvectors.a"), "-o", program}),
                "")
          << compiler << " " << mode;
      EXPECT_EQ(runProgram({program}), mainCOutput) << compiler << " " << mode;
    }
}

TEST(Library, linksIntoASharedLibraryWithoutTextRelocations) {
  TemporaryFolder folder;
  writeVectorLibrary("vectors", 4, folder.path);
  std::string source = folder.write(
      "lib.c", "#include \"vectors.h\"\n"
               "int go(vectors *net, vectors_args *args);\n"
               "int go(vectors *net, vectors_args *args) {\n"
               "  return vectors_init(net, 0) + vectors_run(net, args);\n}\n");
  std::string library = folder.file("libgo.so");
  ASSERT_EQ(runProgram({cCompilers()[0], "-shared", "-fPIC", "-Wl,-z,text",
                        "-Wl,--fatal-warnings", "-I" + folder.path, source,
                        folder.file("libvectors.a"), "-o", library}),
            "");
  std::string dynamic =
      runProgram({tool("llvm-readelf"), "-d", "-l", "-W", library});
  EXPECT_EQ(dynamic.find("TEXTREL"), std::string::npos);
  size_t stack = dynamic.find("GNU_STACK");
  ASSERT_NE(stack, std::string::npos);
  std::string line = dynamic.substr(stack, dynamic.find('\n', stack) - stack);
  EXPECT_EQ(line.find("RWE"), std::string::npos) << line;
}

TEST(Library, twoModelsAndAPoolInOneProgram) {
  TemporaryFolder folder;
  writeVectorLibrary("one", 3, folder.path);
  writeVectorLibrary("two", 1000, folder.path);
  std::string source = folder.write("main.cpp", R"(
#include "one.hpp"
#include "two.hpp"
#include <cstdio>
#include <vector>
int main() {
  float a[3] = {1, 2, 3}, b[3] = {4, 5, 6};
  one::Model first;
  auto sums = first.run({a, b});
  std::printf("%d %g %g %g\n", first.status(), sums.z[0], sums.z[1], sums.z[2]);
  std::vector<float> x(1000, 0.5f), y(1000, 0.25f);
  two::Model alone;
  auto expected = alone.run({x, y});
  for (int threads : {1, 2, 7}) {
    sluice_threads *pool = sluice_pool_create(threads);
    two::Model parallel(pool);
    auto found = parallel.run({x, y});
    std::printf("%d %d\n", parallel.status(),
                std::memcmp(found.z.data(), expected.z.data(), 4000));
    sluice_pool_destroy(pool);
  }
  std::printf("%g %d\n", expected.z[999], int(two::Model::z_shape[0]));
  x.pop_back();
  auto none = alone.run({x, y});
  std::printf("%s, %d\n", alone.status_text(), int(none.z.size()));
}
)");
  for (const std::string &compiler : cxxCompilers()) {
    std::string program = folder.file("main");
    ASSERT_EQ(
        runProgram({compiler, "-std=c++17", "-Wall", "-Wextra", "-Wpedantic",
                    "-Werror", "-fno-exceptions", "-fno-rtti",
                    "-I" + folder.path, source, folder.file("libone.a"),
                    folder.file("libtwo.a"), "-pthread", "-o", program}),
        "")
        << compiler;
    EXPECT_EQ(runProgram({program}),
              "0 5 8 11\n0 0\n0 0\n0 0\n999.75 1000\n"
              "the size of a buffer differs from its tensor's, 0\n");
  }
}

TEST(Library, sameInputsSameBytes) {
  TemporaryFolder first, second;
  auto paths = writeVectorLibrary("vectors", 4, first.path, "ns::Vectors");
  auto again = writeVectorLibrary("vectors", 4, second.path, "ns::Vectors");
  ASSERT_EQ(paths.size(), 7u);
  ASSERT_EQ(paths.size(), again.size());
  for (size_t i = 0; i < paths.size(); ++i)
    EXPECT_TRUE(readFile(paths[i]) == readFile(again[i])) << paths[i];
  std::string archive = readFile(paths.back());
  EXPECT_EQ(archive.find(first.path), std::string::npos);
  // A folder's name may hold anything; nothing else is left in it.
  std::error_code code;
  size_t files = 0;
  for (llvm::sys::fs::directory_iterator it(first.path, code), end; it != end;
       it.increment(code))
    ++files;
  EXPECT_EQ(files, paths.size());
}

TEST(Library, exportsOnlyItsOwnNames) {
  TemporaryFolder folder;
  writeVectorLibrary("vectors", 4, folder.path);
  std::string symbols =
      runProgram({tool("llvm-nm"), "--extern-only", "--defined-only",
                  "--format=just-symbols", folder.file("libvectors.a")});
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(symbols).split(lines, '\n', -1, false);
  int own = 0;
  for (llvm::StringRef line : lines) {
    if (line.ends_with(":"))
      continue;
    EXPECT_TRUE(line.starts_with("vectors_") || line.starts_with("sluice_"))
        << line.str();
    ++own;
  }
  EXPECT_GT(own, 15);
  // Entries and weights are hidden: a shared library does not export them.
  std::string all = runProgram(
      {tool("llvm-readelf"), "-s", "-W", folder.file("libvectors.a")});
  lines.clear();
  llvm::StringRef(all).split(lines, '\n');
  for (llvm::StringRef line : lines)
    if (line.contains("sluice_vectors_"))
      EXPECT_TRUE(line.contains("HIDDEN")) << line.str();
}

TEST(Library, holdsNoConstructorsOrThreadLocals) {
  TemporaryFolder folder;
  writeVectorLibrary("vectors", 4, folder.path);
  std::string sections = runProgram(
      {tool("llvm-readelf"), "-S", "-W", folder.file("libvectors.a")});
  for (const char *section : {".init_array", ".ctors", ".tdata", ".tbss"})
    EXPECT_EQ(sections.find(section), std::string::npos) << section;
  EXPECT_NE(sections.find(".note.GNU-stack"), std::string::npos);
}

TEST(Library, metadataParses) {
  TemporaryFolder folder;
  writeVectorLibrary("vectors", 4, folder.path);
  auto parsed = llvm::json::parse(readFile(folder.file("vectors.json")));
  ASSERT_TRUE(bool(parsed));
  const llvm::json::Object *object = parsed->getAsObject();
  EXPECT_EQ(object->getString("name"), "vectors");
  EXPECT_EQ(object->getInteger("weight_bytes"), 16);
  EXPECT_EQ(object->getString("content_hash")->size(), 64u);
  const llvm::json::Object *entry =
      (*object->getArray("entries"))[0].getAsObject();
  EXPECT_EQ(entry->getString("signature"), "serving_default");
  EXPECT_EQ(entry->getArray("inputs")->size(), 2u);
}

TEST(Library, refusesAnUnsuitableMachineWithAStatus) {
  // A feature string no machine satisfies: FMA4 (AMD) and AVX512-VP2INTERSECT
  // (some Intel) never shipped together.
  TemporaryFolder folder;
  ModelInterface model = vectorModel("vectors", 4);
  model.levels[0].features = "+fma4,+avx512vp2intersect";
  model.levels[0].name = "chimera";
  std::vector<KernelObject> kernels;
  kernels.push_back(vectorKernel(model, 4));
  std::vector<float> values(4);
  Constant constant{constantSymbol("vectors", 0),
                    {reinterpret_cast<const char *>(values.data()), 16},
                    64};
  LibraryOptions options;
  options.output = folder.file("libvectors.a");
  ASSERT_TRUE(bool(writeModelLibrary(model, kernels, constant, options)));
  std::string source = folder.write("main.c", R"(
#include "vectors.h"
#include <stdio.h>
int main(void) {
  vectors net;
  char text[300];
  int status = vectors_init(&net, NULL);
  sluice_error_text(&net.base, text, sizeof text);
  printf("%d %s\n", status == SLUICE_CPU_UNSUPPORTED, text);
  return 0;
}
)");
  std::string program = folder.file("main");
  ASSERT_EQ(runProgram({cCompilers()[0], "-I" + folder.path, source,
                        folder.file("libvectors.a"), "-o", program}),
            "");
  std::string line = runProgram({program});
  EXPECT_TRUE(llvm::StringRef(line).starts_with(
      "1 vectors: this CPU lacks instructions the model was compiled for: "
      "'chimera' (missing "))
      << line;
  // The sets that no machine has both of are named, those that this has not.
  EXPECT_TRUE(llvm::StringRef(line).contains(" fma4") ||
              llvm::StringRef(line).contains(" avx512vp2intersect"))
      << line;
  EXPECT_FALSE(llvm::StringRef(line).contains("sse3")) << line;
}

TEST(Library, failureLeavesNothing) {
  TemporaryFolder folder;
  ModelInterface model = vectorModel("vectors", 4);
  std::vector<KernelObject> kernels;
  kernels.push_back(vectorKernel(model, 4));
  LibraryOptions options;
  options.output = folder.file("missing/libvectors.a");
  auto result = writeModelLibrary(model, kernels, {}, options);
  ASSERT_FALSE(bool(result));
  std::string message = llvm::toString(result.takeError());
  EXPECT_NE(message.find("missing/vectors.h"), std::string::npos) << message;
  EXPECT_NE(message.find("No such file or directory"), std::string::npos);
  // The archive's place is taken by a folder: no header stays behind either.
  ASSERT_FALSE(llvm::sys::fs::create_directory(folder.file("libvectors.a")));
  options.output = folder.file("libvectors.a");
  result = writeModelLibrary(model, kernels, {}, options);
  ASSERT_FALSE(bool(result));
  llvm::consumeError(result.takeError());
  EXPECT_FALSE(llvm::sys::fs::exists(folder.file("vectors.h")));
}

TEST(LibraryName, isTakenFromTheOutput) {
  EXPECT_EQ(llvm::cantFail(libraryName("a/b/libdigits.a")), "digits");
  EXPECT_EQ(llvm::cantFail(libraryName("net-1.0.a")), "net-1.0");
  for (const char *bad : {"lib.a", "digits", "digits.so", "a/lib\".a", "a$.a",
                          "lib\n.a", "..a", "a\\b.a", ""}) {
    auto name = libraryName(bad);
    EXPECT_FALSE(bool(name)) << bad;
    if (!name)
      llvm::consumeError(name.takeError());
  }
}

} // namespace
