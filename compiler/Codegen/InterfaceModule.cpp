//===- InterfaceModule.cpp - Descriptor and entry points as IR ------------===//
//
// Field order here is that of runtime/include/sluice/sluice.h.
//
//===----------------------------------------------------------------------===//

#include "compiler/Codegen/InterfaceModule.h"
#include "compiler/Codegen/DescriptorBuilder.h"
#include "compiler/Codegen/Names.h"
#include "compiler/Codegen/ObjectEmitter.h"
#include "compiler/Codegen/Version.h"
#include "sluice/abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Target/TargetMachine.h"

using namespace sluice;
using llvm::Constant;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

// The numbers of the element types are part of the ABI.
static_assert(int(ElementKind::Bool) == SLUICE_BOOL &&
              int(ElementKind::I64) == SLUICE_I64 &&
              int(ElementKind::U64) == SLUICE_U64 &&
              int(ElementKind::F32) == SLUICE_F32 &&
              int(ElementKind::C128) == SLUICE_C128 &&
              int(ElementKind::String) == SLUICE_STRING);

static int64_t withSlack(int64_t bytes) {
  return (bytes + 63) / 64 * 64 + SLUICE_ALIGNMENT;
}

int64_t sluice::workspaceSizeWithSlack(const InterfaceEntry &entry) {
  return withSlack(entry.workspaceBytes);
}

static int64_t largestWorkspace(const ModelInterface &model) {
  int64_t largest = 0;
  for (const InterfaceEntry &entry : model.entries)
    largest = std::max(largest, entry.workspaceBytes);
  return largest;
}

int64_t sluice::workspaceSizeWithSlack(const ModelInterface &model) {
  return withSlack(largestWorkspace(model));
}

namespace {
class InterfaceBuilder {
public:
  InterfaceBuilder(llvm::Module &module, const ModelInterface &model)
      : module(module), context(module.getContext()), model(model),
        names(resolveNames(model)), data(module) {}

  Error build(int64_t weightBytes, const ContentHash &hash);

private:
  Constant *tensor(const InterfaceTensor &tensor, StringRef field,
                   int64_t offset, bool output);
  Constant *entry(unsigned index);
  Expected<Constant *> level(const InterfaceLevel &level);
  Constant *hidden(const std::string &symbol, llvm::FunctionType *type);
  void function(const Twine &name, llvm::FunctionType *type, StringRef callee,
                llvm::ArrayRef<llvm::Value *> before);
  void functions(Constant *descriptor);

  llvm::Module &module;
  llvm::LLVMContext &context;
  const ModelInterface &model;
  InterfaceNames names;
  DescriptorBuilder data;
};
} // namespace

Constant *InterfaceBuilder::hidden(const std::string &symbol,
                                   llvm::FunctionType *type) {
  auto *function = llvm::Function::Create(
      type, llvm::GlobalValue::ExternalLinkage, symbol, module);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  return function;
}

Constant *InterfaceBuilder::tensor(const InterfaceTensor &tensor,
                                   StringRef field, int64_t offset,
                                   bool output) {
  std::vector<int32_t> args = tensor.dimArgs;
  args.resize(tensor.shape.size(), -1);
  bool isString = tensor.kind == ElementKind::String;
  uint32_t flags = (output ? SLUICE_TENSOR_OUTPUT : 0) |
                   (tensor.unused ? SLUICE_TENSOR_UNUSED : 0);
  return data.structure({data.string(field), data.string(tensor.name),
                         data.string(tensor.source),
                         data.int32(int(tensor.kind)),
                         data.int32(static_cast<int64_t>(tensor.shape.size())),
                         data.int64s(tensor.shape), data.int32s(args),
                         data.int64(tensorBytes(tensor).value_or(-1)),
                         data.int64(offset), data.int64(-1), data.int32(flags),
                         data.int32(isString ? 16 : elementSize(tensor.kind))});
}

