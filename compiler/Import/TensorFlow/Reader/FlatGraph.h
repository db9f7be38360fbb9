//===- FlatGraph.h - A TensorFlow graph ready for import --------*- C++ -*-===//
//
// What the reader makes of a GraphDef or SavedModel: the nodes that the wanted
// fetches need, functions inlined, every input resolved to a (node, port),
// in topological order. No protobuf type is needed to use it.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_FLATGRAPH_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_FLATGRAPH_H

#include "dialects/Support/HostTensor.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {
namespace tf { // the generated protobuf classes
class AttrValue;
class NodeDef;
class TensorProto;
} // namespace tf

namespace tensorflow {

/// tensorflow.DataType. Other numbers can occur in a file.
enum DataType : int {
  DT_INVALID = 0,
  DT_FLOAT = 1,
  DT_DOUBLE = 2,
  DT_INT32 = 3,
  DT_UINT8 = 4,
  DT_INT16 = 5,
  DT_INT8 = 6,
  DT_STRING = 7,
  DT_COMPLEX64 = 8,
  DT_INT64 = 9,
  DT_BOOL = 10,
  DT_QINT8 = 11,
  DT_QUINT8 = 12,
  DT_QINT32 = 13,
  DT_BFLOAT16 = 14,
  DT_QINT16 = 15,
  DT_QUINT16 = 16,
  DT_UINT16 = 17,
  DT_COMPLEX128 = 18,
  DT_HALF = 19,
  DT_RESOURCE = 20,
  DT_VARIANT = 21,
  DT_UINT32 = 22,
  DT_UINT64 = 23,
  DT_FLOAT8_E5M2 = 24,
  DT_FLOAT8_E4M3FN = 25,
  DT_INT4 = 29,
  DT_UINT4 = 30,
  DT_INT2 = 31,
  DT_UINT2 = 32,
  DT_REF_BASE = 100 ///< DT_FLOAT + DT_REF_BASE: a reference to a float variable
};

/// "DT_FLOAT", "DT_FLOAT_REF", or "DT_999 (unknown)".
std::string dataTypeName(int type);
/// The element kind of a plain or quantised number type, of bool and string;
/// nullopt for float8, int4, int2, resource, variant, references and unknown
/// numbers.
std::optional<ElementKind> elementKindOf(int type);

/// Sizes with -1 for an unknown one; no value: the rank is unknown.
using PartialShape = std::optional<llvm::SmallVector<int64_t>>;

/// Output `index` of node `node`.
struct Port {
  uint32_t node = 0;
  uint32_t index = 0;
  bool operator==(const Port &other) const {
    return node == other.node && index == other.index;
  }
  bool operator!=(const Port &other) const { return !(*this == other); }
  bool operator<(const Port &other) const {
    return node != other.node ? node < other.node : index < other.index;
  }
};

/// A read-only view of an attribute value. Every accessor gives nullopt when
/// the attribute is of another kind, so a wrong kind is never misread. A list
/// without elements has every element kind.
class Attr {
public:
  explicit Attr(const tf::AttrValue *value = nullptr) : value(value) {}
  explicit operator bool() const { return value != nullptr; }

  /// "a string", "a list of ints", "nothing", ... for messages.
  std::string kindName() const;

  std::optional<llvm::StringRef> string() const;
  std::optional<int64_t> integer() const;
  std::optional<float> real() const;
  std::optional<bool> boolean() const;
  std::optional<int> type() const;
  /// A shape attribute; the inner optional is "rank known".
  std::optional<PartialShape> shape() const;
  /// A tensor attribute, to be decoded by FlatGraph::decode.
  const tf::TensorProto *tensor() const;
  /// The name of a function attribute.
  std::optional<llvm::StringRef> function() const;

