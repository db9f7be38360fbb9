//===- DilateConvolutions.cpp - Dilated convolutions from batches ---------===//

#include "dialects/Graph/CollectOps.h"
#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Simplify/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_DILATECONVOLUTIONS
#include "passes/Simplify/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::GraphBuilder;

namespace {

// A run of indices of one axis of the tensor that is looked at first: `size`
// of them, `stride` apart.
struct Atom {
  int64_t axis, size, stride;
  bool operator==(const Atom &other) const {
    return axis == other.axis && size == other.size && stride == other.stride;
  }
};
using Atoms = SmallVector<Atom, 4>; ///< outermost first

// What the dimensions of a tensor are made of after reshapes and transposes.
class Order {
public:
  /// Axis i is dimension i, whole.
  explicit Order(ArrayRef<int64_t> shape) {
    for (auto [axis, size] : llvm::enumerate(shape))
      dims.push_back(whole(axis, size));
  }
  explicit Order(SmallVector<Atoms> dims) : dims(std::move(dims)) {}

  static Atoms whole(int64_t axis, int64_t size) {
    return size == 1 ? Atoms{} : Atoms{{axis, size, 1}};
  }

  /// Follows `op`, which reads the tensor; false where it cannot.
  bool apply(Operation *op) {
    if (auto transpose = dyn_cast<graph::TransposeOp>(op)) {
      SmallVector<Atoms> moved;
      for (int64_t d : transpose.getPermutation())
        moved.push_back(dims[d]);
      dims = std::move(moved);
      return true;
    }
    auto reshape = dyn_cast<graph::ReshapeOp>(op);
    auto type = reshape ? GraphBuilder::type(reshape) : RankedTensorType();
    return type && type.hasStaticShape() && split(type.getShape());
  }

  const Atoms &operator[](size_t dim) const { return dims[dim]; }
  /// All atoms in row-major order, neighbours that are one run joined.
  Atoms flatten() const {
    Atoms all;
    for (const Atoms &dim : dims)
      for (const Atom &atom : dim)
        if (!all.empty() && all.back().axis == atom.axis &&
            all.back().stride == atom.size * atom.stride)
          all.back() = {atom.axis, all.back().size * atom.size, atom.stride};
        else
          all.push_back(atom);
    return all;
  }

private:
  bool split(ArrayRef<int64_t> shape) {
    Atoms rest = flatten();
    std::reverse(rest.begin(), rest.end());
    SmallVector<Atoms> parts;
    for (int64_t size : shape) {
      Atoms &part = parts.emplace_back();
      while (size > 1) {
        if (rest.empty())
          return false;
        Atom atom = rest.pop_back_val();
        if (atom.size > size) {
          if (atom.size % size)
            return false;
          int64_t inner = atom.size / size;
          rest.push_back({atom.axis, inner, atom.stride});
          atom = {atom.axis, size, atom.stride * inner};
        }
        if (size % atom.size)
          return false;
        size /= atom.size;
        part.push_back(atom);
      }
    }
    dims = std::move(parts);
    return rest.empty();
  }

  SmallVector<Atoms> dims;
};

// A convolution of every d-th element, for each of d offsets in the batch.
class Dilation {
public:
  explicit Dilation(graph::ConvOp conv) : conv(conv) {}
  /// Whether it was replaced.
  bool run();

private:
  bool readInput(Value source, ArrayRef<Operation *> path);
  Value findResult();
  Value build(Value source, ArrayRef<int64_t> resultShape);

  graph::ConvOp conv;
  SmallVector<int64_t> factors; ///< of spatial dimensions
  Atoms batch;                  ///< of the input's first dimension
  SmallVector<int64_t> offsets; ///< of spatial dimensions: axis, or -1
};

} // namespace

// Whether, read along `path`, the spatial dimensions are elements of `source`
// some distance apart, and the offsets stand in the batch.
bool Dilation::readInput(Value source, ArrayRef<Operation *> path) {
  auto type = GraphBuilder::type(source);
  if (!type.hasStaticShape() || type.getNumElements() == 0)
    return false;
  Order order(type.getShape());
  if (!llvm::all_of(path, [&](Operation *op) { return order.apply(op); }))
    return false;
  unsigned rank = conv.getSpatialRank() + 2;
  batch = order[0];
  factors.assign(rank - 2, 1);
  offsets.assign(rank - 2, -1);
  int64_t last = -1; // axes have to keep their order, the batch's first
  auto isWhole = [&](const Atom &atom) {
    return atom.size == type.getDimSize(atom.axis);
  };
  SmallVector<int64_t> offsetAxes;
  for (unsigned d = 1; d + 1 < rank; ++d) {
    if (order[d].empty())
      continue;
    if (order[d].size() != 1)
      return false;
    Atom atom = order[d].front();
    factors[d - 1] = atom.stride;
    if (atom.size * atom.stride != type.getDimSize(atom.axis) ||
        (atom.stride > 1 && (conv.getStrides()[d - 1] != 1 ||
                             conv.getInputDilations()[d - 1] != 1)))
      return false;
    if (atom.stride > 1) {
      offsets[d - 1] = atom.axis;
      offsetAxes.push_back(atom.axis);
    }
  }
  for (const Atom &atom : batch) {
    auto offset = llvm::find(offsets, atom.axis);
    if (offset != offsets.end()) {
      if (atom.stride != 1 || atom.size != factors[offset - offsets.begin()])
        return false;
    } else if (!isWhole(atom) || atom.axis <= last) {
      return false;
    } else {
      last = atom.axis;
    }
  }
  for (unsigned d = 1; d < rank; ++d)
    for (const Atom &atom : order[d]) {
      if (atom.axis <= last || (d + 1 == rank && !isWhole(atom)))
        return false;
      last = atom.axis;
    }
  return !offsetAxes.empty();
}

