//===- GraphContractionOps.cpp - Types and code of contractions -----------===//

#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/OperationCounts.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#define GET_OP_CLASSES
#include "dialects/Graph/GraphContractionOps.cpp.inc"

void GraphDialect::registerContractionOps() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphContractionOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Sums of products of elements
//===----------------------------------------------------------------------===//

namespace {
/// Code that sums products in the type that sums of `element` are kept in.
class ProductSum {
public:
  ProductSum(ElementBuilder &b, Operation *op)
      : b(b), element(getElementTypeOrSelf(op->getResult(0).getType())),
        sumElement(element) {
    for (unsigned i : {0, 1})
      isUnsigned[i] =
          getElementTypeOrSelf(op->getOperand(i).getType()).isUnsignedInteger();
    if (element.isF16() || element.isBF16())
      sumElement = b.builder.getF32Type();
  }

  Value zero() {
    if (auto complexType = dyn_cast<ComplexType>(element)) {
      Attribute part = b.builder.getZeroAttr(complexType.getElementType());
      return complex::ConstantOp::create(b.builder, b.loc, complexType,
                                         b.builder.getArrayAttr({part, part}));
    }
    return b.number(sumElement, 0);
  }

  Value add(Value sum, Value lhs, Value rhs) {
    if (isa<ComplexType>(element))
      return complex::AddOp::create(
          b.builder, b.loc, sum,
          complex::MulOp::create(b.builder, b.loc, lhs, rhs));
    if (isa<FloatType>(element))
      return math::FmaOp::create(b.builder, b.loc, extend(lhs), extend(rhs),
                                 sum);
    return arith::AddIOp::create(
        b.builder, b.loc, sum,
        arith::MulIOp::create(b.builder, b.loc, widen(lhs, isUnsigned[0]),
                              widen(rhs, isUnsigned[1])));
  }

  Value finish(Value sum) {
    if (sumElement == element)
      return sum;
    return arith::TruncFOp::create(b.builder, b.loc, b.valueType(element), sum);
  }

private:
  Value extend(Value value) {
    if (sumElement == element)
      return value;
    return arith::ExtFOp::create(b.builder, b.loc, b.valueType(sumElement),
                                 value);
  }

  // An operand's integer in the type of the sum.
  Value widen(Value value, bool isUnsigned) {
    Type type = b.valueType(element);
    if (value.getType() == type)
      return value;
    if (isUnsigned)
      return arith::ExtUIOp::create(b.builder, b.loc, type, value);
    return arith::ExtSIOp::create(b.builder, b.loc, type, value);
  }

  ElementBuilder &b;
  Type element, sumElement;
  bool isUnsigned[2];
};
} // namespace

// Reads of an operand's elements on average, rounded up; 2 when unknown.
static int64_t averageReads(int64_t products, int64_t elements) {
  if (products < 0 || elements <= 0)
    return 2;
  return std::max<int64_t>(1, products / elements + (products % elements != 0));
}

// The element type of a contraction of `lhs` and `rhs`; null after an error.
// `wide` is the number of the constraint on the type of sums.
static Type inferElement(std::optional<Location> location, Type lhs, Type rhs,
                         std::optional<Type> sum, int wide) {
  lhs = getElementTypeOrSelf(lhs);
  rhs = getElementTypeOrSelf(rhs);
  auto left = dyn_cast<IntegerType>(lhs), right = dyn_cast<IntegerType>(rhs);
  bool hasOneWidth = left && right && left.getWidth() == right.getWidth();
  if (sum ? !hasOneWidth : lhs != rhs) {
    (void)emitOptionalError(location, "(C1) expected ",
                            sum ? "integers of one width" : "one element type",
                            ", found ", lhs, " and ", rhs);
    return {};
  }
  if (!sum)
    return lhs;
  unsigned width = sum->isSignlessInteger() ? sum->getIntOrFloatBitWidth() : 0;
  if (!llvm::is_contained({16u, 32u, 64u}, width) || width <= left.getWidth()) {
    (void)emitOptionalError(location, "(C", wide,
                            ") expected sums in i16, i32 or i64, wider than ",
                            lhs, ", found ", *sum);
    return {};
  }
  return *sum;
}

