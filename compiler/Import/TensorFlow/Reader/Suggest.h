//===- Suggest.h - "did you mean" -------------------------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_SUGGEST_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_SUGGEST_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace sluice {
namespace tensorflow {

/// "; did you mean 'x'?" for the key of `names` nearest to `wanted`, or "".
/// Large maps and long names are not searched: the cost is their product.
template <typename Map>
std::string suggestion(const Map &names, llvm::StringRef wanted) {
  constexpr size_t maxNames = 20000, maxLength = 100;
  if (wanted.size() > maxLength || names.size() > maxNames)
    return "";
  unsigned best = static_cast<unsigned>(wanted.size()) / 3 + 1;
  std::string nearest;
  for (const auto &entry : names) {
    llvm::StringRef name = entry.first;
    if (name.size() > maxLength)
      continue;
    unsigned distance = wanted.edit_distance(name, true, best);
    // Ties go to the smaller name: maps are not ordered.
    if (distance < best ||
        (distance == best && (nearest.empty() || name < nearest))) {
      best = distance;
      nearest = name.str();
    }
  }
  return nearest.empty() ? "" : "; did you mean '" + nearest + "'?";
}

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_SUGGEST_H