  std::optional<std::vector<llvm::StringRef>> strings() const;
  std::optional<llvm::SmallVector<int64_t>> integers() const;
  std::optional<llvm::SmallVector<float>> reals() const;
  std::optional<llvm::SmallVector<bool>> booleans() const;
  std::optional<llvm::SmallVector<int>> types() const;
  std::optional<std::vector<PartialShape>> shapes() const;

private:
  const tf::AttrValue *value;
};

/// One node of the flat graph.
struct Node {
  std::string name; ///< inlined nodes: "call_node/inner_node"
  /// The node in the file (or a copy with `$T` filled in); lives as long as
  /// the FlatGraph.
  const tf::NodeDef *def = nullptr;
  llvm::SmallVector<Port, 2> inputs;       ///< data inputs, in order
  llvm::SmallVector<uint32_t, 0> controls; ///< control inputs
  /// A feed replaces at least one output. When it replaces all that are used,
  /// `inputs` and `controls` are empty and the operator need not be supported.
  bool fed = false;
  bool cut = false; ///< fed, and no output is computed

  llvm::StringRef op() const;
  /// A false Attr when the node does not carry it (fill in the default).
  Attr attr(llvm::StringRef attrName) const;
  /// Names of all attributes that do not start with '_', in file order.
  std::vector<llvm::StringRef> attrNames() const;
};

/// An input or output of a signature, or a feed or fetch given by name.
struct SignatureTensor {
  std::string name;       ///< the name in the signature; "x:0" without one
  std::string tensorName; ///< the name in the graph, "x:0"
  Port port;              ///< filled in for the chosen feeds and fetches
  int dtype = DT_INVALID; ///< DT_INVALID when the file does not say
  PartialShape shape;
};

struct Signature {
  std::string key;
  std::string method;                   ///< "tensorflow/serving/predict", ...
  std::vector<SignatureTensor> inputs;  ///< sorted by name
  std::vector<SignatureTensor> outputs; ///< sorted by name
};

/// A node that changes a variable, reachable from the fetches.
struct VariableWrite {
  uint32_t node;
  uint32_t variable; ///< the VarHandleOp, VariableV2 or Variable
};

class ModelData; // the parsed file, the bundle, the decode budget

class FlatGraph {
public:
  explicit FlatGraph(std::shared_ptr<ModelData> data);
  ~FlatGraph();

  /// The path as the user gave it; the file of every diagnostic.
  llvm::StringRef sourceFile() const;
  /// GraphDef.versions.producer; 0 when absent.
  int producer() const;

  /// Topological order: inputs and controls come before their users, except
  /// that a Merge may come before the NextIteration that feeds it.
  llvm::ArrayRef<Node> nodes() const { return nodeList; }
  const Node &node(uint32_t index) const { return nodeList[index]; }
  /// A node by its flat name.
  std::optional<uint32_t> find(llvm::StringRef name) const;

  /// In the order of the signature (sorted) or as the caller gave them.
  /// A port may be fed at most once. Feeds that no fetch needs are kept.
  llvm::ArrayRef<SignatureTensor> feeds() const { return feedList; }
  llvm::ArrayRef<SignatureTensor> fetches() const { return fetchList; }
  /// Index into feeds() of the feed of `port`.
  std::optional<unsigned> feedOf(Port port) const;
  /// Nodes that must run for their effect although no fetch needs a value of
  /// theirs (side effects of a called function, targets).
  llvm::ArrayRef<uint32_t> effects() const { return effectList; }

  /// All signatures of a SavedModel, sorted by key. Their ports are not
  /// resolved. Empty for a GraphDef.
  llvm::ArrayRef<Signature> signatures() const;
  /// The key of the signature that was chosen; empty when none was.
  llvm::StringRef signatureKey() const { return chosenSignature; }

  /// Things worth telling the user (unknown fields, ignored parts).
  llvm::ArrayRef<std::string> warnings() const;

  /// Writes to variables. While state is not supported, checkState() turns
  /// them into one error per write naming both nodes.
  llvm::ArrayRef<VariableWrite> variableWrites() const { return writeList; }
  llvm::Error checkState() const;

