//===- Helpers.cpp - A tiny model, and programs around it -----------------===//

#include "Helpers.h"
#include "compiler/Codegen/ObjectEmitter.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace sluice;
using namespace sluice::test;

TemporaryFolder::TemporaryFolder() {
  llvm::SmallString<128> folder;
  EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("sluice-test", folder));
  path = folder.str().str();
}

TemporaryFolder::~TemporaryFolder() { llvm::sys::fs::remove_directories(path); }

std::string TemporaryFolder::file(llvm::StringRef name) const {
  return path + "/" + name.str();
}

std::string TemporaryFolder::write(llvm::StringRef name,
                                   llvm::StringRef text) const {
  std::error_code code;
  llvm::raw_fd_ostream(file(name), code) << text;
  EXPECT_FALSE(code) << code.message();
  return file(name);
}

std::string sluice::test::readFile(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    ADD_FAILURE() << path << ": " << buffer.getError().message();
    return "";
  }
  return (*buffer)->getBuffer().str();
}

std::string sluice::test::runProgram(std::vector<std::string> command) {
  if (!llvm::StringRef(command[0]).contains('/')) {
    auto found = llvm::sys::findProgramByName(command[0]);
    if (!found)
      return "exit 127: no program " + command[0];
    command[0] = *found;
  }
  TemporaryFolder folder;
  std::string output = folder.file("output");
  std::vector<llvm::StringRef> arguments(command.begin(), command.end());
  int code = llvm::sys::ExecuteAndWait(
      command[0], arguments, std::nullopt,
      {llvm::StringRef(""), llvm::StringRef(output), llvm::StringRef(output)},
      /*SecondsToWait=*/60);
  std::string text = readFile(output);
  return code ? "exit " + std::to_string(code) + ": " + text : text;
}

static std::vector<std::string> split(llvm::StringRef text) {
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, '|');
  return {parts.begin(), parts.end()};
}

std::vector<std::string> sluice::test::cCompilers() {
  return split(SLUICE_TEST_CC);
}

std::vector<std::string> sluice::test::cxxCompilers() {
  return split(SLUICE_TEST_CXX);
}

std::string sluice::test::tool(llvm::StringRef name) {
  return std::string(SLUICE_TEST_TOOLS "/") + name.str();
}

ModelInterface sluice::test::vectorModel(llvm::StringRef name, int64_t count,
                                         llvm::StringRef cpu) {
  llvm::Expected<TargetSpec> target = parseTarget(cpu, "x86_64-linux-gnu");
  EXPECT_TRUE(bool(target));
  ModelInterface model;
  model.name = name.str();
  model.source = "vectors.pb";
  model.sourceKind = "GraphDef";
  model.triple = target->triple;
  model.levels = {{target->name, target->cpu, target->features}};
  InterfaceEntry entry;
  entry.name = "serving_default";
  entry.inputs = {{"x", "x:0", ElementKind::F32, {count}, {}, false},
                  {"y", "y:0", ElementKind::F32, {count}, {}, false}};
  entry.outputs = {{"z", "add:0", ElementKind::F32, {count}, {}, false}};
  entry.workspaceBytes = 64;
  model.entries = {entry};
  model.nodes = {{"add", "AddV2"}};
  return model;
}

// Fields of sluice_call by offset, as compiled code sees them.
static const char *const kernelText = R"(
@CONSTANT = external hidden constant [COUNT x float], align 64
declare void @sluice_parallel(ptr, i64, ptr, ptr)

define internal void @kernel(ptr %call, i64 %begin, i64 %end) {
entry:
  %tensors = load ptr, ptr %call
  %xp = load ptr, ptr %tensors
  %yslot = getelementptr i8, ptr %tensors, i64 8
  %yp = load ptr, ptr %yslot
  %zslot = getelementptr i8, ptr %tensors, i64 16
  %zp = load ptr, ptr %zslot
  br label %loop
loop:
  %i = phi i64 [ %begin, %entry ], [ %next, %loop ]
  %xa = getelementptr float, ptr %xp, i64 %i
  %ya = getelementptr float, ptr %yp, i64 %i
  %za = getelementptr float, ptr %zp, i64 %i
  %ca = getelementptr float, ptr @CONSTANT, i64 %i
  %x = load float, ptr %xa, align 4
  %y = load float, ptr %ya, align 4
  %c = load float, ptr %ca, align 4
  %xy = fadd float %x, %y
  %z = fadd float %xy, %c
  store float %z, ptr %za, align 4
  %next = add nsw i64 %i, 1
  %more = icmp slt i64 %next, %end
  br i1 %more, label %loop, label %done
done:
  ret void
}

define hidden i32 @ENTRY(ptr %call) {
  %workspaceslot = getelementptr i8, ptr %call, i64 16
  %workspace = load ptr, ptr %workspaceslot
  store <16 x i32> zeroinitializer, ptr %workspace, align 64
  %threadsslot = getelementptr i8, ptr %call, i64 32
  %threads = load ptr, ptr %threadsslot
  call void @sluice_parallel(ptr %threads, i64 COUNT, ptr @kernel, ptr %call)
  ret i32 0
}
)";

static void replaceAll(std::string &text, llvm::StringRef from,
                       llvm::StringRef to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size())
    text.replace(at, from.size(), to);
}

KernelObject sluice::test::vectorKernel(const ModelInterface &model,
                                        int64_t count) {
  std::string text = kernelText;
  replaceAll(text, "CONSTANT", constantSymbol(model.name, 0));
  replaceAll(text, "ENTRY", entrySymbol(model.name, 0));
  replaceAll(text, "COUNT", std::to_string(count));
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module =
      llvm::parseAssemblyString(text, diagnostic, context);
  EXPECT_TRUE(module) << diagnostic.getMessage().str();
  const InterfaceLevel &level = model.levels[0];
  TargetSpec target{model.triple, level.cpu, level.features, level.name};
  auto bytes = emitObject(*module, target);
  EXPECT_TRUE(bool(bytes)) << llvm::toString(bytes.takeError());
  return {level.name, std::move(*bytes)};
}

std::vector<std::string>
sluice::test::writeVectorLibrary(llvm::StringRef name, int64_t count,
                                 const std::string &folder,
                                 llvm::StringRef cxxClass) {
  ModelInterface model = vectorModel(name, count);
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<float>(i));
  Constant constant{constantSymbol(name, 0),
                    {reinterpret_cast<const char *>(values.data()),
                     values.size() * sizeof(float)},
                    64};
  LibraryOptions options;
  options.output = folder + "/lib" + name.str() + ".a";
  options.cxxClass = cxxClass.str();
  std::vector<KernelObject> kernels;
  kernels.push_back(vectorKernel(model, count));
  auto paths = writeModelLibrary(model, kernels, constant, options);
  EXPECT_TRUE(bool(paths)) << llvm::toString(paths.takeError());
  return paths ? *paths : std::vector<std::string>();
}
