//===- Bundle.h - Tensors of a checkpoint (format V2) -----------*- C++ -*-===//
//
// PREFIX.index is a table from names to entries, PREFIX.data-I-of-N hold the
// bytes. Tensors are read one by one, when they are asked for.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_BUNDLE_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_BUNDLE_H

#include "compiler/Import/TensorFlow/Reader/Reader.h"
#include "compiler/Support/ModelError.h"
#include <map>
#include <set>

namespace sluice {
namespace tf {
class BundleEntryProto;
class TensorSliceProto;
} // namespace tf

namespace tensorflow {

class Bundle {
public:
  /// Reads and checks the index: every entry lies in its data file, whether
  /// it will be read or not.
  static llvm::Expected<std::unique_ptr<Bundle>>
  open(llvm::StringRef prefix, const ReadBudgets &budgets);
  ~Bundle();

  bool contains(llvm::StringRef key) const;
  /// All tensor names, sorted; slices of partitioned tensors are left out.
  std::vector<std::string> keys() const;

  /// A whole tensor, put together from its slices where it was saved in parts;
  /// or the part of it that `slice` names in RestoreV2's form, for example
  /// "10 4 0,5:-".
  llvm::Expected<HostTensor> read(llvm::StringRef key,
                                  llvm::StringRef slice = "") const;

private:
  Bundle() = default;

  llvm::Error readHeader();
  llvm::Error checkExtents() const;
  std::string shardFile(int32_t shard) const;
  llvm::Expected<tf::BundleEntryProto> entry(llvm::StringRef key) const;
  llvm::Expected<HostTensor> readEntry(llvm::StringRef key,
                                       const tf::BundleEntryProto &entry) const;
  llvm::Expected<HostTensor>
  readSlices(llvm::StringRef key, const tf::BundleEntryProto &entry) const;
  llvm::Expected<std::string>
  readBytes(llvm::StringRef key, const tf::BundleEntryProto &entry) const;
  llvm::Error error(llvm::StringRef key, const llvm::Twine &message,
                    ErrorKind kind = ErrorKind::Model) const;

  std::string prefix;
  ReadBudgets budgets;
  int32_t shards = 0;
  std::map<std::string, std::string, std::less<>> entries;
};

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_BUNDLE_H
