//===- BundleFiles.h - Checkpoints made by tests ----------------*- C++ -*-===//

#ifndef SLUICE_TEST_UNIT_TENSORFLOW_BUNDLEFILES_H
#define SLUICE_TEST_UNIT_TENSORFLOW_BUNDLEFILES_H

#include "compiler/Import/TensorFlow/Reader/Bundle.h"
#include "compiler/Import/TensorFlow/Reader/Crc32c.h"
#include "test/unit/tensorflow/Build.h"
#include <map>

namespace sluice {
namespace tensorflow {
namespace test {

inline void putVarint(std::string &out, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

inline void putFixed(std::string &out, uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i)
    out += static_cast<char>(value >> (8 * i));
}

/// An entry of a block, as written.
inline void putEntry(std::string &block, uint64_t shared,
                     const std::string &suffix, const std::string &value) {
  putVarint(block, shared);
  putVarint(block, suffix.size());
  putVarint(block, value.size());
  block += suffix + value;
}

/// A block with one restart point.
inline std::string finishBlock(std::string entries) {
  putFixed(entries, 0, 4);
  putFixed(entries, 1, 4);
  return entries;
}

using Entries = std::vector<std::pair<std::string, std::string>>;

inline std::string makeBlock(const Entries &entries) {
  std::string block, last;
  for (const auto &[key, value] : entries) {
    size_t shared = 0;
    while (shared < last.size() && shared < key.size() &&
           last[shared] == key[shared])
      ++shared;
    putEntry(block, shared, key.substr(shared), value);
    last = key;
  }
  return finishBlock(block);
}

/// Literals of up to 60 bytes: snappy without any compression.
inline std::string packSnappy(const std::string &bytes) {
  std::string out;
  putVarint(out, bytes.size());
  for (size_t i = 0; i < bytes.size(); i += 60) {
    std::string piece = bytes.substr(i, 60);
    out += static_cast<char>((piece.size() - 1) << 2);
    out += piece;
  }
  return out;
}

/// An index file that tests can bend.
struct IndexFile {
  std::string bytes;
  uint64_t metaOffset = 0, metaSize = 0, indexOffset = 0, indexSize = 0;

  /// Appends a block with its trailer; returns its handle.
  std::string addBlock(const std::string &content, uint8_t type = 0,
                       uint32_t crcChange = 0) {
    std::string handle;
    putVarint(handle, bytes.size());
    putVarint(handle, content.size());
    std::string checked = content + static_cast<char>(type);
    bytes += checked;
    putFixed(bytes, maskCrc(crc32c(checked)) ^ crcChange, 4);
    return handle;
  }
  void addMeta() {
    metaOffset = bytes.size();
    std::string block = makeBlock({});
    metaSize = block.size();
    addBlock(block);
  }
  void addIndex(const std::string &block) {
    indexOffset = bytes.size();
    indexSize = block.size();
    addBlock(block);
  }
  void addFooter(uint64_t magic = 0xdb4775248b80fb57ull) {
    std::string footer;
    putVarint(footer, metaOffset);
    putVarint(footer, metaSize);
    putVarint(footer, indexOffset);
    putVarint(footer, indexSize);
    footer.resize(40);
    putFixed(footer, magic, 8);
    bytes += footer;
  }
};

/// A whole index file with one data block.
inline std::string makeIndex(const std::string &dataBlock, uint8_t type = 0,
                             uint32_t crcChange = 0) {
  IndexFile file;
  std::string handle = file.addBlock(dataBlock, type, crcChange);
  file.addMeta();
  file.addIndex(makeBlock({{"~", handle}}));
  file.addFooter();
  return file.bytes;
}

inline std::string header(int shards = 1, bool big = false) {
  tf::BundleHeaderProto proto;
  proto.set_num_shards(shards);
  if (big)
    proto.set_endianness(tf::BundleHeaderProto::BIG);
  proto.mutable_version()->set_producer(1);
  return proto.SerializeAsString();
}

/// A checkpoint of one shard, filled tensor by tensor.
struct Checkpoint {
  std::map<std::string, std::string> entries = {{"", header()}};
  std::string data;

  /// Bytes as they are; the returned entry can be bent and put back.
  tf::BundleEntryProto add(const std::string &key, tf::DataType type,
                           std::initializer_list<int64_t> shape,
                           const std::string &bytes) {
    tf::BundleEntryProto proto;
    proto.set_dtype(type);
    setShape(proto.mutable_shape(), shape);
    proto.set_offset(static_cast<int64_t>(data.size()));
    proto.set_size(static_cast<int64_t>(bytes.size()));
    proto.set_crc32c(maskCrc(crc32c(bytes)));
    data += bytes;
    put(key, proto);
    return proto;
  }
  tf::BundleEntryProto addFloats(const std::string &key,
                                 std::initializer_list<int64_t> shape,
                                 const std::vector<float> &values) {
    return add(key, tf::DT_FLOAT, shape,
               std::string(reinterpret_cast<const char *>(values.data()),
                           values.size() * sizeof(float)));
  }
  void put(const std::string &key, const tf::BundleEntryProto &proto) {
    entries[key] = proto.SerializeAsString();
  }
  /// Returns the prefix.
  std::string write(const Folder &folder, const std::string &name,
                    bool snappy = false) const {
    std::string block = makeBlock(Entries(entries.begin(), entries.end()));
    folder.write(name + ".index",
                 makeIndex(snappy ? packSnappy(block) : block, snappy));
    folder.write(name + ".data-00000-of-00001", data);
    return folder.file(name);
  }
};

} // namespace test
} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_TEST_UNIT_TENSORFLOW_BUNDLEFILES_H
