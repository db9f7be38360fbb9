//===- LowerRunner.cpp - From the runner to LLVM --------------------------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphDialect.h"
#include "dialects/Kernel/KernelFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/Lowering/Passes.h"
#include "passes/Lowering/RunnerLowering.h"
#include "passes/Lowering/StringConstants.h"

namespace sluice {
#define GEN_PASS_DEF_LOWERRUNNER
#include "passes/Lowering/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using kernel::RunRecord;

namespace {

// Byte offsets of sluice_call and sluice_error (runtime/include/sluice/abi.h).
enum CallField {
  tensorsField = 0,
  workspaceField = 16,
  threadsField = 32,
  errorField = 40,
  instanceField = 56
};
enum ErrorField { nodeField = 8, requiredField = 24, foundField = 32 };
// Of sluice_instance (runtime/include/sluice/sluice.h).
enum InstanceField { blockField = 8, blockSizeField = 16 };
constexpr int64_t workspaceAlignment = 64; // SLUICE_ALIGNMENT
constexpr int64_t workspaceTooSmall = 9;   // SLUICE_WORKSPACE_TOO_SMALL

StringRef getSymbol(Operation *op, StringRef fallback) {
  auto symbol = op->getAttrOfType<StringAttr>("kernel.symbol");
  return symbol ? symbol.getValue() : fallback;
}

} // namespace

Value RunnerLowering::offset(Value base, int64_t bytes) {
  if (!bytes)
    return base;
  return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), base,
                             ArrayRef<LLVM::GEPArg>{constant(i64, bytes)});
}

Value RunnerLowering::loadPointer(Value base, int64_t bytes) {
  return LLVM::LoadOp::create(builder, loc, pointer, offset(base, bytes));
}

Value RunnerLowering::getData(kernel::DataOp data) {
  StringRef name = getSymbol(data, data.getSymName());
  auto module = function->getParentOfType<ModuleOp>();
  auto global = symbols.lookup<LLVM::GlobalOp>(name);
  auto tensorType = cast<RankedTensorType>(data.getValue().getType());
  if (!global && isa<graph::StringType>(tensorType.getElementType())) {
    // Addresses are the linker's to fill in, so not part of the weights.
    OpBuilder outside = OpBuilder::atBlockEnd(module.getBody());
    global = defineStrings(
        outside, data.getLoc(), name,
        graph::toHostTensor(data.getValue()).value_or(HostTensor()));
    symbols.insert(global);
  }
  if (!global) {
    auto bytes = kernel::getByteSize(kernel::getBufferType(tensorType));
    OpBuilder outside = OpBuilder::atBlockEnd(module.getBody());
    auto type = LLVM::LLVMArrayType::get(outside.getI8Type(), *bytes);
    global = LLVM::GlobalOp::create(outside, data.getLoc(), type,
                                    /*isConstant=*/true,
                                    LLVM::Linkage::External, name, Attribute(),
                                    /*alignment=*/64);
    global.setVisibility_(LLVM::Visibility::Hidden);
    symbols.insert(global);
  }
  return LLVM::AddressOfOp::create(builder, loc, pointer, global.getSymName());
}

// The address of a buffer's first element.
FailureOr<Value> RunnerLowering::getAddress(Value buffer) {
  if (Value address = addresses.lookup(buffer))
    return address;
  Operation *op = buffer.getDefiningOp();
  Value address;
  if (auto temporary = dyn_cast<kernel::BufferOp>(op)) {
    if (!temporary.getOffset())
      return op->emitOpError("has no place in the workspace");
    address = offset(workspace, static_cast<int64_t>(*temporary.getOffset()));
  } else if (auto reference = dyn_cast<kernel::DataRefOp>(op)) {
    auto data = symbols.lookup<kernel::DataOp>(reference.getData());
    if (!data)
      return op->emitOpError("refers to no constant");
    address = getData(data);
  } else if (isa<memref::ReinterpretCastOp, memref::SubViewOp>(op)) {
    FailureOr<Value> base = getAddress(op->getOperand(0));
    if (failed(base))
      return failure();
    auto from = cast<MemRefType>(op->getOperand(0).getType());
    auto to = cast<MemRefType>(buffer.getType());
    SmallVector<int64_t> strides;
    int64_t start = 0, end = 0;
    if (failed(from.getStridesAndOffset(strides, start)) ||
        failed(to.getStridesAndOffset(strides, end)) ||
        ShapedType::isDynamic(start) || ShapedType::isDynamic(end))
      return op->emitOpError("has no constant offset");
    auto unit = MemRefType::get({}, to.getElementType());
    address = offset(*base, (end - start) * *kernel::getByteSize(unit));
  } else {
    return op->emitOpError("is no known buffer");
  }
  return addresses[buffer] = address;
}

