//===- Library.cpp - Archive, headers and metadata of a model -------------===//

#include "compiler/Codegen/Library.h"
#include "compiler/Codegen/Headers.h"
#include "compiler/Codegen/InterfaceModule.h"
#include "compiler/Codegen/ObjectEmitter.h"
#include "compiler/Codegen/OutputFiles.h"
#include "compiler/Codegen/RuntimeObjects.h"
#include "compiler/Codegen/WeightsObject.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/TargetParser/Triple.h"

using namespace sluice;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

Expected<std::string> sluice::libraryName(StringRef output) {
  StringRef name = llvm::sys::path::filename(output);
  if (!name.consume_back(".a"))
    return llvm::createStringError("output '" + output +
                                   "': expected a name like libNAME.a");
  name.consume_front("lib");
  // The name stands in an #include line and in build files.
  bool plain =
      !name.empty() && name[0] != '.' && llvm::all_of(name, [](char c) {
        return llvm::isAlnum(c) || StringRef("_-+. ").contains(c);
      });
  if (!plain)
    return llvm::createStringError(
        "output '" + output +
        "': NAME of libNAME.a may hold letters, digits and '_', '-', '+', '.'");
  return name.str();
}

// Covers code and weights: what decides the results.
static ContentHash hashOf(ArrayRef<KernelObject> kernels,
                          ArrayRef<Constant> constants) {
  llvm::SHA256 hash;
  auto add = [&](StringRef bytes) {
    uint64_t size = bytes.size();
    hash.update(
        llvm::ArrayRef(reinterpret_cast<const uint8_t *>(&size), sizeof size));
    hash.update(bytes);
  };
  for (const KernelObject &kernel : kernels)
    add(StringRef(kernel.bytes.data(), kernel.bytes.size()));
  for (const Constant &constant : constants) {
    add(constant.symbol);
    add(StringRef(constant.bytes.data(), constant.bytes.size()));
  }
  return hash.final();
}

static int64_t weightBytesOf(ArrayRef<Constant> constants) {
  int64_t bytes = 0;
  for (const Constant &constant : constants)
    bytes += static_cast<int64_t>(constant.bytes.size());
  return bytes;
}

Expected<std::vector<LibraryMember>>
sluice::buildModelObjects(const ModelInterface &model,
                          ArrayRef<KernelObject> kernels,
                          ArrayRef<Constant> constants) {
  llvm::LLVMContext context;
  Expected<std::unique_ptr<llvm::Module>> module = buildInterfaceModule(
      context, model, weightBytesOf(constants), hashOf(kernels, constants));
  if (!module)
    return module.takeError();
  Expected<TargetSpec> baseline = baselineTarget(model.triple);
  if (!baseline)
    return baseline.takeError();
  Expected<llvm::SmallVector<char, 0>> interface =
      emitObject(**module, *baseline);
  if (!interface)
    return interface.takeError();
  Expected<llvm::SmallVector<char, 0>> weights =
      buildWeightsObject(constants, model.triple);
  if (!weights)
    return weights.takeError();

  std::vector<LibraryMember> members;
  members.push_back({model.name + ".o", std::move(*interface)});
  for (const KernelObject &kernel : kernels) {
    std::string level = kernel.level.empty() ? "kernels" : kernel.level;
    members.push_back({model.name + "." + toIdentifier(level) + ".o",
                       llvm::SmallVector<char, 0>(kernel.bytes)});
  }
  if (!constants.empty())
    members.push_back({model.name + ".weights.o", std::move(*weights)});
  return members;
}

static llvm::NewArchiveMember archiveMember(StringRef name, StringRef bytes) {
  llvm::NewArchiveMember member(llvm::MemoryBufferRef(bytes, name));
  // No user, group or time of the machine that built it.
  member.ModTime = {};
  member.UID = member.GID = 0;
  member.Perms = 0644;
  return member;
}

// Straight into the file: the weights need not lie in memory once more.
static Error writeArchive(llvm::raw_ostream &stream,
                          const ModelInterface &model,
                          ArrayRef<LibraryMember> members) {
  llvm::Triple triple(model.triple);
  std::vector<llvm::NewArchiveMember> all;
  for (const LibraryMember &member : members)
    all.push_back(archiveMember(
        member.name, StringRef(member.bytes.data(), member.bytes.size())));
  for (const RuntimeObject &object : runtimeObjects(triple.getArchName()))
    all.push_back(archiveMember(object.name, object.bytes));
  return llvm::writeArchiveToStream(
      stream, all, llvm::SymtabWritingMode::NormalSymtab,
      llvm::object::Archive::K_GNU, /*Deterministic=*/true, /*Thin=*/false);
}

Expected<std::vector<std::string>> sluice::writeModelLibrary(
    const ModelInterface &model, ArrayRef<KernelObject> kernels,
    ArrayRef<Constant> constants, const LibraryOptions &options) {
  if (Error error = checkInterface(model))
    return error;
  Expected<std::string> cxx = renderCxxHeader(model, options.cxxClass);
  if (!cxx)
    return cxx.takeError();
  Expected<std::vector<LibraryMember>> members =
      buildModelObjects(model, kernels, constants);
  if (!members)
    return members.takeError();

  std::string archiveName = llvm::sys::path::filename(options.output).str();
  llvm::SmallString<256> stem(llvm::sys::path::parent_path(options.output));
  llvm::sys::path::append(stem, model.name);
  std::string base = stem.str().str();
  std::vector<std::pair<std::string, std::string>> texts;
  texts.push_back({base + ".h", renderHeader(model)});
  texts.push_back({base + ".hpp", std::move(*cxx)});
  texts.push_back(
      {base + ".json", renderMetadata(model, weightBytesOf(constants),
                                      hashOf(kernels, constants))});
  if (options.extras) {
    texts.push_back({base + ".pc", renderPkgConfig(model, archiveName)});
    texts.push_back({base + ".mk", renderMakefile(model, archiveName)});
    texts.push_back(
        {base + "Config.cmake", renderCMakeConfig(model, archiveName)});
  }
  if (!options.depfile.empty())
    texts.push_back(
        {options.depfile, renderDepfile(options.output, options.dependencies)});
  std::vector<OutputFile> files;
  for (const auto &[path, text] : texts)
    files.push_back({path, text});
  // Last, so that a new archive never stands beside old headers.
  files.push_back({options.output, StringRef(), [&](llvm::raw_ostream &stream) {
                     return writeArchive(stream, model, *members);
                   }});
  if (Error error = writeFiles(files))
    return error;
  std::vector<std::string> paths;
  for (const OutputFile &file : files)
    paths.push_back(file.path);
  return paths;
}
