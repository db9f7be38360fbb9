//===- Feeds.h - Values for the inputs of a model ---------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_FEEDS_H
#define SLUICE_COMPILER_DRIVER_FEEDS_H

#include "compiler/Driver/Compilation.h"
#include "dialects/Support/Npy.h"

namespace sluice {

/// `NAME=VALUE` of a command line.
struct FeedText {
  std::string name, value;
};
llvm::Expected<FeedText> splitFeed(llvm::StringRef flag);

/// VALUE is a value as parseValue reads it, `@FILE.npy`, `@FILE.npz:KEY`,
/// `@FILE.npz` with one array, or `@FILE.csv`. `shape` guides CSV rows only.
llvm::Expected<HostTensor> readFeedValue(const FeedText &feed,
                                         std::optional<ElementKind> kind,
                                         const tensorflow::PartialShape &shape);

/// The values of all feeds of a model that was read, in its order; their
/// shapes become those of the inputs that are imported.
llvm::Expected<std::vector<HostTensor>>
bindFeeds(Compilation &compilation, llvm::ArrayRef<FeedText> feeds);

/// The same for the arrays of a test case.
llvm::Expected<std::vector<HostTensor>>
bindFeeds(Compilation &compilation, llvm::ArrayRef<NpzEntry> feeds);

/// Fixes feeds to values, each a `NAME=VALUE`.
llvm::Error bindConstants(Compilation &compilation,
                          llvm::ArrayRef<std::string> flags);

/// Values for every argument of the imported function, made from `seed`:
/// floats of magnitude up to 1, small integers, both bools.
llvm::Expected<std::vector<HostTensor>> generateFeeds(Compilation &compilation,
                                                      uint64_t seed);

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_FEEDS_H
