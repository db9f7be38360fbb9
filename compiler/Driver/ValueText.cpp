//===- ValueText.cpp - Reading tensor values ------------------------------===//

#include "compiler/Driver/ValueText.h"
#include "compiler/Support/ModelError.h"
#include "llvm/ADT/StringExtras.h"
#include <charconv>
#include <cmath>
#include <limits>

using namespace sluice;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

namespace {

/// One element as written. Its class says what it can become.
struct Scalar {
  enum Class { Boolean, Integer, Real, Complex, Text } type = Integer;
  bool negative = false; ///< of the integer
  uint64_t magnitude = 0;
  double real = 0, imaginary = 0; ///< set for every number
  std::string text;               ///< of a string, or the number as written
};

llvm::Error fail(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

std::string quoted(StringRef text) {
  return "'" + escapeForTerminal(text, 60) + "'";
}

std::optional<double> parseReal(StringRef text) {
  text.consume_front("+");
  bool negative = text.consume_front("-");
  double value = 0;
  std::string lower = text.lower();
  if (lower == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (lower == "inf" || lower == "infinity") {
    value = std::numeric_limits<double>::infinity();
  } else {
    if (text.empty() || !(llvm::isDigit(text[0]) || text[0] == '.'))
      return std::nullopt;
    auto [end, error] = std::from_chars(text.begin(), text.end(), value);
    if (end != text.end() || error == std::errc::invalid_argument)
      return std::nullopt;
    // Out of range: zero or infinity, told apart by the exponent's sign.
    if (error == std::errc::result_out_of_range)
      value = lower.find("e-") != std::string::npos
                  ? 0.0
                  : std::numeric_limits<double>::infinity();
  }
  return negative ? -value : value;
}

/// "a+bj", "bj": the part in front of the last sign that is no exponent's.
bool parseComplex(StringRef text, Scalar &out) {
  if (!text.consume_back("j") && !text.consume_back("J"))
    return false;
  size_t split = 0;
  for (size_t i = 1; i < text.size(); ++i)
    if ((text[i] == '+' || text[i] == '-') && text[i - 1] != 'e' &&
        text[i - 1] != 'E')
      split = i;
  std::optional<double> real =
      split ? parseReal(text.take_front(split)) : std::optional<double>(0.0);
  std::optional<double> imaginary = parseReal(text.drop_front(split));
  if (!real || !imaginary)
    return false;
  out.type = Scalar::Complex;
  out.real = *real;
  out.imaginary = *imaginary;
  return true;
}

bool parseScalar(StringRef text, Scalar &out) {
  if (text.equals_insensitive("true") || text.equals_insensitive("false")) {
    out.type = Scalar::Boolean;
    out.magnitude = text.equals_insensitive("true");
    out.real = static_cast<double>(out.magnitude);
    return true;
  }
  StringRef digits = text;
  out.negative = digits.consume_front("-");
  if (!out.negative)
    digits.consume_front("+");
  if (!digits.empty() && llvm::all_of(digits, llvm::isDigit) &&
      !digits.getAsInteger(10, out.magnitude)) {
    out.type = Scalar::Integer;
    out.real = static_cast<double>(out.magnitude);
    if (out.negative)
      out.real = -out.real;
    return true;
  }
  if (std::optional<double> real = parseReal(text)) {
    out.type = Scalar::Real;
    out.real = *real;
    out.text = text.str(); // for messages
    return true;
  }
  return parseComplex(text, out);
}

/// Nested lists, read without recursion: depth is the rank.
class ListParser {
public:
  explicit ListParser(StringRef text) : rest(text) {}

  llvm::Error parse() {
    do {
      skip();
      if (rest.consume_front("[")) {
        if (llvm::Error error = open())
          return error;
        continue;
      }
      if (rest.starts_with("]")) {
        if (afterComma && counts.size() != shape.size())
          return fail("a list is missing after ','");
        rest = rest.drop_front();
        if (llvm::Error error = close())
          return error;
        continue;
      }
      if (llvm::Error error = element())
        return error;
    } while (!counts.empty() || (elements.empty() && !closed));
    skip();
    if (!rest.empty())
      return fail("unexpected " + quoted(rest) + " behind the value");
    return llvm::Error::success();
  }

  std::vector<Scalar> elements;
  llvm::SmallVector<int64_t> shape;

private:
  static constexpr size_t maxRank = 32;

  void skip() { rest = rest.ltrim(" \t\r\n"); }

  llvm::Error open() {
    if (counts.size() == shape.size()) {
      if (leafDepth)
        return fail("a list stands where other rows have elements");
      if (shape.size() == maxRank)
        return fail("lists are nested more than " + Twine(maxRank) + " deep");
      shape.push_back(-1);
    }
    counts.push_back(0);
    afterComma = false;
    return llvm::Error::success();
  }

  llvm::Error close() {
    if (counts.empty())
      return fail("']' without '['");
    // An empty list is the innermost one.
    if (counts.back() == 0 && counts.size() == shape.size())
      leafDepth = shape.size();
    int64_t &size = shape[counts.size() - 1];
    if (size >= 0 && size != counts.back())
      return fail("lists of one level have " + Twine(size) + " and " +
                  Twine(counts.back()) + " elements");
    size = counts.back();
    counts.pop_back();
    closed = true;
    return next();
  }

  llvm::Error element() {
    if (counts.size() != shape.size())
      return fail("an element stands where other rows have lists");
    leafDepth = shape.size();
    Scalar scalar;
    if (rest.starts_with("\"") || rest.starts_with("'")) {
      if (llvm::Error error = parseString(scalar))
        return error;
    } else {
      StringRef word = rest.take_until(
          [](char c) { return StringRef(" \t\r\n,[]").contains(c); });
      if (word.empty())
        return fail(rest.empty() ? Twine("the value ends too early")
                                 : "unexpected " + quoted(rest.take_front(20)));
      if (!parseScalar(word, scalar))
        return fail(quoted(word) + " is no number, bool or quoted string");
      rest = rest.drop_front(word.size());
    }
    elements.push_back(std::move(scalar));
    return next();
  }

  /// Behind an element or list: a comma or blank, or the end of the list.
  llvm::Error next() {
    afterComma = false;
    if (counts.empty())
      return llvm::Error::success();
    ++counts.back();
    skip();
    if (rest.consume_front(","))
      afterComma = true;
    else if (rest.empty())
      return fail("']' is missing at the end");
    return llvm::Error::success();
  }

  llvm::Error parseString(Scalar &out) {
    char quote = rest.front();
    out.type = Scalar::Text;
    for (size_t i = 1; i < rest.size(); ++i) {
      char c = rest[i];
      if (c == quote) {
        rest = rest.drop_front(i + 1);
        return llvm::Error::success();
      }
      if (c == '\\' && i + 1 < rest.size()) {
        c = rest[++i];
        if (c == 'x' && i + 2 < rest.size() && llvm::isHexDigit(rest[i + 1]) &&
            llvm::isHexDigit(rest[i + 2])) {
          c = static_cast<char>(llvm::hexDigitValue(rest[i + 1]) * 16 +
                                llvm::hexDigitValue(rest[i + 2]));
          i += 2;
        } else {
          c = c == 'n' ? '\n' : c == 't' ? '\t' : c == '0' ? '\0' : c;
        }
      }
      out.text += c;
    }
    return fail("the quote is not closed");
  }

  StringRef rest;
  llvm::SmallVector<int64_t> counts; ///< elements so far of each open list
  size_t leafDepth = 0;              ///< 0 until the first leaf of a list
  bool closed = false, afterComma = false;
};

ElementKind leastKind(llvm::ArrayRef<Scalar> elements) {
  if (elements.empty())
    return ElementKind::F32;
  int most = Scalar::Boolean;
  for (const Scalar &scalar : elements)
    most = std::max<int>(most, scalar.type);
  static constexpr ElementKind kinds[] = {ElementKind::Bool, ElementKind::I64,
                                          ElementKind::F32, ElementKind::C64,
                                          ElementKind::String};
  return kinds[most];
}

bool fitsInteger(bool negative, uint64_t magnitude, ElementKind kind) {
  unsigned bits = elementSize(kind) * 8;
  if (isUnsigned(kind))
    return (!negative || magnitude == 0) &&
           (bits == 64 || magnitude >> bits == 0);
  uint64_t limit = uint64_t(1) << (bits - 1);
  return negative ? magnitude <= limit : magnitude < limit;
}

llvm::Error store(const Scalar &scalar, HostTensor &tensor, int64_t i) {
  ElementKind kind = tensor.kind();
  auto wrong = [&](const Twine &what) {
    return fail(what + " where " + elementName(kind) + " is expected");
  };
  if (kind == ElementKind::String) {
    if (scalar.type != Scalar::Text)
      return wrong("a number (strings are quoted)");
    tensor.strings[i] = scalar.text;
    return llvm::Error::success();
  }
  if (scalar.type == Scalar::Text)
    return wrong("the string " + quoted(scalar.text));
  if (isComplex(kind)) {
    tensor.setComplex(i, {scalar.real, scalar.imaginary});
    return llvm::Error::success();
  }
  if (scalar.type == Scalar::Complex)
    return wrong("a complex number");
  if (isFloat(kind)) {
    tensor.setDouble(i, scalar.real);
    return llvm::Error::success();
  }
  // A real number may stand for an integer when it is one: `3.`
  bool negative = scalar.negative;
  uint64_t magnitude = scalar.magnitude;
  if (scalar.type == Scalar::Real) {
    double size = std::fabs(scalar.real);
    if (!(size < 9007199254740992.0) || size != std::floor(size))
      return wrong("the number " + escapeForTerminal(scalar.text, 60));
    negative = scalar.real < 0;
    magnitude = static_cast<uint64_t>(size);
  }
  if (kind == ElementKind::Bool) {
    if (negative || magnitude > 1)
      return wrong("a number other than 0 and 1");
  } else if (!fitsInteger(negative, magnitude, kind)) {
    return fail((negative ? "-" : "") + Twine(magnitude) +
                " does not fit into " + elementName(kind));
  }
  tensor.setInt(i, static_cast<int64_t>(negative ? 0 - magnitude : magnitude));
  return llvm::Error::success();
}

Expected<HostTensor> build(llvm::ArrayRef<Scalar> elements,
                           llvm::ArrayRef<int64_t> shape,
                           std::optional<ElementKind> kind) {
  HostTensor tensor(kind ? *kind : leastKind(elements), shape);
  for (size_t i = 0; i < elements.size(); ++i)
    if (llvm::Error error = store(elements[i], tensor, i))
      return error;
  return tensor;
}

} // namespace

Expected<HostTensor> sluice::parseValue(StringRef text,
                                        std::optional<ElementKind> kind) {
  ListParser parser(text);
  if (llvm::Error error = parser.parse())
    return error;
  return build(parser.elements, parser.shape, kind);
}

Expected<HostTensor> sluice::parseCsv(StringRef text,
                                      std::optional<ElementKind> kind) {
  std::vector<Scalar> elements;
  int64_t rows = 0, columns = 0;
  size_t line = 0;
  bool first = true;
  while (!text.empty()) {
    auto [row, rest] = text.split('\n');
    text = rest;
    ++line;
    row = row.trim();
    if (row.empty() || row.starts_with("#"))
      continue;
    char separator = row.contains(',') ? ',' : row.contains(';') ? ';' : ' ';
    llvm::SmallVector<StringRef> fields;
    row.split(fields, separator, -1, /*KeepEmpty=*/separator != ' ');
    size_t before = elements.size();
    bool heading = false;
    for (StringRef field : fields) {
      Scalar scalar;
      if (!parseScalar(field.trim(), scalar)) {
        if (!first)
          return fail("line " + Twine(line) + ": " + quoted(field.trim()) +
                      " is no number");
        heading = true;
        break;
      }
      elements.push_back(std::move(scalar));
    }
    first = false;
    if (heading) {
      elements.resize(before);
      continue;
    }
    int64_t found = static_cast<int64_t>(elements.size() - before);
    if (rows && found != columns)
      return fail("line " + Twine(line) + ": " + Twine(found) +
                  " columns where other lines have " + Twine(columns));
    columns = found;
    ++rows;
  }
  if (rows == 0)
    return fail("no row of numbers");
  llvm::SmallVector<int64_t> shape = {rows, columns};
  if (rows == 1 || columns == 1)
    shape = {rows * columns};
  return build(elements, shape, kind);
}
