//===- LayoutInterface.cpp - Operators that commute with transposes -------===//

#include "dialects/Graph/LayoutInterface.h"
#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#include "dialects/Graph/LayoutInterface.cpp.inc"

SmallVector<int64_t> sluice::graph::invert(ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> inverse(permutation.size());
  for (auto [k, d] : llvm::enumerate(permutation))
    inverse[d] = k;
  return inverse;
}

// What is given for each dimension of a transposed operand, for each dimension
// of the operand before the transpose.
template <typename T>
static SmallVector<T> spread(ArrayRef<T> entries,
                             ArrayRef<int64_t> permutation) {
  SmallVector<T> result(entries);
  for (auto [k, d] : llvm::enumerate(permutation))
    result[d] = entries[k];
  return result;
}

static SmallVector<Size> sizesOf(DimsAttr dims) {
  SmallVector<Size> sizes;
  for (unsigned i = 0; i < dims.getRank(); ++i)
    sizes.push_back(dims.getSize(i));
  return sizes;
}

// The order of the dimensions that are left after `dropped` (of the transposed
// operand) are gone.
static void dropDimensions(ArrayRef<int64_t> permutation,
                           ArrayRef<int64_t> dropped,
                           SmallVectorImpl<int64_t> &result) {
  for (auto [k, d] : llvm::enumerate(permutation))
    if (!llvm::is_contained(dropped, static_cast<int64_t>(k)))
      result.push_back(d);
  // From dimensions of the operand to their ranks among those kept.
  SmallVector<int64_t> sorted(result.begin(), result.end());
  llvm::sort(sorted);
  for (int64_t &d : result)
    d = llvm::lower_bound(sorted, d) - sorted.begin();
}

namespace {

struct ConcatModel : LayoutOp::ExternalModel<ConcatModel, ConcatOp> {
  bool isLayoutOperand(Operation *, unsigned) const { return true; }
  Value buildPermuted(Operation *op, GraphBuilder &b,
                      ArrayRef<int64_t> permutation, ValueRange operands,
                      SmallVectorImpl<int64_t> &result) const {
    result.assign(permutation.begin(), permutation.end());
    return b.create<ConcatOp>(
        operands,
        {{"dim", b.integer(permutation[cast<ConcatOp>(op).getDim()])}});
  }
};

struct PadModel : LayoutOp::ExternalModel<PadModel, PadOp> {
  Value buildPermuted(Operation *op, GraphBuilder &b,
                      ArrayRef<int64_t> permutation, ValueRange operands,
                      SmallVectorImpl<int64_t> &result) const {
    auto pad = cast<PadOp>(op);
    result.assign(permutation.begin(), permutation.end());
    return b.create<PadOp>(
        operands, {{"low", b.integers(spread(pad.getLow(), permutation))},
                   {"high", b.integers(spread(pad.getHigh(), permutation))},
                   {"mode", pad.getModeAttr()}});
  }
};

struct SliceModel : LayoutOp::ExternalModel<SliceModel, SliceOp> {
  Value buildPermuted(Operation *op, GraphBuilder &b,
                      ArrayRef<int64_t> permutation, ValueRange operands,
                      SmallVectorImpl<int64_t> &result) const {
    auto slice = cast<SliceOp>(op);
    result.assign(permutation.begin(), permutation.end());
    auto order = [&](DimsAttr dims) {
      return makeDims(b.context(),
                      spread(ArrayRef(sizesOf(dims)), permutation));
    };
    return b.create<SliceOp>(
        operands,
        {{"starts", order(slice.getStarts())},
         {"shape", order(slice.getShape())},
         {"strides", b.integers(spread(slice.getStrides(), permutation))}});
  }
};

struct BroadcastModel : LayoutOp::ExternalModel<BroadcastModel, BroadcastOp> {
  // The operand's dimensions keep their places in the result, in their new
  // order; dimensions that it does not have stay where they are.
  Value buildPermuted(Operation *op, GraphBuilder &b,
                      ArrayRef<int64_t> permutation, ValueRange operands,
                      SmallVectorImpl<int64_t> &result) const {
    auto broadcast = cast<BroadcastOp>(op);
    ArrayRef<int64_t> dimensions = broadcast.getDimensions();
    SmallVector<Size> sizes = sizesOf(broadcast.getShape());
    llvm::append_range(result, llvm::seq<int64_t>(0, sizes.size()));
    for (auto [k, d] : llvm::enumerate(permutation))
      result[dimensions[k]] = dimensions[d];
    return b.broadcast(operands[0], dimensions,
                       spread(ArrayRef(sizes), result));
  }
};

struct ReduceModel : LayoutOp::ExternalModel<ReduceModel, ReduceOp> {
  Value buildPermuted(Operation *op, GraphBuilder &b,
                      ArrayRef<int64_t> permutation, ValueRange operands,
                      SmallVectorImpl<int64_t> &result) const {
    auto reduce = cast<ReduceOp>(op);
    SmallVector<int64_t> dims;
    for (int64_t d : reduce.getDims())
      dims.push_back(permutation[d]);
    llvm::sort(dims);
    dropDimensions(permutation, reduce.getDims(), result);
    return b.create<ReduceOp>(
        operands, {{"kind", reduce.getKindAttr()}, {"dims", b.integers(dims)}});
  }
};

struct ArgReduceModel : LayoutOp::ExternalModel<ArgReduceModel, ArgReduceOp> {
  Value buildPermuted(Operation *op, GraphBuilder &b,
                      ArrayRef<int64_t> permutation, ValueRange operands,
                      SmallVectorImpl<int64_t> &result) const {
    auto reduce = cast<ArgReduceOp>(op);
    int64_t dim = reduce.getDim();
    dropDimensions(permutation, dim, result);
    return b.create<ArgReduceOp>(operands,
                                 {{"kind", reduce.getKindAttr()},
                                  {"dim", b.integer(permutation[dim])},
                                  {"index_type", reduce.getIndexTypeAttr()}});
  }
};

struct ScanModel : LayoutOp::ExternalModel<ScanModel, ScanOp> {
  Value buildPermuted(Operation *op, GraphBuilder &b,
                      ArrayRef<int64_t> permutation, ValueRange operands,
                      SmallVectorImpl<int64_t> &result) const {
    auto scan = cast<ScanOp>(op);
    result.assign(permutation.begin(), permutation.end());
    SmallVector<NamedAttribute> attributes{
        {StringAttr::get(b.context(), "kind"), scan.getKindAttr()},
        {StringAttr::get(b.context(), "dim"),
         b.integer(permutation[scan.getDim()])}};
    auto unit = UnitAttr::get(b.context());
    if (scan.getExclusive())
      attributes.push_back({StringAttr::get(b.context(), "exclusive"), unit});
    if (scan.getReverse())
      attributes.push_back({StringAttr::get(b.context(), "reverse"), unit});
    return b.create(ScanOp::getOperationName(), operands, attributes);
  }
};

// Works along the last dimension, whatever the order of the others.
template <typename OpTy>
struct LastDimensionModel
    : LayoutOp::ExternalModel<LastDimensionModel<OpTy>, OpTy> {
  bool acceptsPermutation(Operation *, ArrayRef<int64_t> permutation) const {
    return !permutation.empty() &&
           permutation.back() == static_cast<int64_t>(permutation.size()) - 1;
  }
  Value buildPermuted(Operation *op, GraphBuilder &b,
                      ArrayRef<int64_t> permutation, ValueRange operands,
                      SmallVectorImpl<int64_t> &result) const {
    if (!acceptsPermutation(op, permutation))
      return {};
    result.assign(permutation.begin(), permutation.end());
    return b.create(OpTy::getOperationName(), operands, op->getAttrs());
  }
};

} // namespace

