//===- BufferizeKernels.cpp - Give every tensor a buffer ------------------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphLoopOps.h"
#include "dialects/Kernel/KernelFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "passes/Memory/InPlace.h"
#include "passes/Memory/ModuleTables.h"
#include "passes/Memory/Passes.h"
#include "passes/Memory/PlaceValues.h"
#include <memory>

namespace sluice {
#define GEN_PASS_DEF_BUFFERIZEKERNELS
#include "passes/Memory/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

namespace {

class Runner {
public:
  Runner(func::FuncOp function, ModuleTables &tables)
      : function(function), tables(tables), builder(function.getContext()) {}

  LogicalResult run();

private:
  Value getBuffer(Value tensor);
  Value getBuffer(const Place &place, RankedTensorType type, Location loc);
  Value reinterpret(Value buffer, MemRefType type, Location loc);
  void assign(Value tensor, Value buffer);
  void assignResults(func::ReturnOp ret);
  void assignCarried(Block &tensors, Block &runner);
  void runBlock(Block &tensors);
  void runFlow(graph::ControlFlowOp flow);
  Block *runRegion(Region &region);
  void join(graph::JoinOp op);
  void copy(Location loc, Value tensor, Value from, Value to);
  void launch(kernel::FusedOp fused);
  void launch(kernel::FusedOp fused, ValueRange inputs, ValueRange results);

