//===- TargetDescription.h - What emitters know of a CPU --------*- C++ -*-===//

#ifndef SLUICE_PASSES_TARGET_TARGETDESCRIPTION_H
#define SLUICE_PASSES_TARGET_TARGETDESCRIPTION_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace sluice {

struct TargetDescription {
  int64_t vectorBits = 128;     ///< of one register
  int64_t vectorRegisters = 16; ///< architectural
  bool hasFma = false;
  bool hasMaskedStores = false; ///< as instructions
  /// AVX-512's on exponents and mantissas, and its estimates of 2**-14.
  bool hasExponentInstructions = false;
  /// Sums of two products of 16-bit integers (pmaddwd).
  bool hasPairProducts = false;
  /// Sums of products of narrow integers, added to 32-bit sums (VNNI), and of
  /// bf16, added to f32.
  bool hasIntegerDots = false;
  bool hasBfloat16Dots = false;
  int64_t l1Bytes = 32 << 10; ///< data
  int64_t l2Bytes = 1 << 20;  ///< per core
  int64_t l3Bytes = 32 << 20; ///< shared

  /// Elements of `bits` bits in one vector.
  int64_t lanes(int64_t bits) const { return vectorBits / bits; }
};

/// `cpu` and `features` as LLVM names them ("znver5", "+avx2,-fma").
TargetDescription describeTarget(llvm::StringRef triple, llvm::StringRef cpu,
                                 llvm::StringRef features);

} // namespace sluice

#endif // SLUICE_PASSES_TARGET_TARGETDESCRIPTION_H
