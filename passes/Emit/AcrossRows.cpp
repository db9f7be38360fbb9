//===- AcrossRows.cpp - Vectors of the elements of many rows --------------===//

#include "passes/Emit/AcrossRows.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/Emit/Interleave.h"

using namespace mlir;
using namespace sluice;
using graph::ElementBuilder;

// Columns of one block at most: more leave no registers for them.
static constexpr int64_t mostStored = 16;

static bool isSplat(Value value) {
  DenseElementsAttr constant;
  return matchPattern(value, m_Constant(&constant)) && constant.isSplat();
}

// Elements from one position along `dim` to the next, where everything behind
// the dimension lies in between and nothing else; else 0.
static int64_t getColumns(Value buffer, int64_t dim) {
  auto type = cast<MemRefType>(buffer.getType());
  auto [strides, offset] = type.getStridesAndOffset();
  if (strides.empty() || strides.back() != 1)
    return 0;
  int64_t size = 1;
  for (int64_t d = type.getRank() - 1; d >= dim; --d) {
    if (strides[d] != size && type.getDimSize(d) != 1)
      return 0;
    if (d > dim)
      size *= type.getDimSize(d);
  }
  return size;
}

// Shuffles of narrower elements take several instructions each.
static bool isWide(Value buffer) {
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  return element.isIntOrFloat() && element.getIntOrFloatBitWidth() >= 32;
}

// The dimension of the operand that dimension `dim` of the result is.
static std::optional<int64_t> getOperandDim(graph::BroadcastOp op,
                                            int64_t dim) {
  for (auto [k, d] : llvm::enumerate(op.getDimensions()))
    if (d == dim && op.getOperand().getType().getDimSize(k) != 1)
      return k;
  return std::nullopt;
}

namespace {
/// Asks about each value once: operators may share operands at every step.
class Reach {
public:
  Reach(const KernelContext &kernel, int64_t mostColumns)
      : kernel(kernel), mostColumns(mostColumns) {}

  bool canRead(Value value, int64_t dim) {
    auto [found, isNew] = known.try_emplace({value, dim}, false);
    if (!isNew)
      return found->second;
    bool result = decide(value, dim);
    known[{value, dim}] = result;
    return result;
  }

private:
  bool decide(Value value, int64_t dim);

  const KernelContext &kernel;
  int64_t mostColumns;
  DenseMap<std::pair<Value, int64_t>, bool> known;
};
} // namespace

bool Reach::decide(Value value, int64_t dim) {
  if (Value buffer = kernel.buffers.lookup(value)) {
    int64_t columns = getColumns(buffer, dim);
    int64_t inner = cast<MemRefType>(buffer.getType()).getRank() - 1 - dim;
    return columns == 1 || (columns > 1 && columns <= mostColumns &&
                            inner == 1 && isWide(buffer));
  }
  if (isSplat(value))
    return true;
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (op == kernel.root)
    return true;
  if (auto transpose = dyn_cast<graph::TransposeOp>(op))
    return canRead(transpose.getOperand(), transpose.getPermutation()[dim]);
  auto element = dyn_cast<graph::ElementOp>(op);
  if (!element || !element.supportsLanes())
    return false;
  if (auto broadcast = dyn_cast<graph::BroadcastOp>(op)) {
    std::optional<int64_t> from = getOperandDim(broadcast, dim);
    return !from || canRead(broadcast.getOperand(), *from);
  }
  if (auto part = dyn_cast<graph::PartOp>(op))
    return part.getPartStart() && part.getPartSteps()[dim] == 1 &&
           canRead(op->getOperand(0), dim);
  return isa<graph::ElementwiseOp>(op) &&
         llvm::all_of(op->getOperands(),
                      [&](Value operand) { return canRead(operand, dim); });
}

bool sluice::canReadAcross(const KernelContext &kernel, Value value,
                           int64_t dim, int64_t mostColumns) {
  return Reach(kernel, mostColumns).canRead(value, dim);
}

bool sluice::canStoreAcross(const KernelContext &kernel, int64_t columns) {
  auto type = cast<MemRefType>(kernel.output.getType());
  return type.getRank() > 1 && columns <= mostStored && isWide(kernel.output) &&
         getColumns(kernel.output, type.getRank() - 2) == columns;
}

void AcrossRows::bind(Value value, Value element) {
  boundValue = value;
  boundElement = element;
  computed.clear();
}

static bool areEqual(ArrayRef<Value> lhs, ArrayRef<Value> rhs) {
  return llvm::equal(lhs, rhs, [](Value x, Value y) {
    return isEqualConstantIntOrValue(x, y);
  });
}

