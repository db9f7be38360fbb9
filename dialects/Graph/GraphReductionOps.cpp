//===- GraphReductionOps.cpp - Registration, reduce and arg_reduce --------===//

#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/HostIndexing.h"
#include "dialects/Graph/ReductionCode.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#define GET_OP_CLASSES
#include "dialects/Graph/GraphReductionOps.cpp.inc"

void GraphDialect::registerReductionOps() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphReductionOps.cpp.inc"
      >();
}

// Elements of the operand; -1 when not known.
static int64_t operandElements(Operation *op) {
  auto type = cast<RankedTensorType>(op->getOperand(0).getType());
  return type.hasStaticShape() ? type.getNumElements() : -1;
}

// Whether vectors along the last dimension are possible: it stays, and its
// elements fit into vectors.
static bool keepsLanes(RankedTensorType operand, ArrayRef<int64_t> dims) {
  return operand.getRank() > 0 &&
         !llvm::is_contained(dims, operand.getRank() - 1) &&
         !isa<ComplexType>(operand.getElementType());
}

//===----------------------------------------------------------------------===//
// ReduceOp
//===----------------------------------------------------------------------===//

// (C2) of reduce.
static bool acceptsElement(ReduceKind kind, Type element) {
  switch (kind) {
  case ReduceKind::And:
  case ReduceKind::Or:
    return element.isInteger(1);
  case ReduceKind::Max:
  case ReduceKind::Min:
    return !element.isInteger(1) && isa<IntegerType, FloatType>(element);
  default:
    return !element.isInteger(1) &&
           isa<IntegerType, FloatType, ComplexType>(element);
  }
}

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  int64_t previous = -1;
  for (int64_t dim : adaptor.getDims()) {
    if (dim <= previous || dim >= type.getRank())
      return emitOptionalError(location, "(C1) [", adaptor.getDims(),
                               "] are no ascending dimensions of ", type);
    previous = dim;
  }
  if (!acceptsElement(adaptor.getKind(), type.getElementType()))
    return emitOptionalError(
        location, "(C2) ", stringifyReduceKind(adaptor.getKind()),
        " does not take elements of type ", type.getElementType());
  SmallVector<Size> sizes = getSizes(type), kept;
  for (auto [d, size] : llvm::enumerate(sizes))
    if (!llvm::is_contained(adaptor.getDims(), static_cast<int64_t>(d)))
      kept.push_back(size);
  return inferTensor(location, kept, type.getElementType(), types);
}

OpFoldResult ReduceOp::fold(FoldAdaptor) {
  if (getDims().empty())
    return getOperand();
  return {};
}

int64_t ReduceOp::getEvaluationCost() { return operandElements(*this); }

// A partial result of the reference, of any kind of element.
namespace {
struct HostPartial {
  double real = 0;
  uint64_t bits = 0;
  std::complex<double> complex = 0;
};
} // namespace

static double hostExtreme(double x, double y, bool greatest) {
  if (std::isnan(x) || std::isnan(y))
    return std::numeric_limits<double>::quiet_NaN();
  return greatest ? std::max(x, y) : std::min(x, y);
}

static void accumulateOnHost(ReduceKind kind, const HostTensor &from, int64_t i,
                             bool first, HostPartial &to) {
  bool isUnsignedKind = isUnsigned(from.kind());
  switch (kind) {
  case ReduceKind::Sum:
  case ReduceKind::Mean:
    if (isComplex(from.kind()))
      to.complex += from.getComplex(i);
    else if (isFloat(from.kind()))
      to.real += from.getDouble(i);
    else
      to.bits += static_cast<uint64_t>(from.getInt(i));
    return;
  case ReduceKind::Product:
    if (isComplex(from.kind()))
      to.complex = first ? from.getComplex(i) : to.complex * from.getComplex(i);
    else if (isFloat(from.kind()))
      to.real *= from.getDouble(i);
    else
      to.bits *= static_cast<uint64_t>(from.getInt(i));
    return;
  case ReduceKind::Max:
  case ReduceKind::Min: {
    bool greatest = kind == ReduceKind::Max;
    if (isFloat(from.kind())) {
      to.real = first ? from.getDouble(i)
                      : hostExtreme(to.real, from.getDouble(i), greatest);
      return;
    }
    int64_t old = static_cast<int64_t>(to.bits), next = from.getInt(i);
    bool less =
        isUnsignedKind ? to.bits < static_cast<uint64_t>(next) : old < next;
    if (first || less == greatest)
      to.bits = static_cast<uint64_t>(next);
    return;
  }
  case ReduceKind::And:
    to.bits &= static_cast<uint64_t>(from.getInt(i));
    return;
  case ReduceKind::Or:
    to.bits |= static_cast<uint64_t>(from.getInt(i));
    return;
  }
}

