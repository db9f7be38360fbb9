//===- Interpreter.cpp - Runs a graph by reference evaluation -------------===//

#include "compiler/Driver/Interpreter.h"
#include "compiler/Driver/ValueText.h"
#include "compiler/Support/ModelError.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/FlowInterfaces.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sluice;

NodeName sluice::getNodeName(Location location) {
  NodeName name;
  Location current = location;
  // Fused locations: the first named part stands for all.
  while (auto fused = dyn_cast<FusedLoc>(current)) {
    if (fused.getLocations().empty())
      return name;
    current = fused.getLocations().front();
  }
  if (auto named = dyn_cast<NameLoc>(current)) {
    name.node = named.getName().str();
    if (auto op = dyn_cast<NameLoc>(named.getChildLoc()))
      name.op = op.getName().str();
  }
  return name;
}

std::optional<HostTensor> sluice::makeTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || !elementCount(tensor.getShape()))
    return std::nullopt;
  std::optional<ElementKind> kind =
      graph::getElementKind(tensor.getElementType());
  if (!kind)
    return std::nullopt;
  return HostTensor(*kind, tensor.getShape());
}

static llvm::Error errorAt(Operation *op, const llvm::Twine &message) {
  NodeName name = getNodeName(op->getLoc());
  ModelErrorText text;
  text.node = name.node;
  text.op = name.op.empty() ? op->getName().getStringRef().str() : name.op;
  text.message = message.str();
  return makeModelError(std::move(text));
}

namespace {
class Interpreter {
public:
  Interpreter(func::FuncOp function, ValueObserver observer)
      : function(function), observer(observer) {}

  llvm::Expected<std::vector<HostTensor>> run(ArrayRef<HostTensor> inputs);

private:
  llvm::Error evaluate(Operation &op);
  llvm::Error execute(graph::ControlFlowOp op);
  llvm::Expected<SmallVector<HostTensor>> runBlock(Block &block);
  llvm::Expected<SmallVector<HostTensor>>
  runRegion(Region &region, ArrayRef<HostTensor> arguments);
  llvm::Error bindArguments(ArrayRef<HostTensor> inputs);
  void release(Operation &op);
  void keep(OpResult value, HostTensor tensor);

  func::FuncOp function;
  ValueObserver observer;
  llvm::DenseMap<Value, HostTensor> values;
  llvm::DenseMap<Value, unsigned> usesLeft;
};
} // namespace

llvm::Error Interpreter::bindArguments(ArrayRef<HostTensor> inputs) {
  if (inputs.size() != function.getNumArguments())
    return errorAt(function, llvm::Twine(inputs.size()) +
                                 " inputs are given, expected " +
                                 llvm::Twine(function.getNumArguments()));
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs)) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    bool fits = type && type.getRank() == input.rank() &&
                graph::getElementKind(type.getElementType()) == input.kind();
    for (int64_t i = 0; fits && i < input.rank(); ++i)
      fits = type.isDynamicDim(i) || type.getDimSize(i) == input.shape()[i];
    if (!fits)
      return errorAt(function, "input " + llvm::Twine(argument.getArgNumber()) +
                                   " has shape " + formatShape(input.shape()) +
                                   " and elements of " +
                                   elementName(input.kind()) +
                                   ", which the function does not take");
    values[argument] = input;
  }
  return llvm::Error::success();
}

// Frees what the operator, or its regions, use last. Values of an outer block
// may be used again in the next iteration: their own block frees them.
void Interpreter::release(Operation &op) {
  op.walk([&](Operation *user) {
    for (Value operand : user->getOperands()) {
      if (operand.getParentBlock() != op.getBlock())
        continue;
      auto [entry, isNew] = usesLeft.try_emplace(operand, 0);
      if (isNew)
        entry->second = std::distance(operand.use_begin(), operand.use_end());
      if (--entry->second == 0)
        values.erase(operand);
    }
  });
  for (Value result : op.getResults())
    if (result.use_empty())
      values.erase(result);
}

