//===- LevelsTest.cpp - Several levels in one archive ---------------------===//

#include "compiler/Codegen/Levels.h"
#include "Helpers.h"
#include "compiler/Codegen/InterfaceModule.h"
#include "sluice/abi.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include <gtest/gtest.h>

using namespace sluice;
using namespace sluice::test;

namespace {

std::vector<std::string> namesOf(llvm::StringRef flag,
                                 llvm::StringRef triple = "x86_64-linux-gnu") {
  std::vector<std::string> names;
  for (const TargetSpec &target : llvm::cantFail(parseLevels(flag, triple)))
    names.push_back(levelName(target));
  return names;
}

using Names = std::vector<std::string>;

TEST(Levels, bestFirst) {
  Names all = {"x86-64-v4", "x86-64-v3", "x86-64-v2", "x86-64"};
  EXPECT_EQ(namesOf("x86-64,x86-64-v2,x86-64-v3,x86-64-v4"), all);
  EXPECT_EQ(namesOf("x86-64-v4,x86-64-v2,x86-64,x86-64-v3"), all);
  EXPECT_EQ(namesOf("x86-64-v4,znver4"), (Names{"znver4", "x86-64-v4"}));
  // 512 bits before 256, whatever else there is.
  EXPECT_EQ(namesOf("bdver4,x86-64-v4"), (Names{"x86-64-v4", "bdver4"}));
  EXPECT_EQ(namesOf("generic,neoverse-n1", "aarch64-linux-gnu"),
            (Names{"neoverse-n1", "generic"}));
  EXPECT_EQ(namesOf(""), Names{"x86-64-v3"});
}

// A machine takes the first level that it has all of: whatever a level needs
// more than another stands before it.
TEST(Levels, noneHidesAnother) {
  auto levels = llvm::cantFail(parseLevels(
      "x86-64,core2,nehalem,westmere,sandybridge,haswell,skylake,cascadelake,"
      "icelake-server,sapphirerapids,znver2,znver5,bdver2",
      "x86_64-linux-gnu"));
  for (size_t i = 0; i < levels.size(); ++i)
    for (size_t j = i + 1; j < levels.size(); ++j) {
      std::vector<std::string> first = levels[i].instructionSets();
      std::vector<std::string> second = levels[j].instructionSets();
      EXPECT_FALSE(std::includes(second.begin(), second.end(), first.begin(),
                                 first.end()))
          << levels[i].name << " before " << levels[j].name;
    }
}

TEST(Levels, nativeHasTheNameOfItsCpu) {
  Names names = namesOf("native", "");
  EXPECT_NE(names, Names{"native"});
}

TEST(Levels, badListsAreRefused) {
  for (auto [flag, text] :
       {std::pair("x86-64-v3,x86-64-v3", "'x86-64-v3' is given twice"),
        std::pair("x86-64-v3,", "empty name"),
        std::pair(",x86-64-v3", "empty name"), std::pair(",", "empty name"),
        std::pair("x86-64-v3,pentium9", "unknown CPU 'pentium9'"),
        std::pair("x86-64-v3,neoverse-n1", "unknown CPU 'neoverse-n1'"),
        std::pair("skylake-avx512,skx", "same instruction sets"),
        std::pair("x86-64-v3, x86-64-v4", "unknown CPU ' x86-64-v4'")}) {
    auto levels = parseLevels(flag, "x86_64-linux-gnu");
    ASSERT_FALSE(bool(levels)) << flag;
    std::string message = llvm::toString(levels.takeError());
    EXPECT_NE(message.find(text), std::string::npos) << message;
  }
}

// The table that the runtime reads: one function and one list of bits per
// level, names and bits in the same order.
TEST(Levels, theDescriptorHasATableOfThem) {
  ModelInterface model = vectorModel("vectors", 4);
  model.levels.clear();
  for (const TargetSpec &target :
       llvm::cantFail(parseLevels("x86-64-v2,x86-64-v4", "x86_64-linux-gnu"))) {
    model.levels.push_back({levelName(target), target.cpu, target.features});
    CpuRequirements needs = llvm::cantFail(cpuRequirements(target));
    EXPECT_EQ(needs.names.size(), needs.bits.size());
  }
  llvm::LLVMContext context;
  auto module =
      llvm::cantFail(buildInterfaceModule(context, model, 0, ContentHash()));
  for (const char *symbol : {"sluice_vectors_x86_64_v4_entry_0",
                             "sluice_vectors_x86_64_v2_entry_0"}) {
    llvm::Function *function = module->getFunction(symbol);
    ASSERT_TRUE(function) << symbol;
    EXPECT_TRUE(function->hasHiddenVisibility());
  }
  EXPECT_FALSE(module->getFunction("sluice_vectors_entry_0"));
}

} // namespace
