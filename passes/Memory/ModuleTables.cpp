//===- ModuleTables.cpp - Kernels and constants of a module ---------------===//

#include "passes/Memory/ModuleTables.h"

using namespace mlir;
using namespace sluice;

FlatSymbolRefAttr ModuleTables::getData(Location loc, ElementsAttr value) {
  FlatSymbolRefAttr &symbol = data[value];
  if (!symbol) {
    auto op = kernel::DataOp::create(builder, loc, "data", value);
    symbol = FlatSymbolRefAttr::get(symbols.insert(op));
  }
  return symbol;
}

FlatSymbolRefAttr ModuleTables::getKernel(kernel::FusedOp fused,
                                          ArrayRef<Attribute> bufferTypes,
                                          std::optional<unsigned> overwritten) {
  IntegerAttr number;
  if (overwritten)
    number = builder.getI64IntegerAttr(*overwritten);
  std::string signature;
  llvm::raw_string_ostream os(signature);
  llvm::interleaveComma(bufferTypes, os);
  os << number;
  SmallVector<kernel::FuncOp> &candidates = kernels[signature];
  for (kernel::FuncOp candidate : candidates)
    if (OperationEquivalence::isRegionEquivalentTo(
            &candidate.getBody(), &fused.getBody(),
            OperationEquivalence::IgnoreLocations))
      return FlatSymbolRefAttr::get(candidate.getSymNameAttr());
  auto function = kernel::FuncOp::create(builder, fused.getLoc(), "kernel",
                                         builder.getArrayAttr(bufferTypes),
                                         DictionaryAttr(), number);
  function.getBody().takeBody(fused.getBody());
  symbols.insert(function);
  candidates.push_back(function);
  return FlatSymbolRefAttr::get(function.getSymNameAttr());
}

void sluice::numberNodes(ModuleOp module) {
  Builder builder(module.getContext());
  SmallVector<Attribute> nodes;
  DenseMap<Attribute, int64_t> numbers;
  module.walk([&](kernel::FusedOp fused) {
    for (Operation &op : fused.getBody().front().without_terminator()) {
      if (isPure(&op))
        continue;
      StringAttr name = builder.getStringAttr(""), source = name;
      if (auto loc = op.getLoc()->findInstanceOf<NameLoc>()) {
        name = loc.getName();
        if (auto child = dyn_cast<NameLoc>(loc.getChildLoc()))
          source = child.getName();
      }
      Attribute node = builder.getArrayAttr({name, source});
      auto [found, isNew] = numbers.try_emplace(node, nodes.size());
      if (isNew)
        nodes.push_back(node);
      op.setAttr("kernel.node", builder.getI64IntegerAttr(found->second));
    }
  });
  if (!nodes.empty())
    module->setAttr("kernel.nodes", builder.getArrayAttr(nodes));
}
