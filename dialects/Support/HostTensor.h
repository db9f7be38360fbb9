//===- HostTensor.h - A tensor value in host memory -------------*- C++ -*-===//
//
// The value type of the reference evaluator, of npy/npz files, of feeds and
// fetches. Elements are stored densely, row-major, little-endian, each in its
// natural width (bool: one byte of 0 or 1; complex: real part, then imaginary;
// strings apart, in `strings`).
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_SUPPORT_HOSTTENSOR_H
#define SLUICE_DIALECTS_SUPPORT_HOSTTENSOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <complex>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Element kinds of tensors, named as in C.
enum class ElementKind : uint8_t {
  Bool,
  I8,
  I16,
  I32,
  I64,
  U8,
  U16,
  U32,
  U64,
  F16,
  BF16,
  F32,
  F64,
  C64,
  C128,
  String
};

bool isFloat(ElementKind kind);    ///< F16, BF16, F32, F64
bool isComplex(ElementKind kind);  ///< C64, C128
bool isSigned(ElementKind kind);   ///< I8..I64
bool isUnsigned(ElementKind kind); ///< U8..U64
bool isInteger(ElementKind kind);  ///< signed or unsigned, not Bool
/// Bytes of one element; 0 for String.
unsigned elementSize(ElementKind kind);
/// Short name: "f32", "i64", "bool", ...
llvm::StringRef elementName(ElementKind kind);
std::optional<ElementKind> parseElementName(llvm::StringRef name);

/// Product of `shape`; nullopt when a dim is negative or the product does not
/// fit int64_t.
std::optional<int64_t> elementCount(llvm::ArrayRef<int64_t> shape);

/// Exact conversions between half, bfloat16 bits and double (round to nearest
/// even on the way down).
double halfToDouble(uint16_t bits);
uint16_t doubleToHalf(double value);
double bfloatToDouble(uint16_t bits);
uint16_t doubleToBfloat(double value);

class HostTensor {
public:
  HostTensor() = default;
  /// Zero-filled. The shape must have an element count.
  HostTensor(ElementKind kind, llvm::ArrayRef<int64_t> shape);

  ElementKind kind() const { return elementKind; }
  llvm::ArrayRef<int64_t> shape() const { return dims; }
  int64_t rank() const { return static_cast<int64_t>(dims.size()); }
  int64_t size() const { return count; }
  size_t byteSize() const { return bytes.size(); }
  char *data() { return bytes.data(); }
  const char *data() const { return bytes.data(); }

  template <typename T> T *as() { return reinterpret_cast<T *>(bytes.data()); }
  template <typename T> const T *as() const {
    return reinterpret_cast<const T *>(bytes.data());
  }

  /// Any real element as double (exact for all but 64-bit integers).
  double getDouble(int64_t i) const;
  /// Rounds to the element's precision; integers wrap.
  void setDouble(int64_t i, double value);
  /// Integer or bool elements, sign- or zero-extended to 64 bits.
  int64_t getInt(int64_t i) const;
  /// Keeps the low bits.
  void setInt(int64_t i, int64_t value);
  /// Complex or real elements.
  std::complex<double> getComplex(int64_t i) const;
  void setComplex(int64_t i, std::complex<double> value);

  std::vector<std::string> strings; ///< elements of a String tensor

private:
  ElementKind elementKind = ElementKind::F32;
  llvm::SmallVector<int64_t> dims;
  int64_t count = 0;
  std::vector<char> bytes;
};

} // namespace sluice

#endif // SLUICE_DIALECTS_SUPPORT_HOSTTENSOR_H