//===----------------------------------------------------------------------===//
// ContractOp
//===----------------------------------------------------------------------===//

LogicalResult ContractOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location> location,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  auto lhsType = cast<RankedTensorType>(adaptor.getLhs().getType());
  auto rhsType = cast<RankedTensorType>(adaptor.getRhs().getType());
  Type element =
      inferElement(location, lhsType, rhsType, adaptor.getSumType(), 5);
  if (!element)
    return failure();
  int64_t rank = lhsType.getRank();
  if (rank < 2 || rhsType.getRank() != rank)
    return emitOptionalError(
        location, "(C2) expected matrices of one rank, at least 2, found ",
        lhsType, " and ", rhsType);
  SmallVector<Size> lhs = getSizes(lhsType), rhs = getSizes(rhsType);
  for (int64_t i = 0; i < rank - 2; ++i)
    if (lhs[i] != rhs[i])
      return emitOptionalError(location, "(C3) batch dimension ", i, " of ",
                               lhsType, " and ", rhsType, " differs");
  if (adaptor.getTransposeLhs())
    std::swap(lhs[rank - 2], lhs[rank - 1]);
  if (adaptor.getTransposeRhs())
    std::swap(rhs[rank - 2], rhs[rank - 1]);
  if (lhs[rank - 1] != rhs[rank - 2])
    return emitOptionalError(location, "(C4) the summed dimensions of ",
                             lhsType, " and ", rhsType, " differ");
  lhs[rank - 1] = rhs[rank - 1];
  return inferTensor(location, lhs, element, types);
}

// Size of the summed dimension.
static int64_t getDepth(ContractOp op) {
  ArrayRef<int64_t> shape = op.getLhs().getType().getShape();
  return shape[shape.size() - (op.getTransposeLhs() ? 2 : 1)];
}

int64_t ContractOp::getEvaluationCost() {
  return scaledCost(countElements(getResult()), {getDepth(*this)});
}

int64_t ContractOp::countOperations() {
  return countMultiplyAdds(getEvaluationCost());
}

int64_t ContractOp::getReadCount(unsigned operand) {
  return averageReads(getEvaluationCost(),
                      countElements(getOperation()->getOperand(operand)));
}

bool ContractOp::supportsLanes() {
  return !isa<ComplexType>(getType().getElementType()) && !getTransposeRhs();
}

Value ContractOp::buildElement(ElementBuilder &b, ValueRange indices) {
  ProductSum sum(b, getOperation());
  unsigned m = indices.size() - 2, n = indices.size() - 1;
  SmallVector<Value> lhs(indices), rhs(indices);
  SmallVector<Value> result =
      b.loop(b.index(0), b.index(getDepth(*this)), sum.zero(),
             [&](Value k, ValueRange carried) -> SmallVector<Value> {
               lhs[m] = getTransposeLhs() ? k : indices[m];
               lhs[n] = getTransposeLhs() ? indices[m] : k;
               rhs[m] = getTransposeRhs() ? indices[n] : k;
               rhs[n] = getTransposeRhs() ? k : indices[n];
               Value factor = b.readSplat(getLhs(), lhs);
               return {sum.add(carried[0], factor, b.read(getRhs(), rhs))};
             });
  return sum.finish(result[0]);
}

//===----------------------------------------------------------------------===//
// ConvOp
//===----------------------------------------------------------------------===//

SmallVector<int64_t> ConvOp::getInputDilations() {
  if (auto dilation = getInputDilation())
    return SmallVector<int64_t>(*dilation);
  return SmallVector<int64_t>(getSpatialRank(), 1);
}

SmallVector<int64_t> ConvOp::getWindowDilations() {
  if (auto dilation = getWindowDilation())
    return SmallVector<int64_t>(*dilation);
  return SmallVector<int64_t>(getSpatialRank(), 1);
}