void Interpreter::keep(OpResult value, HostTensor tensor) {
  if (observer)
    observer(value, tensor);
  values[value] = std::move(tensor);
}

llvm::Expected<SmallVector<HostTensor>> Interpreter::runBlock(Block &block) {
  for (Operation &op : block.without_terminator()) {
    if (llvm::Error error = evaluate(op))
      return error;
    release(op);
  }
  SmallVector<HostTensor> results;
  for (Value operand : block.getTerminator()->getOperands())
    results.push_back(values.find(operand)->second);
  return results;
}

llvm::Expected<SmallVector<HostTensor>>
Interpreter::runRegion(Region &region, ArrayRef<HostTensor> arguments) {
  Block &block = region.front();
  for (auto [argument, value] : llvm::zip(block.getArguments(), arguments))
    values[argument] = value;
  auto results = runBlock(block);
  // The next iteration starts anew.
  auto forget = [&](Value value) {
    values.erase(value);
    usesLeft.erase(value);
  };
  for (Value argument : block.getArguments())
    forget(argument);
  for (Operation &op : block)
    for (Value result : op.getResults())
      forget(result);
  return results;
}

llvm::Error Interpreter::execute(graph::ControlFlowOp op) {
  // Copies: running the regions may move what `values` holds.
  SmallVector<HostTensor> inputs;
  for (Value operand : op->getOperands())
    inputs.push_back(values.find(operand)->second);
  SmallVector<const HostTensor *> operands;
  for (const HostTensor &input : inputs)
    operands.push_back(&input);
  SmallVector<HostTensor> results;
  auto run = [&](Region &region, ArrayRef<HostTensor> arguments) {
    return runRegion(region, arguments);
  };
  if (llvm::Error error = op.execute(run, operands, results))
    return error;
  for (auto [value, result] : llvm::zip(op->getResults(), results))
    keep(value, std::move(result));
  return llvm::Error::success();
}

llvm::Error Interpreter::evaluate(Operation &op) {
  Attribute constant;
  if (op.getNumResults() == 1 && matchPattern(&op, m_Constant(&constant))) {
    std::optional<HostTensor> value = graph::toHostTensor(constant);
    if (!value)
      return errorAt(&op, "the constant's bytes are missing");
    values[op.getResult(0)] = std::move(*value);
    return llvm::Error::success();
  }
  if (auto flow = dyn_cast<graph::ControlFlowOp>(&op))
    return execute(flow);
  auto evaluable = dyn_cast<graph::EvaluableOp>(&op);
  if (!evaluable)
    return errorAt(&op, "unsupported: the interpreter has no evaluation of " +
                            op.getName().getStringRef());
  std::vector<HostTensor> results;
  for (Type type : op.getResultTypes()) {
    std::optional<HostTensor> result = makeTensor(type);
    if (!result)
      return errorAt(&op, "unsupported: the interpreter needs static shapes");
    results.push_back(std::move(*result));
  }
  SmallVector<const HostTensor *> operands;
  for (Value operand : op.getOperands())
    operands.push_back(&values.find(operand)->second);
  if (llvm::Error error = evaluable.evaluate(operands, results))
    return errorAt(&op, llvm::toString(std::move(error)));
  for (auto [value, result] : llvm::zip(op.getResults(), results))
    keep(value, std::move(result));
  return llvm::Error::success();
}

llvm::Expected<std::vector<HostTensor>>
Interpreter::run(ArrayRef<HostTensor> inputs) {
  if (function.isExternal() || !function.getBody().hasOneBlock())
    return errorAt(function, "unsupported: the interpreter runs one block");
  if (llvm::Error error = bindArguments(inputs))
    return error;
  auto results = runBlock(function.front());
  if (!results)
    return results.takeError();
  return std::vector<HostTensor>(std::make_move_iterator(results->begin()),
                                 std::make_move_iterator(results->end()));
}

llvm::Expected<std::vector<HostTensor>>
sluice::interpret(func::FuncOp function, ArrayRef<HostTensor> inputs,
                  ValueObserver observer) {
  return Interpreter(function, observer).run(inputs);
}
