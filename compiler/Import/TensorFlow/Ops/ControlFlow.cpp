//===- ControlFlow.cpp - Importers of If, Case and While ------------------===//

#include "compiler/Import/TensorFlow/ListTypes.h"
#include "compiler/Import/TensorFlow/NodeContext.h"
#include "dialects/Graph/Builders/Elementwise.h"
#include "dialects/Graph/GraphLoopOps.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;
using graph::CompareDirection;

// A branch is a level of nesting.
static constexpr unsigned maxBranches = 32;

namespace {
/// Imports a branch at the insertion point; false after an error.
using Branch = llvm::function_ref<bool(SmallVectorImpl<Value> &)>;
} // namespace

static std::string typeText(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

// TensorFlow's truth: a number that is not 0, a tensor with elements.
static Value buildTruth(NodeContext &node, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getRank() > 0) {
    graph::Size count = graph::product(graph::getSizes(value));
    if (!count.isStatic()) {
      node.unsupported("whether a condition of type " + typeText(type) +
                       " has elements is known only at run time");
      return {};
    }
    HostTensor truth(ElementKind::Bool, {});
    truth.setInt(0, count.getStatic() != 0);
    return node.builder.constant(truth);
  }
  if (type.getElementType().isInteger(1))
    return value;
  if (isa<graph::StringType>(type.getElementType()))
    return graph::buildCompare(
        node.builder, CompareDirection::NE, value,
        node.builder.constant(HostTensor(ElementKind::String, {})));
  return graph::buildCompare(node.builder, CompareDirection::NE, value, 0.0);
}

//===----------------------------------------------------------------------===//
// Branches
//===----------------------------------------------------------------------===//

// Imports a branch into a region, up to its yield.
static bool fillBranch(NodeContext &node, Region &region, Branch branch,
                       SmallVectorImpl<Value> &results) {
  OpBuilder &builder = node.builder.builder;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(&region.emplaceBlock());
  if (!branch(results) || llvm::is_contained(results, Value()))
    return false;
  graph::YieldOp::create(builder, node.builder.loc, results);
  return true;
}

static bool buildIf(NodeContext &node, Value condition, Branch thenBranch,
                    Branch elseBranch, SmallVectorImpl<Value> &results) {
  if (std::optional<HostTensor> known = node.knownValue(condition))
    return known->getInt(0) ? thenBranch(results) : elseBranch(results);
  OpBuilder &builder = node.builder.builder;
  // The types of the results are known once both branches are.
  auto draft =
      graph::IfOp::create(builder, node.builder.loc, TypeRange(), condition);
  SmallVector<Value> fromThen, fromElse;
  bool filled = fillBranch(node, draft.getThenBody(), thenBranch, fromThen) &&
                fillBranch(node, draft.getElseBody(), elseBranch, fromElse);
  for (unsigned i = 0; filled && i < fromThen.size(); ++i)
    if (failed(unifyListTypes(fromThen[i], fromElse[i]))) {
      node.unsupported("result " + llvm::Twine(i) + " of one branch is " +
                       typeText(fromThen[i].getType()) + ", of the other " +
                       typeText(fromElse[i].getType()));
      filled = false;
    }
  if (!filled) {
    draft.erase();
    return false;
  }
  auto branches = graph::IfOp::create(
      builder, node.builder.loc, ValueRange(fromThen).getTypes(), condition);
  branches.getThenBody().takeBody(draft.getThenBody());
  branches.getElseBody().takeBody(draft.getElseBody());
  draft.erase();
  results.assign(branches.result_begin(), branches.result_end());
  return true;
}

static void setOutputs(NodeContext &node, ArrayRef<Value> results) {
  for (auto [i, result] : llvm::enumerate(results))
    node.setOutput(i, result);
}

// The number of outputs: of entries in the list of their types.
static std::optional<unsigned> countOutputs(NodeContext &node) {
  llvm::Expected<SmallVector<int>> types =
      node.graph().typesAttr(node.node(), "Tout");
  if (types)
    return types->size();
  node.report(types.takeError());
  return std::nullopt;
}

static void importIf(NodeContext &node) {
  if (!node.expectAtLeast(1))
    return;
  ArrayRef<Value> arguments = node.inputs().drop_front();
  std::optional<unsigned> outputs = countOutputs(node);
  if (!outputs)
    return;
  std::unique_ptr<FlatGraph> branches[] = {
      node.function("then_branch", arguments.size(), *outputs),
      node.function("else_branch", arguments.size(), *outputs)};
  if (!branches[0] || !branches[1])
    return;
  Value condition = buildTruth(node, node.input(0));
  if (!condition)
    return;
  SmallVector<Value> results;
  auto branch = [&](unsigned i) {
    return [&, i](SmallVectorImpl<Value> &values) {
      return node.call(*branches[i], arguments, values);
    };
  };
  if (buildIf(node, condition, branch(0), branch(1), results))
    setOutputs(node, results);
}

// Branch `k`, or one behind it, by the index.
static bool buildCase(NodeContext &node, unsigned k,
                      ArrayRef<std::unique_ptr<FlatGraph>> branches,
                      SmallVectorImpl<Value> &results) {
  auto here = [&](SmallVectorImpl<Value> &values) {
    return node.call(*branches[k], node.inputs().drop_front(), values);
  };
  if (k + 1 == branches.size())
    return here(results);
  auto behind = [&](SmallVectorImpl<Value> &values) {
    return buildCase(node, k + 1, branches, values);
  };
  Value isHere = graph::buildCompare(node.builder, CompareDirection::EQ,
                                     node.input(0), double(k));
  return isHere && buildIf(node, isHere, here, behind, results);
}

