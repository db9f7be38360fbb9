//===- TargetDescription.cpp - What emitters know of a CPU ----------------===//

#include "passes/Target/TargetDescription.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"
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
  StringSet<> enabled;
  SmallVector<StringRef> list;
  if (X86::parseArchX86(cpu) != X86::CK_None)
    X86::getFeaturesForCPU(cpu, list);
  for (StringRef feature : list)
    enabled.insert(feature.ltrim('+'));
  list.clear();
  features.split(list, ',', -1, /*KeepEmpty=*/false);
  for (StringRef feature : list) {
    if (feature.consume_front("-"))
      enabled.erase(feature);
    else
      enabled.insert(feature.ltrim('+'));
  }
  target.hasFma = enabled.contains("fma");
  // The list of a CPU leaves out what another entry implies.
  if (enabled.contains("avx512bw") && enabled.contains("avx512vl")) {
    target.vectorBits = 512;
    target.vectorRegisters = 32;
    target.hasMaskedStores = true;
    target.hasExponentInstructions = true;
  } else if (enabled.contains("avx2") || enabled.contains("avx")) {
    target.vectorBits = 256;
    target.hasMaskedStores = true;
  }
  return target;
}
