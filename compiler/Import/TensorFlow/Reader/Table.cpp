//===- Table.cpp - Sorted string tables -----------------------------------===//

#include "compiler/Import/TensorFlow/Reader/Table.h"

#include "compiler/Import/TensorFlow/Reader/Crc32c.h"
#include "compiler/Import/TensorFlow/Reader/Snappy.h"
#include "compiler/Import/TensorFlow/Reader/Varint.h"
#include "compiler/Support/ModelError.h"

namespace sluice {
namespace tensorflow {

constexpr uint64_t magic = 0xdb4775248b80fb57ull;
constexpr size_t footerSize = 48;
constexpr size_t trailerSize = 5; ///< compression type and checksum

namespace {
struct Handle {
  uint64_t offset = 0, size = 0;
};

class TableReader {
public:
  TableReader(llvm::StringRef bytes, llvm::StringRef file)
      : bytes(bytes), file(file) {}

  llvm::Expected<TableEntries> run();

private:
  llvm::Error error(uint64_t offset, const llvm::Twine &message) const {
    return makeFileError(file,
                         "at offset " + llvm::Twine(offset) + ": " + message);
  }
  llvm::Expected<std::string> block(Handle handle) const;
  using Visit = llvm::function_ref<llvm::Error(llvm::StringRef key,
                                               llvm::StringRef value)>;
  llvm::Error forEachEntry(llvm::StringRef content, uint64_t offset,
                           Visit visit) const;

  llvm::StringRef bytes;
  llvm::StringRef file;
};
} // namespace

static bool takeHandle(llvm::StringRef &bytes, Handle &handle) {
  return takeVarint(bytes, handle.offset) && takeVarint(bytes, handle.size);
}

/// A block's bytes, checked and unpacked.
llvm::Expected<std::string> TableReader::block(Handle handle) const {
  uint64_t end = bytes.size() - footerSize;
  if (handle.offset > end || handle.size > end - handle.offset ||
      end - handle.offset - handle.size < trailerSize)
    return error(handle.offset, "block of " + llvm::Twine(handle.size) +
                                    " bytes reaches past the end of the file");
  llvm::StringRef content = bytes.substr(handle.offset, handle.size);
  llvm::StringRef checked = bytes.substr(handle.offset, handle.size + 1);
  uint8_t type = static_cast<uint8_t>(checked.back());
  uint32_t stored = llvm::support::endian::read32le(checked.end());
  if (maskCrc(crc32c(checked)) != stored)
    return error(handle.offset, "block has a wrong checksum (crc32c)");
  if (type == 0)
    return content.str();
  if (type != 1)
    return error(handle.offset, "block has the unknown compression type " +
                                    llvm::Twine(unsigned(type)));
  std::string unpacked;
  std::string problem = unpackSnappy(content, unpacked);
  if (!problem.empty())
    return error(handle.offset, problem);
  return unpacked;
}

/// Entries share a prefix with the one before; restart points, where the
/// shared prefix is empty, are listed at the end.
llvm::Error TableReader::forEachEntry(llvm::StringRef content, uint64_t offset,
                                      Visit visit) const {
  if (content.size() < 4)
    return error(offset, "block is too short for its restart count");
  uint64_t restarts =
      llvm::support::endian::read32le(content.data() + content.size() - 4);
  if (restarts > (content.size() - 4) / 4)
    return error(offset, "block of " + llvm::Twine(content.size()) +
                             " bytes cannot hold " + llvm::Twine(restarts) +
                             " restart points");
  size_t size = content.size() - 4 - restarts * 4;
  llvm::StringRef left = content.take_front(size);
  uint64_t previous = 0;
  for (uint64_t i = 0; i < restarts; ++i) {
    uint64_t at =
        llvm::support::endian::read32le(content.data() + size + i * 4);
    // An empty block has one restart point, at 0.
    if (at > size || (i == 0 ? at != 0 : at <= previous))
      return error(offset, "restart points of the block are out of order");
    previous = at;
  }
  std::string key;
  bool first = true;
  while (!left.empty()) {
    uint64_t place = size - left.size();
    uint64_t shared = 0, unshared = 0, valueLength = 0;
    if (!takeVarint(left, shared) || !takeVarint(left, unshared) ||
        !takeVarint(left, valueLength))
      return error(offset, "entry at " + llvm::Twine(place) +
                               " of the block has a broken length");
    if (shared > key.size())
      return error(offset, "entry at " + llvm::Twine(place) +
                               " of the block shares " + llvm::Twine(shared) +
                               " bytes with a key of " +
                               llvm::Twine(key.size()));
    if (unshared > left.size() || valueLength > left.size() - unshared)
      return error(offset, "entry at " + llvm::Twine(place) +
                               " of the block reaches past its end");
    std::string next = key.substr(0, shared) + left.take_front(unshared).str();
    left = left.drop_front(unshared);
    if (!first && next <= key)
      return error(offset, "keys of the block are out of order");
    first = false;
    key = std::move(next);
    if (llvm::Error wrong = visit(key, left.take_front(valueLength)))
      return wrong;
    left = left.drop_front(valueLength);
  }
  return llvm::Error::success();
}

llvm::Expected<TableEntries> TableReader::run() {
  if (bytes.size() < footerSize)
    return makeFileError(file, "has " + llvm::Twine(bytes.size()) +
                                   " bytes, too few for a checkpoint index");
  llvm::StringRef footer = bytes.take_back(footerSize);
  uint64_t footerAt = bytes.size() - footerSize;
  if (llvm::support::endian::read64le(footer.data() + footerSize - 8) != magic)
    return error(footerAt, "is no checkpoint index: wrong magic number");
  Handle meta, index;
  llvm::StringRef handles = footer.drop_back(8);
  if (!takeHandle(handles, meta) || !takeHandle(handles, index))
    return error(footerAt, "footer has a broken block handle");
  llvm::Expected<std::string> metaBlock = block(meta);
  if (!metaBlock)
    return metaBlock.takeError();
  llvm::Expected<std::string> indexBlock = block(index);
  if (!indexBlock)
    return indexBlock.takeError();
  // Both lie inside the file, so these sums do not wrap.
  bool apart = meta.offset >= index.offset + index.size + trailerSize ||
               index.offset >= meta.offset + meta.size + trailerSize;
  if (!apart)
    return error(footerAt, "footer's two blocks overlap");

  TableEntries entries;
  const std::string *last = nullptr;
  llvm::Error wrong = forEachEntry(
      *indexBlock, index.offset,
      [&](llvm::StringRef, llvm::StringRef value) -> llvm::Error {
        Handle handle;
        if (!takeHandle(value, handle) || !value.empty())
          return error(index.offset, "index block has a broken block handle");
        llvm::Expected<std::string> content = block(handle);
        if (!content)
          return content.takeError();
        return forEachEntry(
            *content, handle.offset,
            [&](llvm::StringRef key, llvm::StringRef value) -> llvm::Error {
              if (last && key <= *last)
                return error(handle.offset,
                             "keys of the index are out of order");
              auto it =
                  entries.emplace_hint(entries.end(), key.str(), value.str());
              last = &it->first;
              return llvm::Error::success();
            });
      });
  if (wrong)
    return wrong;
  return entries;
}

llvm::Expected<TableEntries> readTable(llvm::StringRef bytes,
                                       llvm::StringRef file) {
  return TableReader(bytes, file).run();
}

} // namespace tensorflow
} // namespace sluice