void sluice::graph::registerLayoutModels(MLIRContext *context) {
  ConcatOp::attachInterface<ConcatModel>(*context);
  PadOp::attachInterface<PadModel>(*context);
  SliceOp::attachInterface<SliceModel>(*context);
  BroadcastOp::attachInterface<BroadcastModel>(*context);
  ReduceOp::attachInterface<ReduceModel>(*context);
  ArgReduceOp::attachInterface<ArgReduceModel>(*context);
  ScanOp::attachInterface<ScanModel>(*context);
  SoftmaxOp::attachInterface<LastDimensionModel<SoftmaxOp>>(*context);
  NormalizeOp::attachInterface<LastDimensionModel<NormalizeOp>>(*context);
  LogSoftmaxOp::attachInterface<LastDimensionModel<LogSoftmaxOp>>(*context);
}

bool sluice::graph::acceptsPermutation(Operation *op,
                                       ArrayRef<int64_t> permutation) {
  if (op->getNumResults() != 1)
    return false;
  if (isa<ElementwiseOp>(op))
    return true;
  auto layout = dyn_cast<LayoutOp>(op);
  return layout && layout.acceptsPermutation(permutation);
}

bool sluice::graph::isLayoutOperand(Operation *op, unsigned operand) {
  auto layout = dyn_cast<LayoutOp>(op);
  return !layout || layout.isLayoutOperand(operand);
}

Value sluice::graph::buildElementwiseLike(GraphBuilder &b, Operation *op,
                                          ValueRange operands,
                                          ArrayRef<Size> sizes) {
  if (llvm::is_contained(operands, Value()))
    return {};
  RankedTensorType type =
      makeTensorType(sizes, GraphBuilder::elementType(op->getResult(0)));
  if (!type)
    return b.error("the result is too large");
  Operation *copy = b.builder.clone(*op);
  copy->setOperands(operands);
  copy->getResult(0).setType(type);
  return copy->getResult(0);
}

Value sluice::graph::buildPermuted(GraphBuilder &b, Operation *op,
                                   ArrayRef<int64_t> permutation,
                                   ValueRange operands,
                                   SmallVectorImpl<int64_t> &result) {
  if (auto layout = dyn_cast<LayoutOp>(op))
    return layout.buildPermuted(b, permutation, operands, result);
  result.assign(permutation.begin(), permutation.end());
  return buildElementwiseLike(
      b, op, operands,
      spread(ArrayRef(getSizes(op->getResult(0))), permutation));
}
