//===- Einsum.cpp - Einstein sums as products of matrices -----------------===//

#include "dialects/Graph/Builders/Contraction.h"
#include "dialects/Graph/Builders/Elementwise.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

namespace {
/// An operand with the labels of its dimensions.
struct Labelled {
  Value value;
  EinsumLabels labels;

  int64_t find(int label) const {
    const int *it = llvm::find(labels, label);
    return it == labels.end() ? -1 : it - labels.begin();
  }
  Size size(int label) const { return getSizes(value)[find(label)]; }
};

class EinsumBuilder {
public:
  EinsumBuilder(GraphBuilder &b, ArrayRef<int> result) : b(b), result(result) {}

  /// Dimensions that one label names twice become their diagonal.
  bool takeDiagonals(Labelled &operand) {
    for (size_t j = 1; j < operand.labels.size();) {
      size_t i = operand.find(operand.labels[j]);
      if (i == j) {
        ++j;
        continue;
      }
      SmallVector<Size> sizes = getSizes(operand.value);
      if (sizes[i] != sizes[j]) {
        b.error("one label names dimensions of different size");
        return false;
      }
      // [.., n, n] as [.., n * n], of which every (n + 1)-th element counts.
      SmallVector<int64_t> order;
      EinsumLabels labels;
      for (size_t k = 0; k < sizes.size(); ++k)
        if (k != i && k != j) {
          order.push_back(k);
          labels.push_back(operand.labels[k]);
        }
      labels.push_back(operand.labels[i]);
      order.append({int64_t(i), int64_t(j)});
      Value value = b.transpose(operand.value, order);
      if (!value)
        return false;
      if (!sizes[i].isStatic()) {
        b.error("unsupported: the diagonal of a dimension of unknown size");
        return false;
      }
      SmallVector<Size> flat = getSizes(value);
      flat.pop_back();
      Size n = flat.back();
      flat.back() = n * n;
      value = b.reshape(value, flat);
      SmallVector<Size> starts(flat.size(), Size(0)), shape(flat);
      SmallVector<int64_t> strides(flat.size(), 1);
      shape.back() = n;
      strides.back() = n.getStatic() + 1;
      operand.value =
          b.create<SliceOp>({value}, {{"starts", makeDims(b.context(), starts)},
                                      {"shape", makeDims(b.context(), shape)},
                                      {"strides", b.integers(strides)}});
      operand.labels = labels;
      if (!operand.value)
        return false;
      j = 1;
    }
    return true;
  }

  /// Sums over the labels for which `keep` says no.
  bool sumOthers(Labelled &operand, function_ref<bool(int)> keep) {
    SmallVector<int64_t> dims;
    EinsumLabels labels;
    for (auto [i, label] : llvm::enumerate(operand.labels)) {
      if (keep(label))
        labels.push_back(label);
      else
        dims.push_back(i);
    }
    if (!dims.empty())
      operand.value = b.create<ReduceOp>(
          {operand.value},
          {{"kind", ReduceKindAttr::get(b.context(), ReduceKind::Sum)},
           {"dims", b.integers(dims)}});
    operand.labels = labels;
    return bool(operand.value);
  }

  /// Drops ellipsis dimensions of size 1 that the other operand repeats.
  bool dropRepeated(Labelled &operand, const Labelled &other) {
    SmallVector<Size> sizes = getSizes(operand.value), kept;
    EinsumLabels labels;
    for (auto [size, label] : llvm::zip_equal(sizes, operand.labels)) {
      bool isOther = other.find(label) >= 0;
      if (label >= einsumEllipsis && isOther && size == Size(1) &&
          other.size(label) != Size(1))
        continue;
      kept.push_back(size);
      labels.push_back(label);
    }
    if (labels.size() != operand.labels.size())
      operand.value = b.reshape(operand.value, kept);
    operand.labels = labels;
    return bool(operand.value);
  }

  Value multiply(Labelled lhs, Labelled rhs) {
    auto inResult = [&](int label) {
      return llvm::is_contained(result, label);
    };
    for (int label : lhs.labels)
      if (rhs.find(label) >= 0 && lhs.size(label) != rhs.size(label))
        return b.error("one label names dimensions of different size");
    if (!sumOthers(lhs,
                   [&](int label) {
                     return inResult(label) || rhs.find(label) >= 0;
                   }) ||
        !sumOthers(rhs, [&](int label) {
          return inResult(label) || lhs.find(label) >= 0;
        }))
      return {};
    EinsumLabels batch, rows, columns, summed;
    for (int label : lhs.labels) {
      bool shared = rhs.find(label) >= 0;
      (shared ? (inResult(label) ? batch : summed) : rows).push_back(label);
    }
    for (int label : rhs.labels)
      if (lhs.find(label) < 0)
        columns.push_back(label);
    SmallVector<Size> sizes;
    for (int label : batch)
      sizes.push_back(lhs.size(label));
    for (int label : rows)
      sizes.push_back(lhs.size(label));
    for (int label : columns)
      sizes.push_back(rhs.size(label));
    bool lhsTransposed = arrange(lhs, batch, rows, summed);
    bool rhsTransposed = arrange(rhs, batch, summed, columns);
    Value value =
        buildMatMul(b, lhs.value, rhs.value, lhsTransposed, rhsTransposed);
    EinsumLabels labels(batch);
    labels.append(rows);
    labels.append(columns);
    return order({b.reshape(value, sizes), labels});
  }

