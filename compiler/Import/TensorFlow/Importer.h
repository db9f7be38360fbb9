//===- Importer.h - From a flat graph to the graph dialect ------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_IMPORTER_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_IMPORTER_H

#include "compiler/Import/TensorFlow/Reader/FlatGraph.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringMap.h"

namespace sluice::tensorflow {

/// Shape (-1: unknown) and element kind of a feed, as the user gave them.
struct InputSpec {
  llvm::SmallVector<int64_t> shape;
  std::optional<ElementKind> kind; ///< nullopt: what the file says
  /// The value it will have, where that is known: it then serves shapes, axes
  /// and other operands that must be known when compiling. The result is right
  /// for this value only.
  std::optional<HostTensor> value;
};

struct ImportOptions {
  /// By feed name ("images", "x", "x:0"). An entry overrides the file's shape
  /// where the file leaves it open; a contradiction is an error.
  llvm::StringMap<InputSpec> inputs;
  /// Name of the function that is made.
  std::string function = "main";
};

/// A module with one function: an argument per feed, a result per fetch, each
/// with the attributes `graph.name` (signature name) and `graph.source`
/// (tensor name). Every operator's location is its node's name, fused with
/// the source operator's name. Fails with all unsupported nodes at once, each
/// a ModelError whose message starts with "unsupported".
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importGraph(mlir::MLIRContext &context, const FlatGraph &graph,
            const ImportOptions &options = {});

/// Names of all operators that have an importer, sorted.
std::vector<llvm::StringRef> supportedOperators();

} // namespace sluice::tensorflow

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_IMPORTER_H