Constant *InterfaceBuilder::entry(unsigned index) {
  const InterfaceEntry &entry = model.entries[index];
  const EntryNames &entryNames = names.entries[index];
  std::vector<Constant *> tensors, dims, variants;
  int64_t offset = static_cast<int64_t>(entry.dims.size()) * 8;
  for (size_t i = 0; i < entry.inputs.size() + entry.outputs.size(); ++i) {
    bool output = i >= entry.inputs.size();
    const InterfaceTensor &described =
        output ? entry.outputs[i - entry.inputs.size()] : entry.inputs[i];
    tensors.push_back(tensor(described, entryNames.tensors[i], offset, output));
    offset += 8;
  }
  for (size_t i = 0; i < entry.dims.size(); ++i)
    dims.push_back(data.structure({data.string(entryNames.dims[i]),
                                   data.int64(entry.dims[i].min),
                                   data.int64(entry.dims[i].max)}));
  auto *pointer = llvm::PointerType::getUnqual(context);
  auto *i32 = llvm::Type::getInt32Ty(context);
  auto *entryType = llvm::FunctionType::get(i32, {pointer}, false);
  for (size_t level = 0; level < model.levels.size(); ++level)
    variants.push_back(hidden(entrySymbol(model, index, level), entryType));
  Constant *workspaceFunction =
      entry.hasWorkspaceFunction
          ? hidden(workspaceSymbol(model.name, index),
                   llvm::FunctionType::get(i32, {pointer, pointer}, false))
          : data.null();
  return data.structure(
      {data.string(entryNames.suffix), data.string(entry.name),
       data.array(tensors), data.array(dims),
       data.int32(static_cast<int64_t>(entry.inputs.size())),
       data.int32(static_cast<int64_t>(entry.outputs.size())),
       data.int32(static_cast<int64_t>(entry.dims.size())),
       data.int32(entry.makesStrings ? SLUICE_ENTRY_STRINGS : 0),
       data.int64(offset), data.int64(entry.workspaceBytes), workspaceFunction,
       data.array(variants)});
}

Expected<Constant *> InterfaceBuilder::level(const InterfaceLevel &level) {
  TargetSpec target;
  target.triple = model.triple;
  target.cpu = level.cpu;
  target.features = level.features;
  Expected<CpuRequirements> needs = cpuRequirements(target);
  if (!needs)
    return needs.takeError();
  std::vector<Constant *> bits;
  for (const CpuBits &leaf : needs->bits) {
    uint8_t raw[16];
    for (int i = 0; i < 16; ++i)
      raw[i] = static_cast<uint8_t>(leaf.mask[i / 4] >> (i % 4 * 8));
    // The masks as bytes: both targets are little-endian.
    bits.push_back(data.structure(
        {data.int32(leaf.leaf), data.int32(leaf.subleaf), data.bytes(raw)}));
  }
  return data.structure(
      {data.string(level.name), data.string(llvm::join(needs->names, " ")),
       data.array(bits), data.int32(static_cast<int64_t>(bits.size())),
       data.int32(0), data.int64(static_cast<int64_t>(needs->osState))});
}

