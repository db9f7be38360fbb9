//===- Crc32c.h - Checksums of checkpoints ----------------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_CRC32C_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_CRC32C_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace sluice {
namespace tensorflow {

/// CRC-32C (Castagnoli) of `bytes`, going on from `start`, the checksum of
/// what came before.
uint32_t crc32c(llvm::StringRef bytes, uint32_t start = 0);

/// The form in which checkpoints store it, so that a checksum of bytes that
/// hold checksums stays strong.
inline uint32_t maskCrc(uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_CRC32C_H
