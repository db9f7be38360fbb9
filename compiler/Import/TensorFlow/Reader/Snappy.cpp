//===- Snappy.cpp - Unpack snappy blocks ----------------------------------===//

#include "compiler/Import/TensorFlow/Reader/Snappy.h"

#include "compiler/Import/TensorFlow/Reader/Varint.h"
#include "llvm/ADT/Twine.h"

namespace sluice {
namespace tensorflow {

/// The best an element can do: 64 bytes from a copy of 3.
constexpr uint64_t maxGrowth = 22;

static bool takeLittleEndian(llvm::StringRef &bytes, unsigned count,
                             uint32_t &value) {
  if (bytes.size() < count)
    return false;
  value = 0;
  for (unsigned i = 0; i < count; ++i)
    value |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  bytes = bytes.drop_front(count);
  return true;
}

std::string unpackSnappy(llvm::StringRef bytes, std::string &out) {
  out.clear();
  uint64_t size = 0;
  if (!takeVarint(bytes, size))
    return "snappy block has no length";
  if (size > bytes.size() * maxGrowth)
    return ("snappy block of " + llvm::Twine(bytes.size()) +
            " bytes claims to unpack to " + llvm::Twine(size))
        .str();
  out.reserve(size);
  while (!bytes.empty()) {
    uint8_t tag = static_cast<uint8_t>(bytes.front());
    bytes = bytes.drop_front();
    uint64_t length = (tag >> 2) + 1;
    uint32_t offset = 0;
    bool complete = true;
    switch (tag & 3) {
    case 0:
      if (length > 60) { // 61..64: the length follows in 1..4 bytes
        uint32_t stored = 0;
        complete = takeLittleEndian(bytes, length - 60, stored);
        length = uint64_t(stored) + 1;
      }
      if (!complete || length > bytes.size())
        return "snappy literal runs past the end of its block";
      if (length > size - out.size())
        return "snappy block unpacks to more than its header says";
      out.append(bytes.data(), length);
      bytes = bytes.drop_front(length);
      continue;
    case 1:
      length = 4 + ((tag >> 2) & 7);
      complete = takeLittleEndian(bytes, 1, offset);
      offset |= uint32_t(tag >> 5) << 8;
      break;
    case 2:
      complete = takeLittleEndian(bytes, 2, offset);
      break;
    case 3:
      complete = takeLittleEndian(bytes, 4, offset);
      break;
    }
    if (!complete)
      return "snappy copy runs past the end of its block";
    if (offset == 0 || offset > out.size())
      return ("snappy copy reaches back " + llvm::Twine(offset) + " of " +
              llvm::Twine(out.size()) + " bytes")
          .str();
    if (length > size - out.size())
      return "snappy block unpacks to more than its header says";
    // Source and destination may overlap, so byte by byte.
    for (size_t from = out.size() - offset; length != 0; --length, ++from)
      out.push_back(out[from]);
  }
  if (out.size() != size)
    return ("snappy block unpacks to " + llvm::Twine(out.size()) +
            " bytes, its header says " + llvm::Twine(size))
        .str();
  return "";
}

} // namespace tensorflow
} // namespace sluice
