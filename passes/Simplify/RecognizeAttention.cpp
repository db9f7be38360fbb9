//===- RecognizeAttention.cpp - Formulas that are attention ---------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Simplify/AttentionScores.h"
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

// With fewer queries, packing keys and values costs more than it saves, unless
// they would be transposed.
static constexpr int64_t leastQueries = 8;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static SmallVector<Size> sizesOf(ArrayRef<int64_t> shape) {
  return SmallVector<Size>(shape.begin(), shape.end());
}

namespace {
class Recognizer : AttentionScores {
public:
  explicit Recognizer(graph::ContractOp op)
      : op(op), builder(op), b(builder, op.getLoc()) {}

  bool run();

private:
  /// Matrices of all heads in four dimensions, to be permuted.
  struct Rows {
    Value value;
    SmallVector<int64_t> sizes, permutation;
    int64_t repeated = 1; ///< times that each head stands in a row
    Value once = {};      ///< the heads before they are repeated

    bool isTransposed() const {
      SmallVector<int64_t> moved;
      for (int64_t d : permutation)
        if (sizes[d] != 1)
          moved.push_back(d);
      return !llvm::is_sorted(moved);
    }
  };

  bool setSizes();
  std::optional<SmallVector<int64_t>> inFour(ArrayRef<int64_t> shape,
                                             int64_t rows, int64_t columns);
  Rows inRows(Value matrices, bool isTransposed);
  Rows ungroup(Rows rows);
  Value buildRows(const Rows &rows, bool once = false);
  Value buildTerm(Value term);
  Value buildBias();
  Value buildAttention();
  void replaceTransposes(Value value, Value attention);

  graph::ContractOp op;
  OpBuilder builder;
  GraphBuilder b;
  graph::ContractOp products; ///< of queries and keys
  int64_t batches = 1, heads = 1, queries = 0, keys = 0, width = 0;
};
} // namespace

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
    auto shape = llvm::to_vector(shapeOf(skipViews(matrices)));
    if (shape.size() > 4)
      llvm::erase(shape, 1);
    if (shape.size() == 4 && shape[0] * shape[1] == outer[0]) {
      batches = shape[0];
      heads = shape[1];
      return true;
    }
  }
  return true;
}

// Matrices of all heads as [batch, row, head, column].
Recognizer::Rows Recognizer::inRows(Value matrices, bool isTransposed) {
  ArrayRef<int64_t> shape = shapeOf(matrices);
  int64_t four[] = {batches, heads, shape[shape.size() - 2], shape.back()};
  SmallVector<int64_t> order{0, 2, 1, 3};
  if (isTransposed)
    order = {0, 3, 1, 2};
  Value source = skipViews(matrices);
  auto transpose = source.getDefiningOp<graph::TransposeOp>();
  // Where the four are before the transpose; dimensions of 1 may be anywhere.
  SmallVector<int64_t> from(4, -1);
  size_t next = 0;
  auto skipOnes = [&] {
    while (next < 4 && four[next] == 1)
      ++next;
  };
  skipOnes();
  if (transpose)
    for (auto [size, d] :
         llvm::zip_equal(shapeOf(source), transpose.getPermutation())) {
      if (size == 1)
        continue;
      if (next == 4 || four[next] != size) {
        transpose = {};
        break;
      }
      from[next++] = d;
      skipOnes();
    }
  if (!transpose || next != 4)
    return ungroup({source, llvm::to_vector<4>(four), order});
  // One order instead of two, often none.
  SmallVector<int64_t> inside{0, 1, 2, 3};
  llvm::sort(inside, [&](int64_t x, int64_t y) {
    return std::pair(from[x], x) < std::pair(from[y], y);
  });
  Rows result{transpose.getOperand(), {}, {}};
  for (int64_t d : inside)
    result.sizes.push_back(four[d]);
  for (int64_t d : order)
    result.permutation.push_back(llvm::find(inside, d) - inside.begin());
  return ungroup(std::move(result));
}

