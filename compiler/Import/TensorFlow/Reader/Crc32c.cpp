//===- Crc32c.cpp - Checksums of checkpoints ------------------------------===//

#include "compiler/Import/TensorFlow/Reader/Crc32c.h"

#include "llvm/Support/Endian.h"
#include <array>

namespace sluice {
namespace tensorflow {

namespace {
/// tables[k][b]: the effect of byte b followed by k zero bytes, so that eight
/// bytes are folded in one step.
struct Tables {
  std::array<std::array<uint32_t, 256>, 8> at;

  Tables() {
    constexpr uint32_t polynomial = 0x82f63b78; // reflected
    for (uint32_t byte = 0; byte < 256; ++byte) {
      uint32_t crc = byte;
      for (int bit = 0; bit < 8; ++bit)
        crc = (crc >> 1) ^ ((crc & 1) ? polynomial : 0);
      at[0][byte] = crc;
    }
    for (size_t k = 1; k < at.size(); ++k)
      for (uint32_t byte = 0; byte < 256; ++byte) {
        uint32_t before = at[k - 1][byte];
        at[k][byte] = (before >> 8) ^ at[0][before & 0xff];
      }
  }
};
} // namespace

uint32_t crc32c(llvm::StringRef bytes, uint32_t start) {
  static const Tables tables;
  const auto &at = tables.at;
  uint32_t crc = ~start;
  const char *data = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; left -= 8, data += 8) {
    uint32_t low = llvm::support::endian::read32le(data) ^ crc;
    uint32_t high = llvm::support::endian::read32le(data + 4);
    crc = at[7][low & 0xff] ^ at[6][low >> 8 & 0xff] ^ at[5][low >> 16 & 0xff] ^
          at[4][low >> 24] ^ at[3][high & 0xff] ^ at[2][high >> 8 & 0xff] ^
          at[1][high >> 16 & 0xff] ^ at[0][high >> 24];
  }
  for (; left != 0; --left, ++data)
    crc = (crc >> 8) ^ at[0][(crc ^ static_cast<uint8_t>(*data)) & 0xff];
  return ~crc;
}

} // namespace tensorflow
} // namespace sluice
