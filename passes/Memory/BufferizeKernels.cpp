//===- BufferizeKernels.cpp - Give every tensor a buffer ------------------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphLoopOps.h"
#include "dialects/Kernel/KernelFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "passes/Memory/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_BUFFERIZEKERNELS
#include "passes/Memory/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

namespace {

// What the module's runners share: kernels and constants, each once.
class ModuleTables {
public:
  explicit ModuleTables(ModuleOp module)
      : module(module), symbols(module),
        builder(OpBuilder::atBlockEnd(module.getBody())) {}

  FlatSymbolRefAttr getData(Location loc, ElementsAttr value);
  FlatSymbolRefAttr getKernel(kernel::FusedOp fused,
                              ArrayRef<Attribute> buffers);

private:
  ModuleOp module;
  SymbolTable symbols;
  OpBuilder builder;
  DenseMap<Attribute, FlatSymbolRefAttr> data;
  llvm::StringMap<SmallVector<kernel::FuncOp>> kernels; ///< by signature
};

class Runner {
public:
  Runner(func::FuncOp function, ModuleTables &tables)
      : function(function), tables(tables), builder(function.getContext()) {}

  LogicalResult run();

private:
  Value getBuffer(Value tensor);
  Value getOutput(OpResult result);
  Value reinterpret(Value buffer, MemRefType type, Location loc);
  bool claimPadding(kernel::FusedOp fused);
  Value makeInterior(Value padded, graph::PaddingOp pad, Location loc);
  void launchPadding(kernel::FusedOp fused);
  void launch(kernel::FusedOp fused);
  void launch(kernel::FusedOp fused, ValueRange results);
  void assign(Value tensor, Value buffer);
  void assignResults(func::ReturnOp ret);
  void assignCarried(Block &tensors, Block &runner);
  void runBlock(Block &tensors);
  void runFlow(graph::ControlFlowOp flow);
  Block *runRegion(Region &region);

  func::FuncOp function;
  ModuleTables &tables;
  OpBuilder builder;
  DenseMap<Value, Value> buffers;
  /// A producer whose only padded copy is needed: the padding kernel.
  DenseMap<Value, kernel::FusedOp> paddings;
  DenseSet<Operation *> elided; ///< padding kernels that need no launch
  /// The blocks of launches that regions of control flow become.
  DenseMap<Region *, Block *> blocks;
};

} // namespace

FlatSymbolRefAttr ModuleTables::getData(Location loc, ElementsAttr value) {
  FlatSymbolRefAttr &symbol = data[value];
  if (!symbol) {
    auto op = kernel::DataOp::create(builder, loc, "data", value);
    symbol = FlatSymbolRefAttr::get(symbols.insert(op));
  }
  return symbol;
}

FlatSymbolRefAttr ModuleTables::getKernel(kernel::FusedOp fused,
                                          ArrayRef<Attribute> bufferTypes) {
  std::string signature;
  llvm::raw_string_ostream os(signature);
  llvm::interleaveComma(bufferTypes, os);
  SmallVector<kernel::FuncOp> &candidates = kernels[signature];
  for (kernel::FuncOp candidate : candidates)
    if (OperationEquivalence::isRegionEquivalentTo(
            &candidate.getBody(), &fused.getBody(),
            OperationEquivalence::IgnoreLocations))
      return FlatSymbolRefAttr::get(candidate.getSymNameAttr());
  auto function = kernel::FuncOp::create(builder, fused.getLoc(), "kernel",
                                         builder.getArrayAttr(bufferTypes),
                                         DictionaryAttr());
  function.getBody().takeBody(fused.getBody());
  symbols.insert(function);
  candidates.push_back(function);
  return FlatSymbolRefAttr::get(function.getSymNameAttr());
}

Value Runner::reinterpret(Value buffer, MemRefType type, Location loc) {
  if (buffer.getType() == type)
    return buffer;
  // Buffers without elements hold nothing to share.
  if (type.getNumElements() == 0)
    return kernel::BufferOp::create(builder, loc, type, IntegerAttr());
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  (void)type.getStridesAndOffset(strides, offset); // identity layout
  return memref::ReinterpretCastOp::create(builder, loc, type, buffer, offset,
                                           type.getShape(), strides);
}

