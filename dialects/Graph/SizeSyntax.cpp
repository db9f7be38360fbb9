//===- SizeSyntax.cpp - Printing, parsing and evaluating sizes ------------===//

#include "dialects/Graph/GraphDialect.h"
#include "dialects/Graph/SizeAlgebra.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

//===----------------------------------------------------------------------===//
// Evaluation
//===----------------------------------------------------------------------===//

using SymbolValues = function_ref<std::optional<int64_t>(StringRef)>;

static std::optional<int64_t> evaluateAtom(SizeAtomAttr atom,
                                           SymbolValues symbols) {
  if (atom.getKind() == SizeAtomKind::Symbol)
    return symbols(atom.getName());
  SmallVector<int64_t, 2> operands;
  for (Attribute operand : atom.getOperands()) {
    std::optional<int64_t> value = evaluate(operand, symbols);
    if (!value)
      return std::nullopt;
    operands.push_back(*value);
  }
  if (atom.getKind() == SizeAtomKind::PositivePart)
    return std::max(operands[0], int64_t(0));
  int64_t x = operands[0], y = operands[1];
  if (y == 0 || (x == INT64_MIN && y == -1))
    return std::nullopt;
  return x / y - (x % y != 0 && (x < 0) != (y < 0));
}

std::optional<int64_t> sluice::graph::evaluate(Attribute size,
                                               SymbolValues symbols) {
  MaybePolynomial polynomial = makePolynomial(size);
  if (!polynomial)
    return std::nullopt;
  int64_t sum = 0;
  for (const SizeTerm &term : *polynomial) {
    int64_t product = term.coefficient;
    for (SizeAtomAttr atom : term.atoms) {
      std::optional<int64_t> value = evaluateAtom(atom, symbols);
      if (!value || __builtin_mul_overflow(product, *value, &product))
        return std::nullopt;
    }
    if (__builtin_add_overflow(sum, product, &sum))
      return std::nullopt;
  }
  return sum;
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

static bool isIdentifier(StringRef name) {
  return !name.empty() && (llvm::isAlpha(name[0]) || name[0] == '_') &&
         llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

static void printAtom(llvm::raw_ostream &os, SizeAtomAttr atom) {
  switch (atom.getKind()) {
  case SizeAtomKind::Symbol:
    if (isIdentifier(atom.getName())) {
      os << atom.getName();
    } else {
      os << '"';
      llvm::printEscapedString(atom.getName(), os);
      os << '"';
    }
    return;
  case SizeAtomKind::FloorDiv:
    os << "floordiv(";
    printSize(os, atom.getOperands()[0]);
    os << ", ";
    printSize(os, atom.getOperands()[1]);
    os << ')';
    return;
  case SizeAtomKind::PositivePart:
    os << "max(";
    printSize(os, atom.getOperands()[0]);
    os << ", 0)";
    return;
  }
}

void sluice::graph::printSize(llvm::raw_ostream &os, Attribute size) {
  MaybePolynomial polynomial = makePolynomial(size);
  if (!polynomial || polynomial->empty()) {
    os << (polynomial ? "0" : "invalid");
    return;
  }
  llvm::interleave(
      *polynomial, os,
      [&](const SizeTerm &term) {
        bool shown = term.coefficient != 1 || term.atoms.empty();
        if (shown)
          os << term.coefficient;
        for (SizeAtomAttr atom : term.atoms) {
          if (shown)
            os << '*';
          printAtom(os, atom);
          shown = true;
        }
      },
      " + ");
}

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

// sum := product (`+` product)*
// product := factor (`*` factor)*
// factor := integer | symbol | function `(` sum (`,` sum)* `)` | `(` sum `)`
// function := floordiv | ceildiv | mod | max | min
namespace {
class SizeParser {
public:
  explicit SizeParser(AsmParser &parser) : parser(parser) {}

  ParseResult parseSum(Size &result) {
    if (parseProduct(result))
      return failure();
    while (succeeded(parser.parseOptionalPlus())) {
      Size next;
      if (parseProduct(next))
        return failure();
      result = result + next;
    }
    if (!result.isValid())
      return parser.emitError(parser.getCurrentLocation(),
                              "size does not fit 64 bits or is too large");
    return success();
  }

private:
  ParseResult parseProduct(Size &result) {
    if (parseFactor(result))
      return failure();
    while (succeeded(parser.parseOptionalStar())) {
      Size next;
      if (parseFactor(next))
        return failure();
      result = result * next;
    }
    return success();
  }

  ParseResult parseFactor(Size &result) {
    int64_t constant;
    OptionalParseResult integer = parser.parseOptionalInteger(constant);
    if (integer.has_value()) {
      result = constant;
      return *integer;
    }
    MLIRContext *context = parser.getContext();
    std::string quoted;
    if (succeeded(parser.parseOptionalString(&quoted))) {
      result = Size::symbol(context, quoted);
      return success();
    }
    StringRef name;
    if (succeeded(parser.parseOptionalKeyword(&name))) {
      std::string kept = name.str();
      if (failed(parser.parseOptionalLParen())) {
        result = Size::symbol(context, kept);
        return success();
      }
      return parseCall(kept, result);
    }
    if (parser.parseLParen() || enter() || parseSum(result))
      return failure();
    --depth;
    return parser.parseRParen();
  }

  ParseResult enter() {
    if (++depth <= 200)
      return success();
    return parser.emitError(parser.getCurrentLocation(),
                            "size is nested too deeply");
  }

  ParseResult parseCall(StringRef name, Size &result) {
    SMLoc loc = parser.getCurrentLocation();
    SmallVector<Size> operands;
    if (enter())
      return failure();
    do {
      if (parseSum(operands.emplace_back()))
        return failure();
    } while (succeeded(parser.parseOptionalComma()));
    --depth;
    if (parser.parseRParen())
      return failure();
    result = operands.front();
    if (name == "max" || name == "min") {
      for (Size operand : ArrayRef(operands).drop_front())
        result = name == "max" ? result.max(operand) : result.min(operand);
      return success();
    }
    bool isBinary = name == "floordiv" || name == "ceildiv" || name == "mod";
    if (!isBinary || operands.size() != 2)
      return parser.emitError(loc, "expected floordiv, ceildiv or mod of two "
                                   "sizes, or max or min, found '")
             << name << "' of " << operands.size();
    if (name == "floordiv")
      result = result.floorDiv(operands[1]);
    else if (name == "ceildiv")
      result = result.ceilDiv(operands[1]);
    else
      result = result.mod(operands[1]);
    return success();
  }

  AsmParser &parser;
  unsigned depth = 0;
};
} // namespace

void SizeExprAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printSize(printer.getStream(), *this);
  printer << '>';
}

Attribute SizeExprAttr::parse(AsmParser &parser, Type) {
  Size size;
  if (parser.parseLess() || SizeParser(parser).parseSum(size) ||
      parser.parseGreater())
    return {};
  return size.getAttribute(parser.getContext());
}

// `[2, B]`: an operator's attribute, and between `<` and `>` the encoding of a
// type.
void DimsAttr::print(AsmPrinter &printer) const {
  printer << '[';
  llvm::interleaveComma(getSizes(), printer, [&](Attribute size) {
    printSize(printer.getStream(), size);
  });
  printer << ']';
}

Attribute DimsAttr::parse(AsmParser &parser, Type) {
  SmallVector<Attribute> sizes;
  bool angled = succeeded(parser.parseOptionalLess());
  auto parseSize = [&]() -> ParseResult {
    Size size;
    if (SizeParser(parser).parseSum(size))
      return failure();
    sizes.push_back(size.getAttribute(parser.getContext()));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseSize) ||
      (angled && parser.parseGreater()))
    return {};
  return get(parser.getContext(), sizes);
}

LogicalResult
DimsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type,
                         function_ref<InFlightDiagnostic()> emitError) const {
  if (shape.size() != getRank())
    return emitError() << "expected an entry per dimension, found " << getRank()
                       << " for rank " << shape.size();
  for (auto [dim, entry] : llvm::zip_equal(shape, getSizes()))
    if (Size::get(entry).getStaticOrDynamic() != dim)
      return emitError() << "dimensions " << *this
                         << " contradict those of the type";
  return success();
}
