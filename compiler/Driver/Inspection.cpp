//===- Inspection.cpp - What a model is made of ---------------------------===//

#include "compiler/Driver/Inspection.h"
#include "compiler/Driver/Interpreter.h"
#include "compiler/Support/ModelError.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

static TensorInfo describe(const Compilation &compilation,
                           const SignatureTensor &tensor, bool resolved) {
  TensorInfo info;
  info.name = tensor.name;
  info.source = tensor.tensorName;
  info.shape = tensor.shape;
  info.type = dataTypeName(tensor.dtype);
  if (resolved)
    if (std::optional<ElementKind> kind = compilation.kindOf(tensor))
      info.type = elementName(*kind).str();
  return info;
}

/// The imported types know more than the file says.
static void refine(TensorInfo &info, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return;
  if (std::optional<ElementKind> kind =
          graph::getElementKind(tensor.getElementType()))
    info.type = elementName(*kind).str();
  info.shape.emplace();
  for (int64_t size : tensor.getShape())
    info.shape->push_back(ShapedType::isDynamic(size) ? -1 : size);
}

static int64_t bytesOf(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return 0;
  std::optional<ElementKind> kind =
      graph::getElementKind(tensor.getElementType());
  std::optional<int64_t> count = elementCount(tensor.getShape());
  int64_t bytes = 0;
  if (!kind || !count ||
      __builtin_mul_overflow(*count, int64_t(elementSize(*kind)), &bytes))
    return 0;
  return bytes;
}

static void addSaturating(int64_t &sum, int64_t value) {
  if (__builtin_add_overflow(sum, value, &sum))
    sum = INT64_MAX;
}

static void countWork(func::FuncOp function, Inspection &info) {
  for (Operation &op : function.front().without_terminator()) {
    Type type = op.getResult(0).getType();
    if (matchPattern(&op, m_Constant())) {
      auto tensor = cast<RankedTensorType>(type);
      addSaturating(info.parameters,
                    elementCount(tensor.getShape()).value_or(0));
      addSaturating(info.parameterBytes, bytesOf(type));
      continue;
    }
    for (Type result : op.getResultTypes())
      addSaturating(info.bytes, bytesOf(result));
    if (auto evaluable = dyn_cast<graph::EvaluableOp>(&op))
      addSaturating(info.flops,
                    std::max<int64_t>(0, evaluable.countOperations()));
  }
}

/// One entry per error, without the file's name.
static std::vector<std::string> splitErrors(llvm::Error error) {
  std::vector<std::string> lines;
  llvm::handleAllErrors(std::move(error), [&](llvm::ErrorInfoBase &info) {
    if (!info.isA<ModelError>()) {
      lines.push_back(escapeForTerminal(info.message(), 2000));
      return;
    }
    ModelErrorText text = static_cast<ModelError &>(info).get();
    text.file.clear();
    std::string line = errorText(makeModelError(std::move(text)));
    llvm::StringRef shown = line;
    shown.consume_front("error: ");
    lines.push_back(shown.str());
  });
  return lines;
}

Inspection sluice::inspect(Compilation &compilation) {
  Inspection info;
  const FlatGraph &graph = compilation.graph();
  for (const Signature &signature : graph.signatures()) {
    SignatureInfo made;
    made.key = signature.key;
    made.chosen = signature.key == graph.signatureKey();
    for (const SignatureTensor &tensor : signature.inputs)
      made.inputs.push_back(describe(compilation, tensor, false));
    for (const SignatureTensor &tensor : signature.outputs)
      made.outputs.push_back(describe(compilation, tensor, false));
    info.signatures.push_back(std::move(made));
  }
  for (const SignatureTensor &tensor : graph.feeds())
    info.inputs.push_back(describe(compilation, tensor, true));
  for (const SignatureTensor &tensor : graph.fetches())
    info.outputs.push_back(describe(compilation, tensor, true));
  for (const Node &node : graph.nodes()) {
    if (node.cut)
      continue;
    ++info.nodes;
    ++info.operators[node.op().str()];
  }
  if (llvm::Error error = compilation.runTo(Stage::Import)) {
    info.problems = splitErrors(std::move(error));
    return info;
  }
  info.imported = true;
  func::FuncOp function = compilation.function();
  for (auto [tensor, type] :
       llvm::zip(info.inputs, function.getArgumentTypes()))
    refine(tensor, type);
  for (auto [tensor, type] : llvm::zip(info.outputs, function.getResultTypes()))
    refine(tensor, type);
  countWork(function, info);
  if (llvm::Error error = compilation.runTo(Stage::Kernel)) {
    info.problems = splitErrors(std::move(error));
    return info;
  }
  for (const InterfaceLevel &level : compilation.interface().levels)
    info.levels.push_back(level.name);
  const InterfaceEntry &entry = compilation.interface().entries.front();
  info.workspaceBytes = entry.workspaceBytes;
  if (auto live = compilation.function()->getAttrOfType<IntegerAttr>(
          "kernel.live_bytes"))
    info.liveBytes = live.getInt();
  info.makesStrings = entry.makesStrings;
  return info;
}