LLVM::LLVMFuncOp RunnerLowering::getRuntimeFunction(StringRef name,
                                                    ArrayRef<Type> operands) {
  if (auto found = symbols.lookup<LLVM::LLVMFuncOp>(name))
    return found;
  auto module = function->getParentOfType<ModuleOp>();
  OpBuilder outside = OpBuilder::atBlockEnd(module.getBody());
  auto made = LLVM::LLVMFuncOp::create(
      outside, module.getLoc(), name,
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(outside.getContext()),
                                  operands));
  symbols.insert(made);
  return made;
}

void RunnerLowering::traceLaunch() {
  if (trace)
    LLVM::CallOp::create(builder, loc,
                         getRuntimeFunction("sluice_trace_launch", {i64}),
                         ValueRange{constant(i64, launches++)});
}

// void task(void **buffers, int64_t begin, int64_t end)
LLVM::LLVMFuncOp RunnerLowering::getTask(LLVM::LLVMFuncOp kernel) {
  std::string name = (kernel.getSymName() + "_task").str();
  if (auto found = symbols.lookup<LLVM::LLVMFuncOp>(name))
    return found;
  OpBuilder outside(entry);
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(outside.getContext()), {pointer, i64, i64});
  auto task = LLVM::LLVMFuncOp::create(outside, kernel.getLoc(), name, type,
                                       LLVM::Linkage::Internal);
  symbols.insert(task);
  Block *block = task.addEntryBlock(outside);
  outside.setInsertionPointToStart(block);
  SmallVector<Value> operands;
  int64_t count = kernel.getNumArguments() - 2;
  for (int64_t i = 0; i < count; ++i) {
    Value at = LLVM::GEPOp::create(outside, kernel.getLoc(), pointer, pointer,
                                   block->getArgument(0),
                                   ArrayRef<LLVM::GEPArg>{int32_t(i)});
    operands.push_back(
        LLVM::LoadOp::create(outside, kernel.getLoc(), pointer, at));
  }
  operands.push_back(block->getArgument(1));
  operands.push_back(block->getArgument(2));
  LLVM::CallOp::create(outside, kernel.getLoc(), kernel, operands);
  LLVM::ReturnOp::create(outside, kernel.getLoc(), ValueRange());
  return task;
}

LogicalResult RunnerLowering::launch(kernel::LaunchOp op) {
  loc = op.getLoc();
  auto kernel = kernels.lookup<LLVM::LLVMFuncOp>(op.getKernel());
  auto chunks =
      kernel ? kernel->getAttrOfType<IntegerAttr>("kernel.chunks") : nullptr;
  if (!chunks)
    return op.emitOpError("launches no emitted kernel");
  traceLaunch();
  SmallVector<Value> buffers;
  for (Value operand : op.getOperands()) {
    FailureOr<Value> address = getAddress(operand);
    if (failed(address))
      return failure();
    buffers.push_back(*address);
  }
  bool fails = kernel->hasAttr("kernel.fails");
  if (fails)
    buffers.push_back(record);
  for (auto [i, buffer] : llvm::enumerate(buffers))
    LLVM::StoreOp::create(builder, loc, buffer, offset(arguments, 8 * i));
  LLVM::LLVMFuncOp task = getTask(kernel);
  Value chunkCount = constant(i64, chunks.getInt());
  if (chunks.getInt() == 1 || kernel->hasAttr("kernel.makes_strings")) {
    LLVM::CallOp::create(builder, loc, task,
                         ValueRange{arguments, constant(i64, 0), chunkCount});
  } else {
    Value address =
        LLVM::AddressOfOp::create(builder, loc, pointer, task.getSymName());
    LLVM::CallOp::create(
        builder, loc,
        getRuntimeFunction("sluice_parallel", {pointer, i64, pointer, pointer}),
        ValueRange{threads, chunkCount, address, arguments});
  }
  if (fails)
    checkStatus();
  return success();
}

