//===- Npy.h - NumPy's npy and npz files ------------------------*- C++ -*-===//
//
// Reads and writes HostTensor values as .npy arrays and .npz archives (zip of
// .npy, stored or deflated). Bytes are never trusted: every size is checked
// against the bytes at hand before anything is allocated.
//
// Strings are fixed-width byte arrays (numpy's S; trailing NULs are padding).
// bfloat16 has no npy type: it is written as uint16 bits, and a reader that
// knows better calls reinterpretAsBfloat.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_SUPPORT_NPY_H
#define SLUICE_DIALECTS_SUPPORT_NPY_H

#include "dialects/Support/HostTensor.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace sluice {

/// Bytes that one file may hold once unpacked.
constexpr uint64_t npyDefaultLimit = uint64_t(4) << 30;

/// A whole file, read and not mapped; refuses what is not a regular file or
/// larger than `limit`.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readRegularFile(llvm::StringRef path, uint64_t limit);

/// An npy file's bytes. `where` names the source in errors.
llvm::Expected<HostTensor> parseNpy(llvm::StringRef bytes,
                                    llvm::StringRef where);
llvm::Expected<HostTensor> readNpyFile(llvm::StringRef path,
                                       uint64_t limit = npyDefaultLimit);

struct NpzEntry {
  std::string name; ///< member name without ".npy"
  HostTensor tensor;
};

/// An npz file's bytes: its members in the order of the directory.
llvm::Expected<std::vector<NpzEntry>>
parseNpz(llvm::StringRef bytes, llvm::StringRef where, uint64_t limit);
llvm::Expected<std::vector<NpzEntry>>
readNpzFile(llvm::StringRef path, uint64_t limit = npyDefaultLimit);
/// One member of an npz file; the error lists the names there are.
llvm::Expected<HostTensor> readNpzMember(llvm::StringRef path,
                                         llvm::StringRef name,
                                         uint64_t limit = npyDefaultLimit);

/// The bytes of an npy file.
std::string formatNpy(const HostTensor &tensor);
/// Written beside and renamed, so that no partial file is ever seen.
llvm::Error writeNpyFile(llvm::StringRef path, const HostTensor &tensor);
llvm::Error writeNpzFile(llvm::StringRef path,
                         llvm::ArrayRef<NpzEntry> entries);

/// The same bits as bfloat16. `tensor` must be of kind U16.
HostTensor reinterpretAsBfloat(const HostTensor &tensor);

/// A member name of a test case: `feed/x:0`, `fetch/y:0`, `feed.bf16/x:0`,
/// or `fetch.bf16/y:0`.
struct CaseKey {
  bool isFeed = false;
  bool isBfloat = false; ///< stored as uint16 bits
  llvm::StringRef tensor;
};
std::optional<CaseKey> parseCaseKey(llvm::StringRef name);

/// A test case's arrays, bfloat16 restored; order of the file.
struct CaseFile {
  std::vector<NpzEntry> feeds, fetches;
};
llvm::Expected<CaseFile> readCaseFile(llvm::StringRef path,
                                      uint64_t limit = npyDefaultLimit);

} // namespace sluice

#endif // SLUICE_DIALECTS_SUPPORT_NPY_H
