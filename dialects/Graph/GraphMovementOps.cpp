//===- GraphMovementOps.cpp - Registration of the movement family ===//

#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cstring>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#define GET_OP_CLASSES
#include "dialects/Graph/GraphMovementOps.cpp.inc"

void GraphDialect::registerMovementOps() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphMovementOps.cpp.inc"
      >();
}

// Row-major position of `indices`.
static int64_t linearize(ArrayRef<int64_t> indices, ArrayRef<int64_t> shape) {
  int64_t position = 0;
  for (auto [index, size] : llvm::zip_equal(indices, shape))
    position = position * size + index;
  return position;
}

// Calls `visit(position, indices)` for each element, in row-major order.
static void forEachIndex(ArrayRef<int64_t> shape,
                         function_ref<void(int64_t, ArrayRef<int64_t>)> visit) {
  int64_t count = *elementCount(shape);
  SmallVector<int64_t> indices(shape.size());
  for (int64_t position = 0; position < count; ++position) {
    visit(position, indices);
    for (int64_t d = shape.size() - 1; d >= 0 && ++indices[d] == shape[d]; --d)
      indices[d] = 0;
  }
}

// Copies an element of any kind.
static void copyElement(const HostTensor &from, int64_t i, HostTensor &to,
                        int64_t j) {
  if (from.kind() == ElementKind::String) {
    to.strings[j] = from.strings[i];
    return;
  }
  unsigned size = elementSize(from.kind());
  std::memcpy(to.data() + j * size, from.data() + i * size, size);
}

//===----------------------------------------------------------------------===//
// BroadcastOp
//===----------------------------------------------------------------------===//

LogicalResult BroadcastOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  ArrayRef<int64_t> dimensions = adaptor.getDimensions();
  DimsAttr shape = adaptor.getShape();
  if (static_cast<int64_t>(dimensions.size()) != type.getRank())
    return emitOptionalError(location, "(C1) expected ", type.getRank(),
                             " dimensions, found ", dimensions.size());
  SmallVector<Size> sizes = getSizes(type);
  int64_t previous = -1;
  for (auto [size, dimension] : llvm::zip_equal(sizes, dimensions)) {
    if (dimension <= previous || dimension >= shape.getRank())
      return emitOptionalError(location, "(C1) dimension ", dimension,
                               " is not between ", previous + 1, " and ",
                               static_cast<int64_t>(shape.getRank()) - 1);
    if (size != Size(1) && size != shape.getSize(dimension))
      return emitOptionalError(location, "(C2) operand of type ", type,
                               " does not broadcast to ", shape);
    previous = dimension;
  }
  SmallVector<Size> result;
  for (unsigned i = 0; i < shape.getRank(); ++i)
    result.push_back(shape.getSize(i));
  return inferTensor(location, result, type.getElementType(), types);
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() == getType())
    return getOperand();
  return {};
}

llvm::Error BroadcastOp::evaluate(ArrayRef<const HostTensor *> operands,
                                  MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0];
  forEachIndex(results[0].shape(), [&](int64_t i, ArrayRef<int64_t> indices) {
    SmallVector<int64_t> source;
    for (auto [k, d] : llvm::enumerate(getDimensions()))
      source.push_back(operand.shape()[k] == 1 ? 0 : indices[d]);
    copyElement(operand, linearize(source, operand.shape()), results[0], i);
  });
  return llvm::Error::success();
}

Value BroadcastOp::buildElement(ElementBuilder &b, ValueRange indices) {
  auto type = cast<RankedTensorType>(getOperand().getType());
  int64_t last = static_cast<int64_t>(indices.size()) - 1;
  bool alongLanes = false;
  SmallVector<Value> source;
  for (auto [k, d] : llvm::enumerate(getDimensions())) {
    bool repeated = type.getDimSize(k) == 1;
    alongLanes |= d == last && !repeated;
    source.push_back(repeated ? b.index(0) : indices[d]);
  }
  return alongLanes ? b.read(getOperand(), source)
                    : b.readSplat(getOperand(), source);
}

bool BroadcastOp::supportsLanes() { return true; }