// The buffer that holds `tensor`; its producer has been visited.
Value Runner::getBuffer(Value tensor) {
  if (Value buffer = buffers.lookup(tensor))
    return buffer;
  auto type = cast<RankedTensorType>(tensor.getType());
  MemRefType bufferType = kernel::getBufferType(type);
  Operation *op = tensor.getDefiningOp();
  Value buffer;
  ElementsAttr value;
  // What a region reads first may be read behind it too.
  OpBuilder::InsertionGuard guard(builder);
  Block &entry = function.getBody().front();
  if (builder.getInsertionBlock() != &entry)
    builder.setInsertionPointToStart(&entry);
  if (matchPattern(tensor, m_Constant(&value))) {
    buffer = kernel::DataRefOp::create(builder, op->getLoc(), bufferType,
                                       tables.getData(op->getLoc(), value));
  } else {
    auto view = cast<graph::ViewOp>(op);
    Value base = getBuffer(view->getOperand(0));
    if (builder.getInsertionPoint() == entry.begin() ||
        base.getParentBlock() != &entry)
      builder.setInsertionPointAfterValue(base);
    buffer = reinterpret(base, bufferType, op->getLoc());
  }
  return buffers[tensor] = buffer;
}

// The operator of a kernel that only writes zeros around its input's elements.
static graph::PaddingOp getZeroPadding(kernel::FusedOp fused) {
  graph::PaddingOp found;
  for (Operation &op : fused.getBody().front().without_terminator()) {
    if (op.hasTrait<OpTrait::ConstantLike>())
      continue;
    auto padding = dyn_cast<graph::PaddingOp>(op);
    if (!padding || found || !padding.isZeroPadding() ||
        !isa<BlockArgument>(op.getOperand(0)) ||
        cast<RankedTensorType>(op.getOperand(0).getType()).getNumElements() ==
            0)
      return {};
    found = padding;
  }
  return found;
}

// Whether the kernel's input can be written straight into the padded buffer:
// another kernel makes it, and every reader can read a strided buffer.
bool Runner::claimPadding(kernel::FusedOp fused) {
  if (!getZeroPadding(fused))
    return false;
  Value source = fused.getInputs().front();
  auto producer = source.getDefiningOp<kernel::FusedOp>();
  if (!producer || buffers.contains(source) || paddings.contains(source))
    return false;
  // The producer would write too often, or to what is still read.
  if (producer->getBlock() != fused->getBlock() ||
      (fused->getBlock() != &function.getBody().front() &&
       buffers.contains(fused->getResult(0))))
    return false;
  // A view needs contiguous elements; a returned value has its own buffer.
  if (llvm::any_of(source.getUsers(),
                   [](Operation *user) { return !isa<kernel::FusedOp>(user); }))
    return false;
  paddings[source] = fused;
  return true;
}

Value Runner::getOutput(OpResult result) {
  if (Value buffer = buffers.lookup(result))
    return buffer;
  Location loc = result.getLoc();
  auto type = cast<RankedTensorType>(result.getType());
  // A kernel that only updates the tensor does so in place.
  if (result.hasOneUse())
    if (auto user = dyn_cast<kernel::FusedOp>(*result.user_begin()))
      if (kernel::getUpdatedInput(user.getBody().front()) ==
          result.use_begin()->getOperandNumber())
        return buffers[result] = getOutput(cast<OpResult>(user.getResult(0)));
  auto padding = paddings.lookup(result);
  if (!padding)
    return buffers[result] = kernel::BufferOp::create(
               builder, loc, kernel::getBufferType(type), IntegerAttr());
  Value padded = getOutput(padding->getResult(0));
  return buffers[result] = makeInterior(padded, getZeroPadding(padding), loc);
}

// The part of `padded` that the operator's operand takes; the rest is zero.
Value Runner::makeInterior(Value padded, graph::PaddingOp pad, Location loc) {
  kernel::FillHaloOp::create(builder, loc, padded, pad.getLow(), pad.getHigh());
  auto attributes = [&](ArrayRef<int64_t> list) {
    return getAsIndexOpFoldResult(builder.getContext(), list);
  };
  auto type = cast<RankedTensorType>(pad->getOperand(0).getType());
  SmallVector<int64_t> ones(type.getRank(), 1);
  return memref::SubViewOp::create(
      builder, loc, padded, attributes(pad.getLow()),
      attributes(type.getShape()), attributes(ones));
}

// Its operand is made elsewhere (by the caller, for two readers): what is left
// of the kernel copies it.
void Runner::launchPadding(kernel::FusedOp fused) {
  graph::PaddingOp pad = getZeroPadding(fused);
  Value padded = getOutput(fused->getResult(0));
  Value interior = makeInterior(padded, pad, fused.getLoc());
  pad->getResult(0).replaceAllUsesWith(pad->getOperand(0));
  Block &body = fused.getBody().front();
  pad->erase();
  while (&body.front() != body.getTerminator())
    body.front().erase(); // constants
  launch(fused, interior);
}

