//===- HostTensor.cpp - A tensor value in host memory ---------------------===//

#include "dialects/Support/HostTensor.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringSwitch.h"
#include <cstring>

using namespace sluice;

bool sluice::isFloat(ElementKind kind) {
  return kind >= ElementKind::F16 && kind <= ElementKind::F64;
}
bool sluice::isComplex(ElementKind kind) {
  return kind == ElementKind::C64 || kind == ElementKind::C128;
}
bool sluice::isSigned(ElementKind kind) {
  return kind >= ElementKind::I8 && kind <= ElementKind::I64;
}
bool sluice::isUnsigned(ElementKind kind) {
  return kind >= ElementKind::U8 && kind <= ElementKind::U64;
}
bool sluice::isInteger(ElementKind kind) {
  return isSigned(kind) || isUnsigned(kind);
}

namespace {
struct KindInfo {
  const char *name;
  unsigned size;
};
constexpr KindInfo kinds[] = {
    {"bool", 1}, {"i8", 1},  {"i16", 2},   {"i32", 4},
    {"i64", 8},  {"u8", 1},  {"u16", 2},   {"u32", 4},
    {"u64", 8},  {"f16", 2}, {"bf16", 2},  {"f32", 4},
    {"f64", 8},  {"c64", 8}, {"c128", 16}, {"string", 0}};
} // namespace

unsigned sluice::elementSize(ElementKind kind) {
  return kinds[static_cast<unsigned>(kind)].size;
}

llvm::StringRef sluice::elementName(ElementKind kind) {
  return kinds[static_cast<unsigned>(kind)].name;
}

std::optional<ElementKind> sluice::parseElementName(llvm::StringRef name) {
  for (unsigned i = 0; i < std::size(kinds); ++i)
    if (name == kinds[i].name)
      return static_cast<ElementKind>(i);
  return std::nullopt;
}

std::optional<int64_t> sluice::elementCount(llvm::ArrayRef<int64_t> shape) {
  int64_t count = 1;
  bool zero = false, overflow = false;
  for (int64_t dim : shape) {
    if (dim < 0)
      return std::nullopt;
    zero |= dim == 0;
    overflow |= dim && __builtin_mul_overflow(count, dim, &count);
  }
  if (zero)
    return 0;
  if (overflow)
    return std::nullopt;
  return count;
}

static double bitsToDouble(const llvm::fltSemantics &semantics, uint16_t bits) {
  llvm::APFloat value(semantics, llvm::APInt(16, bits));
  bool lossy = false;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven,
                &lossy);
  return value.convertToDouble();
}

static uint16_t doubleToBits(const llvm::fltSemantics &semantics,
                             double number) {
  llvm::APFloat value(number);
  bool lossy = false;
  value.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &lossy);
  return static_cast<uint16_t>(value.bitcastToAPInt().getZExtValue());
}

double sluice::halfToDouble(uint16_t bits) {
  return bitsToDouble(llvm::APFloat::IEEEhalf(), bits);
}
uint16_t sluice::doubleToHalf(double value) {
  return doubleToBits(llvm::APFloat::IEEEhalf(), value);
}
double sluice::bfloatToDouble(uint16_t bits) {
  return bitsToDouble(llvm::APFloat::BFloat(), bits);
}
uint16_t sluice::doubleToBfloat(double value) {
  return doubleToBits(llvm::APFloat::BFloat(), value);
}

HostTensor::HostTensor(ElementKind kind, llvm::ArrayRef<int64_t> shape)
    : elementKind(kind), dims(shape.begin(), shape.end()),
      count(elementCount(shape).value_or(0)) {
  if (kind == ElementKind::String)
    strings.resize(count);
  else
    bytes.resize(static_cast<size_t>(count) * elementSize(kind));
}

template <typename T> static T load(const char *data, int64_t i) {
  T value;
  std::memcpy(&value, data + i * sizeof(T), sizeof(T));
  return value;
}
template <typename T> static void store(char *data, int64_t i, T value) {
  std::memcpy(data + i * sizeof(T), &value, sizeof(T));
}

