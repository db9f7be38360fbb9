//===- SizeAlgebra.cpp - The normal form of symbolic sizes ----------------===//

#include "dialects/Graph/SizeAlgebra.h"
#include "dialects/Graph/GraphDialect.h"
#include <numeric>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

// Bounds on what an expression may become: atoms and terms, counted as if
// nothing were shared, and factors of one term.
static constexpr unsigned maxWeight = 2000;
static constexpr size_t maxTerms = 128;
static constexpr size_t maxDegree = 32;

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

static int compareSizes(Attribute lhs, Attribute rhs);

// By content, never by address: the order shows in the output.
static int compareAtoms(SizeAtomAttr lhs, SizeAtomAttr rhs) {
  if (lhs == rhs)
    return 0;
  if (lhs.getKind() != rhs.getKind())
    return lhs.getKind() < rhs.getKind() ? -1 : 1;
  if (int order = lhs.getName().compare(rhs.getName()))
    return order;
  for (auto [x, y] : llvm::zip(lhs.getOperands(), rhs.getOperands()))
    if (int order = compareSizes(x, y))
      return order;
  return 0;
}

// Higher degrees first, then by the first atoms: an order that multiplication
// keeps, as exact division needs.
static int compareMonomials(ArrayRef<SizeAtomAttr> lhs,
                            ArrayRef<SizeAtomAttr> rhs) {
  if (lhs.size() != rhs.size())
    return lhs.size() > rhs.size() ? -1 : 1;
  for (auto [x, y] : llvm::zip_equal(lhs, rhs))
    if (int order = compareAtoms(x, y))
      return order;
  return 0;
}

