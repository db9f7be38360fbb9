//===- TargetDescription.cpp - What emitters know of a CPU ----------------===//

#include "passes/Target/TargetDescription.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace llvm;
using namespace sluice;

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
