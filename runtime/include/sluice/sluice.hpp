//===- sluice.hpp - What is the same for every model, in C++ ----*- C++ -*-===//
//
// C++17, header-only, without exceptions or RTTI. Each generated NAME.hpp
// repeats this text under the same guard.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_CXX_ABI
#define SLUICE_CXX_ABI 1

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

namespace sluice {

/// A view of `size` elements that belong to someone else.
template <typename T> class Span {
public:
  constexpr Span() = default;
  constexpr Span(T *data, std::size_t size) : first(data), count(size) {}
  template <std::size_t N>
  constexpr Span(T (&array)[N]) : first(array), count(N) {}
  /// Any container with contiguous elements: std::vector, std::array.
  template <typename C, typename = std::enable_if_t<std::is_convertible_v<
                            decltype(std::declval<C &>().data()), T *>>>
  constexpr Span(C &&container)
      : first(container.data()), count(container.size()) {}

  constexpr T *data() const { return first; }
  constexpr std::size_t size() const { return count; }
  constexpr bool empty() const { return count == 0; }
  constexpr T &operator[](std::size_t i) const { return first[i]; }
  constexpr T *begin() const { return first; }
  constexpr T *end() const { return first + count; }

private:
  T *first = nullptr;
  std::size_t count = 0;
};

/// Owned, zeroed, 64-byte aligned elements of a trivial type. Empty when memory
/// ran out: compare size() with what was asked for.
template <typename T> class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

public:
  Buffer() = default;
  explicit Buffer(std::size_t size) {
    if (size == 0 || size > SIZE_MAX / sizeof(T))
      return;
    void *block = ::operator new(size * sizeof(T), alignment, std::nothrow);
    if (!block)
      return;
    std::memset(block, 0, size * sizeof(T));
    first = static_cast<T *>(block);
    count = size;
  }
  Buffer(Buffer &&other) noexcept : first(other.first), count(other.count) {
    other.first = nullptr;
    other.count = 0;
  }
  Buffer &operator=(Buffer &&other) noexcept {
    T *otherFirst = other.first;
    std::size_t otherCount = other.count;
    other.first = first;
    other.count = count;
    first = otherFirst;
    count = otherCount;
    return *this;
  }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;
  ~Buffer() {
    if (first)
      ::operator delete(static_cast<void *>(first), alignment);
  }

  T *data() { return first; }
  const T *data() const { return first; }
  std::size_t size() const { return count; }
  bool empty() const { return count == 0; }
  T &operator[](std::size_t i) { return first[i]; }
  const T &operator[](std::size_t i) const { return first[i]; }
  T *begin() { return first; }
  T *end() { return first + count; }
  const T *begin() const { return first; }
  const T *end() const { return first + count; }

private:
  static constexpr std::align_val_t alignment{64};
  T *first = nullptr;
  std::size_t count = 0;
};

/// bfloat16 as its bits; converts to and from float, rounding to nearest even.
struct BFloat16 {
  std::uint16_t bits = 0;
  BFloat16() = default;
  explicit BFloat16(float value) {
    std::uint32_t word;
    std::memcpy(&word, &value, sizeof word);
    if (value != value)
      bits = static_cast<std::uint16_t>((word >> 16) | 0x40);
    else
      bits = static_cast<std::uint16_t>((word + 0x7fff + ((word >> 16) & 1)) >>
                                        16);
  }
  operator float() const {
    std::uint32_t word = static_cast<std::uint32_t>(bits) << 16;
    float value;
    std::memcpy(&value, &word, sizeof value);
    return value;
  }
};

/// IEEE half as its bits; converts to and from float, rounding to nearest even.
struct Half {
  std::uint16_t bits = 0;
  Half() = default;
  explicit Half(float value) {
    std::uint32_t word;
    std::memcpy(&word, &value, sizeof word);
    std::uint32_t sign = (word >> 16) & 0x8000, rest = word & 0x7fffffff;
    std::uint32_t half;
    if (rest > 0x7f800000) { // NaN
      half = 0x7e00 | ((rest >> 13) & 0x3ff);
    } else if (rest >= 0x477ff000) { // rounds to infinity
      half = 0x7c00;
    } else if (rest >= 0x38800000) { // normal
      rest -= 0x38000000;
      half = (rest + 0xfff + ((rest >> 13) & 1)) >> 13;
    } else if (rest <= 0x33000000) { // rounds to zero
      half = 0;
    } else { // subnormal: shift the significand into place
      std::uint32_t shift = 126 - (rest >> 23);
      std::uint32_t significand = (rest & 0x7fffff) | 0x800000;
      half = significand >> shift;
      std::uint32_t lost = significand & ((1u << shift) - 1);
      std::uint32_t tie = 1u << (shift - 1);
      half += lost > tie || (lost == tie && (half & 1));
    }
    bits = static_cast<std::uint16_t>(sign | half);
  }
  operator float() const {
    std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000) << 16;
    std::uint32_t exponent = (bits >> 10) & 31, fraction = bits & 0x3ff;
    std::uint32_t word;
    if (exponent == 31) {
      word = sign | 0x7f800000 | (fraction << 13);
    } else if (exponent) {
      word = sign | ((exponent + 112) << 23) | (fraction << 13);
    } else { // zero or subnormal: exact in float
      float value = static_cast<float>(fraction) * 5.9604644775390625e-8f;
      std::memcpy(&word, &value, sizeof word);
      word |= sign;
    }
    float value;
    std::memcpy(&value, &word, sizeof value);
    return value;
  }
};

static_assert(sizeof(Half) == 2 && sizeof(BFloat16) == 2);

/// Elements of a tensor for these dims, which the runtime has checked or will.
inline std::size_t elements(const sluice_tensor &tensor,
                            const std::int64_t *dims) {
  std::size_t count = 1;
  for (std::int32_t i = 0; i < tensor.rank; ++i) {
    std::int32_t arg = tensor.dim_args ? tensor.dim_args[i] : -1;
    std::int64_t dim = arg >= 0 ? dims[arg] : tensor.dims[i];
    if (dim <= 0)
      return 0;
    if (count > SIZE_MAX / static_cast<std::size_t>(dim))
      return SIZE_MAX; // no buffer has so many
    count *= static_cast<std::size_t>(dim);
  }
  return count;
}

} // namespace sluice

#endif // SLUICE_CXX_ABI