static int compareSizes(Attribute lhs, Attribute rhs) {
  if (lhs == rhs)
    return 0;
  SizePolynomial x = *makePolynomial(lhs), y = *makePolynomial(rhs);
  for (auto [s, t] : llvm::zip(x, y)) {
    if (int order = compareMonomials(s.atoms, t.atoms))
      return order;
    if (s.coefficient != t.coefficient)
      return s.coefficient < t.coefficient ? -1 : 1;
  }
  return x.size() < y.size() ? -1 : x.size() > y.size();
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

SizePolynomial sluice::graph::makePolynomial(int64_t constant) {
  SizePolynomial result;
  if (constant != 0)
    result.push_back({constant, {}});
  return result;
}

SizePolynomial sluice::graph::makePolynomial(SizeAtomAttr atom) {
  SizePolynomial result;
  result.push_back({1, {atom}});
  return result;
}

MaybePolynomial sluice::graph::makePolynomial(Attribute attribute) {
  if (auto constant = dyn_cast_or_null<IntegerAttr>(attribute))
    return makePolynomial(constant.getInt());
  auto size = dyn_cast_or_null<SizeExprAttr>(attribute);
  if (!size)
    return std::nullopt;
  SizePolynomial result;
  ArrayRef<SizeAtomAttr> atoms = size.getAtoms();
  for (auto [coefficient, degree] :
       llvm::zip_equal(size.getCoefficients(), size.getDegrees())) {
    result.push_back({coefficient, SizeMonomial(atoms.take_front(degree))});
    atoms = atoms.drop_front(degree);
  }
  return result;
}

std::optional<int64_t>
sluice::graph::getConstant(const SizePolynomial &polynomial) {
  if (polynomial.empty())
    return 0;
  if (polynomial.size() == 1 && polynomial.front().atoms.empty())
    return polynomial.front().coefficient;
  return std::nullopt;
}

static unsigned getWeight(Attribute size) {
  auto expression = dyn_cast<SizeExprAttr>(size);
  return expression ? expression.getWeight() : 1;
}

Attribute sluice::graph::makeAttribute(MLIRContext *context,
                                       const SizePolynomial &polynomial) {
  if (std::optional<int64_t> constant = getConstant(polynomial))
    return IntegerAttr::get(IntegerType::get(context, 64), *constant);
  SmallVector<int64_t> coefficients;
  SmallVector<unsigned> degrees;
  SmallVector<SizeAtomAttr> atoms;
  unsigned weight = 0;
  for (const SizeTerm &term : polynomial) {
    coefficients.push_back(term.coefficient);
    degrees.push_back(term.atoms.size());
    weight += 1;
    for (SizeAtomAttr atom : term.atoms) {
      atoms.push_back(atom);
      weight += 1;
      for (Attribute operand : atom.getOperands())
        weight += getWeight(operand);
    }
  }
  if (weight > maxWeight)
    return {};
  return SizeExprAttr::get(context, coefficients, degrees, atoms, weight);
}

// An atom of one or two expressions; nothing when these are too large.
static MaybePolynomial makeAtom(MLIRContext *context, SizeAtomKind kind,
                                ArrayRef<const SizePolynomial *> operands) {
  SmallVector<Attribute> attributes;
  for (const SizePolynomial *operand : operands) {
    attributes.push_back(makeAttribute(context, *operand));
    if (!attributes.back())
      return std::nullopt;
  }
  return makePolynomial(SizeAtomAttr::get(context, kind, "", attributes));
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

// Adds a term to sorted terms; false on overflow.
static bool addTerm(SizePolynomial &terms, const SizeTerm &term) {
  auto place = llvm::find_if(terms, [&](const SizeTerm &other) {
    return compareMonomials(term.atoms, other.atoms) <= 0;
  });
  if (place == terms.end() || place->atoms != term.atoms) {
    terms.insert(place, term);
    return terms.size() <= maxTerms;
  }
  if (__builtin_add_overflow(place->coefficient, term.coefficient,
                             &place->coefficient))
    return false;
  if (place->coefficient == 0)
    terms.erase(place);
  return true;
}

MaybePolynomial sluice::graph::add(const SizePolynomial &lhs,
                                   const SizePolynomial &rhs) {
  SizePolynomial result = lhs;
  for (const SizeTerm &term : rhs)
    if (!addTerm(result, term))
      return std::nullopt;
  return result;
}

// The product of one term; nothing on overflow.
static std::optional<SizeTerm> multiply(const SizeTerm &lhs,
                                        const SizeTerm &rhs) {
  SizeTerm result;
  if (__builtin_mul_overflow(lhs.coefficient, rhs.coefficient,
                             &result.coefficient) ||
      lhs.atoms.size() + rhs.atoms.size() > maxDegree)
    return std::nullopt;
  result.atoms = lhs.atoms;
  llvm::append_range(result.atoms, rhs.atoms);
  llvm::sort(result.atoms, [](SizeAtomAttr x, SizeAtomAttr y) {
    return compareAtoms(x, y) < 0;
  });
  return result;
}

MaybePolynomial sluice::graph::multiply(const SizePolynomial &lhs,
                                        const SizePolynomial &rhs) {
  SizePolynomial result;
  for (const SizeTerm &x : lhs)
    for (const SizeTerm &y : rhs) {
      std::optional<SizeTerm> term = ::multiply(x, y);
      if (!term || !addTerm(result, *term))
        return std::nullopt;
    }
  return result;
}

MaybePolynomial sluice::graph::scale(const SizePolynomial &polynomial,
                                     int64_t factor) {
  return multiply(polynomial, makePolynomial(factor));
}

MaybePolynomial sluice::graph::subtract(const SizePolynomial &lhs,
                                        const SizePolynomial &rhs) {
  MaybePolynomial negated = scale(rhs, -1);
  return negated ? add(lhs, *negated) : std::nullopt;
}

MaybePolynomial sluice::graph::divideExactly(const SizePolynomial &lhs,
                                             const SizePolynomial &rhs) {
  if (rhs.empty())
    return std::nullopt;
  // Long division: the leading term of what is left by that of the divisor.
  const SizeTerm &divisor = rhs.front();
  SizePolynomial rest = lhs, result;
  while (!rest.empty()) {
    SizeTerm quotient;
    int64_t dividend = rest.front().coefficient;
    if ((dividend == INT64_MIN && divisor.coefficient == -1) ||
        dividend % divisor.coefficient != 0)
      return std::nullopt;
    quotient.coefficient = dividend / divisor.coefficient;
    ArrayRef<SizeAtomAttr> remove = divisor.atoms;
    for (SizeAtomAttr atom : rest.front().atoms) {
      if (!remove.empty() && remove.front() == atom)
        remove = remove.drop_front();
      else
        quotient.atoms.push_back(atom);
    }
    if (!remove.empty() || !addTerm(result, quotient))
      return std::nullopt;
    MaybePolynomial taken = multiply(rhs, SizePolynomial{quotient});
    MaybePolynomial left = taken ? subtract(rest, *taken) : std::nullopt;
    if (!left)
      return std::nullopt;
    rest = std::move(*left);
  }
  return result;
}

static int64_t floorDivide(int64_t lhs, int64_t rhs) {
  return lhs / rhs - (lhs % rhs != 0 && (lhs < 0) != (rhs < 0));
}

// By a constant of 2 or more: multiples of it leave the quotient term by term,
// common divisors cancel, nested quotients merge.
static MaybePolynomial floorDivide(MLIRContext *context,
                                   const SizePolynomial &lhs, int64_t divisor) {
  SizePolynomial whole, rest;
  uint64_t common = divisor;
  for (const SizeTerm &term : lhs) {
    int64_t quotient = floorDivide(term.coefficient, divisor);
    int64_t remainder = term.coefficient - quotient * divisor;
    if (quotient)
      whole.push_back({quotient, term.atoms});
    if (!remainder)
      continue;
    rest.push_back({remainder, term.atoms});
    if (!term.atoms.empty())
      common = std::gcd(common, static_cast<uint64_t>(remainder));
  }
  if (getConstant(rest))
    return whole; // less than the divisor
  int64_t shared = static_cast<int64_t>(common);
  for (SizeTerm &term : rest)
    term.coefficient /= shared; // rounds the constant down, as it should
  if (!rest.empty() && rest.back().coefficient == 0)
    rest.pop_back();
  divisor /= shared;
  if (divisor == 1)
    return add(whole, rest);
  if (rest.size() == 1 && rest[0].coefficient == 1 &&
      rest[0].atoms.size() == 1 &&
      rest[0].atoms[0].getKind() == SizeAtomKind::FloorDiv) {
    ArrayRef<Attribute> inner = rest[0].atoms[0].getOperands();
    auto by = dyn_cast<IntegerAttr>(inner[1]);
    int64_t product;
    if (by && by.getInt() > 0 &&
        !__builtin_mul_overflow(by.getInt(), divisor, &product)) {
      MaybePolynomial merged =
          floorDivide(context, *makePolynomial(inner[0]), product);
      return merged ? add(whole, *merged) : std::nullopt;
    }
  }
  SizePolynomial by = makePolynomial(divisor);
  MaybePolynomial atom =
      makeAtom(context, SizeAtomKind::FloorDiv, {&rest, &by});
  return atom ? add(whole, *atom) : std::nullopt;
}

MaybePolynomial sluice::graph::floorDivide(MLIRContext *context,
                                           const SizePolynomial &lhs,
                                           const SizePolynomial &rhs) {
  if (rhs.empty())
    return std::nullopt;
  if (MaybePolynomial exact = divideExactly(lhs, rhs))
    return exact;
  std::optional<int64_t> divisor = getConstant(rhs);
  if (!divisor)
    return makeAtom(context, SizeAtomKind::FloorDiv, {&lhs, &rhs});
  if (*divisor > 0)
    return ::floorDivide(context, lhs, *divisor);
  MaybePolynomial negated = scale(lhs, -1);
  if (!negated || *divisor == INT64_MIN)
    return std::nullopt;
  return *divisor == -1 ? negated : ::floorDivide(context, *negated, -*divisor);
}

bool sluice::graph::isNeverNegative(const SizePolynomial &polynomial) {
  return llvm::all_of(polynomial, [](const SizeTerm &term) {
    return term.coefficient > 0 &&
           llvm::all_of(term.atoms, [](SizeAtomAttr atom) {
             return atom.getKind() != SizeAtomKind::FloorDiv ||
                    llvm::all_of(atom.getOperands(), [](Attribute operand) {
                      return isNeverNegative(*makePolynomial(operand));
                    });
           });
  });
}

MaybePolynomial sluice::graph::positivePart(MLIRContext *context,
                                            const SizePolynomial &polynomial) {
  if (isNeverNegative(polynomial))
    return polynomial;
  MaybePolynomial negated = scale(polynomial, -1);
  if (!negated)
    return std::nullopt;
  if (isNeverNegative(*negated))
    return makePolynomial(0);
  // One spelling of max(e, 0) and max(-e, 0).
  if (polynomial.front().coefficient < 0) {
    MaybePolynomial other = positivePart(context, *negated);
    return other ? add(polynomial, *other) : std::nullopt;
  }
  uint64_t common = 0;
  for (const SizeTerm &term : polynomial) {
    if (term.coefficient == INT64_MIN)
      return std::nullopt;
    common =
        std::gcd(common, static_cast<uint64_t>(std::abs(term.coefficient)));
  }
  SizePolynomial primitive = polynomial;
  for (SizeTerm &term : primitive)
    term.coefficient /= static_cast<int64_t>(common);
  MaybePolynomial atom =
      makeAtom(context, SizeAtomKind::PositivePart, {&primitive});
  return atom ? scale(*atom, static_cast<int64_t>(common)) : std::nullopt;
}
