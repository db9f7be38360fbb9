//===- Contraction.cpp - Compositions around products and convs -----------===//

#include "dialects/Graph/Builders/Contraction.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

static Value buildContract(GraphBuilder &b, Value lhs, Value rhs,
                           bool transposeLhs, bool transposeRhs) {
  SmallVector<NamedAttribute> attributes;
  auto flag = [&](StringRef name, bool set) {
    if (set)
      attributes.emplace_back(StringAttr::get(b.context(), name),
                              UnitAttr::get(b.context()));
  };
  flag("transpose_lhs", transposeLhs);
  flag("transpose_rhs", transposeRhs);
  return b.create(ContractOp::getOperationName(), {lhs, rhs}, attributes);
}

// The dimensions before the last two; false (with an error) for vectors.
static bool splitBatch(GraphBuilder &b, Value operand,
                       SmallVectorImpl<Size> &batch,
                       SmallVectorImpl<Size> &matrix) {
  SmallVector<Size> sizes = getSizes(operand);
  if (sizes.size() < 2) {
    b.error("a matrix product needs operands of rank 2 at least, found " +
            llvm::Twine(sizes.size()));
    return false;
  }
  batch.assign(sizes.begin(), sizes.end() - 2);
  matrix.assign(sizes.end() - 2, sizes.end());
  return true;
}

// Sizes of two shapes broadcast by numpy's rules; where neither is known to be
// 1, the right one is as good as the left and checked by what follows.
static SmallVector<Size> broadcastSizes(ArrayRef<Size> lhs,
                                        ArrayRef<Size> rhs) {
  SmallVector<Size> result(std::max(lhs.size(), rhs.size()));
  for (size_t i = 1; i <= result.size(); ++i) {
    Size x = i <= lhs.size() ? lhs[lhs.size() - i] : Size(1);
    Size y = i <= rhs.size() ? rhs[rhs.size() - i] : Size(1);
    result[result.size() - i] = x == Size(1) ? y : x;
  }
  return result;
}

static SmallVector<Size> concat(ArrayRef<Size> lhs, ArrayRef<Size> rhs) {
  SmallVector<Size> result(lhs);
  result.append(rhs.begin(), rhs.end());
  return result;
}

Value graph::buildMatMul(GraphBuilder &b, Value lhs, Value rhs,
                         bool transposeLhs, bool transposeRhs) {
  if (!lhs || !rhs)
    return {};
  SmallVector<Size> lhsBatch, rhsBatch, left, right;
  if (!splitBatch(b, lhs, lhsBatch, left) ||
      !splitBatch(b, rhs, rhsBatch, right))
    return {};
  bool oneRhs =
      llvm::all_of(rhsBatch, [](Size size) { return size == Size(1); });
  SmallVector<Size> batch = broadcastSizes(lhsBatch, rhsBatch);
  if (oneRhs && !transposeLhs && !lhsBatch.empty()) {
    // All matrices meet the same right one: their rows follow one another.
    Value rows = b.reshape(lhs, {product(lhsBatch) * left[0], left[1]});
    Value result =
        buildContract(b, rows, b.reshape(rhs, right), false, transposeRhs);
    return b.reshape(
        result, concat(batch, {left[0], transposeRhs ? right[0] : right[1]}));
  }
  lhs = b.broadcastTo(lhs, concat(batch, left));
  rhs = b.broadcastTo(rhs, concat(batch, right));
  return buildContract(b, lhs, rhs, transposeLhs, transposeRhs);
}

Value graph::buildBiasAdd(GraphBuilder &b, Value x, Value bias, int64_t dim) {
  if (!x || !bias)
    return {};
  if (GraphBuilder::rank(bias) != 1)
    return b.error("the bias must have rank 1, found " +
                   llvm::Twine(GraphBuilder::rank(bias)));
  SmallVector<Size> sizes = getSizes(x);
  if (dim < 0 || dim >= static_cast<int64_t>(sizes.size()))
    return b.error("a bias needs an operand of rank 2 at least, found " +
                   llvm::Twine(sizes.size()));
  Size given = getSizes(bias)[0];
  if (given.isStatic() && sizes[dim].isStatic() && given != sizes[dim])
    return b.error("the bias has " + llvm::Twine(given.getStatic()) +
                   " elements, expected " +
                   llvm::Twine(sizes[dim].getStatic()));
  return b.create<AddOp>({x, b.broadcast(bias, {dim}, sizes)});
}

Value graph::buildConv(GraphBuilder &b, Value input, Value filter,
                       const ConvWindow &window) {
  SmallVector<NamedAttribute> attributes;
  auto set = [&](StringRef name, Attribute value) {
    attributes.emplace_back(StringAttr::get(b.context(), name), value);
  };
  auto dilates = [](ArrayRef<int64_t> list) {
    return llvm::any_of(list, [](int64_t value) { return value != 1; });
  };
  set("strides", b.integers(window.strides));
  set("pads_low", b.integers(window.low));
  set("pads_high", b.integers(window.high));
  if (dilates(window.inputDilation))
    set("input_dilation", b.integers(window.inputDilation));
  if (dilates(window.dilation))
    set("window_dilation", b.integers(window.dilation));
  if (window.groups != 1)
    set("groups", b.integer(window.groups));
  return b.create(ConvOp::getOperationName(), {input, filter}, attributes);
}
