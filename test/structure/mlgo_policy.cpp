//===- mlgo_policy.cpp - A compiled policy behind LLVM's model runner -----===//
//
// Usage: mlgo_policy POLICY.TXT, lines of "NAME=VALUE ... : DECISION".
//
//===----------------------------------------------------------------------===//

#include "policy.hpp"
#include "llvm/Analysis/ReleaseModeModelRunner.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/LLVMContext.h"
#include <cstdio>
#include <fstream>
#include <sstream>
#include <vector>

using Runner = llvm::ReleaseModeModelRunner<llvm::SluicePolicy>;

int main(int, char **argv) {
  std::ifstream file(argv[1]);
  std::string line;
  int calls = 0, wrong = 0;
  llvm::LLVMContext context;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::vector<llvm::TensorSpec> specs;
    std::vector<int64_t> values;
    std::string word;
    while (words >> word && word != ":") {
      size_t equals = word.find('=');
      specs.push_back(
          llvm::TensorSpec::createSpec<int64_t>(word.substr(0, equals), {1}));
      values.push_back(std::stoll(word.substr(equals + 1)));
    }
    // A feature of a newer compiler that this policy has never heard of.
    specs.push_back(llvm::TensorSpec::createSpec<int64_t>("not_there", {1}));
    values.push_back(1);
    long decision = -1;
    words >> decision;

    Runner runner(context, specs, "inlining_decision");
    for (size_t i = 0; i < values.size(); ++i)
      *runner.getTensor<int64_t>(i) = values[i];
    // Twice: arguments and results stay where they are.
    for (int repeat = 0; repeat < 2; ++repeat, ++calls)
      wrong += runner.evaluate<int64_t>() != decision;
  }
  std::printf("%d calls, %d wrong\n", calls, wrong);
  return calls == 80 && wrong == 0 ? 0 : 1;
}