bool ConvOp::isDepthwise() {
  ArrayRef<int64_t> filter = getFilter().getType().getShape();
  return getGroups() > 1 && filter[filter.size() - 2] == 1;
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  auto inputType = cast<RankedTensorType>(adaptor.getInput().getType());
  auto filterType = cast<RankedTensorType>(adaptor.getFilter().getType());
  Type element =
      inferElement(location, inputType, filterType, adaptor.getSumType(), 7);
  if (!element)
    return failure();
  int64_t rank = inputType.getRank();
  if (rank < 3 || rank > 5 || filterType.getRank() != rank)
    return emitOptionalError(
        location, "(C2) expected input and filter of one rank, 3 to 5, found ",
        inputType, " and ", filterType);
  size_t spatial = rank - 2;
  SmallVector<int64_t> ones(spatial, 1);
  ArrayRef<int64_t> inputDilation = adaptor.getInputDilation().value_or(ones);
  ArrayRef<int64_t> windowDilation = adaptor.getWindowDilation().value_or(ones);
  std::pair<StringRef, ArrayRef<int64_t>> lists[] = {
      {"strides", adaptor.getStrides()},
      {"pads_low", adaptor.getPadsLow()},
      {"pads_high", adaptor.getPadsHigh()},
      {"input_dilation", inputDilation},
      {"window_dilation", windowDilation}};
  for (auto [name, list] : lists) {
    if (list.size() != spatial)
      return emitOptionalError(location, "(C3) expected ", spatial,
                               " entries in ", name, ", found ", list.size());
    int64_t least = name.starts_with("pads") ? INT32_MIN : 1;
    for (int64_t value : list)
      if (value < least || value > INT32_MAX)
        return emitOptionalError(location, "(C4) expected ", name, " between ",
                                 least, " and ", INT32_MAX, ", found [", list,
                                 "]");
  }

  SmallVector<Size> input = getSizes(inputType), filter = getSizes(filterType);
  auto groups = static_cast<int64_t>(adaptor.getGroups());
  Size outputs = filter[rank - 1];
  if (groups < 1 || filter[rank - 2] * Size(groups) != input[rank - 1] ||
      (outputs.isStatic() && outputs.getStatic() % groups != 0))
    return emitOptionalError(location, "(C5) ", inputType, " and ", filterType,
                             " do not fit ", groups, " groups");
  SmallVector<Size> result = {input[0]};
  for (size_t i = 0; i < spatial; ++i) {
    Size window = filter[i], size = input[1 + i];
    if (window.isStatic() && window.getStatic() < 1)
      return emitOptionalError(location,
                               "(C6) expected positive window dimensions, "
                               "found filter of type ",
                               filterType);
    // No element means no zeros between elements either.
    if (size != Size(0))
      size = (size - 1) * Size(inputDilation[i]) + 1;
    size = size + adaptor.getPadsLow()[i] + adaptor.getPadsHigh()[i];
    Size reach = (window - 1) * Size(windowDilation[i]) + 1;
    result.push_back(
        ((size - reach).floorDiv(adaptor.getStrides()[i]) + 1).max(0));
  }
  result.push_back(outputs);
  return inferTensor(location, result, element, types);
}

// Elements of the filter that one element of the result is summed over.
static SmallVector<int64_t> getWindow(ConvOp op) {
  return SmallVector<int64_t>(op.getFilter().getType().getShape().drop_back());
}

int64_t ConvOp::getEvaluationCost() {
  return scaledCost(countElements(getResult()), getWindow(*this));
}

int64_t ConvOp::countOperations() {
  return countMultiplyAdds(getEvaluationCost());
}

int64_t ConvOp::getReadCount(unsigned operand) {
  return averageReads(getEvaluationCost(),
                      countElements(getOperation()->getOperand(operand)));
}

bool ConvOp::supportsLanes() {
  // With groups, lanes are output channels of several of them: only where
  // each reads its own input channel.
  bool sameChannel = isDepthwise() && getType().getShape().back() ==
                                          static_cast<int64_t>(getGroups());
  return !isa<ComplexType>(getType().getElementType()) &&
         (getGroups() == 1 || sameChannel);
}

