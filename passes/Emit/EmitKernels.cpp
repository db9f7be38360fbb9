//===- EmitKernels.cpp - Turn every kernel into loops ---------------------===//

#include "dialects/Graph/CollectOps.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/Emit/EmitHalo.h"
#include "passes/Emit/EmitUpdate.h"
#include "passes/Emit/KernelEmitter.h"
#include "passes/Emit/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_EMITKERNELS
#include "passes/Emit/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

// Operators without the Pure trait may fail at run time.
static bool canFail(Block &body) {
  return llvm::any_of(body.without_terminator(),
                      [](Operation &op) { return !isPure(&op); });
}

// Conversion to LLVM knows no strides of a buffer without elements. Nothing
// reads it: any type of its rank will do.
static MemRefType withoutEmptyDimensions(MemRefType type) {
  if (!llvm::is_contained(type.getShape(), 0))
    return type;
  SmallVector<int64_t> shape(type.getShape());
  llvm::replace(shape, 0, 1);
  return MemRefType::get(shape, type.getElementType());
}

// A buffer with other strides, of dimensions of one element.
static Value seeAs(OpBuilder &builder, Location loc, Value buffer,
                   MemRefType type) {
  if (buffer.getType() == type)
    return buffer;
  return memref::ReinterpretCastOp::create(builder, loc, type, buffer,
                                           /*offset=*/0, type.getShape(),
                                           type.getStridesAndOffset().first);
}

static LogicalResult emitKernel(kernel::FuncOp source, ModuleOp kernels,
                                const TargetDescription &target) {
  OpBuilder builder = OpBuilder::atBlockEnd(kernels.getBody());
  Location loc = source.getLoc();
  Block &body = source.getBody().front();
  bool fails = canFail(body);
  SmallVector<Type> types;
  for (Attribute buffer : source.getBuffers())
    types.push_back(withoutEmptyDimensions(
        cast<MemRefType>(cast<TypeAttr>(buffer).getValue())));
  if (fails)
    types.push_back(
        MemRefType::get({kernel::RunRecord::WordCount}, builder.getI64Type()));
  types.append(2, builder.getIndexType());
  auto function = func::FuncOp::create(builder, loc, source.getSymName(),
                                       builder.getFunctionType(types, {}));
  function.setPrivate();
  // The planner and the checks of the runtime keep outputs apart. An input that
  // is overwritten is read by the output's name: one pointer, so that LLVM
  // tells its elements apart.
  for (unsigned i = 0; i < source.getBuffers().size(); ++i)
    function.setArgAttr(i, "llvm.noalias", builder.getUnitAttr());
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);

  Operation *root = nullptr;
  for (Operation &op : body)
    if (isa<graph::KernelRootOp>(op))
      root = &op;
  auto argument = [&](unsigned i) -> Value { return entry->getArgument(i); };
  unsigned numInputs = source.getNumInputs(), last = types.size() - 1;
  KernelContext context{source,
                        body,
                        source.getYield()->getOperand(0),
                        root,
                        builder,
                        loc,
                        target,
                        llvm::DenseMap<Value, Value>(),
                        argument(numInputs),
                        argument(last - 1),
                        argument(last),
                        fails ? argument(last - 2) : Value()};
  OperandRange results = source.getYield()->getOperands();
  for (unsigned i = 1; i < results.size(); ++i)
    context.others.push_back({results[i], argument(numInputs + i)});
  if (kernel::getScratchBytes(body))
    context.scratch = argument(numInputs + results.size());
  for (auto [i, tensor] : llvm::enumerate(body.getArguments()))
    context.buffers[tensor] = argument(i);
  if (std::optional<uint64_t> number = source.getOverwritten()) {
    context.overwritten = body.getArgument(static_cast<unsigned>(*number));
    context.buffers[context.overwritten] =
        seeAs(builder, loc, context.output, cast<MemRefType>(types[*number]));
  }
  bool storesAll = !root || cast<graph::KernelRootOp>(root).getRootKind() ==
                                graph::RootKind::Contraction;
  if (results.empty() || (results.size() > 1 && !storesAll))
    return source.emitOpError("yields ") << results.size() << " values";

  int64_t chunks = 0;
  for (KernelEmitter emitter :
       {emitUpdate, emitDepthwise, emitContraction, emitAttention, emitRows,
        emitWindow, emitWinograd, emitTranspose, emitElements}) {
    FailureOr<int64_t> emitted = emitter(context);
    if (failed(emitted))
      return failure();
    if ((chunks = *emitted))
      break;
  }
  func::ReturnOp::create(builder, loc);
  function->setAttr("kernel.chunks", builder.getI64IntegerAttr(chunks));
  if (fails)
    function->setAttr("kernel.fails", builder.getUnitAttr());
  if (kernel::makesStrings(source))
    function->setAttr("kernel.makes_strings", builder.getUnitAttr());
  source.erase();
  return success();
}

// Replaces halo fills by launches of a kernel each.
static void emitHalos(ModuleOp module, ModuleOp kernels) {
  SymbolTable symbols(kernels);
  DenseMap<std::pair<Type, Attribute>, func::FuncOp> made;
  for (kernel::FillHaloOp fill : collectOps<kernel::FillHaloOp>(module)) {
    OpBuilder builder(fill);
    Location loc = fill.getLoc();
    MemRefType type =
        kernel::getTypeAtAddress(cast<MemRefType>(fill.getBuffer().getType()));
    func::FuncOp &function = made[{
        type, builder.getArrayAttr({fill.getLowAttr(), fill.getHighAttr()})}];
    if (!function) {
      OpBuilder outside = OpBuilder::atBlockEnd(kernels.getBody());
      Type index = outside.getIndexType();
      function = func::FuncOp::create(
          outside, loc, "halo",
          outside.getFunctionType({type, index, index}, {}));
      function.setPrivate();
      function->setAttr("kernel.chunks", outside.getI64IntegerAttr(1));
      symbols.insert(function);
      outside.setInsertionPointToStart(function.addEntryBlock());
      emitHalo(outside, loc, function.getArgument(0), fill.getLow(),
               fill.getHigh());
      func::ReturnOp::create(outside, loc);
    }
    kernel::LaunchOp::create(builder, loc,
                             FlatSymbolRefAttr::get(function.getSymNameAttr()),
                             ValueRange(), fill.getBuffer());
    fill.erase();
  }
}

namespace {
class EmitKernels : public sluice::impl::EmitKernelsBase<EmitKernels> {
public:
  using EmitKernelsBase::EmitKernelsBase;

  void runOnOperation() override {
    TargetDescription target = describeTarget(triple, cpu, features);
    ModuleOp module = getOperation();
    SmallVector<kernel::FuncOp> sources(module.getOps<kernel::FuncOp>());
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    auto kernels = ModuleOp::create(builder, module.getLoc(), "kernels");
    for (kernel::FuncOp source : sources)
      if (failed(emitKernel(source, kernels, target)))
        return signalPassFailure();
    emitHalos(module, kernels);
  }
};
} // namespace
