//===- LoadedModel.cpp - A compiled model inside this process -------------===//

#include "compiler/Driver/LoadedModel.h"
#include "compiler/Codegen/Names.h"
#include "compiler/Driver/LaunchTrace.h"
#include "compiler/Driver/ValueText.h"
#include "sluice/abi.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/ExecutionEngine/Orc/MapperJITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/TargetSelect.h"
#include <cstdlib>
#include <cstring>

using namespace sluice;
using llvm::StringRef;
using llvm::Twine;

static llvm::Error fail(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

//===----------------------------------------------------------------------===//
// Linking
//===----------------------------------------------------------------------===//

class LoadedModel::Linker {
public:
  /// Objects outlive the code: the linker reads them lazily.
  std::vector<LibraryMember> objects;
  std::unique_ptr<llvm::orc::LLJIT> jit;

  llvm::Error start();
  llvm::Error defineRuntime();
};

llvm::Error LoadedModel::Linker::start() {
  // Once per process; later calls do nothing.
  if (llvm::InitializeNativeTarget() ||
      llvm::InitializeNativeTargetAsmPrinter())
    return fail("this machine's architecture is not supported");
  // One reservation for all objects: calls and data of one model reach each
  // other within 2 GiB.
  size_t reserve = size_t(16) << 20;
  for (const LibraryMember &object : objects)
    reserve += object.bytes.size() + (size_t(1) << 20);
  auto memory = llvm::orc::MapperJITLinkMemoryManager::CreateWithMapper<
      llvm::orc::InProcessMemoryMapper>(reserve);
  if (!memory)
    return memory.takeError();
  auto layer = [&](llvm::orc::ExecutionSession &session)
      -> llvm::Expected<std::unique_ptr<llvm::orc::ObjectLayer>> {
    return std::make_unique<llvm::orc::ObjectLinkingLayer>(session,
                                                           std::move(*memory));
  };
  auto made = llvm::orc::LLJITBuilder()
                  .setObjectLinkingLayerCreator(layer)
                  .setPlatformSetUp(llvm::orc::setUpInactivePlatform)
                  .create();
  if (!made)
    return made.takeError();
  jit = std::move(*made);
  return llvm::Error::success();
}

llvm::Error LoadedModel::Linker::defineRuntime() {
  // The tool's own copy of the runtime; libc through the process.
  llvm::orc::SymbolMap symbols;
  auto define = [&](StringRef name, const void *address) {
    symbols[jit->mangleAndIntern(name)] = {
        llvm::orc::ExecutorAddr::fromPtr(address),
        llvm::JITSymbolFlags::Exported};
  };
#define SLUICE_DEFINE(NAME) define(#NAME, reinterpret_cast<const void *>(&NAME))
  SLUICE_DEFINE(sluice_abi_1);
  SLUICE_DEFINE(sluice_init);
  SLUICE_DEFINE(sluice_last_error);
  SLUICE_DEFINE(sluice_parallel);
  SLUICE_DEFINE(sluice_release);
  SLUICE_DEFINE(sluice_run);
  SLUICE_DEFINE(sluice_run_args);
  SLUICE_DEFINE(sluice_set_workspace);
  SLUICE_DEFINE(sluice_status_text);
  SLUICE_DEFINE(sluice_trace_launch);
  SLUICE_DEFINE(sluice_workspace_size);
#undef SLUICE_DEFINE
  llvm::orc::JITDylib &library = jit->getMainJITDylib();
  if (llvm::Error error =
          library.define(llvm::orc::absoluteSymbols(std::move(symbols))))
    return error;
  auto process = llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      jit->getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  library.addGenerator(std::move(*process));
  return llvm::Error::success();
}

LoadedModel::LoadedModel() : linker(std::make_unique<Linker>()) {}
LoadedModel::~LoadedModel() = default;

llvm::Expected<std::unique_ptr<LoadedModel>>
LoadedModel::load(std::vector<LibraryMember> objects, StringRef name) {
  std::unique_ptr<LoadedModel> result(new LoadedModel());
  Linker &linker = *result->linker;
  linker.objects = std::move(objects);
  if (llvm::Error error = linker.start())
    return error;
  if (llvm::Error error = linker.defineRuntime())
    return error;
  for (const LibraryMember &object : linker.objects) {
    StringRef bytes(object.bytes.data(), object.bytes.size());
    auto buffer = llvm::MemoryBuffer::getMemBuffer(
        bytes, object.name, /*RequiresNullTerminator=*/false);
    if (llvm::Error error = linker.jit->addObjectFile(std::move(buffer)))
      return error;
  }
  llvm::Expected<llvm::orc::ExecutorAddr> address =
      linker.jit->lookup(modelIdentifier(name) + "_model");
  if (!address)
    return address.takeError();
  result->model = address->toPtr<const sluice_model *>();
  return result;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

PreparedRun::~PreparedRun() {
  sluice_release(&instance);
  for (void *block : owned)
    std::free(block);
}

void *PreparedRun::allocate(size_t bytes) {
  size_t rounded = (bytes + 63) / 64 * 64;
  if (rounded < bytes)
    return nullptr;
  void *block = std::aligned_alloc(64, rounded ? rounded : 64);
  if (block)
    owned.push_back(block);
  return block;
}

// To what the last run asked for; false when that is no more or not to be had.
bool PreparedRun::growWorkspace() {
  uint64_t wanted =
      static_cast<uint64_t>(sluice_last_error(&instance)->required);
  // A short program can ask for strings longer than any machine's memory.
  constexpr uint64_t most = uint64_t(4) << 30;
  if (wanted <= workspaceSize || wanted - workspaceSize > most)
    return false;
  void *block = allocate(wanted);
  if (!block)
    return false;
  workspaceSize = wanted;
  return !sluice_set_workspace(&instance, block, wanted);
}

int PreparedRun::run() {
  int status;
  do
    status = sluice_run(&instance, entryIndex, tensors.data(), dims.data());
  while (status == SLUICE_WORKSPACE_TOO_SMALL && growWorkspace());
  return status;
}

std::string PreparedRun::errorText() const {
  char buffer[1024];
  sluice_error_text(&instance, buffer, sizeof(buffer));
  return buffer;
}

std::vector<HostTensor> PreparedRun::outputs() const {
  std::vector<HostTensor> result;
  for (int32_t i = 0; i < entry->output_count; ++i) {
    const sluice_tensor &info = entry->tensors[entry->input_count + i];
    HostTensor tensor(static_cast<ElementKind>(info.type), outputShapes[i]);
    const void *data = tensors[entry->input_count + i];
    if (tensor.kind() == ElementKind::String) {
      const auto *strings = static_cast<const sluice_string *>(data);
      for (int64_t k = 0; k < tensor.size(); ++k)
        if (strings[k].size)
          tensor.strings[k].assign(strings[k].data, strings[k].size);
    } else if (tensor.byteSize()) {
      std::memcpy(tensor.data(), data, tensor.byteSize());
    }
    result.push_back(std::move(tensor));
  }
  return result;
}

/// Fits `input` to the tensor's static dims and takes its dynamic ones.
static llvm::Error bindDims(const sluice_entry &entry,
                            const sluice_tensor &info, const HostTensor &input,
                            std::vector<int64_t> &dims) {
  std::string name = ("input '" + Twine(info.original) + "' ").str();
  if (static_cast<int32_t>(input.kind()) != info.type)
    return fail(name + "has elements of " + elementName(input.kind()) +
                ", expected " +
                elementName(static_cast<ElementKind>(info.type)));
  if (input.rank() != info.rank)
    return fail(name + "has rank " + Twine(input.rank()) + ", expected " +
                Twine(info.rank));
  for (int32_t i = 0; i < info.rank; ++i) {
    int64_t size = input.shape()[i];
    int32_t argument = info.dim_args ? info.dim_args[i] : -1;
    if (argument < 0) {
      if (size != info.dims[i])
        return fail(name + "has shape " + formatShape(input.shape()) +
                    ", expected " +
                    formatShape(llvm::ArrayRef(info.dims, info.rank)));
      continue;
    }
    if (dims[argument] >= 0 && dims[argument] != size)
      return fail(name + "has " + Twine(size) + " along dimension " + Twine(i) +
                  " where '" + entry.dims[argument].name + "' is already " +
                  Twine(dims[argument]));
    dims[argument] = size;
  }
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<PreparedRun>>
LoadedModel::prepare(int32_t index, llvm::ArrayRef<HostTensor> inputs,
                     const sluice_threads *threads) const {
  std::unique_ptr<PreparedRun> run(new PreparedRun());
  if (index < 0 || index >= model->entry_count)
    return fail("the model has no entry " + Twine(index));
  const sluice_entry &entry = model->entries[index];
  run->entry = &entry;
  run->entryIndex = index;
  if (inputs.size() != static_cast<size_t>(entry.input_count))
    return fail(Twine(inputs.size()) + " inputs are given, expected " +
                Twine(entry.input_count));
  run->dims.assign(entry.dim_count, -1);
  for (int32_t i = 0; i < entry.input_count; ++i)
    if (llvm::Error error =
            bindDims(entry, entry.tensors[i], inputs[i], run->dims))
      return error;

  for (const HostTensor &input : inputs) {
    bool strings = input.kind() == ElementKind::String;
    size_t bytes = strings ? input.strings.size() * sizeof(sluice_string)
                           : input.byteSize();
    void *block = run->allocate(bytes);
    if (!block)
      return fail("out of memory for an input");
    run->tensors.push_back(block);
    run->stringInputs.push_back(strings ? input : HostTensor());
    if (!strings && bytes)
      std::memcpy(block, input.data(), bytes);
  }
  for (auto [block, input] : llvm::zip(run->tensors, run->stringInputs))
    for (size_t i = 0; i < input.strings.size(); ++i)
      static_cast<sluice_string *>(block)[i] = {input.strings[i].data(),
                                                input.strings[i].size()};
  for (int32_t i = 0; i < entry.output_count; ++i) {
    const sluice_tensor &info = entry.tensors[entry.input_count + i];
    llvm::SmallVector<int64_t> shape(info.dims, info.dims + info.rank);
    for (int32_t d = 0; d < info.rank; ++d)
      if (info.dim_args && info.dim_args[d] >= 0)
        shape[d] = run->dims[info.dim_args[d]];
    std::optional<int64_t> count = elementCount(shape);
    int64_t bytes = 0;
    if (!count ||
        __builtin_mul_overflow(*count, int64_t(info.element_size), &bytes))
      return fail("output '" + Twine(info.original) + "' has shape " +
                  formatShape(shape) + ", whose size is not known");
    void *block = run->allocate(static_cast<size_t>(bytes));
    if (!block)
      return fail("out of memory for output '" + Twine(info.original) + "'");
    // What a failing run leaves alone reads as zeros.
    std::memset(block, 0, static_cast<size_t>(bytes));
    run->tensors.push_back(block);
    run->outputShapes.push_back(std::move(shape));
  }

  size_t size = 0;
  int status = sluice_workspace_size(model, index, run->dims.data(), &size);
  if (status)
    return fail(sluice_status_text(status));
  sluice_options options = {};
  options.workspace_size = run->workspaceSize = size;
  options.workspace = size ? run->allocate(size) : nullptr;
  options.threads = threads;
  if (size && !options.workspace)
    return fail("out of memory for a workspace of " + Twine(size) + " bytes");
  if (sluice_init(&run->instance, model, &options))
    return fail(run->errorText());
  return run;
}

llvm::Expected<std::vector<HostTensor>>
LoadedModel::run(int32_t entry, llvm::ArrayRef<HostTensor> inputs) const {
  auto prepared = prepare(entry, inputs);
  if (!prepared)
    return prepared.takeError();
  if ((*prepared)->run())
    return fail((*prepared)->errorText());
  return (*prepared)->outputs();
}
