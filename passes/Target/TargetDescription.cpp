//===- TargetDescription.cpp - What emitters know of a CPU ----------------===//

#include "passes/Target/TargetDescription.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace llvm;
using namespace sluice;

namespace {
struct Caches {
  const char *cpu;
  int64_t l1KiB, l2KiB;
};
} // namespace

// Where they differ from the default, as the makers state them.
static constexpr Caches knownCaches[] = {
    {"znver1", 32, 512},          {"znver2", 32, 512},
    {"znver3", 32, 512},          {"znver5", 48, 1024},
    {"haswell", 32, 256},         {"broadwell", 32, 256},
    {"skylake", 32, 256},         {"icelake-client", 48, 512},
    {"icelake-server", 48, 1280}, {"tigerlake", 48, 1280},
    {"alderlake", 48, 1280},      {"raptorlake", 48, 2048},
    {"sapphirerapids", 48, 2048}, {"emeraldrapids", 48, 2048},
    {"graniterapids", 48, 2048},  {"graniterapids-d", 48, 2048}};

TargetDescription sluice::describeTarget(StringRef triple, StringRef cpu,
                                         StringRef features) {
  TargetDescription target;
  Triple parsed(triple);
  if (parsed.isAArch64()) {
    target.vectorRegisters = 32;
    target.hasFma = true;
    return target;
  }
  if (!parsed.isX86())
    return target;
  for (const Caches &caches : knownCaches)
    if (cpu == caches.cpu) {
      target.l1Bytes = caches.l1KiB << 10;
      target.l2Bytes = caches.l2KiB << 10;
    }
  // The list of a CPU leaves out what another entry implies.
  StringMap<bool> enabled;
  auto set = [&](StringRef feature, bool value) {
    enabled[feature] = value;
    X86::updateImpliedFeatures(feature, value, enabled);
  };
  SmallVector<StringRef> list;
  if (X86::parseArchX86(cpu) != X86::CK_None)
    X86::getFeaturesForCPU(cpu, list);
  for (StringRef feature : list)
    set(feature.ltrim('+'), true);
  list.clear();
  features.split(list, ',', -1, /*KeepEmpty=*/false);
  for (StringRef feature : list) {
    bool value = !feature.consume_front("-");
    set(feature.ltrim('+'), value);
  }
  target.hasFma = enabled.lookup("fma");
  if (enabled.lookup("avx512bw") && enabled.lookup("avx512vl")) {
    target.vectorBits = 512;
    target.vectorRegisters = 32;
    target.hasMaskedStores = true;
    target.hasExponentInstructions = true;
  } else if (enabled.lookup("avx")) {
    target.vectorBits = 256;
    target.hasMaskedStores = true;
  }
  // AVX without AVX2 has no integers of 256 bits.
  target.hasPairProducts = target.vectorBits != 256 || enabled.lookup("avx2");
  bool isEvex = target.vectorBits == 512;
  target.hasIntegerDots = enabled.lookup(isEvex ? "avx512vnni" : "avxvnni");
  target.hasBfloat16Dots = isEvex && enabled.lookup("avx512bf16");
  return target;
}
