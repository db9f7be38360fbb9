//===- RecognizeSoftmax.cpp - Formulas that are softmax -------------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Simplify/Passes.h"
#include "passes/Simplify/RowPatterns.h"

namespace sluice {
#define GEN_PASS_DEF_RECOGNIZESOFTMAX
#include "passes/Simplify/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::GraphBuilder;
using graph::ReduceKind;

// `x` where `value`, one element per row, is the greatest of the row of `x`,
// perhaps kept from falling below -inf; null if it is not.
static Value matchGreatest(Value value, int64_t length) {
  value = skipViews(value);
  if (auto bounded = value.getDefiningOp<graph::MaximumOp>())
    for (unsigned i : {0u, 1u}) {
      std::optional<double> bound = getSplat(bounded->getOperand(i));
      if (bound && *bound == -std::numeric_limits<double>::infinity())
        value = skipViews(bounded->getOperand(1 - i));
    }
  return matchRowReduction(value, ReduceKind::Max, length);
}

// The terms of `value`, one element per row of `length`: those of the sum that
// is repeated along the rows, or of one that is a sum of such.
static bool collectPerRow(Value value, bool isNegative, int64_t &length,
                          SmallVectorImpl<std::pair<Value, bool>> &terms) {
  PerRow row = matchPerRow(value);
  if (!row.value || (length != 0 && row.length != length))
    return false;
  length = row.length;
  for (auto [term, flips] : matchSum(row.value))
    terms.push_back({skipViews(term), isNegative != flips});
  return true;
}

namespace {
/// A sum of one tensor and of terms that rows repeat.
struct ShiftedRows {
  Value operand;
  int64_t length = 0;
  SmallVector<std::pair<Value, bool>, 4> terms; ///< and whether subtracted
};
} // namespace

static std::optional<ShiftedRows> matchShifted(Value value) {
  ShiftedRows found;
  for (auto [term, isNegative] : matchSum(value)) {
    if (collectPerRow(term, isNegative, found.length, found.terms))
      continue;
    if (found.operand || isNegative)
      return std::nullopt;
    found.operand = skipViews(term);
  }
  if (!found.operand || found.length == 0)
    return std::nullopt;
  return found;
}

// Removes the greatest element of the rows from what is subtracted.
static bool takeGreatest(ShiftedRows &rows) {
  for (auto [i, term] : llvm::enumerate(rows.terms))
    if (term.second && matchGreatest(term.first, rows.length) == rows.operand) {
      rows.terms.erase(rows.terms.begin() + i);
      return true;
    }
  return false;
}

// `x` where `value` is `exp(x - max(x))` along rows of `length`; null if it is
// not.
static Value matchExponentials(Value value, int64_t length) {
  auto exp = skipViews(value).getDefiningOp<graph::ExpOp>();
  if (!exp)
    return {};
  std::optional<ShiftedRows> rows = matchShifted(exp.getOperand());
  if (!rows || rows->length != length || !takeGreatest(*rows) ||
      !rows->terms.empty())
    return {};
  return rows->operand;
}

namespace {
class Recognizer {
public:
  explicit Recognizer(Operation *op)
      : op(op), builder(op), b(builder, op->getLoc()) {}

  bool run() {
    if (!isa<FloatType>(GraphBuilder::elementType(op->getResult(0))))
      return false;
    if (isa<graph::MulOp, graph::DivOp>(op))
      return matchQuotient();
    return isa<graph::AddOp, graph::SubOp>(op) && matchLogarithm();
  }

private:
  // e / sum(e) with e = exp(x - max(x))
  bool matchQuotient() {
    Product product = matchProduct(op->getResult(0));
    if (product.factors.size() != 2 || product.isNegative)
      return false;
    auto [above, below] = std::pair(product.factors[0], product.factors[1]);
    if (above.divides)
      std::swap(above, below);
    if (above.divides || above.length || !below.divides || !below.length ||
        matchRowReduction(below.value, ReduceKind::Sum, below.length) !=
            above.value)
      return false;
    Value x = matchExponentials(above.value, below.length);
    return x && replace<graph::SoftmaxOp>(x, below.length);
  }

  // x - max(x) - log(sum(exp(x - max(x))))
  bool matchLogarithm() {
    std::optional<ShiftedRows> rows = matchShifted(op->getResult(0));
    if (!rows || !takeGreatest(*rows) || rows->terms.size() != 1 ||
        !rows->terms[0].second)
      return false;
    auto log = rows->terms[0].first.getDefiningOp<graph::LogOp>();
    Value sum =
        log ? matchRowReduction(log.getOperand(), ReduceKind::Sum, rows->length)
            : Value();
    return sum && matchExponentials(sum, rows->length) == rows->operand &&
           replace<graph::LogSoftmaxOp>(rows->operand, rows->length);
  }

  template <typename OpTy> bool replace(Value x, int64_t length) {
    Value result = op->getResult(0);
    Value y = b.create<OpTy>({buildRows(b, x, length, result)});
    if (y && y.getType() != result.getType())
      y = b.reshape(y, graph::getSizes(result));
    if (!y)
      return false;
    result.replaceAllUsesWith(y);
    return true;
  }

  Operation *op;
  OpBuilder builder;
  GraphBuilder b;
};

class RecognizeSoftmax
    : public sluice::impl::RecognizeSoftmaxBase<RecognizeSoftmax> {
public:
  void runOnOperation() override {
    replaceRecognised(getOperation(), [](Operation *op) {
      return op->getNumResults() == 1 && Recognizer(op).run();
    });
  }
};
} // namespace