Value RunnerLowering::getWord(RunRecord::Word word) {
  return LLVM::LoadOp::create(builder, loc, i64, offset(record, 8 * word));
}

void RunnerLowering::setWord(RunRecord::Word word, Value value) {
  LLVM::StoreOp::create(builder, loc, value, offset(record, 8 * word));
}

// String space is what the caller's block holds behind the entry's part.
void RunnerLowering::startRecord() {
  record = LLVM::AllocaOp::create(builder, loc, pointer, i64,
                                  constant(i64, RunRecord::WordCount));
  setWord(RunRecord::Status, constant(i64, 0));
  if (!makesStrings)
    return;
  auto integer = [&](Value address) -> Value {
    return LLVM::PtrToIntOp::create(builder, loc, i64, address);
  };
  Value instance = loadPointer(call, instanceField);
  Value size =
      LLVM::LoadOp::create(builder, loc, i64, offset(instance, blockSizeField));
  Value end = LLVM::AddOp::create(
      builder, loc, integer(loadPointer(instance, blockField)), size);
  Value space = integer(offset(workspace, workspaceBytes));
  // A small block may end before the boundary at which its space starts.
  Value left = LLVM::SMaxOp::create(
      builder, loc, LLVM::SubOp::create(builder, loc, end, space),
      constant(i64, 0));
  setWord(RunRecord::StringSpace, space);
  setWord(RunRecord::StringSize, left);
  setWord(RunRecord::StringUsed, constant(i64, 0));
  setWord(RunRecord::StringNode, constant(i64, -1));
}

// Returns `code` (i64), or that the workspace is too small where strings found
// no room: what else failed may follow from that.
void RunnerLowering::leave(Value code) {
  auto giveBack = [&](Value status) {
    LLVM::ReturnOp::create(
        builder, loc,
        LLVM::TruncOp::create(builder, loc, i32, status).getResult());
  };
  if (!makesStrings)
    return giveBack(code);
  Value used = getWord(RunRecord::StringUsed);
  Value tooSmall = LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::ugt,
                                        used, getWord(RunRecord::StringSize));
  Block *current = builder.getBlock();
  Region *region = current->getParent();
  Block *counted = builder.createBlock(region, region->end());
  Value error = loadPointer(call, errorField);
  // Enough for a block of any alignment.
  Value wanted = LLVM::AddOp::create(
      builder, loc, used, constant(i64, workspaceBytes + workspaceAlignment));
  Value instance = loadPointer(call, instanceField);
  Value found =
      LLVM::LoadOp::create(builder, loc, i64, offset(instance, blockSizeField));
  Value node = getWord(RunRecord::StringNode);
  LLVM::StoreOp::create(builder, loc, wanted, offset(error, requiredField));
  LLVM::StoreOp::create(builder, loc, found, offset(error, foundField));
  LLVM::StoreOp::create(builder, loc,
                        LLVM::TruncOp::create(builder, loc, i32, node),
                        offset(error, nodeField));
  giveBack(constant(i64, workspaceTooSmall));
  Block *other = builder.createBlock(region, region->end());
  giveBack(code);
  builder.setInsertionPointToEnd(current);
  LLVM::CondBrOp::create(builder, loc, tooSmall, counted, other);
}

