//===- CompileOptions.h - Everything a compilation is told ------*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_COMPILEOPTIONS_H
#define SLUICE_COMPILER_DRIVER_COMPILEOPTIONS_H

#include "compiler/Import/TensorFlow/Importer.h"
#include "compiler/Import/TensorFlow/Reader/Reader.h"
#include "llvm/ADT/StringMap.h"
#include <memory>
#include <string>
#include <vector>

namespace sluice {

struct Tuning;

/// Plain data: no flag parser, no global.
struct CompileOptions {
  // What is compiled.
  std::string model; ///< path of a file or folder
  std::string name;  ///< of the library; empty: made from the path
  std::vector<std::string> tags = {"serve"};
  std::string signature; ///< empty: the default one
  std::vector<std::string> feeds, fetches;
  /// Shapes and kinds of inputs by name.
  llvm::StringMap<tensorflow::InputSpec> inputs;
  /// What an unknown size of an input is taken as; 0: it stays unknown.
  int64_t unknownSize = 0;

  tensorflow::ReadBudgets budgets;

  // What it is compiled for.
  std::string cpu, triple;
  /// No algorithm whose rounding differs from the operator's definition.
  bool strictAccuracy = false;
  /// What was measured; null: the compiler's own rules.
  std::shared_ptr<const Tuning> tuning;

  // What is written.
  std::string output;   ///< of the archive
  std::string cxxClass; ///< "ns::Name"

  // What is shown of the way.
  std::vector<std::string> printAfter; ///< arguments of passes
  std::string saveTemps;               ///< folder, empty: nothing is kept
  bool timing = false;
  bool remarks = false; ///< collect what optimisations leave undone, and why

  /// Forget values once no later stage reads them, those of the model's file
  /// too: for a compilation that ends in a library.
  bool releaseValues = false;

  /// Describe the launches, and call LaunchTrace around each: for load() only.
  bool traceLaunches = false;
};

/// `NAME=1x28x28x1:f32`: sizes with `?` or -1 for an unknown one, `NAME=` or
/// `NAME=scalar` for rank 0; the kind may be left out, and so may the sizes
/// (`NAME=:f32`).
llvm::Error parseInputFlag(llvm::StringRef flag, CompileOptions &options);

/// `NAME=N`, the limits of ReadBudgets by name: file-bytes, nodes,
/// inlined-nodes, call-depth, tensor-bytes.
llvm::Error parseLimitFlag(llvm::StringRef flag, CompileOptions &options);

/// Sets `options.tuning` to what a file of `sluice tune` says.
llvm::Error readTuningFile(llvm::StringRef path, CompileOptions &options);

/// A name for symbols and files: of `libNAME.a`, or of the model's path.
std::string modelNameOf(llvm::StringRef path);

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_COMPILEOPTIONS_H