int64_t BroadcastOp::getReadCount(unsigned) {
  auto from = cast<RankedTensorType>(getOperand().getType());
  auto to = cast<RankedTensorType>(getType());
  if (!from.hasStaticShape() || !to.hasStaticShape() ||
      from.getNumElements() == 0)
    return 2;
  return to.getNumElements() / from.getNumElements();
}

//===----------------------------------------------------------------------===//
// TransposeOp
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  ArrayRef<int64_t> permutation = adaptor.getPermutation();
  SmallVector<Size> sizes = getSizes(type), result;
  SmallVector<bool> seen(sizes.size());
  bool valid = permutation.size() == sizes.size();
  for (int64_t d : permutation) {
    if (!valid || d < 0 || d >= type.getRank() || seen[d]) {
      valid = false;
      break;
    }
    seen[d] = true;
    result.push_back(sizes[d]);
  }
  if (!valid)
    return emitOptionalError(location, "(C1) [", permutation,
                             "] is no permutation of ", type.getRank(),
                             " dimensions");
  return inferTensor(location, result, type.getElementType(), types);
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (llvm::equal(getPermutation(),
                  llvm::seq<int64_t>(0, getPermutation().size())))
    return getOperand();
  return {};
}

llvm::Error TransposeOp::evaluate(ArrayRef<const HostTensor *> operands,
                                  MutableArrayRef<HostTensor> results) {
  const HostTensor &operand = *operands[0];
  forEachIndex(results[0].shape(), [&](int64_t i, ArrayRef<int64_t> indices) {
    SmallVector<int64_t> source(indices.size());
    for (auto [k, d] : llvm::enumerate(getPermutation()))
      source[d] = indices[k];
    copyElement(operand, linearize(source, operand.shape()), results[0], i);
  });
  return llvm::Error::success();
}

Value TransposeOp::buildElement(ElementBuilder &b, ValueRange indices) {
  SmallVector<Value> source(indices.size());
  for (auto [k, d] : llvm::enumerate(getPermutation()))
    source[d] = indices[k];
  return b.read(getOperand(), source);
}

bool TransposeOp::supportsLanes() {
  // The last dimension stays last.
  ArrayRef<int64_t> permutation = getPermutation();
  return permutation.empty() ||
         permutation.back() == static_cast<int64_t>(permutation.size()) - 1;
}

//===----------------------------------------------------------------------===//
// ReshapeOp
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  DimsAttr shape = adaptor.getShape();
  SmallVector<Size> sizes;
  for (unsigned i = 0; i < shape.getRank(); ++i)
    sizes.push_back(shape.getSize(i));
  if (product(sizes) != product(getSizes(type)))
    return emitOptionalError(location, "(C1) cannot reshape ", type, " to ",
                             shape, ": the numbers of elements differ");
  return inferTensor(location, sizes, type.getElementType(), types);
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() == getType())
    return getOperand();
  if (auto producer = getOperand().getDefiningOp<ReshapeOp>()) {
    setOperand(producer.getOperand());
    return getResult();
  }
  return {};
}

llvm::Error ReshapeOp::evaluate(ArrayRef<const HostTensor *> operands,
                                MutableArrayRef<HostTensor> results) {
  for (int64_t i = 0; i < results[0].size(); ++i)
    copyElement(*operands[0], i, results[0], i);
  return llvm::Error::success();
}

Value ReshapeOp::buildElement(ElementBuilder &b, ValueRange indices) {
  ArrayRef<int64_t> from = getOperand().getType().getShape();
  ArrayRef<int64_t> to = getType().getShape();
  Value position = b.index(0);
  for (auto [index, size] : llvm::zip_equal(indices, to))
    position = b.addIndex(b.mulIndex(position, size), index);
  SmallVector<Value> source(from.size());
  for (int64_t d = from.size() - 1; d >= 0; --d) {
    Value size = b.index(from[d]);
    source[d] =
        d == 0 ? position
               : b.builder.createOrFold<arith::RemUIOp>(b.loc, position, size);
    position = b.builder.createOrFold<arith::DivUIOp>(b.loc, position, size);
  }
  return b.read(getOperand(), source);
}

bool ReshapeOp::supportsLanes() {
  ArrayRef<int64_t> from = getOperand().getType().getShape();
  ArrayRef<int64_t> to = getType().getShape();
  return !from.empty() && !to.empty() && from.back() == to.back();
}