// Leaves the entry when a check failed.
void RunnerLowering::checkStatus() {
  Value code = getWord(RunRecord::Status);
  Value failed = LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::ne,
                                      code, constant(i64, 0));
  Block *current = builder.getBlock();
  Region *region = current->getParent();
  Block *failure = builder.createBlock(region, region->end());
  Value error = loadPointer(call, errorField);
  Value node = getWord(RunRecord::Node);
  LLVM::StoreOp::create(builder, loc,
                        LLVM::TruncOp::create(builder, loc, i32, node),
                        offset(error, nodeField));
  LLVM::StoreOp::create(builder, loc, getWord(RunRecord::Found),
                        offset(error, foundField));
  leave(code);
  Block *next = builder.createBlock(region, region->end());
  builder.setInsertionPointToEnd(current);
  LLVM::CondBrOp::create(builder, loc, failed, failure, next);
  builder.setInsertionPointToEnd(next);
}

LogicalResult RunnerLowering::run() {
  Block &block = function.getBody().front();
  entry = LLVM::LLVMFuncOp::create(builder, loc,
                                   getSymbol(function, function.getSymName()),
                                   LLVM::LLVMFunctionType::get(i32, {pointer}));
  entry.setVisibility_(LLVM::Visibility::Hidden);
  builder.setInsertionPointToStart(entry.addEntryBlock(builder));
  call = entry.getArgument(0);
  Value tensors = loadPointer(call, tensorsField);
  workspace = loadPointer(call, workspaceField);
  threads = loadPointer(call, threadsField);
  for (BlockArgument argument : block.getArguments())
    addresses[argument] = loadPointer(tensors, 8 * argument.getArgNumber());
  workspaceBytes =
      function->getAttrOfType<IntegerAttr>("kernel.workspace").getInt();
  size_t longest = 1;
  function.walk([&](kernel::LaunchOp op) {
    longest = std::max<size_t>(longest, op.getNumOperands() + 1);
    auto kernel = kernels.lookup<LLVM::LLVMFuncOp>(op.getKernel());
    makesStrings |= kernel && kernel->hasAttr("kernel.makes_strings");
  });
  arguments = LLVM::AllocaOp::create(builder, loc, pointer, pointer,
                                     constant(i64, longest));
  startRecord();
  if (failed(lower(block)))
    return failure();
  loc = function.getLoc();
  traceLaunch();
  leave(constant(i64, 0));
  symbols.erase(function);
  symbols.insert(entry);
  return success();
}

// Conversion from scf leaves a loop's annotation on the branch under the name
// it had on the loop; translation to LLVM IR reads the branch's own attribute.
static void adoptLoopAnnotations(ModuleOp module) {
  module.walk([](Operation *op) {
    auto annotation =
        op->getAttrOfType<LLVM::LoopAnnotationAttr>("llvm.loop_annotation");
    if (!annotation)
      return;
    op->removeAttr("llvm.loop_annotation");
    if (auto branch = dyn_cast<LLVM::BrOp>(op))
      branch.setLoopAnnotationAttr(annotation);
    else if (auto condition = dyn_cast<LLVM::CondBrOp>(op))
      condition.setLoopAnnotationAttr(annotation);
  });
}

namespace {
class LowerRunner : public sluice::impl::LowerRunnerBase<LowerRunner> {
public:
  using LowerRunnerBase::LowerRunnerBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    auto inner = symbols.lookup<ModuleOp>("kernels");
    if (!inner) {
      module.emitOpError("has no module of kernels");
      return signalPassFailure();
    }
    SymbolTable kernels(inner);
    SmallVector<func::FuncOp> runners;
    for (auto function : module.getOps<func::FuncOp>())
      if (function->hasAttr("kernel.workspace"))
        runners.push_back(function);
    for (func::FuncOp runner : runners)
      if (failed(RunnerLowering(runner, symbols, kernels, traceLaunches).run()))
        return signalPassFailure();
    for (auto data :
         llvm::make_early_inc_range(module.getOps<kernel::DataOp>()))
      data.erase();
    Block *body = module.getBody();
    body->getOperations().splice(inner->getIterator(),
                                 inner.getBody()->getOperations());
    inner.erase();
    adoptLoopAnnotations(module);
  }
};
} // namespace
