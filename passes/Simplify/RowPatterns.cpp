//===- RowPatterns.cpp - Parts of formulas over rows ----------------------===//

#include "passes/Simplify/RowPatterns.h"
#include "dialects/Graph/Constants.h"
#include "mlir/IR/Matchers.h"
#include <cmath>

using namespace mlir;
using namespace sluice;
using graph::GraphBuilder;

// More parts are no formula that is known.
static constexpr size_t maxParts = 8;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

void sluice::replaceRecognised(Operation *function,
                               function_ref<bool(Operation *)> recognise) {
  for (Block &block : function->getRegion(0)) {
    for (Operation &op : llvm::make_early_inc_range(block))
      if (recognise(&op))
        op.erase();
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
  }
}

Value sluice::skipViews(Value value) {
  while (auto view = value.getDefiningOp<graph::ReshapeOp>())
    value = view.getOperand();
  return value;
}

std::optional<double> sluice::getSplat(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<graph::ReshapeOp, graph::BroadcastOp>(op))
      break;
    value = op->getOperand(0);
  }
  DenseElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat() ||
      !isa<FloatType>(elements.getElementType()))
    return std::nullopt;
  return elements.getSplatValue<APFloat>().convertToDouble();
}

// The number of leading dimensions of `type` that have `rows` elements.
static std::optional<int64_t> splitAt(RankedTensorType type, int64_t rows) {
  int64_t count = 1, split = 0;
  while (count < rows && split < type.getRank())
    count *= type.getDimSize(split++);
  if (count != rows)
    return std::nullopt;
  return split;
}

PerRow sluice::matchPerRow(Value value) {
  auto broadcast = skipViews(value).getDefiningOp<graph::BroadcastOp>();
  if (!broadcast)
    return {};
  RankedTensorType from = broadcast.getOperand().getType(),
                   to = broadcast.getType();
  if (!from.hasStaticShape() || !to.hasStaticShape() ||
      to.getNumElements() == 0)
    return {};
  std::optional<int64_t> split = splitAt(to, from.getNumElements());
  if (!split)
    return {};
  // Every dimension before the split that is not 1 is one of the operand's:
  // their product then leaves it none behind the split.
  for (int64_t d = 0; d < *split; ++d) {
    const auto *found = llvm::find(broadcast.getDimensions(), d);
    int64_t k = found - broadcast.getDimensions().begin();
    if (to.getDimSize(d) != 1 && (found == broadcast.getDimensions().end() ||
                                  from.getDimSize(k) != to.getDimSize(d)))
      return {};
  }
  return {skipViews(broadcast.getOperand()),
          to.getNumElements() / from.getNumElements()};
}

Value sluice::matchRowReduction(Value value, graph::ReduceKind kind,
                                int64_t length) {
  auto reduce = skipViews(value).getDefiningOp<graph::ReduceOp>();
  if (!reduce || reduce.getKind() != kind)
    return {};
  RankedTensorType from = reduce.getOperand().getType(), to = reduce.getType();
  if (!from.hasStaticShape() ||
      to.getNumElements() * length != from.getNumElements())
    return {};
  std::optional<int64_t> split = splitAt(from, to.getNumElements());
  if (!split || llvm::any_of(reduce.getDims(), [&](int64_t d) {
        return d < *split && from.getDimSize(d) != 1;
      }))
    return {};
  return skipViews(reduce.getOperand());
}

Value sluice::matchRowMean(Value value, int64_t length) {
  if (Value operand = matchRowReduction(value, graph::ReduceKind::Mean, length))
    return operand;
  Operation *op = skipViews(value).getDefiningOp();
  if (!isa_and_nonnull<graph::MulOp, graph::DivOp>(op))
    return {};
  bool divides = isa<graph::DivOp>(op);
  for (unsigned sum = 0; sum < (divides ? 1 : 2); ++sum) {
    std::optional<double> factor = getSplat(op->getOperand(1 - sum));
    double count = static_cast<double>(length);
    if (factor &&
        std::abs((divides ? 1 / *factor : *factor) * count - 1) < 1e-6)
      return matchRowReduction(op->getOperand(sum), graph::ReduceKind::Sum,
                               length);
  }
  return {};
}

