//===- NodeContext.h - What the importer of one operator sees ---*- C++ -*-===//
//
// An operator's importer reads inputs and attributes through this class and
// sets its outputs. Every accessor reports what is wrong itself (with node,
// operator and attribute) and then returns a harmless value: after the first
// problem the importer may go on or return; outputs need not be set.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_NODECONTEXT_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_NODECONTEXT_H

#include "compiler/Import/TensorFlow/Reader/FlatGraph.h"
#include "compiler/Import/TensorFlow/StaticValue.h"
#include "dialects/Graph/GraphBuilder.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"

namespace sluice::tensorflow {

class NodeContext {
public:
  using Value = mlir::Value;

  /// Imports all nodes of a function at the builder's insertion point; the
  /// values of its results, null where they failed.
  using FunctionImporter =
      llvm::function_ref<llvm::Expected<llvm::SmallVector<Value>>(
          const FlatGraph &function, llvm::ArrayRef<Value> arguments)>;

  NodeContext(const FlatGraph &graph, uint32_t index,
              graph::GraphBuilder &builder, llvm::ArrayRef<Value> inputs,
              const KnownValues &known, FunctionImporter importer)
      : builder(builder), flatGraph(graph), nodeIndex(index), values(inputs),
        known(known), importer(importer) {}

  graph::GraphBuilder &builder;
  mlir::MLIRContext *context() const { return builder.context(); }
  const FlatGraph &graph() const { return flatGraph; }
  const Node &node() const { return flatGraph.node(nodeIndex); }
  uint32_t index() const { return nodeIndex; }
  llvm::StringRef op() const { return node().op(); }

  // Inputs (data inputs only).
  size_t numInputs() const { return values.size(); }
  /// Null after an error (too few inputs, or the producer failed).
  Value input(unsigned i);
  llvm::ArrayRef<Value> inputs() const { return values; }
  /// Reports unless there are exactly (at least) `count` inputs.
  bool expectInputs(unsigned count);
  bool expectAtLeast(unsigned count);
  /// The value of an input that must be known at compile time; `what` names
  /// it ("paddings"). nullopt after "unsupported: WHAT (input I) is computed
  /// at run time".
  std::optional<HostTensor> constant(unsigned i, llvm::StringRef what);
  /// The same for integers of rank 0 or 1.
  std::optional<llvm::SmallVector<int64_t>> constantInts(unsigned i,
                                                         llvm::StringRef what);
  std::optional<int64_t> constantInt(unsigned i, llvm::StringRef what);
  /// The same where the integers are sizes, which may be symbolic.
  std::optional<llvm::SmallVector<graph::Size>>
  constantSizes(unsigned i, llvm::StringRef what);
  /// The sizes that an integer tensor is known to hold, in row-major order.
  std::optional<llvm::SmallVector<graph::Size>> knownSizes(Value value);

  // Attributes: see FlatGraph. `absent` is the operator's default.
  int64_t intAttr(llvm::StringRef name, std::optional<int64_t> absent = {});
  float floatAttr(llvm::StringRef name, std::optional<float> absent = {});
  bool boolAttr(llvm::StringRef name, std::optional<bool> absent = {});
  std::string stringAttr(llvm::StringRef name,
                         std::optional<llvm::StringRef> absent = {});
  /// An element type; null after an error.
  mlir::Type typeAttr(llvm::StringRef name, std::optional<int> absent = {});
  llvm::SmallVector<int64_t>
  intsAttr(llvm::StringRef name,
           std::optional<llvm::ArrayRef<int64_t>> absent = {});
  std::vector<std::string>
  stringsAttr(llvm::StringRef name,
              std::optional<llvm::ArrayRef<llvm::StringRef>> absent = {});
  std::optional<HostTensor> tensorAttr(llvm::StringRef name);
  PartialShape shapeAttr(llvm::StringRef name);

  /// `axis` counted from the end when negative; nullopt after an error.
  std::optional<int64_t> axis(int64_t axis, int64_t rank,
                              llvm::StringRef what = "axis");

  // Functions of control flow.
  /// The function in an attribute, or in entry `index` of a list; null after
  /// an error, also when it does not take `parameters` and give `results`.
  std::unique_ptr<FlatGraph> function(llvm::StringRef attribute,
                                      unsigned parameters, unsigned results,
                                      std::optional<unsigned> index = {});
  /// Imports the function at the builder's insertion point. False after errors.
  bool call(const FlatGraph &function, llvm::ArrayRef<Value> arguments,
            llvm::SmallVectorImpl<Value> &results);
  /// The value of `value` if it is known while compiling.
  std::optional<HostTensor> knownValue(Value value);

  // Outputs. A null value means that an error was reported.
  void setOutput(unsigned i, Value value);
  void setOutput(Value value) { setOutput(0, value); }

  // Problems.
  /// The node is wrong.
  void error(const llvm::Twine &message, llvm::StringRef attribute = "",
             llvm::StringRef help = "");
  /// The node is right but cannot be compiled; collected over the graph.
  void unsupported(const llvm::Twine &reason, llvm::StringRef help = "");
  void report(llvm::Error error);
  bool failed() const { return hasFailed; }

  // For the importer frame.
  llvm::SmallVector<Value, 1> takeOutputs() { return std::move(outputs); }
  llvm::Error takeErrors() { return std::move(errors); }

private:
  template <typename T> T take(llvm::Expected<T> value, T onError) {
    if (value)
      return std::move(*value);
    report(value.takeError());
    return onError;
  }

  const FlatGraph &flatGraph;
  uint32_t nodeIndex;
  llvm::ArrayRef<Value> values;
  const KnownValues &known;
  FunctionImporter importer;
  llvm::SmallVector<Value, 1> outputs;
  llvm::Error errors = llvm::Error::success();
  bool hasFailed = false;
};

using NodeImporter = void (*)(NodeContext &);
using ImporterTable = llvm::StringMap<NodeImporter>;

// One per file in Ops/: adds the importers of a family.
void addElementwiseImporters(ImporterTable &table);
void addShapeImporters(ImporterTable &table);
void addConstantImporters(ImporterTable &table);
void addMovementImporters(ImporterTable &table);
void addSliceImporters(ImporterTable &table);
void addSpaceImporters(ImporterTable &table);
void addMatrixImporters(ImporterTable &table);
void addReductionImporters(ImporterTable &table);
void addWindowImporters(ImporterTable &table);
void addNormalizationImporters(ImporterTable &table);
void addContractionImporters(ImporterTable &table);
void addControlFlowImporters(ImporterTable &table);
void addListImporters(ImporterTable &table);

} // namespace sluice::tensorflow

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_NODECONTEXT_H
