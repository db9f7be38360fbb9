//===- RecognizeNormalization.cpp - Formulas that are normalize -----------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Simplify/Passes.h"
#include "passes/Simplify/RowPatterns.h"
#include <cmath>

namespace sluice {
#define GEN_PASS_DEF_RECOGNIZENORMALIZATION
#include "passes/Simplify/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::GraphBuilder;

namespace {
/// `1 / sqrt(variance + epsilon)` of rows.
struct Deviation {
  Value operand; ///< whose mean of squares the variance is
  bool centred;  ///< the squares are those of operand - mean(operand)
  double epsilon;
  int64_t length;
};
} // namespace

// `x` where `value` is `x - mean(x)`; null if it is not.
static Value matchCentred(Value value, int64_t length) {
  auto sub = skipViews(value).getDefiningOp<graph::SubOp>();
  if (!sub)
    return {};
  Value x = skipViews(sub.getLhs());
  PerRow mean = matchPerRow(sub.getRhs());
  if (!mean.value || mean.length != length ||
      matchRowMean(mean.value, length) != x)
    return {};
  return x;
}

// The square root's operand, where the factor is a reciprocal square root.
static Value matchRootOperand(const Factor &factor) {
  Operation *op = factor.value.getDefiningOp();
  if (factor.divides) {
    if (auto root = dyn_cast_or_null<graph::SqrtOp>(op))
      return root.getOperand();
    if (auto power = dyn_cast_or_null<graph::PowOp>(op))
      if (getSplat(power->getOperand(1)) == 0.5)
        return power->getOperand(0);
    return {};
  }
  if (auto root = dyn_cast_or_null<graph::RsqrtOp>(op))
    return root.getOperand();
  if (auto power = dyn_cast_or_null<graph::PowOp>(op))
    if (getSplat(power->getOperand(1)) == -0.5)
      return power->getOperand(0);
  return {};
}

static std::optional<Deviation> matchDeviation(const Factor &factor) {
  if (factor.length < 2)
    return std::nullopt;
  Value variance = matchRootOperand(factor);
  if (!variance)
    return std::nullopt;
  variance = skipViews(variance);
  Deviation result{{}, false, 0, factor.length};
  if (auto sum = variance.getDefiningOp<graph::AddOp>())
    for (unsigned i : {0u, 1u})
      if (std::optional<double> epsilon = getSplat(sum->getOperand(i))) {
        result.epsilon = *epsilon;
        variance = skipViews(sum->getOperand(1 - i));
        break;
      }
  if (result.epsilon < 0 || !std::isfinite(result.epsilon))
    return std::nullopt;
  // mean(x * x) - mean(x) * mean(x)
  if (auto sub = variance.getDefiningOp<graph::SubOp>()) {
    Value squares = matchRowMean(sub.getLhs(), factor.length);
    Value mean = matchSquare(sub.getRhs());
    if (!squares || !mean)
      return std::nullopt;
    result.operand = matchSquare(squares);
    result.centred = true;
    if (!result.operand || matchRowMean(mean, factor.length) != result.operand)
      return std::nullopt;
    return result;
  }
  Value squares = matchRowMean(variance, factor.length);
  result.operand = squares ? matchSquare(squares) : Value();
  if (!result.operand)
    return std::nullopt;
  if (Value x = matchCentred(result.operand, factor.length)) {
    result.operand = x;
    result.centred = true;
  }
  return result;
}

namespace {
class Recognizer {
public:
  explicit Recognizer(Operation *op)
      : op(op), builder(op), b(builder, op->getLoc()) {}

  bool run() {
    if (!isa<FloatType>(GraphBuilder::elementType(result())))
      return false;
    if (isa<graph::MulOp, graph::DivOp>(op))
      return matchScaled();
    return isa<graph::AddOp, graph::SubOp>(op) && matchShifted();
  }

private:
  Value result() { return op->getResult(0); }

  // (x - mean) * deviation * ..
  bool matchScaled() {
    Product product = matchProduct(result());
    for (auto [i, factor] : llvm::enumerate(product.factors)) {
      std::optional<Deviation> deviation = matchDeviation(factor);
      if (!deviation)
        continue;
      for (auto [j, other] : llvm::enumerate(product.factors)) {
        if (i == j || other.length || other.divides)
          continue;
        bool matches = deviation->centred
                           ? matchCentred(other.value, deviation->length) ==
                                 deviation->operand
                           : other.value == deviation->operand;
        if (matches)
          return replace(*deviation, without(product, i, j), {});
      }
    }
    return false;
  }

