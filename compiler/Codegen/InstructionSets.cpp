//===- InstructionSets.cpp - What a target may execute, and the check -----===//

#include "compiler/Codegen/InstructionSets.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace sluice;
using llvm::StringRef;

namespace {
enum Register : uint8_t { EAX, EBX, ECX, EDX };
// Register files that the operating system must save (XCR0).
constexpr uint64_t noState = 0, ymmState = 0x6, zmmState = 0xe6;

struct X86Set {
  const char *name;
  uint32_t leaf, subleaf;
  Register reg;
  uint8_t bit;
  uint64_t state;
};

struct ArmSet {
  const char *name;
  uint32_t leaf; // AT_HWCAP or AT_HWCAP2
  uint32_t mask;
};
} // namespace

// Intel SDM vol. 2 CPUID, AMD APM vol. 3 appendix E.
static const X86Set x86Sets[] = {
    {"sse3", 1, 0, ECX, 0, noState},
    {"pclmul", 1, 0, ECX, 1, noState},
    {"ssse3", 1, 0, ECX, 9, noState},
    {"fma", 1, 0, ECX, 12, ymmState},
    {"cx16", 1, 0, ECX, 13, noState},
    {"sse4.1", 1, 0, ECX, 19, noState},
    {"sse4.2", 1, 0, ECX, 20, noState},
    {"crc32", 1, 0, ECX, 20, noState},
    {"movbe", 1, 0, ECX, 22, noState},
    {"popcnt", 1, 0, ECX, 23, noState},
    {"aes", 1, 0, ECX, 25, noState},
    {"avx", 1, 0, ECX, 28, ymmState},
    {"f16c", 1, 0, ECX, 29, ymmState},
    {"bmi", 7, 0, EBX, 3, noState},
    {"avx2", 7, 0, EBX, 5, ymmState},
    {"bmi2", 7, 0, EBX, 8, noState},
    {"avx512f", 7, 0, EBX, 16, zmmState},
    {"avx512dq", 7, 0, EBX, 17, zmmState},
    {"adx", 7, 0, EBX, 19, noState},
    {"avx512ifma", 7, 0, EBX, 21, zmmState},
    {"avx512cd", 7, 0, EBX, 28, zmmState},
    {"sha", 7, 0, EBX, 29, noState},
    {"avx512bw", 7, 0, EBX, 30, zmmState},
    {"avx512vl", 7, 0, EBX, 31, zmmState},
    {"avx512vbmi", 7, 0, ECX, 1, zmmState},
    {"avx512vbmi2", 7, 0, ECX, 6, zmmState},
    {"gfni", 7, 0, ECX, 8, noState},
    {"vaes", 7, 0, ECX, 9, ymmState},
    {"vpclmulqdq", 7, 0, ECX, 10, ymmState},
    {"avx512vnni", 7, 0, ECX, 11, zmmState},
    {"avx512bitalg", 7, 0, ECX, 12, zmmState},
    {"avx512vpopcntdq", 7, 0, ECX, 14, zmmState},
    {"avx512vp2intersect", 7, 0, EDX, 8, zmmState},
    {"avx512fp16", 7, 0, EDX, 23, zmmState},
    {"avxvnni", 7, 1, EAX, 4, ymmState},
    {"avx512bf16", 7, 1, EAX, 5, zmmState},
    {"avxifma", 7, 1, EAX, 23, ymmState},
    {"avxvnniint8", 7, 1, EDX, 4, ymmState},
    {"avxneconvert", 7, 1, EDX, 5, ymmState},
    {"avxvnniint16", 7, 1, EDX, 10, ymmState},
    {"sahf", 0x80000001, 0, ECX, 0, noState},
    {"lzcnt", 0x80000001, 0, ECX, 5, noState},
    {"sse4a", 0x80000001, 0, ECX, 6, noState},
    {"prfchw", 0x80000001, 0, ECX, 8, noState},
    {"xop", 0x80000001, 0, ECX, 11, ymmState},
    {"fma4", 0x80000001, 0, ECX, 16, ymmState},
    {"tbm", 0x80000001, 0, ECX, 21, noState},
};

