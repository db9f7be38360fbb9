//===- ValueFormat.cpp - Printing tensor values as NumPy does -------------===//

#include "compiler/Driver/ValueText.h"
#include "compiler/Support/ModelError.h"
#include "llvm/ADT/StringExtras.h"
#include <charconv>
#include <cmath>

using namespace sluice;
using llvm::StringRef;

namespace {

/// Digits of a number: the integer part with its sign, the fraction, and for
/// scientific notation the exponent ("e+05").
struct Digits {
  std::string whole, fraction, exponent;
};

/// The shortest decimal that reads back as the same element.
std::string shortest(double value, ElementKind kind, std::chars_format form) {
  char buffer[512];
  std::to_chars_result result{};
  if (kind == ElementKind::F64 || kind == ElementKind::C128) {
    result = std::to_chars(buffer, std::end(buffer), value, form);
  } else if (kind == ElementKind::F32 || kind == ElementKind::C64) {
    result = std::to_chars(buffer, std::end(buffer), static_cast<float>(value),
                           form);
  } else {
    // Half and bfloat16 have no conversion of their own: try digit by digit.
    auto same = [&](double other) {
      return kind == ElementKind::F16
                 ? doubleToHalf(other) == doubleToHalf(value)
                 : doubleToBfloat(other) == doubleToBfloat(value);
    };
    double candidate = value;
    for (int digits = 0; digits < 17; ++digits) {
      result = std::to_chars(buffer, std::end(buffer), value,
                             std::chars_format::scientific, digits);
      std::from_chars(buffer, result.ptr, candidate);
      if (same(candidate))
        break;
    }
    result = std::to_chars(buffer, std::end(buffer), candidate, form);
  }
  return std::string(buffer, result.ptr);
}

/// Rounds when there are more than `precision` digits behind the point.
Digits splitNumber(double value, ElementKind kind, bool scientific,
                   unsigned precision) {
  auto form =
      scientific ? std::chars_format::scientific : std::chars_format::fixed;
  std::string text = shortest(value, kind, form);
  StringRef mantissa = StringRef(text).split('e').first;
  if (mantissa.split('.').second.size() > precision) {
    char buffer[512];
    auto result = std::to_chars(buffer, std::end(buffer), value, form,
                                static_cast<int>(precision));
    text.assign(buffer, result.ptr);
    mantissa = StringRef(text).split('e').first;
  }
  Digits digits;
  digits.whole = mantissa.split('.').first.str();
  digits.fraction = mantissa.split('.').second.rtrim('0').str();
  digits.exponent = text.substr(mantissa.size());
  return digits;
}

class Formatter {
public:
  Formatter(const HostTensor &tensor, const ValueFormat &format)
      : tensor(tensor), format(format),
        summarise(tensor.size() > format.threshold) {
    strides.resize(tensor.rank(), 1);
    for (int64_t d = tensor.rank() - 2; d >= 0; --d)
      strides[d] = strides[d + 1] * tensor.shape()[d + 1];
    collect(0, 0);
    if (isFloat(tensor.kind()) || isComplex(tensor.kind()))
      chooseNotation();
    padded = tensor.rank() > 1;
    for (int64_t i : shown) {
      auto [left, right] = element(i);
      leftWidth = std::max(leftWidth, left.size());
      rightWidth = std::max(rightWidth, right.size());
    }
  }

  std::string run() {
    if (tensor.size() == 0)
      return tensor.rank() == 1
                 ? "[]"
                 : "[] (shape " + formatShape(tensor.shape()) + ")";
    std::string out;
    write(0, 0, out);
    return out;
  }

private:
  /// Positions along dimension `d` that are shown; -1 stands for "...".
  llvm::SmallVector<int64_t> positions(int64_t d) const {
    int64_t size = tensor.shape()[d], edge = format.edgeItems;
    llvm::SmallVector<int64_t> result;
    bool cut = summarise && size > 2 * edge;
    for (int64_t i = 0; i < (cut ? edge : size); ++i)
      result.push_back(i);
    if (cut) {
      result.push_back(-1);
      for (int64_t i = size - edge; i < size; ++i)
        result.push_back(i);
    }
    return result;
  }

  // Recursion over the rank, which every reader of values bounds.
  void collect(int64_t d, int64_t offset) {
    if (tensor.size() == 0)
      return;
    if (d == tensor.rank()) {
      shown.push_back(offset);
      return;
    }
    for (int64_t i : positions(d))
      if (i >= 0)
        collect(d + 1, offset + i * strides[d]);
  }