Value sluice::matchSquare(Value value) {
  Operation *op = skipViews(value).getDefiningOp();
  if (auto mul = dyn_cast_or_null<graph::MulOp>(op)) {
    Value lhs = skipViews(mul.getLhs());
    return lhs == skipViews(mul.getRhs()) ? lhs : Value();
  }
  if (auto pow = dyn_cast_or_null<graph::PowOp>(op))
    if (getSplat(pow->getOperand(1)) == 2.0)
      return skipViews(pow->getOperand(0));
  return {};
}

static void collect(Value value, int64_t length, bool divides, Product &into) {
  value = skipViews(value);
  PerRow perRow;
  if (length == 0 && !getSplat(value))
    perRow = matchPerRow(value);
  if (perRow.value)
    return collect(perRow.value, perRow.length, divides, into);
  Operation *op = value.getDefiningOp();
  bool isFull = into.factors.size() >= maxParts;
  if (!isFull && isa_and_nonnull<graph::MulOp>(op)) {
    collect(op->getOperand(0), length, divides, into);
    return collect(op->getOperand(1), length, divides, into);
  }
  if (!isFull && isa_and_nonnull<graph::DivOp>(op)) {
    if (getSplat(op->getOperand(0)) != 1.0)
      collect(op->getOperand(0), length, divides, into);
    return collect(op->getOperand(1), length, !divides, into);
  }
  if (!isFull && isa_and_nonnull<graph::NegOp>(op)) {
    into.isNegative = !into.isNegative;
    return collect(op->getOperand(0), length, divides, into);
  }
  into.factors.push_back({value, length, divides});
}

Product sluice::matchProduct(Value value) {
  Product product;
  auto type = typeOf(value);
  if (type.hasStaticShape() && isa<FloatType>(type.getElementType()))
    collect(value, 0, false, product);
  return product;
}

SmallVector<std::pair<Value, bool>, 4> sluice::matchSum(Value value) {
  SmallVector<std::pair<Value, bool>, 4> terms{{value, false}};
  for (size_t i = 0; i < terms.size() && terms.size() < maxParts;) {
    auto [term, isNegative] = terms[i];
    Operation *op = skipViews(term).getDefiningOp();
    if (!isa_and_nonnull<graph::AddOp, graph::SubOp>(op)) {
      ++i;
      continue;
    }
    terms[i] = {op->getOperand(0), isNegative};
    terms.push_back({op->getOperand(1), isNegative != isa<graph::SubOp>(op)});
  }
  return terms;
}

Value sluice::buildRows(GraphBuilder &b, Value value, int64_t length,
                        Value like) {
  auto endsInRow = [&](RankedTensorType type) {
    return type.getRank() > 0 && type.getShape().back() == length;
  };
  if (endsInRow(typeOf(value)))
    return value;
  if (endsInRow(typeOf(like)))
    return b.reshape(value, graph::getSizes(like));
  return b.reshape(value, {typeOf(value).getNumElements() / length, length});
}

Value sluice::buildFactor(GraphBuilder &b, const Factor &factor, Value like) {
  RankedTensorType type = typeOf(like);
  Value value = factor.value;
  if (std::optional<double> number = getSplat(value))
    return b.fullLike(like, *number);
  SmallVector<graph::Size> sizes = graph::getSizes(type);
  if (factor.length == 0)
    return typeOf(value) == type ? value : b.reshape(value, sizes);
  std::optional<int64_t> split = splitAt(type, typeOf(value).getNumElements());
  if (!split)
    return {};
  auto leading = ArrayRef(sizes).take_front(*split);
  return b.broadcast(b.reshape(value, leading),
                     llvm::to_vector(llvm::seq<int64_t>(0, *split)), sizes);
}
