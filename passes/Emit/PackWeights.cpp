//===- PackWeights.cpp - Weights as their kernels read them ---------------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Kernel/KernelOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/Emit/ContractionPlan.h"
#include "passes/Emit/Passes.h"
#include "llvm/ADT/StringSet.h"
#include <map>

namespace sluice {
#define GEN_PASS_DEF_PACKWEIGHTS
#include "passes/Emit/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

namespace {
class WeightPacker {
public:
  WeightPacker(ModuleOp module, const TargetDescription &target)
      : module(module), target(target), symbols(module) {
    module.walk([&](kernel::LaunchOp launch) {
      launches[launch.getKernelAttr().getAttr()].push_back(launch);
    });
  }

  LogicalResult run() {
    for (auto function : module.getOps<kernel::FuncOp>())
      if (failed(pack(function)))
        return failure();
    eraseUnused();
    return success();
  }

private:
  using Key = std::pair<StringRef, std::vector<int64_t>>;

  kernel::DataRefOp getReference(kernel::LaunchOp launch, unsigned input) {
    return launch.getInputs()[input].getDefiningOp<kernel::DataRefOp>();
  }

  LogicalResult pack(kernel::FuncOp function) {
    for (Operation &op : function.getBody().front())
      if (isa<graph::ContractOp, graph::ConvOp>(op) &&
          failed(pack(function, &op)))
        return failure();
    return success();
  }

  LogicalResult pack(kernel::FuncOp function, Operation *root) {
    auto weights = dyn_cast<BlockArgument>(root->getOperand(1));
    if (!weights || !weights.hasOneUse())
      return success();
    unsigned input = weights.getArgNumber();
    std::optional<ContractionPacking> packing =
        getContractionPacking(root, target);
    ArrayRef<kernel::LaunchOp> users = launches[function.getSymNameAttr()];
    // One kernel reads one layout.
    if (!packing || users.empty() ||
        !llvm::all_of(users, [&](kernel::LaunchOp launch) {
          return bool(getReference(launch, input));
        }))
      return success();

    auto type = MemRefType::get({packing->size()},
                                function.getBuffer(input).getElementType());
    for (kernel::LaunchOp launch : users) {
      kernel::DataRefOp reference = getReference(launch, input);
      OpBuilder builder(reference);
      FlatSymbolRefAttr data = getPacked(reference.getDataAttr(), *packing);
      if (!data)
        return reference.emitOpError("refers to no readable value");
      auto packed =
          kernel::DataRefOp::create(builder, reference.getLoc(), type, data);
      launch.getInputsMutable().slice(input, 1).assign(packed.getResult());
    }
    SmallVector<Attribute> buffers(function.getBuffers().begin(),
                                   function.getBuffers().end());
    buffers[input] = TypeAttr::get(type);
    Builder builder(function.getContext());
    function.setBuffersAttr(builder.getArrayAttr(buffers));
    NamedAttrList packings(function.getPackingsAttr());
    packings.set(std::to_string(input),
                 toAttribute(function.getContext(),
                             PanelShape{packing->panel, packing->lanes,
                                        packing->interleaved}));
    function.setPackingsAttr(packings.getDictionary(function.getContext()));
    return success();
  }

  // The packed form of a constant, each made once.
  FlatSymbolRefAttr getPacked(FlatSymbolRefAttr data,
                              const ContractionPacking &packing) {
    Key key = {data.getValue(),
               {packing.groups, packing.depth, packing.width, packing.panel,
                packing.lanes, packing.depthStride, packing.interleaved,
                packing.run}};
    FlatSymbolRefAttr &symbol = made[key];
    if (symbol)
      return symbol;
    auto source = symbols.lookup<kernel::DataOp>(data.getAttr());
    if (!source)
      return {};
    std::optional<HostTensor> tensor = graph::toHostTensor(source.getValue());
    if (!tensor)
      return {};
    HostTensor values = packContractionWeights(*tensor, packing);
    tensor.reset(); // weights are large: no more copies at a time than needed
    OpBuilder builder(source);
    auto packed = kernel::DataOp::create(
        builder, source.getLoc(), "packed",
        graph::toAttribute(builder.getContext(), values));
    return symbol = FlatSymbolRefAttr::get(symbols.insert(packed));
  }

  void eraseUnused() {
    llvm::StringSet<> used;
    SmallVector<Operation *> dead;
    module.walk([&](kernel::DataRefOp reference) {
      if (reference->use_empty())
        dead.push_back(reference);
      else
        used.insert(reference.getData());
    });
    for (auto data : module.getOps<kernel::DataOp>())
      if (!used.contains(data.getSymName()))
        dead.push_back(data);
    for (Operation *op : dead)
      op->erase();
  }

  ModuleOp module;
  const TargetDescription &target;
  SymbolTable symbols;
  DenseMap<StringAttr, SmallVector<kernel::LaunchOp>> launches;
  std::map<Key, FlatSymbolRefAttr> made;
};

class PackWeights : public sluice::impl::PackWeightsBase<PackWeights> {
public:
  using PackWeightsBase::PackWeightsBase;

  void runOnOperation() override {
    TargetDescription target = describeTarget(triple, cpu, features);
    if (failed(WeightPacker(getOperation(), target).run()))
      signalPassFailure();
  }
};
} // namespace