// Heads that are repeated, each several times on end, as they were before.
Recognizer::Rows Recognizer::ungroup(Rows rows) {
  auto broadcast = skipViews(rows.value).getDefiningOp<graph::BroadcastOp>();
  if (!broadcast || !llvm::is_sorted(broadcast.getDimensions()))
    return rows;
  // The one dimension that repeats, and how many elements are behind it.
  int64_t repeated = 1, inside = 1;
  ArrayRef<int64_t> shape = broadcast.getType().getShape();
  for (int64_t d = shape.size() - 1; d >= 0; --d) {
    const auto *found = llvm::find(broadcast.getDimensions(), d);
    int64_t k = found - broadcast.getDimensions().begin();
    bool repeats = found == broadcast.getDimensions().end() ||
                   shapeOf(broadcast.getOperand())[k] != shape[d];
    if (repeats && shape[d] != 1 && repeated != 1)
      return rows;
    if (repeats)
      repeated *= shape[d];
    else if (repeated == 1)
      inside *= shape[d];
  }
  int64_t head = rows.permutation[2], behind = 1;
  for (int64_t d = head + 1; d < 4; ++d)
    behind *= rows.sizes[d];
  if (repeated == 1 || behind != inside || rows.sizes[head] % repeated != 0)
    return rows;
  rows.repeated = repeated;
  rows.once = broadcast.getOperand();
  return rows;
}

Value Recognizer::buildRows(const Rows &rows, bool once) {
  SmallVector<int64_t> sizes = rows.sizes;
  if (once)
    sizes[rows.permutation[2]] /= rows.repeated;
  Value value = once ? rows.once : rows.value;
  if (rows.isTransposed())
    return b.transpose(b.reshape(value, sizesOf(sizes)), rows.permutation);
  SmallVector<Size> ordered;
  for (int64_t d : rows.permutation)
    ordered.push_back(sizes[d]);
  return b.reshape(value, ordered);
}

// A bias or mask as [batch, head, query, key], with 1 where it repeats.
Value Recognizer::buildTerm(Value term) {
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
  for (auto [term, isNegative] : terms) {
    Value bias = buildTerm(term);
    if (!sum)
      sum = isNegative ? b.create<graph::NegOp>({bias}) : bias;
    else
      sum = isNegative ? b.binary<graph::SubOp>(sum, bias)
                       : b.binary<graph::AddOp>(sum, bias);
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

Value Recognizer::buildAttention() {
  Rows key = inRows(products.getRhs(), !products.getTransposeRhs());
  Rows value = inRows(op.getRhs(), op.getTransposeRhs());
  if (queries < leastQueries &&
      (heads == 1 || key.isTransposed() || value.isTransposed()))
    return {};
  Value queryMatrices = products.getLhs();
  // Queries are scaled as well as scores.
  if (auto mul = skipViews(queryMatrices).getDefiningOp<graph::MulOp>())
    for (unsigned i : {0u, 1u})
      if (std::optional<double> factor = getSplat(mul->getOperand(1 - i));
          factor && std::isfinite(scale * *factor)) {
        scale *= *factor;
        queryMatrices =
            b.reshape(mul->getOperand(i), graph::getSizes(queryMatrices));
        break;
      }
  Value query = buildRows(inRows(queryMatrices, products.getTransposeLhs()));
  bool isGrouped = key.repeated == value.repeated && key.repeated > 1;
  SmallVector<Value> operands{query, buildRows(key, isGrouped),
                              buildRows(value, isGrouped)};
  SmallVector<NamedAttribute> attributes{
      builder.getNamedAttr("scale", builder.getF64FloatAttr(scale))};
  if (!terms.empty())
    operands.push_back(buildBias());
  if (mask) {
    Value kept = buildTerm(mask);
    operands.push_back(keepsWhereFalse ? b.create<graph::NotOp>({kept}) : kept);
    attributes.push_back(
        builder.getNamedAttr("fill", builder.getF64FloatAttr(fill - shift)));
  }
  attributes.push_back(builder.getNamedAttr(
      "operandSegmentSizes", builder.getDenseI32ArrayAttr(
                                 {1, 1, 1, !terms.empty(), mask != Value()})));
  return b.create(graph::AttentionOp::getOperationName(), operands, attributes);
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
  products = match(softmax.getOperand());
  if (!products || !isServed(products.getLhs()) ||
      !isServed(products.getRhs()) || !std::isfinite(scale))
    return false;
  // Rows of the softmax are rows of the products and of the weights.
  ArrayRef<int64_t> scores = shapeOf(products.getResult());
  if (shapeOf(softmax.getResult()).back() != scores.back() ||
      shapeOf(op.getLhs()).back() != scores.back() ||
      shapeOf(op.getLhs()).drop_back().back() != scores.drop_back().back() ||
      !setSizes())
    return false;
  Value attention = buildAttention();
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
