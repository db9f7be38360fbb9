//===- Target.cpp - Names of targets to what LLVM wants -------------------===//

#include "compiler/Codegen/InstructionSets.h"
#include "compiler/Codegen/ObjectEmitter.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/AArch64TargetParser.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"
#include <mutex>

using namespace sluice;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

// Instructions stay in the order in which kernels are emitted. By default LLVM
// saves registers by putting independent chains of steps, which stand side by
// side, one after the other: the processor then waits for each step. It can
// only be told by options of the whole process.
static void keepOrder() {
  constexpr std::pair<StringRef, StringRef> settings[] = {
      {"pre-RA-sched", "source"}, {"enable-misched", "false"}};
  auto &options = llvm::cl::getRegisteredOptions();
  for (auto [name, value] : settings) {
    auto found = options.find(name);
    if (found != options.end() && found->second->getNumOccurrences() == 0)
      found->second->addOccurrence(0, name, value);
  }
}

// Two targets, whatever else this LLVM was built with.
static void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeAArch64AsmParser();
    keepOrder();
  });
}

static Expected<llvm::Triple> parseTriple(StringRef flag) {
  llvm::Triple triple(
      flag.empty()
          ? llvm::Triple(llvm::sys::getDefaultTargetTriple()).getArchName() +
                "-unknown-linux-gnu"
          : Twine(llvm::Triple::normalize(flag)));
  bool arch = triple.getArch() == llvm::Triple::x86_64 ||
              triple.getArch() == llvm::Triple::aarch64;
  // x32 and ILP32 have other pointers than the ABI.
  if (arch && triple.isOSLinux() && !triple.isX32() &&
      triple.getEnvironment() != llvm::Triple::GNUILP32) {
    // "amd64" and "arm64" are the same.
    bool isX86 = triple.getArch() == llvm::Triple::x86_64;
    triple.setArchName(isX86 ? "x86_64" : "aarch64");
    return triple;
  }
  return llvm::createStringError(
      "unsupported target '" + Twine(flag.empty() ? triple.str() : flag) +
      "': expected x86_64-linux-gnu or aarch64-linux-gnu");
}

static Error unknownCpu(StringRef cpu,
                        llvm::SmallVectorImpl<StringRef> &names) {
  return llvm::createStringError("unknown CPU '" + Twine(cpu) +
                                 "': expected native or one of " +
                                 llvm::join(names, ", "));
}

static void addFeature(std::string &features, bool on, StringRef name) {
  if (!features.empty())
    features += ',';
  features += on ? '+' : '-';
  features += name;
}

// A virtual machine may hide what its CPU's name promises, so every set is
// taken from the machine itself.
static void resolveNative(TargetSpec &target) {
  target.cpu = llvm::sys::getHostCPUName().str();
  llvm::SmallVector<StringRef> known;
  llvm::X86::fillValidCPUArchList(known, /*Only64Bit=*/true);
  if (target.isX86() && !llvm::is_contained(known, target.cpu))
    target.cpu = "x86-64";
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  target.features = target.isX86() ? uncheckableX86Features(target.cpu) : "";
  for (StringRef name : checkableSets(target.isX86())) {
    auto it = host.find(name);
    if (it != host.end())
      addFeature(target.features, it->second, name);
  }
}

static bool isHost(const llvm::Triple &triple) {
  return triple.getArch() ==
         llvm::Triple(llvm::sys::getDefaultTargetTriple()).getArch();
}

static Error resolveX86(TargetSpec &target, StringRef cpu) {
  target.cpu = cpu.empty() ? "x86-64-v3" : cpu.str();
  llvm::SmallVector<StringRef> known;
  llvm::X86::fillValidCPUArchList(known, /*Only64Bit=*/true);
  if (!llvm::is_contained(known, target.cpu))
    return unknownCpu(cpu, known);
  target.features = uncheckableX86Features(target.cpu);
  return Error::success();
}

static Error resolveAArch64(TargetSpec &target, StringRef cpu) {
  target.cpu = cpu.empty() ? "generic" : cpu.str();
  llvm::SmallVector<StringRef> known;
  llvm::AArch64::fillValidCPUArchList(known);
  known.push_back("generic");
  if (!llvm::is_contained(known, target.cpu))
    return unknownCpu(cpu, known);
  // Sets the code generator would use unasked and no check exists for.
  if (target.cpu != "generic")
    for (StringRef name : {"mops", "cssc", "lse128", "sve2p1", "sme"})
      addFeature(target.features, false, name);
  return Error::success();
}

Expected<TargetSpec> sluice::parseTarget(StringRef cpuFlag,
                                         StringRef tripleFlag) {
  initializeTargets();
  Expected<llvm::Triple> triple = parseTriple(tripleFlag);
  if (!triple)
    return triple.takeError();
  TargetSpec target;
  target.triple = triple->str();
  if (cpuFlag == "native") {
    if (!isHost(*triple))
      return llvm::createStringError(
          "CPU 'native' needs a target of this machine's architecture, found "
          "'" +
          Twine(target.triple) + "': name the CPU");
    resolveNative(target);
  } else if (Error error = target.isX86() ? resolveX86(target, cpuFlag)
                                          : resolveAArch64(target, cpuFlag)) {
    return error;
  }
  target.name = cpuFlag.empty() ? target.cpu : cpuFlag.str();
  return target;
}

Expected<TargetSpec> sluice::baselineTarget(StringRef triple) {
  bool isX86 = llvm::Triple(triple).getArch() == llvm::Triple::x86_64;
  return parseTarget(isX86 ? "x86-64" : "generic", triple);
}

Expected<CpuRequirements> sluice::cpuRequirements(const TargetSpec &target) {
  initializeTargets();
  std::string message;
  llvm::Triple triple(target.triple);
  const llvm::Target *found =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (!found)
    return llvm::createStringError("target '" + Twine(target.triple) +
                                   "': " + message);
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      found->createMCSubtargetInfo(triple, target.cpu, target.features));
  if (!subtarget)
    return llvm::createStringError("LLVM has no subtarget for '" +
                                   Twine(target.triple) + "'");
  return requirementsOf(*subtarget, target.isX86());
}

std::vector<std::string> TargetSpec::instructionSets() const {
  Expected<CpuRequirements> found = cpuRequirements(*this);
  if (!found) {
    llvm::consumeError(found.takeError());
    return {};
  }
  std::vector<std::string> names = std::move(found->names);
  if (isAArch64())
    names.push_back("neon");
  llvm::sort(names);
  return names;
}

bool TargetSpec::has(StringRef instructionSet) const {
  return llvm::is_contained(instructionSets(), instructionSet);
}

Expected<std::unique_ptr<llvm::TargetMachine>>
sluice::createTargetMachine(const TargetSpec &target) {
  initializeTargets();
  std::string message;
  llvm::Triple triple(target.triple);
  const llvm::Target *found =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (!found)
    return llvm::createStringError("target '" + Twine(target.triple) +
                                   "': " + message);
  llvm::TargetOptions options;
  options.UniqueSectionNames = false;
  std::unique_ptr<llvm::TargetMachine> machine(found->createTargetMachine(
      triple, target.cpu, target.features, options, llvm::Reloc::PIC_,
      llvm::CodeModel::Small, llvm::CodeGenOptLevel::Aggressive));
  if (!machine)
    return llvm::createStringError("LLVM has no code generator for '" +
                                   Twine(target.triple) + "'");
  return machine;
}