Value AcrossRows::maskOf(int64_t present) {
  SmallVector<bool> set(lanes, false);
  std::fill_n(set.begin(), present, true);
  auto type = VectorType::get({lanes}, kernel.builder.getI1Type());
  return arith::ConstantOp::create(kernel.builder, kernel.loc,
                                   DenseElementsAttr::get(type, set));
}

Value AcrossRows::read(Value value, ArrayRef<Value> indices, int64_t dim) {
  if (value == boundValue)
    return boundElement;
  if (kernel.buffers.contains(value))
    return readBuffer(value, indices, dim);
  if (isSplat(value))
    return vectors.read(value, indices);
  Operation *op = value.getDefiningOp();
  SmallVector<Value> source;
  if (auto broadcast = dyn_cast<graph::BroadcastOp>(op)) {
    Value operand = broadcast.getOperand();
    auto type = cast<RankedTensorType>(operand.getType());
    for (auto [k, d] : llvm::enumerate(broadcast.getDimensions()))
      source.push_back(type.getDimSize(k) == 1 ? vectors.index(0) : indices[d]);
    std::optional<int64_t> from = getOperandDim(broadcast, dim);
    return from ? read(operand, source, *from)
                : vectors.readSplat(operand, source);
  }
  if (auto part = dyn_cast<graph::PartOp>(op)) {
    for (auto [index, start, step] :
         llvm::zip_equal(indices, *part.getPartStart(), part.getPartSteps()))
      source.push_back(vectors.addIndex(vectors.mulIndex(index, step), start));
    return read(op->getOperand(0), source, dim);
  }
  if (auto transpose = dyn_cast<graph::TransposeOp>(op)) {
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    source.resize(indices.size());
    for (auto [index, d] : llvm::zip_equal(indices, permutation))
      source[d] = index;
    return read(transpose.getOperand(), source, permutation[dim]);
  }
  for (const Computed &before : computed[value])
    if (before.dim == dim && areEqual(before.indices, indices))
      return before.element;
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(read(operand, indices, dim));
  Value element = cast<graph::ElementwiseOp>(op).buildScalar(vectors, operands);
  computed[value].push_back({SmallVector<Value>(indices), dim, element});
  return element;
}

Value AcrossRows::readBuffer(Value tensor, ArrayRef<Value> indices,
                             int64_t dim) {
  int64_t columns = getColumns(kernel.buffers.lookup(tensor), dim);
  if (columns > 1)
    return readColumn(tensor, indices, dim, columns);
  vectors.mask = count < lanes ? maskOf(count) : Value();
  Value element = vectors.read(tensor, indices);
  vectors.mask = nullptr;
  return element;
}

Value AcrossRows::readColumn(Value tensor, ArrayRef<Value> indices, int64_t dim,
                             int64_t columns) {
  auto buffer = cast<MemRefType>(kernel.buffers.lookup(tensor).getType());
  int64_t column = 0;
  for (int64_t d = dim + 1; d < buffer.getRank(); ++d)
    column = column * buffer.getDimSize(d) + *getConstantIntValue(indices[d]);
  SmallVector<Value> rows(indices.take_front(dim + 1));
  for (Columns &block : found)
    if (block.tensor == tensor && areEqual(block.indices, rows))
      return block.values[column];
  // From the first row's first element on, over the ends of rows.
  SmallVector<Value> at(rows), inMemory;
  at.resize(buffer.getRank(), vectors.index(0));
  ElementBuilder flat = kernel.makeElementBuilder(lanes);
  Value missing;
  for (int64_t j = 0; j < columns; ++j) {
    int64_t present = std::min(lanes, count * columns - j * lanes);
    if (present <= 0) {
      inMemory.push_back(missing);
      continue;
    }
    at.back() = vectors.index(j * lanes);
    flat.mask = present < lanes ? maskOf(present) : Value();
    missing = flat.read(tensor, at);
    inMemory.push_back(missing);
  }
  found.push_back(
      {tensor, rows, splitColumns(kernel.builder, kernel.loc, inMemory)});
  return found.back().values[column];
}

void AcrossRows::store(ArrayRef<Value> columns, ArrayRef<Value> indices) {
  auto count = static_cast<int64_t>(columns.size());
  SmallVector<Value> at(indices);
  ElementBuilder flat = kernel.makeElementBuilder(lanes);
  for (auto [j, vector] :
       llvm::enumerate(joinColumns(kernel.builder, kernel.loc, columns))) {
    int64_t present = std::min<int64_t>(lanes, this->count * count - j * lanes);
    if (present <= 0)
      break;
    at.back() = vectors.index(j * lanes);
    flat.mask = present < lanes ? maskOf(present) : Value();
    kernel.store(flat, vector, at);
  }
}