// Linux arch/arm64/include/uapi/asm/hwcap.h.
constexpr uint32_t hwcap = 16, hwcap2 = 26;
static const ArmSet armSets[] = {
    {"aes", hwcap, (1u << 3) | (1u << 4)},
    {"sha2", hwcap, (1u << 5) | (1u << 6)},
    {"crc", hwcap, 1u << 7},
    {"lse", hwcap, 1u << 8},
    {"fullfp16", hwcap, (1u << 9) | (1u << 10)},
    {"rdm", hwcap, 1u << 12},
    {"jsconv", hwcap, 1u << 13},
    {"complxnum", hwcap, 1u << 14},
    {"rcpc", hwcap, 1u << 15},
    {"sha3", hwcap, (1u << 17) | (1u << 21)},
    {"sm4", hwcap, (1u << 18) | (1u << 19)},
    {"dotprod", hwcap, 1u << 20},
    {"sve", hwcap, 1u << 22},
    {"fp16fml", hwcap, 1u << 23},
    {"lse2", hwcap, 1u << 25},
    {"rcpc-immo", hwcap, 1u << 26},
    {"flagm", hwcap, 1u << 27},
    {"sve2", hwcap2, 1u << 1},
    {"fptoint", hwcap2, 1u << 8},
    {"i8mm", hwcap2, 1u << 13},
    {"bf16", hwcap2, 1u << 14},
};

// In every x86-64 machine, or only reachable through system intrinsics that
// Sluice never emits.
static const char *const systemSets[] = {
    "64bit",     "cldemote", "clflushopt", "clwb",      "clzero",    "cmov",
    "cmpccxadd", "cx8",      "enqcmd",     "fsgsbase",  "fxsr",      "hreset",
    "invpcid",   "kl",       "lwp",        "mmx",       "movdir64b", "movdiri",
    "mwaitx",    "pconfig",  "pku",        "prefetchi", "ptwrite",   "rdpid",
    "rdpru",     "rdrnd",    "rdseed",     "serialize", "sgx",       "shstk",
    "sse",       "sse2",     "tsxldtrk",   "uintr",     "usermsr",   "waitpkg",
    "wbnoinvd",  "widekl",   "x87",        "xsave",     "xsavec",    "xsaveopt",
    "xsaves"};

bool sluice::isSystemSet(StringRef name) {
  for (const char *set : systemSets)
    if (name == set)
      return true;
  return false;
}

std::vector<StringRef> sluice::checkableSets(bool isX86) {
  std::vector<StringRef> names;
  if (isX86)
    for (const X86Set &set : x86Sets)
      names.push_back(set.name);
  else
    for (const ArmSet &set : armSets)
      names.push_back(set.name);
  return names;
}

CpuRequirements sluice::requirementsOf(const llvm::MCSubtargetInfo &subtarget,
                                       bool isX86) {
  CpuRequirements result;
  auto enabled = [&](const char *name) {
    return subtarget.checkFeatures(std::string("+") + name);
  };
  if (isX86) {
    for (const X86Set &set : x86Sets) {
      if (!enabled(set.name))
        continue;
      result.names.push_back(set.name);
      CpuBits bits = {set.leaf, set.subleaf, {0, 0, 0, 0}};
      bits.mask[set.reg] = 1u << set.bit;
      result.bits.push_back(bits);
      result.osState |= set.state;
    }
    return result;
  }
  for (const ArmSet &set : armSets) {
    if (!enabled(set.name))
      continue;
    result.names.push_back(set.name);
    result.bits.push_back({set.leaf, 0, {set.mask, 0, 0, 0}});
  }
  return result;
}

std::string sluice::uncheckableX86Features(StringRef cpu) {
  llvm::SmallVector<StringRef> implied;
  llvm::X86::getFeaturesForCPU(cpu, implied);
  std::vector<StringRef> known = checkableSets(/*isX86=*/true);
  std::string result;
  for (StringRef name : implied) {
    if (isSystemSet(name) || llvm::is_contained(known, name))
      continue;
    result += result.empty() ? "-" : ",-";
    result += name;
  }
  return result;
}
