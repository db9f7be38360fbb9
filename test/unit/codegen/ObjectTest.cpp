//===- ObjectTest.cpp - Targets, weights, files ---------------------------===//

#include "Helpers.h"
#include "compiler/Codegen/ObjectEmitter.h"
#include "compiler/Codegen/OutputFiles.h"
#include "compiler/Codegen/WeightsObject.h"
#include "sluice/abi.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Target/TargetMachine.h"
#include <gtest/gtest.h>

using namespace sluice;
using namespace sluice::test;

namespace {

TEST(Target, levelsGrow) {
  size_t last = 0;
  for (const char *cpu : {"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"}) {
    TargetSpec target = llvm::cantFail(parseTarget(cpu, "x86_64-linux-gnu"));
    EXPECT_EQ(target.cpu, cpu);
    size_t count = target.instructionSets().size();
    EXPECT_GE(count, last);
    last = count;
  }
  TargetSpec v3 = llvm::cantFail(parseTarget("", "x86_64-linux-gnu"));
  EXPECT_EQ(v3.cpu, "x86-64-v3");
  EXPECT_TRUE(v3.has("avx2") && v3.has("fma") && !v3.has("avx512f"));
  TargetSpec zen4 = llvm::cantFail(parseTarget("znver4", "amd64-linux-gnu"));
  EXPECT_TRUE(zen4.isX86() && zen4.has("avx512bf16"));
}

TEST(Target, requirementsAreWhatTheRuntimeLooksAt) {
  TargetSpec v3 = llvm::cantFail(parseTarget("x86-64-v3", "x86_64-linux-gnu"));
  CpuRequirements needs = llvm::cantFail(cpuRequirements(v3));
  EXPECT_EQ(needs.osState, 6u);
  bool avx2 = false;
  for (const CpuBits &bits : needs.bits)
    avx2 |= bits.leaf == 7 && (bits.mask[1] & (1u << 5));
  EXPECT_TRUE(avx2);
  TargetSpec base = llvm::cantFail(parseTarget("x86-64", "x86_64-linux-gnu"));
  EXPECT_TRUE(llvm::cantFail(cpuRequirements(base)).bits.empty());
}

TEST(Target, everyX86CpuIsCheckable) {
  // What a CPU implies is either checked, harmless or switched off.
  for (const char *cpu : {"sapphirerapids", "diamondrapids", "znver5",
                          "novalake", "bdver4", "knl", "nocona"}) {
    TargetSpec target = llvm::cantFail(parseTarget(cpu, "x86_64-linux-gnu"));
    EXPECT_FALSE(target.has("amx-tile"));
    EXPECT_TRUE(bool(createTargetMachine(target))) << cpu;
  }
}

TEST(Target, nativeSuitsThisMachine) {
  auto target = parseTarget("native", "");
  ASSERT_TRUE(bool(target));
  EXPECT_EQ(target->name, "native");
  EXPECT_NE(target->cpu, "native");
  // The check compiled in must accept the machine it was made on.
  CpuRequirements needs = llvm::cantFail(cpuRequirements(*target));
  std::vector<sluice_cpu_bits> bits;
  for (const CpuBits &leaf : needs.bits)
    bits.push_back({leaf.leaf,
                    leaf.subleaf,
                    {leaf.mask[0], leaf.mask[1], leaf.mask[2], leaf.mask[3]}});
  sluice_level level = {"native",    "",
                        bits.data(), static_cast<int32_t>(bits.size()),
                        0,           needs.osState};
  EXPECT_TRUE(sluice_cpu_supports(&level));
}

TEST(Target, unknownNamesAreRefused) {
  for (auto [cpu, triple] :
       {std::pair("pentium9", ""), std::pair("generic", "x86_64-linux-gnu"),
        std::pair("", "riscv64-linux-gnu"), std::pair("", "x86_64-windows"),
        std::pair("", "nonsense"), std::pair("", "x86_64-linux-gnux32"),
        std::pair("znver4", "aarch64-linux-gnu")}) {
    auto target = parseTarget(cpu, triple);
    EXPECT_FALSE(bool(target)) << cpu << " " << triple;
    if (!target)
      EXPECT_NE(llvm::toString(target.takeError()).find("expected"),
                std::string::npos);
  }
}

std::unique_ptr<llvm::Module> someModule(llvm::LLVMContext &context) {
  auto module = std::make_unique<llvm::Module>("m", context);
  auto *type = llvm::FunctionType::get(llvm::Type::getInt32Ty(context), false);
  auto *function = llvm::Function::Create(
      type, llvm::GlobalValue::ExternalLinkage, "f", *module);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "", function));
  builder.CreateRet(builder.getInt32(7));
  return module;
}

TEST(Emitter, bothArchitectures) {
  for (auto [triple, arch] :
       {std::pair("x86_64-linux-gnu", llvm::Triple::x86_64),
        std::pair("aarch64-linux-gnu", llvm::Triple::aarch64)}) {
    TargetSpec target = llvm::cantFail(parseTarget("", triple));
    llvm::LLVMContext context;
    auto bytes = emitObject(*someModule(context), target);
    ASSERT_TRUE(bool(bytes));
    auto object =
        llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(
            llvm::StringRef(bytes->data(), bytes->size()), ""));
    ASSERT_TRUE(bool(object));
    EXPECT_EQ((*object)->getArch(), arch);
    auto again = emitObject(*someModule(context), target);
    EXPECT_EQ(*bytes, *again);
    EmitOptions text;
    text.assembly = true;
    auto assembly = emitObject(*someModule(context), target, text);
    ASSERT_TRUE(bool(assembly));
    EXPECT_NE(llvm::StringRef(assembly->data(), assembly->size()).find("f:"),
              llvm::StringRef::npos);
  }
}