// int NAME(parameters...) { return callee(before..., parameters...); } where
// `before` stands behind the first parameter when that is the instance.
void InterfaceBuilder::function(const Twine &name, llvm::FunctionType *type,
                                StringRef callee,
                                llvm::ArrayRef<llvm::Value *> before) {
  auto *function = llvm::Function::Create(
      type, llvm::GlobalValue::ExternalLinkage, name, module);
  function->setDoesNotThrow();
  llvm::IRBuilder<> builder(
      llvm::BasicBlock::Create(context, "entry", function));
  llvm::SmallVector<llvm::Value *> values;
  bool onInstance = !callee.ends_with("workspace_size");
  auto *argument = function->arg_begin();
  if (onInstance)
    values.push_back(argument++);
  values.append(before.begin(), before.end());
  for (; argument != function->arg_end(); ++argument)
    values.push_back(argument);
  llvm::SmallVector<llvm::Type *> types;
  for (llvm::Value *value : values)
    types.push_back(value->getType());
  llvm::FunctionCallee target = module.getOrInsertFunction(
      callee, llvm::FunctionType::get(type->getReturnType(), types, false));
  llvm::CallInst *call = builder.CreateCall(target, values);
  call->setTailCall();
  if (type->getReturnType()->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(call);
}

void InterfaceBuilder::functions(Constant *descriptor) {
  auto *pointer = llvm::PointerType::getUnqual(context);
  auto *i32 = llvm::Type::getInt32Ty(context);
  auto *i64 = llvm::Type::getInt64Ty(context);
  auto *pair = llvm::FunctionType::get(i32, {pointer, pointer}, false);
  auto *single = llvm::FunctionType::get(i32, {pointer}, false);
  const std::string &prefix = names.model;
  function(prefix + "_init", pair, "sluice_init", {descriptor});
  function(prefix + "_set_workspace",
           llvm::FunctionType::get(i32, {pointer, pointer, i64}, false),
           "sluice_set_workspace", {});
  function(
      prefix + "_release",
      llvm::FunctionType::get(llvm::Type::getVoidTy(context), {pointer}, false),
      "sluice_release", {});
  for (unsigned i = 0; i < model.entries.size(); ++i) {
    const std::string &entryPrefix = names.entries[i].prefix;
    function(entryPrefix + "_run", pair, "sluice_run_args", {data.int32(i)});
    // Static entries take no dims.
    bool isStatic = model.entries[i].dims.empty();
    llvm::SmallVector<llvm::Value *> before{descriptor, data.int32(i)};
    if (isStatic)
      before.push_back(data.null());
    function(entryPrefix + "_workspace_size", isStatic ? single : pair,
             "sluice_workspace_size", before);
  }
}

Error InterfaceBuilder::build(int64_t weightBytes, const ContentHash &hash) {
  std::vector<Constant *> entries, levels, nodes, messages;
  for (unsigned i = 0; i < model.entries.size(); ++i)
    entries.push_back(entry(i));
  for (const InterfaceLevel &described : model.levels) {
    Expected<Constant *> value = level(described);
    if (!value)
      return value.takeError();
    levels.push_back(*value);
  }
  for (const InterfaceNode &node : model.nodes)
    nodes.push_back(
        data.structure({data.string(node.name), data.string(node.op)}));
  for (const std::string &message : model.messages)
    messages.push_back(data.string(message));

  auto *abiSymbol = new llvm::GlobalVariable(
      module, llvm::Type::getInt8Ty(context), /*isConstant=*/true,
      llvm::GlobalValue::ExternalLinkage, nullptr,
      "sluice_abi_" + Twine(SLUICE_ABI));
  Constant *zero = data.int64(0);
  Constant *value =
      data.structure({data.int32(SLUICE_ABI),
                      data.int32(sizeof(sluice_model)),
                      abiSymbol,
                      data.string(model.name),
                      data.string(model.source),
                      data.string(compilerVersion()),
                      data.string(model.triple),
                      data.bytes(hash),
                      data.array(entries),
                      data.array(levels),
                      data.array(nodes),
                      data.array(messages),
                      data.int32(static_cast<int64_t>(entries.size())),
                      data.int32(static_cast<int64_t>(levels.size())),
                      data.int32(static_cast<int64_t>(nodes.size())),
                      data.int32(static_cast<int64_t>(messages.size())),
                      data.int32(model.relaxBits),
                      data.int32(0), // device: CPU
                      data.int64(largestWorkspace(model)),
                      data.int64(SLUICE_ALIGNMENT),
                      data.int64(weightBytes),
                      zero,          // state_size
                      zero,          // state_hash
                      data.null(),   // variables
                      data.int32(0), // variable_count
                      data.int32(0), // image_count
                      data.null(),   // images
                      data.null(),   // state_init
                      zero,
                      zero,
                      zero,
                      zero});
  const llvm::DataLayout &layout = module.getDataLayout();
  if (layout.getTypeAllocSize(value->getType()) != sizeof(sluice_model))
    return llvm::createStringError(
        "internal error: descriptor layout differs from sluice.h");
  auto *descriptor = new llvm::GlobalVariable(
      module, value->getType(), /*isConstant=*/true,
      llvm::GlobalValue::ExternalLinkage, value, names.model + "_model");
  functions(descriptor);
  return Error::success();
}

Expected<std::unique_ptr<llvm::Module>>
sluice::buildInterfaceModule(llvm::LLVMContext &context,
                             const ModelInterface &model, int64_t weightBytes,
                             const ContentHash &hash) {
  if (Error error = checkInterface(model))
    return error;
  Expected<TargetSpec> target = baselineTarget(model.triple);
  if (!target)
    return target.takeError();
  Expected<std::unique_ptr<llvm::TargetMachine>> machine =
      createTargetMachine(*target);
  if (!machine)
    return machine.takeError();
  auto module = std::make_unique<llvm::Module>("sluice", context);
  module->setTargetTriple((*machine)->getTargetTriple());
  module->setDataLayout((*machine)->createDataLayout());
  if (Error error = InterfaceBuilder(*module, model).build(weightBytes, hash))
    return error;
  return module;
}