void Runner::launch(kernel::FusedOp fused) {
  SmallVector<Value> outputs;
  for (OpResult result : fused->getResults())
    outputs.push_back(getOutput(result));
  launch(fused, outputs);
}

void Runner::launch(kernel::FusedOp fused, ValueRange results) {
  SmallVector<Value> inputs, outputs(results);
  for (Value input : fused.getInputs())
    inputs.push_back(getBuffer(input));
  if (int64_t bytes = kernel::getScratchBytes(fused.getBody().front()))
    outputs.push_back(kernel::BufferOp::create(
        builder, fused.getLoc(), MemRefType::get({bytes}, builder.getI8Type()),
        IntegerAttr()));
  SmallVector<Attribute> types;
  for (ArrayRef<Value> operands : {ArrayRef(inputs), ArrayRef(outputs)})
    for (Value operand : operands)
      types.push_back(TypeAttr::get(
          kernel::getTypeAtAddress(cast<MemRefType>(operand.getType()))));
  // The body moves into the kernel's function.
  FlatSymbolRefAttr symbol = tables.getKernel(fused, types);
  kernel::LaunchOp::create(builder, fused.getLoc(), symbol, inputs, outputs);
}

// Puts `tensor`, perhaps a view of what a kernel makes, into `buffer`.
void Runner::assign(Value tensor, Value buffer) {
  while (tensor.getDefiningOp<graph::ViewOp>())
    tensor = tensor.getDefiningOp()->getOperand(0);
  auto type = cast<RankedTensorType>(tensor.getType());
  buffers[tensor] =
      reinterpret(buffer, kernel::getBufferType(type), tensor.getLoc());
}

// A result's kernel writes to the caller's buffer, through views if need be.
void Runner::assignResults(func::ReturnOp ret) {
  Block &block = function.getBody().front();
  for (Value operand : ret.getOperands()) {
    auto type = cast<RankedTensorType>(operand.getType());
    assign(operand,
           block.addArgument(kernel::getBufferType(type), operand.getLoc()));
  }
}

// What a loop carries lies in one buffer, which outlives an iteration; so does
// each result of a branch.
void Runner::assignCarried(Block &tensors, Block &runner) {
  for (Operation &op : tensors) {
    auto flow = dyn_cast<graph::ControlFlowOp>(op);
    if (!flow)
      continue;
    builder.setInsertionPointToStart(&runner);
    OperandRange inits = flow.getCarriedInits();
    for (auto [i, result] : llvm::enumerate(op.getResults())) {
      auto type = cast<RankedTensorType>(result.getType());
      Value buffer = kernel::BufferOp::create(
          builder, op.getLoc(), kernel::getBufferType(type), IntegerAttr());
      buffers[result] = buffer;
      if (i < inits.size())
        assign(inits[i], buffer);
      for (Region &region : op.getRegions()) {
        ArrayRef<BlockArgument> carried = flow.getCarriedArguments(region);
        if (i < carried.size())
          buffers[carried[i]] = buffer;
        Value next = flow.yieldsResults(region)
                         ? region.front().getTerminator()->getOperand(i)
                         : Value();
        if (next && (i >= carried.size() || next != carried[i]))
          assign(next, buffer);
      }
    }
    for (Region &region : op.getRegions())
      for (BlockArgument argument : region.getArguments())
        if (!buffers.contains(argument)) // a counter
          buffers[argument] = kernel::BufferOp::create(
              builder, op.getLoc(),
              kernel::getBufferType(cast<RankedTensorType>(argument.getType())),
              IntegerAttr());
    for (Region &region : op.getRegions()) {
      blocks[&region] = new Block();
      assignCarried(region.front(), *blocks[&region]);
    }
  }
}

// The launches of a region, in the block made for them.
Block *Runner::runRegion(Region &region) {
  OpBuilder::InsertionGuard guard(builder);
  Block *block = blocks[&region];
  builder.setInsertionPointToEnd(block);
  runBlock(region.front());
  return block;
}

void Runner::runFlow(graph::ControlFlowOp flow) {
  Location loc = flow.getLoc();
  auto fill = [&](Region &to, Region &from) {
    to.push_back(runRegion(from));
    return &to.front();
  };
  if (auto branch = dyn_cast<graph::IfOp>(*flow)) {
    Value condition = getBuffer(branch.getCondition());
    auto made = kernel::IfOp::create(builder, loc, condition);
    fill(made.getThenBody(), branch.getThenBody());
    fill(made.getElseBody(), branch.getElseBody());
  } else if (auto loop = dyn_cast<graph::WhileOp>(*flow)) {
    auto made = kernel::WhileOp::create(builder, loc);
    Block *block = fill(made.getCondition(), loop.getCondition());
    OpBuilder inside = OpBuilder::atBlockEnd(block);
    Value holds = loop.getCondition().front().getTerminator()->getOperand(0);
    kernel::ConditionOp::create(inside, loc, getBuffer(holds));
    fill(made.getBody(), loop.getBody());
  } else {
    auto counted = cast<graph::ForOp>(*flow);
    auto made =
        kernel::ForOp::create(builder, loc, getBuffer(counted.getCounter()),
                              counted.getTripCountAttr());
    fill(made.getBody(), counted.getBody());
  }
}