  // x * deviation * .. - mean * deviation * .. + ..
  bool matchShifted() {
    auto terms = matchSum(result());
    for (auto [t, term] : llvm::enumerate(terms)) {
      Product product = matchProduct(term.first);
      for (auto [i, factor] : llvm::enumerate(product.factors)) {
        std::optional<Deviation> deviation = matchDeviation(factor);
        if (!deviation || !deviation->centred)
          continue;
        for (auto [j, other] : llvm::enumerate(product.factors)) {
          if (other.length || other.divides ||
              other.value != deviation->operand)
            continue;
          Product rest = without(product, i, j);
          rest.isNegative = product.isNegative != term.second;
          if (std::optional<size_t> shift =
                  findShift(terms, t, *deviation, product, j)) {
            terms.erase(terms.begin() + std::max(t, *shift));
            terms.erase(terms.begin() + std::min(t, *shift));
            return replace(*deviation, rest, terms);
          }
        }
      }
    }
    return false;
  }

  // The term that is `product` with the mean in place of factor `x`, negated.
  static std::optional<size_t> findShift(ArrayRef<std::pair<Value, bool>> terms,
                                         size_t scaled,
                                         const Deviation &deviation,
                                         const Product &product, size_t x) {
    for (auto [t, term] : llvm::enumerate(terms)) {
      if (t == scaled)
        continue;
      Product other = matchProduct(term.first);
      if (other.factors.size() != product.factors.size() ||
          (other.isNegative != term.second) ==
              (product.isNegative != terms[scaled].second))
        continue;
      SmallVector<Factor, 4> left(product.factors);
      left.erase(left.begin() + x);
      bool hasMean = false;
      for (const Factor &factor : other.factors) {
        auto *found = llvm::find(left, factor);
        if (found != left.end())
          left.erase(found);
        else
          hasMean =
              factor.length == deviation.length && !factor.divides &&
              matchRowMean(factor.value, factor.length) == deviation.operand;
      }
      if (left.empty() && hasMean)
        return t;
    }
    return std::nullopt;
  }

  static Product without(const Product &product, size_t i, size_t j) {
    Product rest = product;
    rest.factors.erase(rest.factors.begin() + std::max(i, j));
    rest.factors.erase(rest.factors.begin() + std::min(i, j));
    return rest;
  }

  bool replace(const Deviation &deviation, const Product &rest,
               ArrayRef<std::pair<Value, bool>> terms) {
    Value value = result();
    // Factors first: where one does not fit, nothing else is built.
    SmallVector<std::pair<Value, bool>, 4> factors;
    for (const Factor &factor : rest.factors) {
      factors.push_back({buildFactor(b, factor, value), factor.divides});
      if (!factors.back().first)
        return false;
    }
    Value y = buildRows(b, deviation.operand, deviation.length, value);
    SmallVector<NamedAttribute> attributes{builder.getNamedAttr(
        "epsilon", builder.getF64FloatAttr(deviation.epsilon))};
    if (deviation.centred)
      attributes.push_back(
          builder.getNamedAttr("centred", builder.getUnitAttr()));
    y = b.create(graph::NormalizeOp::getOperationName(), y, attributes);
    SmallVector<graph::Size> sizes = graph::getSizes(value);
    if (y && y.getType() != value.getType())
      y = b.reshape(y, sizes);
    for (auto [factor, divides] : factors)
      y = divides ? b.create<graph::DivOp>({y, factor})
                  : b.create<graph::MulOp>({y, factor});
    if (rest.isNegative)
      y = b.create<graph::NegOp>({y});
    for (auto [term, isNegative] : terms) {
      if (term.getType() != value.getType())
        term = b.reshape(term, sizes);
      y = isNegative ? b.create<graph::SubOp>({y, term})
                     : b.create<graph::AddOp>({y, term});
    }
    if (!y)
      return false;
    value.replaceAllUsesWith(y);
    return true;
  }

  Operation *op;
  OpBuilder builder;
  GraphBuilder b;
};

class RecognizeNormalization
    : public sluice::impl::RecognizeNormalizationBase<RecognizeNormalization> {
public:
  void runOnOperation() override {
    replaceRecognised(getOperation(), [](Operation *op) {
      return op->getNumResults() == 1 && Recognizer(op).run();
    });
  }
};
} // namespace
