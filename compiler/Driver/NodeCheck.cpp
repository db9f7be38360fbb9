//===- NodeCheck.cpp - Compiled code against the evaluator ----------------===//

#include "compiler/Driver/NodeCheck.h"
#include "compiler/Driver/Compilation.h"
#include "compiler/Driver/Diagnostics.h"
#include "compiler/Driver/Feeds.h"
#include "compiler/Driver/Interpreter.h"
#include "compiler/Support/ModelError.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sluice;

// With every value an output nothing is freed: both sides hold all of them.
static constexpr int64_t maxNodeBytes = int64_t(1) << 31;

static Tolerance toleranceOf(ElementKind kind, Tolerance given) {
  if (kind == ElementKind::F16 || kind == ElementKind::BF16)
    return {std::max(given.rtol, 1e-2), std::max(given.atol, 1e-2)};
  return given;
}

/// Makes the value of every operator a result of the function.
static void exposeValues(func::FuncOp function) {
  OpBuilder builder(function);
  Operation *terminator = function.front().getTerminator();
  SmallVector<Value> returned(terminator->getOperands());
  unsigned before = returned.size();
  int64_t bytes = 0;
  for (Operation &op : function.front().without_terminator()) {
    if (matchPattern(&op, m_Constant()))
      continue;
    for (Value value : op.getResults()) {
      auto type = dyn_cast<RankedTensorType>(value.getType());
      if (!type || !type.hasStaticShape())
        continue;
      std::optional<int64_t> count = elementCount(type.getShape());
      if (!count || *count > maxNodeBytes || bytes > maxNodeBytes)
        continue;
      bytes += *count * 8;
      returned.push_back(value);
    }
  }
  // One dictionary per result, set anew: the type's size is theirs.
  SmallVector<DictionaryAttr> attributes;
  for (unsigned i = 0; i < before; ++i)
    attributes.push_back(builder.getDictionaryAttr(function.getResultAttrs(i)));
  for (unsigned i = before; i < returned.size(); ++i)
    attributes.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr(
             "graph.name", builder.getStringAttr("node " + Twine(i - before))),
         builder.getNamedAttr(
             "graph.source",
             builder.getStringAttr(getNodeName(returned[i].getLoc()).node))}));
  terminator->setOperands(returned);
  function.removeResAttrsAttr();
  function.setFunctionType(builder.getFunctionType(
      function.getArgumentTypes(), ValueRange(returned).getTypes()));
  function.setAllResultAttrs(attributes);
}

static llvm::Error runFailed(StringRef file, llvm::Error error) {
  return makeFileError(file, "running the model failed: " +
                                 llvm::toString(std::move(error)));
}

static std::string describe(Value value) {
  NodeName name = getNodeName(value.getLoc());
  return "node '" + name.node + "'" +
         (name.op.empty() ? "" : " (" + name.op + ")");
}

/// The values of all operators that compiled code computes.
static llvm::Expected<std::vector<HostTensor>>
runExposed(CompileOptions options, ArrayRef<HostTensor> inputs) {
  Compilation compilation(std::move(options));
  if (llvm::Error error = compilation.runTo(Stage::Import))
    return error;
  exposeValues(compilation.function());
  auto model = compilation.load();
  if (!model)
    return model.takeError();
  auto found = (*model)->run(0, inputs);
  if (!found)
    return runFailed(compilation.options().model, found.takeError());
  return found;
}

/// The line about the first value that differs; empty when none does. Each
/// operator is evaluated on what compiled code gave its operands: what rounding
/// does to earlier values does not count.
static llvm::Expected<std::string> findFirstNode(CompileOptions options,
                                                 ArrayRef<HostTensor> inputs,
                                                 Tolerance tolerance) {
  auto found = runExposed(options, inputs);
  if (!found)
    return found.takeError();
  Compilation compilation(std::move(options));
  if (llvm::Error error = compilation.runTo(Stage::Import))
    return error;
  func::FuncOp function = compilation.function();
  size_t outputs = compilation.graph().fetches().size();
  exposeValues(function);
  llvm::DenseMap<Value, size_t> positions;
  for (OpOperand &value : function.front().getTerminator()->getOpOperands())
    if (value.getOperandNumber() >= outputs)
      positions[value.get()] = value.getOperandNumber();
  std::string first;
  auto check = [&](OpResult value, HostTensor &expected) {
    auto position = positions.find(value);
    if (position == positions.end())
      return;
    HostTensor &compiled = (*found)[position->second];
    Comparison comparison = compareTensors(
        compiled, expected, toleranceOf(expected.kind(), tolerance));
    if (!comparison.equal && first.empty())
      first = "first " + describe(value) + ": mismatch, " +
              formatErrors(comparison) + ", " + comparison.reason;
    expected = std::move(compiled);
  };
  auto evaluated = interpret(function, inputs, check);
  if (!evaluated)
    return addFile(evaluated.takeError(), compilation.options().model);
  return first;
}

llvm::Expected<NodeCheck>
sluice::checkNodes(CompileOptions options, uint64_t seed, Tolerance tolerance) {
  NodeCheck result;
  Compilation compilation(options);
  if (llvm::Error error = compilation.runTo(Stage::Import))
    return error;
  auto inputs = generateFeeds(compilation, seed);
  if (!inputs)
    return inputs.takeError();
  auto expected = interpret(compilation.function(), *inputs);
  if (!expected)
    return addFile(expected.takeError(), options.model);
  auto model = compilation.load();
  if (!model)
    return model.takeError();
  auto found = (*model)->run(0, *inputs);
  if (!found)
    return runFailed(options.model, found.takeError());
  result.equal = true;
  for (auto [i, fetch] : llvm::enumerate(compilation.graph().fetches())) {
    Comparison comparison =
        compareTensors((*found)[i], (*expected)[i],
                       toleranceOf((*expected)[i].kind(), tolerance));
    result.equal &= comparison.equal;
    result.lines.push_back(fetch.name +
                           (comparison.equal ? ": ok, " : ": mismatch, ") +
                           formatErrors(comparison) +
                           (comparison.equal ? "" : ", " + comparison.reason));
  }
  auto first = findFirstNode(std::move(options), *inputs, tolerance);
  if (!first)
    return first.takeError();
  if (!first->empty())
    result.lines.push_back(*first);
  else if (!result.equal)
    result.lines.push_back(
        "every node alone is right: they differ only when fused");
  result.equal &= first->empty();
  return result;
}