void Runner::runBlock(Block &tensors) {
  SmallVector<Operation *> operators;
  for (Operation &op : tensors)
    if (isa<kernel::FusedOp, graph::ControlFlowOp>(op))
      operators.push_back(&op);
  for (Operation *op : operators) {
    auto fused = dyn_cast<kernel::FusedOp>(op);
    if (!fused)
      runFlow(cast<graph::ControlFlowOp>(op));
    else if (elided.contains(op))
      continue;
    else if (getZeroPadding(fused))
      launchPadding(fused);
    else
      launch(fused);
  }
}

LogicalResult Runner::run() {
  Block &block = function.getBody().front();
  auto ret = cast<func::ReturnOp>(block.getTerminator());
  WalkResult shapes = function.walk([](Operation *op) {
    for (Type type : op->getResultTypes())
      if (!cast<RankedTensorType>(type).hasStaticShape()) {
        op->emitError("unsupported: the shape ")
            << type << " is not known at compile time; give the shapes of "
            << "the inputs with --input NAME=SHAPE";
        return WalkResult::interrupt();
      }
    return WalkResult::advance();
  });
  if (shapes.wasInterrupted())
    return failure();
  builder.setInsertionPointToStart(&block);
  SmallVector<BlockArgument> tensors(block.getArguments());
  unsigned numInputs = tensors.size();
  for (BlockArgument tensor : tensors) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (!type.hasStaticShape())
      return function.emitError("unsupported: input '")
             << function.getArgAttrOfType<StringAttr>(tensor.getArgNumber(),
                                                      "graph.name")
             << "' has dynamic dimensions " << type
             << "; give its shape with --input NAME=SHAPE";
    buffers[tensor] =
        block.addArgument(kernel::getBufferType(type), tensor.getLoc());
  }
  assignResults(ret);
  assignCarried(block, block);
  function.walk([&](kernel::FusedOp fused) {
    if (claimPadding(fused))
      elided.insert(fused);
  });
  builder.setInsertionPoint(ret);
  runBlock(block);

  SmallVector<DictionaryAttr> attributes;
  function.getAllArgAttrs(attributes);
  attributes.resize(numInputs);
  SmallVector<DictionaryAttr> resultAttributes;
  function.getAllResultAttrs(resultAttributes);
  resultAttributes.resize(ret.getNumOperands());
  for (auto [i, operand] : llvm::enumerate(ret.getOperands())) {
    NamedAttrList list(resultAttributes[i]);
    list.set("kernel.result", TypeAttr::get(operand.getType()));
    attributes.push_back(list.getDictionary(builder.getContext()));
  }
  for (unsigned i = 0; i < numInputs; ++i) {
    NamedAttrList list(attributes[i]);
    list.set("kernel.input", TypeAttr::get(tensors[i].getType()));
    attributes[i] = list.getDictionary(builder.getContext());
  }

  // What is left on tensors is dead now.
  builder.setInsertionPoint(ret);
  func::ReturnOp::create(builder, ret.getLoc());
  ret.erase();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isa<graph::ControlFlowOp>(op) ||
        llvm::any_of(op.getResultTypes(), llvm::IsaPred<RankedTensorType>))
      op.erase();
  block.eraseArguments(0, numInputs);
  function.setFunctionType(
      builder.getFunctionType(block.getArgumentTypes(), {}));
  function.setAllResultAttrs(ArrayRef<DictionaryAttr>());
  function.setAllArgAttrs(attributes);
  return success();
}

// Numbers the operators that can fail, so that a run can name their node:
// the module's `kernel.nodes` lists (name, source operator).
static void numberNodes(ModuleOp module) {
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

namespace {
class BufferizeKernels
    : public sluice::impl::BufferizeKernelsBase<BufferizeKernels> {
public:
  void runOnOperation() override {
    numberNodes(getOperation());
    ModuleTables tables(getOperation());
    SmallVector<func::FuncOp> functions(getOperation().getOps<func::FuncOp>());
    for (func::FuncOp function : functions)
      if (!function.isExternal() && failed(Runner(function, tables).run()))
        return signalPassFailure();
  }
};
} // namespace
