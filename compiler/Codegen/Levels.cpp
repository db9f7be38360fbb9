//===- Levels.cpp - The instruction-set levels of one archive -------------===//

#include "compiler/Codegen/Levels.h"
#include "compiler/Codegen/Names.h"
#include "passes/Target/TargetDescription.h"
#include "llvm/ADT/STLExtras.h"

using namespace sluice;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

std::string sluice::levelName(const TargetSpec &target) {
  return target.name == "native" ? target.cpu : target.name;
}

namespace {
struct Level {
  TargetSpec target;
  std::vector<std::string> sets; ///< sorted
  int64_t vectorBits;
};
} // namespace

static Expected<Level> parseLevel(StringRef cpu, StringRef triple) {
  Expected<TargetSpec> target = parseTarget(cpu, triple);
  if (!target)
    return target.takeError();
  int64_t bits =
      describeTarget(target->triple, target->cpu, target->features).vectorBits;
  std::vector<std::string> sets = target->instructionSets();
  return Level{std::move(*target), std::move(sets), bits};
}

// A level that needs all that another needs and more never stands behind it.
static bool isBetter(const Level &a, const Level &b) {
  return std::make_pair(a.vectorBits, a.sets.size()) >
         std::make_pair(b.vectorBits, b.sets.size());
}

// Machines, symbols and members of the archive must tell levels apart.
static Error checkPair(const Level &first, const Level &second) {
  std::string a = levelName(first.target), b = levelName(second.target);
  if (a == b)
    return llvm::createStringError("CPU '" + a +
                                   "' is given twice: name each level once");
  if (first.sets == second.sets || toIdentifier(a) == toIdentifier(b))
    return llvm::createStringError(
        "CPUs '" + a + "' and '" + b +
        "' have the same instruction sets, so one would never be picked: name "
        "one of them");
  return Error::success();
}

Expected<std::vector<TargetSpec>> sluice::parseLevels(StringRef cpuFlag,
                                                      StringRef tripleFlag) {
  llvm::SmallVector<StringRef> names;
  cpuFlag.split(names, ',');
  std::vector<Level> levels;
  for (StringRef name : names) {
    if (name.empty() && names.size() > 1)
      return llvm::createStringError("empty name in the list of CPUs '" +
                                     cpuFlag +
                                     "': the form is x86-64-v3,x86-64-v4");
    Expected<Level> level = parseLevel(name, tripleFlag);
    if (!level)
      return level.takeError();
    for (const Level &other : levels)
      if (Error error = checkPair(other, *level))
        return error;
    // Equals stay in the order in which they are given.
    levels.insert(llvm::upper_bound(levels, *level, isBetter),
                  std::move(*level));
  }
  std::vector<TargetSpec> targets;
  for (Level &level : levels)
    targets.push_back(std::move(level.target));
  return targets;
}