  /// Dimensions in the order of the result. One that it names several times
  /// is spread along the diagonal, zeros around it.
  Value order(Labelled operand) {
    SmallVector<int64_t> permutation, first;
    SmallVector<Size> sizes;
    for (auto [i, label] : llvm::enumerate(result)) {
      int64_t dim = operand.find(label);
      if (dim < 0)
        return b.error("the result names a label that no operand has");
      sizes.push_back(operand.size(label));
      if (llvm::is_contained(result.take_front(i), label))
        continue;
      permutation.push_back(dim);
      first.push_back(i);
    }
    Value value = b.transpose(operand.value, permutation);
    if (first.size() == result.size())
      return value;
    value = b.broadcast(value, first, sizes);
    for (size_t i = 0; value && i < result.size(); ++i) {
      auto before = llvm::find(result.take_front(i), result[i]);
      if (before == result.begin() + i)
        continue;
      Value onDiagonal =
          buildCompare(b, CompareDirection::EQ, position(i, sizes),
                       position(before - result.begin(), sizes));
      value = buildSelect(b, onDiagonal, value, b.fullLike(value, 0));
    }
    return value;
  }

private:
  // The index along one dimension of a shape.
  Value position(int64_t dim, ArrayRef<Size> sizes) {
    return b.create<IotaOp>(
        {}, {{"dim", b.integer(dim)},
             {"shape", makeDims(b.context(), sizes)},
             {"element_type", TypeAttr::get(b.builder.getI64Type())}});
  }

  // Makes [batch, first, second] of an operand, one dimension each (no batch
  // dimension without labels); says whether first and second are swapped, as
  // they are where that saves a transposition.
  bool arrange(Labelled &operand, ArrayRef<int> batch, ArrayRef<int> first,
               ArrayRef<int> second) {
    auto joined = [&](ArrayRef<int> x, ArrayRef<int> y) {
      EinsumLabels labels(batch);
      labels.append(x.begin(), x.end());
      labels.append(y.begin(), y.end());
      return labels;
    };
    bool swapped = operand.labels == joined(second, first) &&
                   operand.labels != joined(first, second);
    EinsumLabels wanted =
        swapped ? joined(second, first) : joined(first, second);
    SmallVector<int64_t> permutation;
    for (int label : wanted)
      permutation.push_back(operand.find(label));
    auto count = [&](ArrayRef<int> labels) {
      SmallVector<Size> sizes;
      for (int label : labels)
        sizes.push_back(operand.size(label));
      return product(sizes);
    };
    SmallVector<Size> sizes;
    if (!batch.empty())
      sizes.push_back(count(batch));
    sizes.push_back(count(swapped ? second : first));
    sizes.push_back(count(swapped ? first : second));
    operand.value = b.reshape(b.transpose(operand.value, permutation), sizes);
    return swapped;
  }

  GraphBuilder &b;
  ArrayRef<int> result;
};
} // namespace

Value graph::buildEinsum(GraphBuilder &b, ArrayRef<Value> operands,
                         ArrayRef<EinsumLabels> labels, ArrayRef<int> result) {
  SmallVector<Labelled> parts;
  EinsumBuilder builder(b, result);
  for (auto [operand, list] : llvm::zip_equal(operands, labels)) {
    if (!operand)
      return {};
    parts.push_back({operand, list});
    if (!builder.takeDiagonals(parts.back()))
      return {};
  }
  if (parts.size() == 1) {
    if (!builder.sumOthers(parts[0], [&](int label) {
          return llvm::is_contained(result, label);
        }))
      return {};
    return builder.order(parts[0]);
  }
  if (parts.size() != 2)
    return b.error("an Einstein sum of " + llvm::Twine(parts.size()) +
                   " operands");
  Labelled original = parts[0];
  if (!builder.dropRepeated(parts[0], parts[1]) ||
      !builder.dropRepeated(parts[1], original))
    return {};
  return builder.multiply(parts[0], parts[1]);
}