TEST(Emitter, refusesInvalidIr) {
  llvm::LLVMContext context;
  auto module = someModule(context);
  llvm::BasicBlock::Create(context, "open", &*module->begin());
  auto bytes = emitObject(*module, llvm::cantFail(parseTarget("", "")));
  ASSERT_FALSE(bool(bytes));
  EXPECT_NE(llvm::toString(bytes.takeError()).find("invalid LLVM IR"),
            std::string::npos);
}

TEST(Weights, lieAlignedInReadOnlyData) {
  std::string a = "abc", b(1000, 'b');
  std::vector<Constant> constants = {{"wa", {a.data(), a.size()}, 1},
                                     {"wb", {b.data(), b.size()}, 4096},
                                     {"wc", {}, 64}};
  for (const char *triple :
       {"x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"}) {
    auto bytes = buildWeightsObject(constants, triple);
    ASSERT_TRUE(bool(bytes));
    auto object = llvm::cantFail(
        llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(
            llvm::StringRef(bytes->data(), bytes->size()), "")));
    unsigned found = 0;
    for (const llvm::object::SymbolRef &symbol : object->symbols()) {
      llvm::StringRef name = llvm::cantFail(symbol.getName());
      auto section = llvm::cantFail(symbol.getSection());
      uint64_t address = llvm::cantFail(symbol.getAddress());
      llvm::StringRef data = llvm::cantFail(section->getContents());
      EXPECT_EQ(llvm::cantFail(section->getName()), ".rodata");
      EXPECT_EQ(address % 64, 0u);
      EXPECT_EQ(llvm::object::ELFSymbolRef(symbol).getOther() & 3,
                llvm::ELF::STV_HIDDEN);
      if (name == "wa")
        EXPECT_TRUE(data.substr(address).starts_with("abc"));
      if (name == "wb") {
        EXPECT_EQ(address % 4096, 0u);
        EXPECT_TRUE(data.substr(address).starts_with(b));
      }
      EXPECT_GE(data.size(), address + weightsSlack);
      ++found;
    }
    EXPECT_EQ(found, 3u);
    EXPECT_EQ(bytes->size() % 8, 0u);
  }
}

TEST(Weights, refusesNonsense) {
  std::vector<Constant> twice = {{"w", {}, 64}, {"w", {}, 64}};
  std::vector<Constant> odd = {{"w", {}, 96}};
  for (auto *constants : {&twice, &odd}) {
    auto bytes = buildWeightsObject(*constants, "x86_64-linux-gnu");
    EXPECT_FALSE(bool(bytes));
    llvm::consumeError(bytes.takeError());
  }
}

TEST(OutputFiles, replaceOrKeep) {
  TemporaryFolder folder;
  std::string path = folder.write("a %d file", "old");
  std::string other = folder.file("other");
  EXPECT_FALSE(bool(writeFiles({{path, "new"}, {other, "text"}})));
  EXPECT_EQ(readFile(path), "new");
  // The second cannot be written: the first keeps its text.
  llvm::Error error =
      writeFiles({{path, "newer"}, {folder.file("no/such/folder"), "x"}});
  ASSERT_TRUE(bool(error));
  EXPECT_NE(llvm::toString(std::move(error)).find("no/such/folder"),
            std::string::npos);
  EXPECT_EQ(readFile(path), "new");
  std::error_code code;
  int files = 0;
  for (llvm::sys::fs::directory_iterator it(folder.path, code), end; it != end;
       it.increment(code))
    ++files;
  EXPECT_EQ(files, 2) << "a temporary file stayed behind";
}

TEST(OutputFiles, writersWriteOrLeaveWhatWas) {
  TemporaryFolder folder;
  std::string path = folder.write("file", "old");
  auto fail = [](llvm::raw_ostream &stream) {
    stream << "half";
    return llvm::createStringError("no more");
  };
  llvm::Error error = writeFiles({{path, "", fail}});
  ASSERT_TRUE(bool(error));
  EXPECT_EQ(llvm::toString(std::move(error)), "no more");
  EXPECT_EQ(readFile(path), "old");
  auto succeed = [](llvm::raw_ostream &stream) {
    stream << "new";
    return llvm::Error::success();
  };
  EXPECT_FALSE(bool(writeFiles({{path, "", succeed}})));
  EXPECT_EQ(readFile(path), "new");
  error = writeFiles({{"/dev/full", "", succeed}});
  ASSERT_TRUE(bool(error));
  EXPECT_EQ(llvm::toString(std::move(error)),
            "cannot write '/dev/full': No space left on device");
}

TEST(OutputFiles, devicesAreWrittenNotReplaced) {
  EXPECT_FALSE(bool(writeFiles({{"/dev/null", "x"}})));
  llvm::sys::fs::file_status status;
  ASSERT_FALSE(llvm::sys::fs::status("/dev/null", status));
  EXPECT_EQ(status.type(), llvm::sys::fs::file_type::character_file);
  llvm::Error error = writeFiles({{"/dev/full", "x"}});
  ASSERT_TRUE(bool(error));
  EXPECT_EQ(llvm::toString(std::move(error)),
            "cannot write '/dev/full': No space left on device");
}

} // namespace