  /// True for VarHandleOp, VariableV2, Variable and their like.
  bool isVariable(uint32_t node) const;
  /// The value of the variable that node `node` stands for, from the
  /// checkpoint or from a constant initialiser. Errors: no value, or a
  /// checkpoint entry that is broken or of another type or shape.
  llvm::Expected<HostTensor> variableValue(uint32_t node) const;

  /// Decodes a tensor attribute (`attrName` of `node`): every encoding,
  /// sizes checked, within the byte budget.
  llvm::Expected<HostTensor> decode(const Node &node,
                                    llvm::StringRef attrName) const;

  /// The function that an attribute of `node` names (entry `index` of a list
  /// of functions), as a graph of its own: feeds() are its parameters, which
  /// nodes of operator "_Arg" stand for, fetches() its results. Its nodes'
  /// names begin with the node's and the attribute's.
  llvm::Expected<std::unique_ptr<FlatGraph>>
  function(const Node &node, llvm::StringRef attribute,
           std::optional<unsigned> index = {}) const;
  /// How many functions the attribute lists.
  llvm::Expected<unsigned> functionCount(const Node &node,
                                         llvm::StringRef attribute) const;
  /// Where the value of `port` comes from, behind nodes that only hand it on.
  Port source(Port port) const;

  /// Frees the tensors of the file once they are imported. From then on
  /// `decode` and `variableValue` are errors.
  void releaseValues();

  /// An error at `node`; with `attribute` the message reads on from
  /// "attribute 'x' ".
  llvm::Error error(const Node &node, const llvm::Twine &message,
                    llvm::StringRef attribute = "",
                    llvm::StringRef help = "") const;

  // Attributes of an expected kind. Absent: `absent`, or an error when it has
  // no value. Of another kind: an error that says which.
  llvm::Expected<int64_t> intAttr(const Node &node, llvm::StringRef name,
                                  std::optional<int64_t> absent = {}) const;
  llvm::Expected<float> floatAttr(const Node &node, llvm::StringRef name,
                                  std::optional<float> absent = {}) const;
  llvm::Expected<bool> boolAttr(const Node &node, llvm::StringRef name,
                                std::optional<bool> absent = {}) const;
  llvm::Expected<std::string>
  stringAttr(const Node &node, llvm::StringRef name,
             std::optional<llvm::StringRef> absent = {}) const;
  llvm::Expected<int> typeAttr(const Node &node, llvm::StringRef name,
                               std::optional<int> absent = {}) const;
  /// Unknown rank when absent.
  llvm::Expected<PartialShape> shapeAttr(const Node &node,
                                         llvm::StringRef name) const;
  llvm::Expected<llvm::SmallVector<int64_t>>
  intsAttr(const Node &node, llvm::StringRef name,
           std::optional<llvm::ArrayRef<int64_t>> absent = {}) const;
  llvm::Expected<llvm::SmallVector<int>>
  typesAttr(const Node &node, llvm::StringRef name,
            std::optional<llvm::ArrayRef<int>> absent = {}) const;
  llvm::Expected<std::vector<std::string>>
  stringsAttr(const Node &node, llvm::StringRef name,
              std::optional<llvm::ArrayRef<llvm::StringRef>> absent = {}) const;

private:
  friend class Flattener;

  std::shared_ptr<ModelData> data;
  std::vector<Node> nodeList;
  llvm::DenseMap<llvm::StringRef, uint32_t> nodeByName; ///< into nodeList
  std::vector<SignatureTensor> feedList, fetchList;
  llvm::DenseMap<uint64_t, unsigned> feedByPort; ///< node << 32 | port
  std::vector<uint32_t> effectList;
  std::vector<VariableWrite> writeList;
  std::string chosenSignature;
  unsigned depth = 0; ///< functions of control flow around it
  bool released = false;

  FlatGraph(const FlatGraph &) = delete;
  FlatGraph &operator=(const FlatGraph &) = delete;
};

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_FLATGRAPH_H
