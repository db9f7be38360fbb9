//===- Varint.h - Take numbers off the front of bytes -----------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_VARINT_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_VARINT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Endian.h"
#include <cstdint>

namespace sluice {
namespace tensorflow {

/// False when the bytes end, or when the number does not fit 64 bits.
inline bool takeVarint(llvm::StringRef &bytes, uint64_t &value) {
  value = 0;
  for (unsigned i = 0; i < 10 && i < bytes.size(); ++i) {
    uint8_t byte = static_cast<uint8_t>(bytes[i]);
    if (i == 9 && byte > 1)
      return false;
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) {
      bytes = bytes.drop_front(i + 1);
      return true;
    }
  }
  return false;
}

inline bool takeFixed32(llvm::StringRef &bytes, uint32_t &value) {
  if (bytes.size() < 4)
    return false;
  value = llvm::support::endian::read32le(bytes.data());
  bytes = bytes.drop_front(4);
  return true;
}

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_VARINT_H
