//===- Contraction.cpp - Importers of matrix products ---------------------===//

#include "dialects/Graph/Builders/Contraction.h"
#include "compiler/Import/TensorFlow/Ops/FusedOps.h"
#include "dialects/Graph/Builders/Elementwise.h"
#include "dialects/Graph/Builders/Normalization.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;
using namespace sluice::tensorflow;

// Whether the inputs from `first` on hold numbers.
static bool takesNumbers(NodeContext &node, ArrayRef<Value> inputs) {
  for (Value input : inputs) {
    if (!input)
      return false;
    Type element = GraphBuilder::elementType(input);
    if (isa<StringType>(element) || element.isInteger(1)) {
      node.unsupported("a product of " +
                       Twine(element.isInteger(1) ? "booleans" : "strings"));
      return false;
    }
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

// One product; `rank` is the operands' exact rank, or 0 for two at least.
static Value multiply(NodeContext &node, bool transposeLhs, bool transposeRhs,
                      int64_t rank) {
  Value lhs = node.input(0), rhs = node.input(1);
  if (!takesNumbers(node, {lhs, rhs}))
    return {};
  for (Value operand : {lhs, rhs})
    if (rank && GraphBuilder::rank(operand) != rank) {
      node.error("expected operands of rank " + Twine(rank) + ", found " +
                 Twine(GraphBuilder::rank(operand)));
      return {};
    }
  return buildMatMul(node.builder, lhs, rhs, transposeLhs, transposeRhs);
}

static void importMatMul(NodeContext &node) {
  if (node.expectInputs(2))
    node.setOutput(multiply(node, node.boolAttr("transpose_a", false),
                            node.boolAttr("transpose_b", false), 2));
}

static void importFusedMatMul(NodeContext &node) {
  if (!node.expectAtLeast(2))
    return;
  Value value = multiply(node, node.boolAttr("transpose_a", false),
                         node.boolAttr("transpose_b", false), 2);
  node.setOutput(applyFusedOps(node, value, /*channelsFirst=*/false));
}

// The conjugate for complex numbers: adjoint operands.
static Value conjugate(GraphBuilder &b, Value x, bool adjoint) {
  if (!adjoint || !isa<ComplexType>(GraphBuilder::elementType(x)))
    return x;
  return b.create<ConjOp>({x});
}

template <bool broadcasts, bool hasResultType>
static void importBatchMatMul(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  GraphBuilder &b = node.builder;
  bool adjointX = node.boolAttr("adj_x", false);
  bool adjointY = node.boolAttr("adj_y", false);
  Value x = node.input(0), y = node.input(1);
  if (!takesNumbers(node, {x, y}))
    return;
  if (hasResultType) {
    Type type = node.typeAttr("Tout");
    if (node.failed())
      return;
    x = buildCast(b, x, type);
    y = buildCast(b, y, type);
  }
  if (!x || !y)
    return node.setOutput(Value());
  if (!broadcasts) {
    // All dimensions but the last two are equal.
    SmallVector<Size> left = getSizes(x), right = getSizes(y);
    bool same = left.size() == right.size();
    for (size_t i = 0; same && i + 2 < left.size(); ++i)
      same = left[i] == right[i] || !left[i].isStatic() || !right[i].isStatic();
    if (!same)
      return node.error("batch dimensions differ between operands of types " +
                        Twine(left.size()) + " and " + Twine(right.size()) +
                        " dimensions");
  }
  node.setOutput(buildMatMul(b, conjugate(b, x, adjointX),
                             conjugate(b, y, adjointY), adjointX, adjointY));
}

//===----------------------------------------------------------------------===//
// Einsum
//===----------------------------------------------------------------------===//

// The labels of one operand's (or, with rank -1, the result's) subscript;
// an ellipsis stands for `ellipsis` dimensions. False after an error.
static bool readLabels(NodeContext &node, StringRef text, int64_t rank,
                       EinsumLabels &labels, int64_t &ellipsis) {
  int64_t letters = llvm::count_if(text, llvm::isAlpha);
  bool hasEllipsis = text.contains('.');
  if (rank >= 0) {
    ellipsis = hasEllipsis ? rank - letters : 0;
    if (ellipsis < 0 || (!hasEllipsis && letters != rank)) {
      node.error("subscript '" + text + "' does not fit an operand of rank " +
                     Twine(rank),
                 "equation");
      return false;
    }
  }
  bool seen = false;
  while (!text.empty()) {
    if (llvm::isAlpha(text.front())) {
      labels.push_back(text.front());
      text = text.drop_front();
    } else if (!seen && text.consume_front("...")) {
      seen = true;
      for (int64_t i = ellipsis - 1; i >= 0; --i)
        labels.push_back(einsumEllipsis + i);
    } else {
      node.error("unexpected '" + Twine(text.front()) + "' in a subscript",
                 "equation");
      return false;
    }
  }
  return true;
}

static void importEinsum(NodeContext &node) {
  std::string equation = node.stringAttr("equation");
  if (node.failed() || !takesNumbers(node, node.inputs()))
    return;
  llvm::erase_if(equation, [](char c) { return llvm::isSpace(c); });
  auto [left, right] = StringRef(equation).split("->");
  if (left.size() + right.size() + 2 != equation.size())
    return node.error("'" + equation + "' has no '->'", "equation");
  SmallVector<StringRef> subscripts;
  left.split(subscripts, ',');
  if (subscripts.size() != node.numInputs() || subscripts.size() > 2)
    return node.error("'" + equation + "' has " + Twine(subscripts.size()) +
                          " subscripts for " + Twine(node.numInputs()) +
                          " inputs, expected one or two of each",
                      "equation");
  SmallVector<EinsumLabels> labels(subscripts.size());
  int64_t most = 0;
  for (auto [i, subscript] : llvm::enumerate(subscripts)) {
    int64_t ellipsis = 0;
    if (!readLabels(node, subscript, GraphBuilder::rank(node.input(i)),
                    labels[i], ellipsis))
      return;
    most = std::max(most, ellipsis);
  }
  EinsumLabels result;
  if (!readLabels(node, right, -1, result, most))
    return;
  node.setOutput(buildEinsum(node.builder, node.inputs(), labels, result));
}

//===----------------------------------------------------------------------===//
// Bias, activations
//===----------------------------------------------------------------------===//

static void importBiasAdd(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  std::string format = node.stringAttr("data_format", "NHWC");
  Value x = node.input(0), bias = node.input(1);
  if (node.failed() || !takesNumbers(node, {x, bias}))
    return;
  bool channelsFirst = StringRef(format).starts_with("NC");
  int64_t rank = GraphBuilder::rank(x);
  node.setOutput(
      buildBiasAdd(node.builder, x, bias,
                   channelsFirst ? std::min<int64_t>(1, rank - 1) : rank - 1));
}

static void importPrelu(NodeContext &node) {
  if (node.expectInputs(2) && takesNumbers(node, node.inputs()))
    node.setOutput(buildPrelu(node.builder, node.input(0), node.input(1)));
}

Value tensorflow::applyFusedOps(NodeContext &node, Value value,
                                bool channelsFirst) {
  GraphBuilder &b = node.builder;
  std::vector<std::string> ops =
      node.stringsAttr("fused_ops", ArrayRef<StringRef>());
  unsigned next = 2;
  int64_t extra = static_cast<int64_t>(node.numInputs()) - next;
  if (int64_t count = node.intAttr("num_args", extra); count != extra) {
    node.error("is " + Twine(count) + ", but the node has " + Twine(extra) +
                   " inputs behind the first two",
               "num_args");
    return {};
  }
  for (StringRef op : ops) {
    if (!value || node.failed())
      return {};
    unsigned count = op == "FusedBatchNorm"                            ? 4
                     : op == "BiasAdd" || op == "Prelu" || op == "Add" ? 1
                                                                       : 0;
    if (!node.expectAtLeast(next + count))
      return {};
    SmallVector<Value> operands(node.inputs().slice(next, count));
    if (!takesNumbers(node, operands))
      return {};
    next += count;
    if (op == "BiasAdd") {
      value =
          buildBiasAdd(b, value, operands[0], GraphBuilder::rank(value) - 1);
    } else if (op == "FusedBatchNorm") {
      for (Value operand : operands)
        if (GraphBuilder::rank(operand) != 1) {
          node.error("expected batch norm parameters of rank 1, found rank " +
                     Twine(GraphBuilder::rank(operand)));
          return {};
        }
      value = buildBatchNorm(b, value, operands[0], operands[1], operands[2],
                             operands[3], node.floatAttr("epsilon", 0.0001f));
    } else if (op == "Prelu" || op == "Add") {
      if (channelsFirst) {
        node.unsupported("'" + op + "' fused to a channels-first operator");
        return {};
      }
      value = op == "Add" ? b.binary<AddOp>(value, operands[0])
                          : buildPrelu(b, value, operands[0]);
    } else if (op == "Relu") {
      value = buildRelu(b, value);
    } else if (op == "Relu6") {
      value = buildRelu6(b, value);
    } else if (op == "Elu") {
      value = buildElu(b, value);
    } else if (op == "LeakyRelu") {
      value = buildLeakyRelu(b, value, node.floatAttr("leakyrelu_alpha", 0.2f));
    } else if (op == "Sigmoid") {
      value = b.create<SigmoidOp>({value});
    } else if (op == "Tanh") {
      value = b.create<TanhOp>({value});
    } else {
      node.unsupported("fused operator '" + op + "'");
      return {};
    }
  }
  return value;
}

void sluice::tensorflow::addContractionImporters(ImporterTable &table) {
  table["MatMul"] = importMatMul;
  table["_FusedMatMul"] = importFusedMatMul;
  table["BatchMatMul"] = importBatchMatMul<false, false>;
  table["BatchMatMulV2"] = importBatchMatMul<true, false>;
  table["BatchMatMulV3"] = importBatchMatMul<true, true>;
  table["Einsum"] = importEinsum;
  table["BiasAdd"] = importBiasAdd;
  table["BiasAddV1"] = importBiasAdd;
  table["Prelu"] = importPrelu;
  addConvolutionImporters(table);
}