// What combining nothing gives.
static HostPartial hostIdentity(ReduceKind kind, ElementKind element) {
  HostPartial partial;
  bool one = kind == ReduceKind::Product || kind == ReduceKind::And;
  partial.complex = partial.real = one ? 1 : 0;
  partial.bits = one ? 1 : 0;
  if (kind != ReduceKind::Max && kind != ReduceKind::Min)
    return partial;
  bool lowest = kind == ReduceKind::Max;
  double infinity = std::numeric_limits<double>::infinity();
  partial.real = lowest ? -infinity : infinity;
  unsigned width = elementSize(element) * 8;
  if (isFloat(element))
    return partial;
  uint64_t all = ~uint64_t(0) >> (64 - width);
  if (isUnsigned(element))
    partial.bits = lowest ? 0 : all;
  else // sign-extended
    partial.bits = lowest ? ~(all >> 1) : all >> 1;
  return partial;
}

llvm::Error ReduceOp::evaluate(ArrayRef<const HostTensor *> operands,
                               MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0];
  HostTensor &result = results[0];
  ReduceKind kind = getKind();
  // Step in the result per dimension of the operand; 0 where reduced.
  SmallVector<int64_t> steps(operand.rank()),
      strides = rowMajorStrides(result.shape());
  int64_t count = 1;
  for (int64_t d = 0, kept = 0; d < operand.rank(); ++d) {
    if (llvm::is_contained(getDims(), d))
      count *= operand.shape()[d];
    else
      steps[d] = strides[kept++];
  }
  std::vector<HostPartial> partials(result.size(),
                                    hostIdentity(kind, operand.kind()));
  std::vector<bool> started(result.size());
  visitElements(operand.shape(), [&](int64_t i, ArrayRef<int64_t> indices) {
    int64_t at = 0;
    for (auto [index, step] : llvm::zip_equal(indices, steps))
      at += index * step;
    accumulateOnHost(kind, operand, i, !started[at], partials[at]);
    started[at] = true;
  });
  for (int64_t i = 0; i < result.size(); ++i) {
    HostPartial partial = partials[i];
    if (kind == ReduceKind::Mean) {
      partial.real /= static_cast<double>(count);
      partial.complex /= static_cast<double>(count);
      if (count != 0 && isUnsigned(operand.kind()))
        partial.bits /= static_cast<uint64_t>(count);
      else if (count != 0)
        partial.bits =
            static_cast<uint64_t>(static_cast<int64_t>(partial.bits) / count);
    }
    if (isComplex(result.kind()))
      result.setComplex(i, partial.complex);
    else if (isFloat(result.kind()))
      result.setDouble(i, partial.real);
    else
      result.setInt(i, static_cast<int64_t>(partial.bits));
  }
  return llvm::Error::success();
}

Value ReduceOp::buildElement(ElementBuilder &b, ValueRange indices) {
  auto type = cast<RankedTensorType>(getOperand().getType());
  Accumulation accumulation{getKind(), type.getElementType()};
  SmallVector<Value> at(type.getRank());
  int64_t count = 1;
  for (int64_t d = 0, kept = 0; d < type.getRank(); ++d) {
    if (llvm::is_contained(getDims(), d))
      count *= type.getDimSize(d);
    else
      at[d] = indices[kept++];
  }
  // One loop per reduced dimension, outermost first.
  std::function<Value(ArrayRef<int64_t>, Value)> reduce =
      [&](ArrayRef<int64_t> dims, Value partial) -> Value {
    if (dims.empty())
      return accumulation.combine(
          b, partial, accumulation.widen(b, b.read(getOperand(), at)));
    Value size = b.index(type.getDimSize(dims.front()));
    return b.loop(b.index(0), size, partial,
                  [&](Value iv, ValueRange carried) -> SmallVector<Value> {
                    at[dims.front()] = iv;
                    return {reduce(dims.drop_front(), carried.front())};
                  })[0];
  };
  return accumulation.finish(b, reduce(getDims(), accumulation.identity(b)),
                             count);
}