  func::FuncOp function;
  ModuleTables &tables;
  OpBuilder builder;
  DenseMap<Value, Value> buffers;
  /// Tensors whose buffers are given: by the caller, or by what a loop carries.
  DenseSet<Value> fixed;
  std::unique_ptr<ValuePlaces> places;
  /// The blocks of launches that regions of control flow become.
  DenseMap<Region *, Block *> blocks;
};

} // namespace

Value Runner::getBuffer(const Place &place, RankedTensorType type,
                        Location loc) {
  Value base = getBuffer(place.base);
  // Strides that do not matter are those of a row-major buffer: kernels that
  // differ in nothing else are equal.
  ArrayRef<int64_t> shape = type.getShape();
  SmallVector<int64_t> strides(place.strides);
  for (size_t d = shape.size(); d-- > 0;)
    if (shape[d] == 1)
      strides[d] = d + 1 < shape.size() ? strides[d + 1] * shape[d + 1] : 1;
  MemRefType bufferType = kernel::getStridedType(
      shape, kernel::getStorageType(type.getElementType()), place.offset,
      strides);
  if (base.getType() == bufferType)
    return base;
  // What a region reads first may be read behind it too.
  OpBuilder::InsertionGuard guard(builder);
  if (builder.getInsertionBlock() != base.getParentBlock())
    builder.setInsertionPointAfterValue(base);
  return memref::ReinterpretCastOp::create(builder, loc, bufferType, base,
                                           place.offset, shape, strides);
}

// The buffer that holds `tensor`, or will.
Value Runner::getBuffer(Value tensor) {
  if (Value buffer = buffers.lookup(tensor))
    return buffer;
  Location loc = tensor.getLoc();
  auto type = cast<RankedTensorType>(tensor.getType());
  Place place = places->get(tensor);
  Value buffer;
  ElementsAttr value;
  if (place.base != tensor) {
    buffer = getBuffer(place, type, loc);
  } else if (matchPattern(tensor, m_Constant(&value))) {
    OpBuilder::InsertionGuard guard(builder);
    Block &entry = function.getBody().front();
    if (builder.getInsertionBlock() != &entry)
      builder.setInsertionPointToStart(&entry);
    buffer = kernel::DataRefOp::create(
        builder, loc, kernel::getBufferType(type), tables.getData(loc, value));
  } else if (Value updated = getUpdate(tensor)) {
    buffer = getBuffer(updated);
  } else {
    buffer = kernel::BufferOp::create(builder, loc, kernel::getBufferType(type),
                                      IntegerAttr());
  }
  return buffers[tensor] = buffer;
}

void Runner::launch(kernel::FusedOp fused) {
  SmallVector<Value> inputs;
  for (Value input : fused.getInputs())
    inputs.push_back(getBuffer(input));
  SmallVector<Value> outputs;
  for (Value result : fused->getResults())
    outputs.push_back(getBuffer(result));
  launch(fused, inputs, outputs);
}

// The input that lies where the result does. One that is updated does anyway.
static std::optional<unsigned> getOverwritten(kernel::FusedOp fused,
                                              ValueRange inputs, Value output) {
  if (!kernel::getUpdatedInput(fused.getBody().front()))
    for (auto [i, input] : llvm::enumerate(inputs))
      if (startTogether(input, output))
        return i;
  return std::nullopt;
}

void Runner::launch(kernel::FusedOp fused, ValueRange inputs,
                    ValueRange results) {
  std::optional<unsigned> overwritten =
      getOverwritten(fused, inputs, results.front());
  SmallVector<Value> outputs(results);
  if (int64_t bytes = kernel::getScratchBytes(fused.getBody().front()))
    outputs.push_back(kernel::BufferOp::create(
        builder, fused.getLoc(), MemRefType::get({bytes}, builder.getI8Type()),
        IntegerAttr()));
  SmallVector<Attribute> types;
  for (ValueRange operands : {inputs, ValueRange(outputs)})
    for (Value operand : operands)
      types.push_back(TypeAttr::get(
          kernel::getTypeAtAddress(cast<MemRefType>(operand.getType()))));
  // The body moves into the kernel's function.
  FlatSymbolRefAttr symbol = tables.getKernel(fused, types, overwritten);
  kernel::LaunchOp::create(builder, fused.getLoc(), symbol, inputs, outputs);
}

void Runner::copy(Location loc, Value tensor, Value from, Value to) {
  auto fused = kernel::createCopy(builder, loc, tensor);
  launch(fused, fused.getInputs().empty() ? ValueRange() : ValueRange(from),
         to);
  fused.erase();
}

// Parts that are not made in their places are copied there.
void Runner::join(graph::JoinOp op) {
  Location loc = op.getLoc();
  Value result = op->getResult(0);
  Value whole = getBuffer(result);
  if (op.getPartCount() == 1) {
    SmallVector<int64_t> low = op.getPartStart(0), high;
    auto part = cast<RankedTensorType>(op->getOperand(0).getType());
    for (auto [start, size, all] :
         llvm::zip_equal(low, part.getShape(),
                         cast<RankedTensorType>(result.getType()).getShape()))
      high.push_back(all - size - start);
    kernel::FillHaloOp::create(builder, loc, whole, low, high);
  }
  for (OpOperand &part : op->getOpOperands().take_front(op.getPartCount())) {
    if (places->isInPlace(part))
      continue;
    Value tensor = part.get();
    Value to = getBuffer(places->getPart(op, part.getOperandNumber()),
                         cast<RankedTensorType>(tensor.getType()), loc);
    // Kernels hold constants of one number.
    Value from = kernel::isHeldByKernels(tensor) ? Value() : getBuffer(tensor);
    copy(loc, tensor, from, to);
  }
}

Value Runner::reinterpret(Value buffer, MemRefType type, Location loc) {
  if (buffer.getType() == type)
    return buffer;
  // Buffers without elements hold nothing to share.
  if (type.getNumElements() == 0)
    return kernel::BufferOp::create(builder, loc, type, IntegerAttr());
  return memref::ReinterpretCastOp::create(builder, loc, type, buffer,
                                           /*offset=*/0, type.getShape(),
                                           type.getStridesAndOffset().first);
}

// Puts `tensor`, perhaps a view of what a kernel makes, into `buffer`.
void Runner::assign(Value tensor, Value buffer) {
  while (tensor.getDefiningOp<graph::ViewOp>())
    tensor = tensor.getDefiningOp()->getOperand(0);
  auto type = cast<RankedTensorType>(tensor.getType());
  fixed.insert(tensor);
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
    if (isa<kernel::FusedOp, graph::ControlFlowOp, graph::JoinOp,
            graph::PartOp>(op))
      operators.push_back(&op);
  for (Operation *op : operators) {
    if (auto fused = dyn_cast<kernel::FusedOp>(op)) {
      launch(fused);
    } else if (auto flow = dyn_cast<graph::ControlFlowOp>(op)) {
      runFlow(flow);
    } else if (auto joined = dyn_cast<graph::JoinOp>(op)) {
      join(joined);
    } else if (Value result = op->getResult(0);
               places->get(result).base == result) {
      Location loc = op->getLoc();
      Value from = getBuffer(places->getPart(cast<graph::PartOp>(op)),
                             cast<RankedTensorType>(result.getType()), loc);
      copy(loc, result, from, getBuffer(result));
    }
  }
}

static LogicalResult refuseSize(Operation *op, RankedTensorType type) {
  return op->emitError("unsupported: ")
         << type << " takes more bytes than 64 bits can count";
}

LogicalResult Runner::run() {
  Block &block = function.getBody().front();
  auto ret = cast<func::ReturnOp>(block.getTerminator());
  WalkResult shapes = function.walk([](Operation *op) {
    for (Type type : op->getResultTypes()) {
      auto tensor = cast<RankedTensorType>(type);
      if (!tensor.hasStaticShape()) {
        op->emitError("unsupported: the shape ")
            << type << " is not known at compile time; give the shapes of "
            << "the inputs with --input NAME=SHAPE";
        return WalkResult::interrupt();
      }
      if (!kernel::getByteSize(kernel::getBufferType(tensor)))
        return WalkResult(refuseSize(op, tensor));
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
    if (!kernel::getByteSize(kernel::getBufferType(type)))
      return refuseSize(function, type);
    buffers[tensor] =
        block.addArgument(kernel::getBufferType(type), tensor.getLoc());
  }
  assignResults(ret);
  assignCarried(block, block);
  places = std::make_unique<ValuePlaces>(block, fixed);
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