// The value behind the result whose elements stand where those of the dilated
// convolution do; null if none.
Value Dilation::findResult() {
  auto shape = GraphBuilder::type(conv.getResult()).getShape();
  int64_t rank = shape.size();
  // Axes: of the result's dimensions, then of the parts of its batch.
  SmallVector<Atoms> dims{{}};
  Atoms wanted;
  for (auto [i, atom] : llvm::enumerate(batch)) {
    dims[0].push_back({rank + int64_t(i), atom.size, 1});
    if (!llvm::is_contained(offsets, atom.axis))
      wanted.push_back(dims[0].back());
  }
  for (int64_t d = 1; d < rank; ++d) {
    dims.push_back(Order::whole(d, shape[d]));
    wanted.append(dims[d]);
    for (auto [i, atom] : llvm::enumerate(batch))
      if (d + 1 < rank && atom.axis == offsets[d - 1])
        wanted.push_back(dims[0][i]);
  }
  Order order(std::move(dims));
  Value value = conv.getResult();
  while (value.hasOneUse()) {
    Operation *user = *value.getUsers().begin();
    if (user->getNumResults() != 1 || !order.apply(user))
      return {};
    value = user->getResult(0);
    if (order.flatten() == wanted)
      return value;
  }
  return {};
}

Value Dilation::build(Value source, ArrayRef<int64_t> resultShape) {
  OpBuilder builder(conv);
  GraphBuilder b(builder, conv.getLoc());
  auto input = GraphBuilder::type(conv.getInput()).getShape();
  SmallVector<graph::Size> sizes(input.begin(), input.end());
  SmallVector<int64_t> low(conv.getPadsLow()), high(conv.getPadsHigh());
  SmallVector<int64_t> dilations = conv.getWindowDilations();
  int64_t blocks = 1;
  for (auto [d, factor] : llvm::enumerate(factors)) {
    blocks *= factor;
    sizes[d + 1] = graph::Size(input[d + 1] * factor);
    for (int64_t *value : {&low[d], &high[d], &dilations[d]})
      if (__builtin_mul_overflow(*value, factor, value) ||
          !llvm::isInt<32>(*value))
        return {};
  }
  sizes[0] = graph::Size(input[0] / blocks);
  Value value = b.create<graph::ConvOp>(
      {b.reshape(source, sizes), conv.getFilter()},
      {{"strides", conv.getStridesAttr()},
       {"pads_low", b.integers(low)},
       {"pads_high", b.integers(high)},
       {"input_dilation", b.integers(conv.getInputDilations())},
       {"window_dilation", b.integers(dilations)},
       {"groups", b.integer(conv.getGroups())}});
  SmallVector<graph::Size> result(resultShape.begin(), resultShape.end());
  return value ? b.reshape(value, result) : Value();
}

bool Dilation::run() {
  auto type = GraphBuilder::type(conv.getResult());
  if (!type.hasStaticShape() || type.getNumElements() == 0 ||
      !GraphBuilder::type(conv.getInput()).hasStaticShape())
    return false;
  SmallVector<Operation *, 4> path;
  Value source = conv.getInput();
  while (Operation *op = source.getDefiningOp()) {
    if (!isa<graph::ReshapeOp, graph::TransposeOp>(op))
      return false;
    path.insert(path.begin(), op);
    source = op->getOperand(0);
    if (!readInput(source, path))
      continue;
    Value result = findResult();
    Value dilated =
        result ? build(source, GraphBuilder::type(result).getShape()) : Value();
    if (!dilated)
      return false;
    result.replaceAllUsesWith(dilated);
    return true;
  }
  return false;
}

namespace {
class DilateConvolutions
    : public sluice::impl::DilateConvolutionsBase<DilateConvolutions> {
public:
  void runOnOperation() override {
    for (graph::ConvOp conv : collectOps<graph::ConvOp>(getOperation()))
      (void)Dilation(conv).run(); // what is left without readers is erased
  }
};
} // namespace