static void importCase(NodeContext &node) {
  if (!node.expectAtLeast(1))
    return;
  if (node.builder.rank(node.input(0)) != 0 ||
      !isa<IntegerType>(node.builder.elementType(node.input(0))))
    return node.error("the index of the branch must be an integer scalar, "
                      "found " +
                      typeText(node.input(0).getType()));
  std::optional<unsigned> outputs = countOutputs(node);
  llvm::Expected<unsigned> count =
      node.graph().functionCount(node.node(), "branches");
  if (!count)
    return node.report(count.takeError());
  if (!outputs)
    return;
  if (*count == 0)
    return node.error("lists no function", "branches");
  if (*count > maxBranches)
    return node.unsupported(llvm::Twine(*count) + " branches; the limit is " +
                            llvm::Twine(maxBranches));
  std::vector<std::unique_ptr<FlatGraph>> branches;
  for (unsigned k = 0; k < *count; ++k) {
    branches.push_back(
        node.function("branches", node.numInputs() - 1, *outputs, k));
    if (!branches.back())
      return;
  }
  SmallVector<Value> results;
  if (buildCase(node, 0, branches, results))
    setOutputs(node, results);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

namespace {
class LoopImporter {
public:
  explicit LoopImporter(NodeContext &node) : node(node) {}
  void run();

private:
  void findCarried();
  bool fill(Region &region, const FlatGraph &function,
            SmallVectorImpl<Value> &results);
  bool checkCarried(ArrayRef<Value> next);

  NodeContext &node;
  std::unique_ptr<FlatGraph> condition, body;
  /// Inputs that an iteration may change; the others are used where they are.
  SmallVector<unsigned> carried;
  graph::WhileOp loop;
};
} // namespace

void LoopImporter::findCarried() {
  for (unsigned i = 0; i < node.numInputs(); ++i)
    if (body->source(body->fetches()[i].port) != body->feeds()[i].port)
      carried.push_back(i);
}

// Imports a function into a region whose arguments are the carried values.
bool LoopImporter::fill(Region &region, const FlatGraph &function,
                        SmallVectorImpl<Value> &results) {
  OpBuilder &builder = node.builder.builder;
  Block &block = region.emplaceBlock();
  SmallVector<Value> arguments(node.inputs());
  for (unsigned i : carried)
    arguments[i] = block.addArgument(arguments[i].getType(), node.builder.loc);
  builder.setInsertionPointToEnd(&block);
  return node.call(function, arguments, results) &&
         !llvm::is_contained(results, Value());
}

bool LoopImporter::checkCarried(ArrayRef<Value> next) {
  for (auto [k, i] : llvm::enumerate(carried)) {
    Value now = loop.getBody().front().getArgument(k);
    if (succeeded(unifyListTypes(now, next[i])))
      continue;
    node.unsupported(
        "an iteration changes '" + body->feeds()[i].name + "' (input " +
            llvm::Twine(i) + ") from " + typeText(now.getType()) + " to " +
            typeText(next[i].getType()) + "; a loop must keep types and shapes",
        "");
    return false;
  }
  return true;
}

void LoopImporter::run() {
  unsigned count = node.numInputs();
  condition = node.function("cond", count, 1);
  body = node.function("body", count, count);
  if (!condition || !body)
    return;
  findCarried();
  OpBuilder &builder = node.builder.builder;
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Value> inits;
  for (unsigned i : carried)
    inits.push_back(node.inputs()[i]);
  loop = graph::WhileOp::create(builder, node.builder.loc,
                                ValueRange(inits).getTypes(), inits);
  SmallVector<Value> results;
  if (!fill(loop.getCondition(), *condition, results))
    return;
  Value holds = isa<RankedTensorType>(results.front().getType())
                    ? buildTruth(node, results.front())
                    : Value();
  if (!holds)
    return;
  graph::YieldOp::create(builder, node.builder.loc, holds);
  if (!fill(loop.getBody(), *body, results) || !checkCarried(results))
    return;
  SmallVector<Value> next;
  for (unsigned i : carried)
    next.push_back(results[i]);
  graph::YieldOp::create(builder, node.builder.loc, next);
  setOutputs(node, node.inputs());
  for (auto [k, i] : llvm::enumerate(carried))
    node.setOutput(i, loop.getResult(k));
}

static void importWhile(NodeContext &node) { LoopImporter(node).run(); }

// Stands for a value of the other branch; nothing that runs reads it.
static void importFakeParam(NodeContext &node) {
  if (!node.expectInputs(0))
    return;
  Type type = node.typeAttr("dtype");
  PartialShape shape = node.shapeAttr("shape");
  if (!type || node.failed())
    return;
  if (!shape || llvm::any_of(*shape, [](int64_t size) { return size < 0; }))
    return node.unsupported("a value of unknown shape that only another branch "
                            "computes");
  if (isa<graph::StringType>(type))
    return node.unsupported("a string that only another branch computes");
  node.setOutput(node.builder.full(graph::getSizes(*shape), type, 0));
}

void sluice::tensorflow::addControlFlowImporters(ImporterTable &table) {
  table["If"] = table["StatelessIf"] = importIf;
  table["Case"] = table["StatelessCase"] = importCase;
  table["While"] = table["StatelessWhile"] = importWhile;
  table["FakeParam"] = importFakeParam;
}
