//===- Timing.cpp - Where the compilation spends its time -----------------===//

#include "compiler/Driver/Timing.h"
#include "llvm/Support/Format.h"

using namespace sluice;

size_t Timing::open(llvm::StringRef name, unsigned depth) {
  // A pass belongs to the stage that was opened last.
  for (size_t i = entries.size(); i-- > 0;) {
    if (entries[i].depth == depth && entries[i].name == name)
      return i;
    if (entries[i].depth < depth)
      break;
  }
  entries.push_back({name.str(), depth, Clock::duration::zero()});
  return entries.size() - 1;
}

void Timing::print(llvm::raw_ostream &os) const {
  auto seconds = [](Clock::duration spent) {
    return std::chrono::duration<double>(spent).count();
  };
  double total = 0;
  for (const Entry &entry : entries)
    if (entry.depth == 0)
      total += seconds(entry.spent);
  os << " seconds      %  stage\n";
  for (const Entry &entry : entries) {
    double spent = seconds(entry.spent);
    os << llvm::format("%8.3f %6.1f  ", spent,
                       total > 0 ? 100 * spent / total : 0.0);
    os.indent(2 * entry.depth) << entry.name << '\n';
  }
  os << llvm::format("%8.3f %6.1f  ", total, 100.0) << "total\n";
}