  void forEachNumber(llvm::function_ref<void(double)> visit) const {
    for (int64_t i : shown) {
      std::complex<double> value = tensor.getComplex(i);
      visit(value.real());
      if (isComplex(tensor.kind()))
        visit(value.imag());
    }
  }

  void chooseNotation() {
    double largest = 0, smallest = INFINITY;
    forEachNumber([&](double value) {
      double size = std::fabs(value);
      if (!std::isfinite(value) || size == 0)
        return;
      largest = std::max(largest, size);
      smallest = std::min(smallest, size);
    });
    if (largest == 0)
      return;
    scientific =
        largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000.0;
    if (!scientific)
      return;
    forEachNumber([&](double value) {
      if (std::isfinite(value))
        mantissaDigits =
            std::max(mantissaDigits,
                     splitNumber(value, tensor.kind(), true, format.precision)
                         .fraction.size());
    });
  }

  /// Text left of the point, and the point with what follows.
  std::pair<std::string, std::string> number(double value) const {
    if (std::isnan(value))
      return {"nan", ""};
    if (std::isinf(value))
      return {value < 0 ? "-inf" : "inf", ""};
    Digits digits =
        splitNumber(value, tensor.kind(), scientific, format.precision);
    if (scientific)
      digits.fraction.resize(mantissaDigits, '0');
    return {digits.whole, "." + digits.fraction + digits.exponent};
  }

  std::pair<std::string, std::string> element(int64_t i) const {
    ElementKind kind = tensor.kind();
    if (isFloat(kind))
      return number(tensor.getDouble(i));
    if (isComplex(kind)) {
      std::complex<double> value = tensor.getComplex(i);
      auto [whole, rest] = number(value.real());
      auto [imaginary, end] = number(value.imag());
      std::string sign = imaginary[0] == '-' ? "" : "+";
      return {whole, rest + sign + imaginary + end + "j"};
    }
    if (kind == ElementKind::Bool)
      return {tensor.getInt(i) ? "True" : "False", ""};
    if (kind == ElementKind::String) {
      std::string text = "b'";
      text += escapeForTerminal(tensor.strings[i], 200);
      return {text + "'", ""};
    }
    return {isUnsigned(kind)
                ? llvm::utostr(static_cast<uint64_t>(tensor.getInt(i)))
                : llvm::itostr(tensor.getInt(i)),
            ""};
  }

  std::string padElement(int64_t i) const {
    auto [left, right] = element(i);
    if (!padded)
      return left + right;
    bool number = tensor.kind() != ElementKind::String;
    std::string fill(leftWidth - left.size(), ' ');
    std::string end(rightWidth - right.size(), ' ');
    return number ? fill + left + right + end : left + right + fill + end;
  }

  void writeRow(int64_t d, int64_t offset, std::string &out) {
    size_t lineStart = out.rfind('\n') + 1; // npos + 1 is 0
    bool first = true;
    for (int64_t i : positions(d)) {
      std::string text = i < 0 ? "..." : padElement(offset + i * strides[d]);
      if (!first) {
        if (out.size() - lineStart + 1 + text.size() + 1 > format.lineWidth) {
          out += '\n';
          lineStart = out.size();
          out.append(d, ' ');
        }
        out += ' ';
      }
      out += text;
      first = false;
    }
  }

  void write(int64_t d, int64_t offset, std::string &out) {
    if (d == tensor.rank()) {
      out += padElement(offset);
      return;
    }
    out += '[';
    if (d + 1 == tensor.rank()) {
      writeRow(d, offset, out);
    } else {
      bool first = true;
      for (int64_t i : positions(d)) {
        if (!first) {
          out.append(tensor.rank() - 1 - d, '\n');
          out.append(d + 1, ' ');
        }
        if (i < 0)
          out += "...";
        else
          write(d + 1, offset + i * strides[d], out);
        first = false;
      }
    }
    out += ']';
  }

  const HostTensor &tensor;
  const ValueFormat &format;
  bool summarise, scientific = false, padded = false;
  size_t mantissaDigits = 0, leftWidth = 0, rightWidth = 0;
  llvm::SmallVector<int64_t> strides;
  std::vector<int64_t> shown;
};

} // namespace

std::string sluice::formatValue(const HostTensor &tensor,
                                const ValueFormat &format) {
  return Formatter(tensor, format).run();
}

std::string sluice::formatShape(llvm::ArrayRef<int64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? "," : "") + llvm::itostr(shape[i]);
  return text + "]";
}
