//===- Describe.cpp - The interface of a scheduled module -----------------===//

#include "compiler/Pipeline/Pipeline.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphDialect.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Graph/Widening.h"
#include "dialects/Kernel/KernelOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "passes/Emit/ContractionPlan.h"
#include "passes/Target/TargetDescription.h"

using namespace mlir;
using namespace sluice;

static std::string getText(func::FuncOp function, unsigned i, StringRef name) {
  auto text = function.getArgAttrOfType<StringAttr>(i, name);
  return text ? text.getValue().str() : "";
}

// The entry's tensors: buffers carry the graph type that they hold.
static llvm::Error describeEntry(func::FuncOp function,
                                 const SymbolTable &symbols,
                                 InterfaceEntry &entry) {
  for (BlockArgument argument : function.getArguments()) {
    unsigned i = argument.getArgNumber();
    auto input = function.getArgAttrOfType<TypeAttr>(i, "kernel.input");
    auto result = function.getArgAttrOfType<TypeAttr>(i, "kernel.result");
    auto type = dyn_cast_or_null<RankedTensorType>(input    ? input.getValue()
                                                   : result ? result.getValue()
                                                            : Type());
    std::optional<ElementKind> kind;
    if (type)
      kind = graph::getElementKind(type.getElementType());
    if (!kind)
      return llvm::createStringError("entry '" + function.getSymName() +
                                     "': argument " + Twine(i) +
                                     " holds no tensor");
    InterfaceTensor tensor;
    tensor.name = getText(function, i, "graph.name");
    tensor.source = getText(function, i, "graph.source");
    tensor.kind = *kind;
    tensor.shape.assign(type.getShape().begin(), type.getShape().end());
    tensor.unused = input && argument.use_empty();
    (input ? entry.inputs : entry.outputs).push_back(std::move(tensor));
  }
  auto workspace = function->getAttrOfType<IntegerAttr>("kernel.workspace");
  entry.workspaceBytes = workspace.getInt();
  function.walk([&](kernel::LaunchOp launch) {
    auto source = symbols.lookup<kernel::FuncOp>(launch.getKernel());
    entry.makesStrings |= source && kernel::makesStrings(source);
  });
  return llvm::Error::success();
}

// Whether a kernel reads pairs of bf16 weights, which some CPUs multiply at
// once.
static bool multipliesHalfPairs(ModuleOp module) {
  for (auto function : module.getOps<kernel::FuncOp>())
    if (std::optional<DictionaryAttr> packings = function.getPackings())
      for (NamedAttribute packing : *packings) {
        unsigned input = 0;
        std::optional<PanelShape> panels = parsePanelShape(packing.getValue());
        if (panels && panels->rows == 2 &&
            !packing.getName().getValue().getAsInteger(10, input) &&
            function.getBuffer(input).getElementType().isBF16())
          return true;
      }
  return false;
}

llvm::Error sluice::describeModel(ModuleOp module, ModelInterface &model) {
  Builder builder(module.getContext());
  SymbolTable symbols(module);
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function->hasAttr("kernel.workspace"))
      continue;
    InterfaceEntry entry;
    entry.name = function.getSymName().str();
    if (llvm::Error error = describeEntry(function, symbols, entry))
      return error;
    model.entries.push_back(std::move(entry));
  }
  unsigned index = 0;
  for (auto data : module.getOps<kernel::DataOp>())
    data->setAttr("kernel.symbol",
                  builder.getStringAttr(constantSymbol(model.name, index++)));
  if (auto nodes = module->getAttrOfType<ArrayAttr>("kernel.nodes"))
    for (Attribute node : nodes) {
      auto pair = cast<ArrayAttr>(node);
      model.nodes.push_back({cast<StringAttr>(pair[0]).getValue().str(),
                             cast<StringAttr>(pair[1]).getValue().str()});
    }
  bool usesWinograd = false, widens = false;
  module.walk([&](graph::KernelRootOp root) {
    usesWinograd |= root.getRootKind() == graph::RootKind::Transform;
    widens |= root->hasAttr(graph::widenedAttrName);
  });
  if (usesWinograd) {
    model.relaxations.push_back(
        "3x3 convolutions by Winograd's F(4x4, 3x3), about twice the "
        "rounding error of direct sums (--accuracy=strict avoids it)");
    model.relaxBits |= 1;
  }
  if (widens) {
    model.relaxations.push_back(
        "convolutions of few channels and transposed ones compute neighbouring "
        "positions together: an infinity or NaN reaches all of them "
        "(--accuracy=strict avoids it)");
    model.relaxBits |= 2;
  }
  if (llvm::any_of(model.levels,
                   [&](const InterfaceLevel &level) {
                     return describeTarget(model.triple, level.cpu,
                                           level.features)
                         .hasBfloat16Dots;
                   }) &&
      multipliesHalfPairs(module)) {
    model.relaxations.push_back(
        "products of bf16 by vdpbf16ps where the CPU has it, which takes "
        "denormals for zero (--accuracy=strict avoids it)");
    model.relaxBits |= 4;
  }
  return llvm::Error::success();
}

void sluice::nameEntries(ModuleOp module, const ModelInterface &model,
                         size_t level) {
  Builder builder(module.getContext());
  unsigned index = 0;
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr("kernel.workspace"))
      function->setAttr("kernel.symbol", builder.getStringAttr(entrySymbol(
                                             model, index++, level)));
}

std::vector<Constant>
sluice::collectConstants(ModuleOp module,
                         std::vector<std::unique_ptr<HostTensor>> &storage) {
  std::vector<Constant> constants;
  for (auto data : module.getOps<kernel::DataOp>()) {
    // Strings hold addresses and are defined in the code.
    if (isa<graph::StringType>(
            cast<ShapedType>(data.getValue().getType()).getElementType()))
      continue;
    Constant constant;
    auto symbol = data->getAttrOfType<StringAttr>("kernel.symbol");
    constant.symbol =
        symbol ? symbol.getValue().str() : data.getSymName().str();
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(data.getValue())) {
      if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
        constant.bytes = blob->getData();
    } else if (std::optional<HostTensor> tensor =
                   graph::toHostTensor(data.getValue())) {
      storage.push_back(std::make_unique<HostTensor>(std::move(*tensor)));
      constant.bytes = {storage.back()->data(), storage.back()->byteSize()};
    }
    constants.push_back(std::move(constant));
  }
  return constants;
}
