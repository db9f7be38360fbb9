//===- RecognizeAttention.cpp - Formulas that are attention ---------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Simplify/Passes.h"
#include "passes/Simplify/RowPatterns.h"
#include <cmath>

namespace sluice {
#define GEN_PASS_DEF_RECOGNIZEATTENTION
#include "passes/Simplify/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::GraphBuilder;
using graph::Size;

// With fewer queries, packing keys and values costs more than it saves.
static constexpr int64_t leastQueries = 8;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static SmallVector<Size> sizesOf(ArrayRef<int64_t> shape) {
  return SmallVector<Size>(shape.begin(), shape.end());
}

namespace {
class Recognizer {
public:
  explicit Recognizer(graph::ContractOp op)
      : op(op), builder(op), b(builder, op.getLoc()) {}

  bool run();

private:
  graph::ContractOp matchScores(Value value, unsigned depth);
  bool setSizes();
  std::optional<SmallVector<int64_t>> inFour(ArrayRef<int64_t> shape,
                                             int64_t rows, int64_t columns);
  Value inRows(Value matrices, bool isTransposed);
  Value buildBias();
  Value buildBias(Value term);
  void replaceTransposes(Value value, Value attention);

  graph::ContractOp op;
  OpBuilder builder;
  GraphBuilder b;
  graph::ContractOp products; ///< of queries and keys
  double scale = 1;
  SmallVector<Value, 2> terms; ///< added to the scores
  int64_t batches = 1, heads = 1, queries = 0, keys = 0, width = 0;
};
} // namespace

// The product that scores are made of: scaled, then terms are added.
graph::ContractOp Recognizer::matchScores(Value value, unsigned depth) {
  // Whatever else reads a step would need all of it.
  while (auto view = value.getDefiningOp<graph::ReshapeOp>()) {
    if (!value.hasOneUse())
      return {};
    value = view.getOperand();
  }
  constexpr unsigned maxDepth = 6;
  Operation *step = value.getDefiningOp();
  if (!step || !value.hasOneUse() || depth > maxDepth)
    return {};
  if (auto contract = dyn_cast<graph::ContractOp>(step))
    return contract;
  if (isa<graph::MulOp, graph::DivOp>(step)) {
    bool divides = isa<graph::DivOp>(step);
    for (unsigned i = 0; i < (divides ? 1 : 2); ++i) {
      std::optional<double> factor = getSplat(step->getOperand(1 - i));
      if (!factor || !std::isfinite(divides ? 1 / *factor : *factor))
        continue;
      size_t before = terms.size();
      graph::ContractOp found = matchScores(step->getOperand(i), depth + 1);
      // What was added before this step is scaled too: not the form.
      if (terms.size() != before)
        return {};
      scale *= divides ? 1 / *factor : *factor;
      return found;
    }
    return {};
  }
  if (isa<graph::AddOp>(step))
    for (unsigned i : {0u, 1u}) {
      double oldScale = scale;
      size_t before = terms.size();
      if (graph::ContractOp found =
              matchScores(step->getOperand(i), depth + 1)) {
        terms.push_back(step->getOperand(1 - i));
        return found;
      }
      scale = oldScale;
      terms.truncate(before);
    }
  return {};
}

// `shape` as [batches, heads, rows, columns], if it is that up to leading
// dimensions of 1.
std::optional<SmallVector<int64_t>>
Recognizer::inFour(ArrayRef<int64_t> shape, int64_t rows, int64_t columns) {
  if (shape.size() > 4)
    return std::nullopt;
  SmallVector<int64_t> four(4 - shape.size(), 1);
  four.append(shape.begin(), shape.end());
  int64_t wanted[] = {batches, heads, rows, columns};
  if (!llvm::equal(four, wanted))
    return std::nullopt;
  return four;
}

// Batches and heads: dimensions of the products, or of what reshapes merge
// into one dimension.
bool Recognizer::setSizes() {
  ArrayRef<int64_t> scores = shapeOf(products.getResult());
  size_t rank = scores.size();
  queries = scores[rank - 2];
  keys = scores[rank - 1];
  width = shapeOf(op.getResult()).back();
  ArrayRef<int64_t> outer = scores.drop_back(2);
  if (outer.size() >= 2) {
    heads = outer.back();
    for (int64_t size : outer.drop_back())
      batches *= size;
    return true;
  }
  if (outer.empty())
    return true;
  heads = outer[0];
  for (Value matrices : {products.getLhs(), products.getRhs(), op.getRhs()}) {
    ArrayRef<int64_t> shape = shapeOf(skipViews(matrices));
    if (shape.size() == 4 && shape[0] * shape[1] == outer[0]) {
      batches = shape[0];
      heads = shape[1];
      return true;
    }
  }
  return true;
}

// Matrices of all heads as [batch, row, head, column].
Value Recognizer::inRows(Value matrices, bool isTransposed) {
  ArrayRef<int64_t> shape = shapeOf(matrices);
  int64_t rows = shape[shape.size() - 2], columns = shape.back();
  // From [batch, head, row, column].
  SmallVector<int64_t> order{0, 2, 1, 3};
  if (isTransposed)
    order = {0, 3, 1, 2};
  Value source = skipViews(matrices);
  auto transpose = source.getDefiningOp<graph::TransposeOp>();
  if (transpose && inFour(shapeOf(source), rows, columns)) {
    // One order instead of two, often none.
    ArrayRef<int64_t> inner = transpose.getPermutation();
    int64_t added = 4 - inner.size();
    SmallVector<int64_t> permutation;
    for (int64_t d : order)
      permutation.push_back(d < added ? d : inner[d - added] + added);
    SmallVector<int64_t> from(added, 1);
    llvm::append_range(from, shapeOf(transpose.getOperand()));
    return b.transpose(b.reshape(transpose.getOperand(), sizesOf(from)),
                       permutation);
  }
  return b.transpose(
      b.reshape(matrices, sizesOf({batches, heads, rows, columns})), order);
}

// A term as [batch, head, query, key], with 1 where it repeats.
Value Recognizer::buildBias(Value term) {
  SmallVector<int64_t> full{batches, heads, queries, keys};
  auto broadcast = skipViews(term).getDefiningOp<graph::BroadcastOp>();
  if (!broadcast)
    return b.reshape(term, sizesOf(full));
  ArrayRef<int64_t> shape = broadcast.getType().getShape(),
                    operand = broadcast.getOperand().getType().getShape();
  // Where each dimension of the broadcast is among the four.
  SmallVector<int64_t> places;
  if (inFour(shape, queries, keys)) {
    for (size_t d = 0; d < shape.size(); ++d)
      places.push_back(4 - shape.size() + d);
  } else if (shape == ArrayRef({batches * heads, queries, keys})) {
    places = {batches == 1 ? 1 : 0, 2, 3};
    // A dimension of batches and heads cannot be told apart.
    if (batches != 1 && heads != 1 &&
        llvm::is_contained(broadcast.getDimensions(), 0))
      return b.reshape(term, sizesOf(full));
  } else {
    return b.reshape(term, sizesOf(full));
  }
  SmallVector<int64_t> reduced(4, 1);
  for (auto [size, d] : llvm::zip_equal(operand, broadcast.getDimensions()))
    reduced[places[d]] = size;
  return b.reshape(broadcast.getOperand(), sizesOf(reduced));
}

Value Recognizer::buildBias() {
  Value sum;
  for (Value term : terms) {
    Value bias = buildBias(term);
    sum = sum ? b.binary<graph::AddOp>(sum, bias) : bias;
  }
  return sum;
}

// Transposes of the result that give its rows are the attention itself.
void Recognizer::replaceTransposes(Value value, Value attention) {
  for (Operation *user : llvm::make_early_inc_range(value.getUsers())) {
    if (auto view = dyn_cast<graph::ReshapeOp>(user)) {
      replaceTransposes(view.getResult(), attention);
      continue;
    }
    auto transpose = dyn_cast<graph::TransposeOp>(user);
    if (!transpose || !inFour(shapeOf(value), queries, width))
      continue;
    ArrayRef<int64_t> inner = transpose.getPermutation();
    int64_t added = 4 - inner.size();
    auto order = llvm::to_vector<4>(llvm::seq<int64_t>(0, added));
    for (int64_t d : inner)
      order.push_back(d + added);
    if (ArrayRef(order) != ArrayRef<int64_t>({0, 2, 1, 3}))
      continue;
    builder.setInsertionPoint(user);
    transpose.replaceAllUsesWith(
        b.reshape(attention, graph::getSizes(transpose.getResult())));
  }
}

bool Recognizer::run() {
  auto isServed = [](Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    return type.getElementType().isF32() && type.hasStaticShape() &&
           type.getNumElements() > 0;
  };
  if (op.getTransposeLhs() || !isServed(op.getLhs()) || !isServed(op.getRhs()))
    return false;
  Value weights = op.getLhs();
  while (auto view = weights.getDefiningOp<graph::ReshapeOp>()) {
    if (!weights.hasOneUse())
      return false;
    weights = view.getOperand();
  }
  auto softmax = weights.getDefiningOp<graph::SoftmaxOp>();
  if (!softmax || !weights.hasOneUse())
    return false;
  products = matchScores(softmax.getOperand(), 0);
  if (!products || !isServed(products.getLhs()) ||
      !isServed(products.getRhs()) || !std::isfinite(scale))
    return false;
  // Rows of the softmax are rows of the products and of the weights.
  ArrayRef<int64_t> scores = shapeOf(products.getResult());
  if (shapeOf(softmax.getResult()).back() != scores.back() ||
      shapeOf(op.getLhs()).back() != scores.back() ||
      shapeOf(op.getLhs()).drop_back().back() != scores.drop_back().back() ||
      scores.drop_back().back() < leastQueries || !setSizes())
    return false;
  Value query = inRows(products.getLhs(), products.getTransposeLhs());
  Value key = inRows(products.getRhs(), !products.getTransposeRhs());
  Value value = inRows(op.getRhs(), op.getTransposeRhs());
  SmallVector<Value> operands{query, key, value};
  if (!terms.empty())
    operands.push_back(buildBias());
  Value attention = b.create<graph::AttentionOp>(
      operands, {{"scale", builder.getF64FloatAttr(scale)}});
  if (!attention)
    return false;
  replaceTransposes(op.getResult(), attention);
  builder.setInsertionPoint(op);
  Value result = b.reshape(b.transpose(attention, {0, 2, 1, 3}),
                           graph::getSizes(op.getResult()));
  if (!result)
    return false;
  op.replaceAllUsesWith(result);
  return true;
}

namespace {
class RecognizeAttention
    : public sluice::impl::RecognizeAttentionBase<RecognizeAttention> {
public:
  void runOnOperation() override {
    replaceRecognised(getOperation(), [](Operation *op) {
      auto product = dyn_cast<graph::ContractOp>(op);
      return product && Recognizer(product).run();
    });
  }
};
} // namespace
