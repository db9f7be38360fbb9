//===- GraphBuilder.cpp - Checked building of graph operators -------------===//

#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/Constants.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Verifier.h"
#include <cstddef>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

Value GraphBuilder::error(const llvm::Twine &message) {
  emitError(loc, message);
  return {};
}

// The text of the run-time check that fails when `op`, all of whose operands
// are constants, is evaluated; empty when it does not fail or costs too much.
static std::string findEvaluationError(Operation *op) {
  auto evaluable = dyn_cast<EvaluableOp>(op);
  if (!evaluable || op->getNumOperands() == 0)
    return {};
  SmallVector<Attribute> operands;
  for (Value operand : op->getOperands()) {
    Attribute attribute;
    if (!matchPattern(operand, m_Constant(&attribute)))
      return {};
    operands.push_back(attribute);
  }
  SmallVector<OpFoldResult> results;
  std::string text;
  (void)foldByEvaluation(op, operands, results, &text);
  return text;
}

Value GraphBuilder::create(StringRef name, ValueRange operands,
                           Attributes attributes) {
  if (llvm::is_contained(operands, Value()))
    return {};
  OperationState state(loc, name);
  state.addOperands(operands);
  state.addAttributes(attributes);
  RegisteredOperationName info = *state.name.getRegisteredInfo();
  auto dictionary = DictionaryAttr::get(context(), attributes);
  auto emitFailure = [&] { return mlir::emitError(loc); };
  // Properties live in the operation; inference needs them before it exists.
  SmallVector<std::max_align_t> storage(
      info.getOpPropertyByteSize() / sizeof(std::max_align_t) + 1);
  OpaqueProperties properties(storage.data());
  info.initOpProperties(properties, OpaqueProperties(nullptr));
  info.populateDefaultProperties(properties);
  // Operators without attributes have no properties and refuse to set them.
  LogicalResult valid = success();
  if (info.getOpPropertyByteSize() != 0)
    valid = info.setOpPropertiesFromAttribute(state.name, properties,
                                              dictionary, emitFailure);
  SmallVector<Type> types;
  if (succeeded(valid))
    valid = info.getInterface<InferTypeOpInterface>()->inferReturnTypes(
        context(), loc, operands, dictionary, properties, {}, types);
  info.destroyOpProperties(properties);
  if (failed(valid))
    return {};
  state.addTypes(types);
  Operation *op = builder.create(state);
  if (failed(mlir::verify(op))) {
    op->erase();
    return {};
  }
  SmallVector<Value> results;
  if (succeeded(builder.tryFold(op, results)) && !results.empty()) {
    op->erase();
    return results.front();
  }
  if (std::string failed = findEvaluationError(op); !failed.empty()) {
    error(failed);
    op->erase();
    return {};
  }
  return op->getResult(0);
}

Attribute GraphBuilder::integers(ArrayRef<int64_t> values) {
  return builder.getDenseI64ArrayAttr(values);
}
Attribute GraphBuilder::integer(int64_t value) {
  return builder.getI64IntegerAttr(value);
}
Attribute GraphBuilder::boolean(bool value) {
  return builder.getBoolAttr(value);
}
Attribute GraphBuilder::real(double value) {
  return builder.getF64FloatAttr(value);
}

Value GraphBuilder::constant(const HostTensor &tensor) {
  return ConstantOp::create(builder, loc, toAttribute(context(), tensor));
}

Value GraphBuilder::scalar(Type elementType, double value) {
  std::optional<ElementKind> kind = getElementKind(elementType);
  if (!kind || *kind == ElementKind::String)
    return error("no number has the element type string");
  HostTensor tensor(*kind, {});
  tensor.setDouble(0, value);
  return constant(tensor);
}

Value GraphBuilder::full(ArrayRef<Size> sizes, Type elementType, double value) {
  return broadcast(scalar(elementType, value), {}, sizes);
}

Value GraphBuilder::fullLike(Value like, double value) {
  if (!like)
    return {};
  return full(getSizes(like), elementType(like), value);
}

Value GraphBuilder::integersConstant(ArrayRef<int64_t> values) {
  HostTensor tensor(ElementKind::I64, {static_cast<int64_t>(values.size())});
  for (auto [i, value] : llvm::enumerate(values))
    tensor.setInt(i, value);
  return constant(tensor);
}

Value GraphBuilder::broadcast(Value operand, ArrayRef<int64_t> dimensions,
                              ArrayRef<Size> sizes) {
  if (!operand)
    return {};
  if (llvm::any_of(sizes, [](Size size) { return !size.isValid(); }))
    return error("cannot broadcast: a size does not fit 64 bits");
  return create<BroadcastOp>({operand},
                             {{"dimensions", integers(dimensions)},
                              {"shape", makeDims(context(), sizes)}});
}

Value GraphBuilder::broadcastTo(Value operand, ArrayRef<Size> sizes) {
  if (!operand)
    return {};
  int64_t rank = this->rank(operand), to = sizes.size();
  if (rank > to)
    return error("cannot broadcast rank " + llvm::Twine(rank) + " to rank " +
                 llvm::Twine(to));
  return broadcast(operand, llvm::to_vector(llvm::seq(to - rank, to)), sizes);
}

bool GraphBuilder::broadcastTogether(MutableArrayRef<Value> operands) {
  if (llvm::is_contained(operands, Value()))
    return false;
  SmallVector<Size> result;
  for (Value operand : operands) {
    SmallVector<Size> sizes = getSizes(operand);
    if (sizes.size() > result.size())
      result.insert(result.begin(), sizes.size() - result.size(), Size(1));
    size_t offset = result.size() - sizes.size();
    for (auto [i, size] : llvm::enumerate(sizes)) {
      Size &merged = result[offset + i];
      if (size == Size(1) || size == merged)
        continue;
      if (merged == Size(1)) {
        merged = size;
        continue;
      }
      std::string text;
      llvm::raw_string_ostream os(text);
      llvm::interleaveComma(operands, os,
                            [&](Value value) { os << value.getType(); });
      error("operands do not broadcast together: " + text);
      return false;
    }
  }
  for (Value &operand : operands)
    if (!(operand = broadcastTo(operand, result)))
      return false;
  return true;
}

Value GraphBuilder::reshape(Value operand, ArrayRef<Size> sizes) {
  if (!operand)
    return {};
  if (llvm::any_of(sizes, [](Size size) { return !size.isValid(); }))
    return error("cannot reshape: a size does not fit 64 bits");
  return create<ReshapeOp>({operand}, {{"shape", makeDims(context(), sizes)}});
}

Value GraphBuilder::transpose(Value operand, ArrayRef<int64_t> permutation) {
  return create<TransposeOp>({operand},
                             {{"permutation", integers(permutation)}});
}
