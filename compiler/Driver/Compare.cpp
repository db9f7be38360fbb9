//===- Compare.cpp - Are two tensors equal within a tolerance? ------------===//

#include "compiler/Driver/Compare.h"
#include "compiler/Driver/ValueText.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <cstring>

using namespace sluice;
using llvm::StringRef;

Tolerance sluice::defaultTolerance(ElementKind kind) {
  if (kind == ElementKind::F16 || kind == ElementKind::BF16)
    return {1e-2, 1e-2};
  if (isFloat(kind) || isComplex(kind))
    return {1e-4, 1e-5};
  return {};
}

/// Sign-magnitude bits as an integer whose order is that of the numbers.
template <typename Bits> static int64_t ordered(Bits bits) {
  constexpr Bits sign = Bits(1) << (sizeof(Bits) * 8 - 1);
  int64_t magnitude = static_cast<int64_t>(bits & static_cast<Bits>(~sign));
  return bits & sign ? -magnitude : magnitude;
}

template <typename Bits>
static uint64_t ulpsBetween(const char *a, const char *b) {
  Bits x, y;
  std::memcpy(&x, a, sizeof(Bits));
  std::memcpy(&y, b, sizeof(Bits));
  int64_t p = ordered(x), q = ordered(y);
  return p > q ? static_cast<uint64_t>(p) - static_cast<uint64_t>(q)
               : static_cast<uint64_t>(q) - static_cast<uint64_t>(p);
}

namespace {

/// Real numbers of the tensor one after the other: complex ones are two.
class Comparer {
public:
  Comparer(const HostTensor &found, const HostTensor &expected,
           Tolerance tolerance)
      : found(found), expected(expected), tolerance(tolerance) {}

  Comparison run() {
    if (found.kind() != expected.kind())
      result.reason = ("elements are " + elementName(found.kind()) +
                       ", expected " + elementName(expected.kind()))
                          .str();
    else if (found.shape() != expected.shape())
      result.reason = "shape is " + formatShape(found.shape()) + ", expected " +
                      formatShape(expected.shape());
    if (!result.reason.empty())
      return result;
    for (int64_t i = 0; i < found.size(); ++i)
      compareElement(i);
    result.equal = result.different == 0;
    if (!result.equal)
      explain();
    return result;
  }

private:
  void compareElement(int64_t i) {
    bool same = true;
    ElementKind kind = found.kind();
    if (kind == ElementKind::String) {
      // Fixed-width arrays cannot hold trailing NULs.
      auto trimmed = [](StringRef text) { return text.rtrim('\0'); };
      same = trimmed(found.strings[i]) == trimmed(expected.strings[i]);
    } else if (isComplex(kind)) {
      std::complex<double> a = found.getComplex(i), b = expected.getComplex(i);
      // A complex number is judged as one: its error against its size.
      bool special = !finite(a) || !finite(b);
      double scale = special ? -1 : std::abs(b);
      bool real = compareReal(a.real(), b.real(), 2 * i, scale);
      bool imaginary = compareReal(a.imag(), b.imag(), 2 * i + 1, scale);
      same = real && imaginary;
    } else if (isFloat(kind)) {
      same = compareReal(found.getDouble(i), expected.getDouble(i), i, -1);
    } else {
      same = compareWhole(i);
    }
    if (same)
      return;
    if (result.different++ == 0)
      firstDifferent = i;
  }

  static bool finite(std::complex<double> value) {
    return std::isfinite(value.real()) && std::isfinite(value.imag());
  }

  bool compareWhole(int64_t i) {
    int64_t a = found.getInt(i), b = expected.getInt(i);
    if (a == b)
      return true;
    double difference = std::fabs(found.getDouble(i) - expected.getDouble(i));
    if (difference == 0) // beyond double's precision
      difference = 1;
    note(difference, expected.getDouble(i), 0);
    return false;
  }

  void note(double difference, double reference, uint64_t ulps) {
    result.maxAbsolute = std::max(result.maxAbsolute, difference);
    if (reference != 0)
      result.maxRelative =
          std::max(result.maxRelative, difference / std::fabs(reference));
    result.maxUlp = std::max(result.maxUlp, ulps);
  }

  /// `scale` < 0: the size of `b` itself.
  bool compareReal(double a, double b, int64_t part, double scale) {
    if (std::isnan(a) || std::isnan(b)) {
      if (std::isnan(a) && std::isnan(b))
        return true;
      result.maxAbsolute = INFINITY;
      return false;
    }
    if (a == b)
      return true;
    double difference = std::fabs(a - b);
    note(difference, b, ulps(part));
    if (!std::isfinite(a) || !std::isfinite(b))
      return false;
    double size = scale < 0 ? std::fabs(b) : scale;
    return difference <= tolerance.atol + tolerance.rtol * size;
  }

  uint64_t ulps(int64_t part) const {
    unsigned width = elementSize(found.kind());
    if (isComplex(found.kind()))
      width /= 2;
    const char *a = found.data() + part * width;
    const char *b = expected.data() + part * width;
    switch (width) {
    case 2:
      return ulpsBetween<uint16_t>(a, b);
    case 4:
      return ulpsBetween<uint32_t>(a, b);
    default:
      return ulpsBetween<uint64_t>(a, b);
    }
  }

  std::string elementText(const HostTensor &tensor) const {
    HostTensor scalar(tensor.kind(), {});
    unsigned width = elementSize(tensor.kind());
    if (tensor.kind() == ElementKind::String)
      scalar.strings[0] = tensor.strings[firstDifferent];
    else
      std::memcpy(scalar.data(), tensor.data() + firstDifferent * width, width);
    ValueFormat exact;
    exact.precision = 17;
    return formatValue(scalar, exact);
  }

  void explain() {
    llvm::SmallVector<int64_t> index(found.rank());
    int64_t rest = firstDifferent;
    for (int64_t d = found.rank() - 1; d >= 0; --d) {
      index[d] = rest % found.shape()[d];
      rest /= found.shape()[d];
    }
    result.reason = llvm::itostr(result.different) + " of " +
                    llvm::itostr(found.size()) + " elements differ, first at " +
                    formatShape(index) + ": " + elementText(found) +
                    ", expected " + elementText(expected);
  }

  const HostTensor &found, &expected;
  Tolerance tolerance;
  Comparison result;
  int64_t firstDifferent = 0;
};

} // namespace

Comparison sluice::compareTensors(const HostTensor &found,
                                  const HostTensor &expected,
                                  Tolerance tolerance) {
  return Comparer(found, expected, tolerance).run();
}

std::string sluice::formatErrors(const Comparison &comparison) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "max abs " << llvm::format("%.2e", comparison.maxAbsolute)
     << ", max rel " << llvm::format("%.2e", comparison.maxRelative)
     << ", max ulp " << comparison.maxUlp;
  return text;
}