double HostTensor::getDouble(int64_t i) const {
  switch (elementKind) {
  case ElementKind::F16:
    return halfToDouble(load<uint16_t>(data(), i));
  case ElementKind::BF16:
    return bfloatToDouble(load<uint16_t>(data(), i));
  case ElementKind::F32:
    return load<float>(data(), i);
  case ElementKind::F64:
    return load<double>(data(), i);
  case ElementKind::U64:
    return static_cast<double>(load<uint64_t>(data(), i));
  case ElementKind::C64:
  case ElementKind::C128:
    return getComplex(i).real();
  default:
    return static_cast<double>(getInt(i));
  }
}

void HostTensor::setDouble(int64_t i, double value) {
  switch (elementKind) {
  case ElementKind::F16:
    return store(data(), i, doubleToHalf(value));
  case ElementKind::BF16:
    return store(data(), i, doubleToBfloat(value));
  case ElementKind::F32:
    return store(data(), i, static_cast<float>(value));
  case ElementKind::F64:
    return store(data(), i, value);
  case ElementKind::C64:
  case ElementKind::C128:
    return setComplex(i, {value, 0.0});
  default:
    // Truncates toward zero and saturates; NaN gives 0.
    if (value != value)
      return setInt(i, 0);
    if (value >= 9223372036854775808.0)
      return setInt(i,
                    static_cast<int64_t>(value >= 18446744073709551616.0
                                             ? UINT64_MAX
                                             : static_cast<uint64_t>(value)));
    if (value <= -9223372036854775808.0)
      return setInt(i, INT64_MIN);
    return setInt(i, static_cast<int64_t>(value));
  }
}

int64_t HostTensor::getInt(int64_t i) const {
  switch (elementKind) {
  case ElementKind::Bool:
  case ElementKind::U8:
    return load<uint8_t>(data(), i);
  case ElementKind::I8:
    return load<int8_t>(data(), i);
  case ElementKind::U16:
    return load<uint16_t>(data(), i);
  case ElementKind::I16:
    return load<int16_t>(data(), i);
  case ElementKind::U32:
    return load<uint32_t>(data(), i);
  case ElementKind::I32:
    return load<int32_t>(data(), i);
  case ElementKind::I64:
  case ElementKind::U64:
    return load<int64_t>(data(), i);
  default:
    return static_cast<int64_t>(getDouble(i));
  }
}

void HostTensor::setInt(int64_t i, int64_t value) {
  switch (elementKind) {
  case ElementKind::Bool:
    return store<uint8_t>(data(), i, value != 0);
  case ElementKind::I8:
  case ElementKind::U8:
    return store(data(), i, static_cast<int8_t>(value));
  case ElementKind::I16:
  case ElementKind::U16:
    return store(data(), i, static_cast<int16_t>(value));
  case ElementKind::I32:
  case ElementKind::U32:
    return store(data(), i, static_cast<int32_t>(value));
  case ElementKind::I64:
  case ElementKind::U64:
    return store(data(), i, value);
  default:
    return setDouble(i, static_cast<double>(value));
  }
}

std::complex<double> HostTensor::getComplex(int64_t i) const {
  if (elementKind == ElementKind::C64)
    return {load<float>(data(), 2 * i), load<float>(data(), 2 * i + 1)};
  if (elementKind == ElementKind::C128)
    return {load<double>(data(), 2 * i), load<double>(data(), 2 * i + 1)};
  return {getDouble(i), 0.0};
}

void HostTensor::setComplex(int64_t i, std::complex<double> value) {
  if (elementKind == ElementKind::C64) {
    store(data(), 2 * i, static_cast<float>(value.real()));
    store(data(), 2 * i + 1, static_cast<float>(value.imag()));
  } else if (elementKind == ElementKind::C128) {
    store(data(), 2 * i, value.real());
    store(data(), 2 * i + 1, value.imag());
  } else {
    setDouble(i, value.real());
  }
}