bool ReduceOp::supportsLanes() {
  return keepsLanes(getOperand().getType(), getDims());
}

int64_t ReduceOp::getReadCount(unsigned) { return 1; }

RootKind ReduceOp::getRootKind() { return RootKind::Reduction; }

bool ReduceOp::allowsPrologue(unsigned) { return true; }

//===----------------------------------------------------------------------===//
// ArgReduceOp
//===----------------------------------------------------------------------===//

LogicalResult ArgReduceOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  int64_t dim = adaptor.getDim();
  if (dim < 0 || dim >= type.getRank())
    return emitOptionalError(location, "(C1) ", dim, " is no dimension of ",
                             type);
  if (type.getDimSize(dim) == 0)
    return emitOptionalError(location, "(C2) dimension ", dim, " of ", type,
                             " has no elements to choose from");
  auto index = dyn_cast<IntegerType>(adaptor.getIndexType());
  if (!index || index.getWidth() == 1 || !getElementKind(index))
    return emitOptionalError(location, "(C3) ", adaptor.getIndexType(),
                             " is no integer type for indices");
  SmallVector<Size> sizes = getSizes(type);
  sizes.erase(sizes.begin() + dim);
  return inferTensor(location, sizes, index, types);
}

int64_t ArgReduceOp::getEvaluationCost() { return operandElements(*this); }

llvm::Error ArgReduceOp::evaluate(ArrayRef<const HostTensor *> operands,
                                  MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0];
  bool wantsMax = getKind() == ArgKind::Max;
  int64_t size = operand.shape()[getDim()];
  int64_t step = rowMajorStrides(operand.shape())[getDim()];
  // Whether element i beats element j.
  auto beats = [&](int64_t i, int64_t j) {
    if (!wantsMax)
      std::swap(i, j);
    if (isFloat(operand.kind()))
      return operand.getDouble(i) > operand.getDouble(j);
    if (isSigned(operand.kind()))
      return operand.getInt(i) > operand.getInt(j);
    return static_cast<uint64_t>(operand.getInt(i)) >
           static_cast<uint64_t>(operand.getInt(j));
  };
  for (int64_t i = 0; i < results[0].size(); ++i) {
    int64_t start = i / step * step * size + i % step;
    std::optional<int64_t> best;
    for (int64_t k = 0; k < size; ++k) {
      int64_t at = start + k * step;
      if (isFloat(operand.kind()) && std::isnan(operand.getDouble(at)))
        continue;
      if (!best || beats(at, start + *best * step))
        best = k;
    }
    results[0].setInt(i, best.value_or(0));
  }
  return llvm::Error::success();
}

Value ArgReduceOp::buildElement(ElementBuilder &b, ValueRange indices) {
  auto type = cast<RankedTensorType>(getOperand().getType());
  ArgAccumulation search{getKind(), type.getElementType(), getIndexType()};
  SmallVector<Value> at(indices.begin(), indices.end());
  at.insert(at.begin() + getDim(), Value());
  Value none[] = {search.worst(b), search.indexSplat(b, b.index(0))};
  return b.loop(b.index(0), b.index(type.getDimSize(getDim())), none,
                [&](Value iv, ValueRange best) -> SmallVector<Value> {
                  at[getDim()] = iv;
                  auto [element, index] =
                      search.better(b, best[0], best[1],
                                    widenFloat(b, b.read(getOperand(), at)),
                                    search.indexSplat(b, iv));
                  return {element, index};
                })[1];
}

bool ArgReduceOp::supportsLanes() {
  return keepsLanes(getOperand().getType(), static_cast<int64_t>(getDim()));
}

int64_t ArgReduceOp::getReadCount(unsigned) { return 1; }

RootKind ArgReduceOp::getRootKind() { return RootKind::Reduction; }

bool ArgReduceOp::allowsPrologue(unsigned) { return true; }
