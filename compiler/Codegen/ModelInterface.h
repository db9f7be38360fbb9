//===- ModelInterface.h - What a compiled model shows its users -*- C++ -*-===//
//
// A plain description of a model's entries, filled by the driver from the
// compiled IR. Header, descriptor, wrappers and metadata are generated from it
// alone.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_CODEGEN_MODELINTERFACE_H
#define SLUICE_COMPILER_CODEGEN_MODELINTERFACE_H

#include "dialects/Support/HostTensor.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// A symbolic dimension of an entry: one argument of every run.
struct InterfaceDim {
  std::string name; ///< as the user gave or the model has it; sanitised later
  int64_t min = 1;
  int64_t max = -1; ///< -1: no bound
};

struct InterfaceTensor {
  std::string name;   ///< name in the signature (or of the node), any bytes
  std::string source; ///< tensor in the graph, such as "serving_default_x:0"
  ElementKind kind = ElementKind::F32;
  std::vector<int64_t> shape; ///< -1: dynamic, see dimArgs
  /// Per axis the index into InterfaceEntry::dims, -1 where static. May stay
  /// empty when the whole shape is static.
  std::vector<int32_t> dimArgs;
  bool unused = false; ///< an input that no output depends on
};

struct InterfaceEntry {
  std::string name; ///< signature key, any bytes
  std::vector<InterfaceTensor> inputs;
  std::vector<InterfaceTensor> outputs;
  std::vector<InterfaceDim> dims;
  /// Bytes needed behind a 64-byte boundary: exact, or with every dim at its
  /// bound.
  int64_t workspaceBytes = 0;
  /// The kernels object also defines workspaceSymbol(...), of type
  /// int32_t(const int64_t *dims, int64_t *bytes).
  bool hasWorkspaceFunction = false;
  /// Characters of strings that a run makes need workspace beyond that.
  bool makesStrings = false;
};

/// A node that a failing run can name.
struct InterfaceNode {
  std::string name;
  std::string op;
};

/// One instruction-set level of the kernels, best first.
struct InterfaceLevel {
  std::string name;     ///< as given to --cpu, resolved: "x86-64-v3", "znver4"
  std::string cpu;      ///< LLVM's name of the CPU
  std::string features; ///< LLVM feature string: "+avx2,-amx-tile"
};

struct ModelInterface {
  std::string name;       ///< of the library: NAME of libNAME.a
  std::string source;     ///< file or folder name (no path) of the model
  std::string sourceKind; ///< "SavedModel", "GraphDef"
  std::string triple;     ///< target triple
  std::string tuning;     ///< hash of the tuning that was used, or empty
  std::vector<InterfaceEntry> entries;
  std::vector<InterfaceLevel> levels;
  std::vector<InterfaceNode> nodes;     ///< indexed by sluice_error.node
  std::vector<std::string> messages;    ///< indexed by sluice_error.message
  std::vector<std::string> relaxations; ///< arithmetic flags in force
  uint32_t relaxBits = 0;               ///< the same as bits
};

/// Symbols that compiled code defines or refers to. `model` is
/// ModelInterface::name; the level is part of the symbol only where there are
/// several. All are hidden in the final archive.
std::string entrySymbol(llvm::StringRef model, unsigned entry,
                        llvm::StringRef level = "");
/// Of the level `level` of the model.
std::string entrySymbol(const ModelInterface &model, unsigned entry,
                        size_t level);
std::string workspaceSymbol(llvm::StringRef model, unsigned entry);
std::string constantSymbol(llvm::StringRef model, unsigned index);

/// Bytes of a tensor, nullopt when dynamic or not representable.
std::optional<int64_t> tensorBytes(const InterfaceTensor &tensor);

/// The driver's guard: shapes, dims and names are consistent and every size
/// fits.
llvm::Error checkInterface(const ModelInterface &model);

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_MODELINTERFACE_H
