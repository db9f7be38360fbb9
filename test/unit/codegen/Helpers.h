//===- Helpers.h - A tiny model, and programs around it ---------*- C++ -*-===//

#ifndef SLUICE_TEST_UNIT_CODEGEN_HELPERS_H
#define SLUICE_TEST_UNIT_CODEGEN_HELPERS_H

#include "compiler/Codegen/Library.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace sluice::test {

/// A folder that is gone at the end of the test.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  std::string file(llvm::StringRef name) const;
  std::string write(llvm::StringRef name, llvm::StringRef text) const;
  std::string path;
};

std::string readFile(const std::string &path);

/// Runs a program; returns what it printed, with "exit N: " before it when N is
/// not 0.
std::string runProgram(std::vector<std::string> command);

std::vector<std::string> cCompilers();
std::vector<std::string> cxxCompilers();
/// A tool of LLVM, such as "llvm-nm".
std::string tool(llvm::StringRef name);

/// Inputs x and y, output z, all f32[count].
ModelInterface vectorModel(llvm::StringRef name, int64_t count,
                           llvm::StringRef cpu = "x86-64");

/// z = x + y + constant 0, in `count` chunks through sluice_parallel, and 64
/// bytes of workspace written.
KernelObject vectorKernel(const ModelInterface &model, int64_t count);

/// vectorModel and vectorKernel, the constant being 0, 1, 2, ...
std::vector<std::string> writeVectorLibrary(llvm::StringRef name, int64_t count,
                                            const std::string &folder,
                                            llvm::StringRef cxxClass = "");

} // namespace sluice::test

#endif // SLUICE_TEST_UNIT_CODEGEN_HELPERS_H