namespace {
/// Emits the nest of loops over the window of one result element.
struct ConvElement {
  ConvOp op;
  ElementBuilder &b;
  ValueRange indices;
  ProductSum sum;
  SmallVector<int64_t> window, inputDilations, windowDilations;
  SmallVector<Value> inputIndices, filterIndices;

  ConvElement(ConvOp op, ElementBuilder &b, ValueRange indices)
      : op(op), b(b), indices(indices), sum(b, op), window(getWindow(op)),
        inputDilations(op.getInputDilations()),
        windowDilations(op.getWindowDilations()), inputIndices(indices),
        filterIndices(window.size() + 1) {}

  unsigned spatialRank() { return op.getSpatialRank(); }

  Value compare(arith::CmpIPredicate predicate, Value lhs, int64_t rhs) {
    return b.builder.createOrFold<arith::CmpIOp>(b.loc, predicate, lhs,
                                                 b.index(rhs));
  }

  // The position in the input that window element `w` of spatial dimension
  // `d` reads, and the condition that it is one (null: always).
  std::pair<Value, Value> position(unsigned d, Value w) {
    Value at = b.addIndex(b.mulIndex(indices[1 + d], op.getStrides()[d]),
                          b.mulIndex(w, windowDilations[d]));
    at = b.addIndex(at, -op.getPadsLow()[d]);
    int64_t size = op.getInput().getType().getDimSize(1 + d);
    if (op.getPadsLow()[d] <= 0 && op.getPadsHigh()[d] <= 0 &&
        inputDilations[d] == 1)
      return {at, nullptr};
    Value exists = compare(arith::CmpIPredicate::sge, at, 0);
    if (inputDilations[d] != 1) {
      Value step = b.index(inputDilations[d]);
      Value rest = b.builder.createOrFold<arith::RemSIOp>(b.loc, at, step);
      exists = b.builder.createOrFold<arith::AndIOp>(
          b.loc, exists, compare(arith::CmpIPredicate::eq, rest, 0));
      at = b.builder.createOrFold<arith::DivSIOp>(b.loc, at, step);
    }
    exists = b.builder.createOrFold<arith::AndIOp>(
        b.loc, exists, compare(arith::CmpIPredicate::slt, at, size));
    return {at, exists};
  }

  Value product(Value carried) {
    filterIndices.back() = indices.back();
    bool channelwise = b.lanes > 1 && op.getGroups() > 1;
    Value lhs = channelwise ? b.read(op.getInput(), inputIndices)
                            : b.readSplat(op.getInput(), inputIndices);
    return sum.add(carried, lhs, b.read(op.getFilter(), filterIndices));
  }

  // Sums over window dimension `d` and those after it; the last one is the
  // channels of the group.
  Value reduce(unsigned d, Value carried) {
    auto body = [&](Value w, ValueRange sums) -> SmallVector<Value> {
      filterIndices[d] = w;
      if (d == spatialRank()) {
        Value channel = w;
        if (op.getGroups() > 1) {
          int64_t perGroup = op.getType().getShape().back() / op.getGroups();
          Value group = b.builder.createOrFold<arith::DivUIOp>(
              b.loc, indices.back(), b.index(perGroup));
          channel = b.addIndex(b.mulIndex(group, window.back()), w);
        }
        inputIndices[1 + d] = channel;
        return {product(sums[0])};
      }
      auto [at, exists] = position(d, w);
      inputIndices[1 + d] = at;
      if (!exists)
        return {reduce(d + 1, sums[0])};
      return {b.ifElse(
          exists, sums[0].getType(), [&] { return reduce(d + 1, sums[0]); },
          [&] { return sums[0]; })};
    };
    if (window[d] == 1)
      return body(b.index(0), carried)[0];
    return b.loop(b.index(0), b.index(window[d]), carried, body)[0];
  }
};
} // namespace

Value ConvOp::buildElement(ElementBuilder &b, ValueRange indices) {
  ConvElement element(*this, b, indices);
  return element.sum.finish(element.reduce(0, element.sum.zero()));
}
