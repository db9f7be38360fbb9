//===- EmitElements.cpp - The generic kernel emitter ----------------------===//
//
// Loops over the elements of the result, the last dimension innermost and in
// vectors. A kernel of elementwise operators on contiguous buffers of one
// shape runs over one dimension.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/Emit/KernelEmitter.h"

using namespace mlir;
using namespace sluice;
using graph::ElementBuilder;

namespace {

// Work for one chunk, in elements: some ten microseconds.
constexpr int64_t chunkElements = 8192;

bool isContiguous(Value buffer) {
  return cast<MemRefType>(buffer.getType()).getLayout().isIdentity();
}

// Whether an element depends only on its row-major position.
bool isPositional(KernelContext &kernel) {
  if (!isContiguous(kernel.output))
    return false;
  ArrayRef<int64_t> shape = kernel.resultType().getShape();
  for (BlockArgument argument : kernel.body.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    if (type.getNumElements() != 1 &&
        (type.getShape() != shape ||
         !isContiguous(kernel.buffers.lookup(argument))))
      return false;
  }
  for (Operation &op : kernel.body.without_terminator()) {
    if (op.hasTrait<OpTrait::ConstantLike>() || isa<graph::ElementwiseOp>(op))
      continue;
    auto broadcast = dyn_cast<graph::BroadcastOp>(op);
    if (!broadcast || broadcast.getOperand().getType().getNumElements() != 1)
      return false;
  }
  return true;
}

Value flatten(OpBuilder &builder, Location loc, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  int64_t count = type.getNumElements(), offset = 0, stride = 1;
  auto flat = MemRefType::get({count}, type.getElementType());
  return memref::ReinterpretCastOp::create(builder, loc, flat, buffer, offset,
                                           ArrayRef(count), ArrayRef(stride));
}

class ElementLoops {
public:
  ElementLoops(KernelContext &kernel)
      : kernel(kernel), builder(kernel.builder), loc(kernel.loc) {}

  int64_t run();

private:
  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  void loop(Value lower, Value upper, int64_t step,
            function_ref<void(Value)> body);
  void element(int64_t width, Value mask, ArrayRef<Value> outer, Value last);
  void span(ArrayRef<Value> outer, Value lower, Value upper, int64_t size);
  void tail(ArrayRef<Value> outer, int64_t size);
  int64_t runFlat(int64_t count);
  int64_t runRows(ArrayRef<int64_t> shape);

  KernelContext &kernel;
  OpBuilder &builder;
  Location loc;
  int64_t lanes = 1;
};

} // namespace

void ElementLoops::loop(Value lower, Value upper, int64_t step,
                        function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(builder, loc, lower, upper, constant(step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

void ElementLoops::element(int64_t width, Value mask, ArrayRef<Value> outer,
                           Value last) {
  ElementBuilder elements = kernel.makeElementBuilder(width);
  elements.mask = mask;
  SmallVector<Value> indices(outer);
  if (last)
    indices.push_back(last);
  kernel.store(elements, elements.read(kernel.result, indices), indices);
}

// Whole vectors of [lower, upper) of the last dimension, of size `size`.
void ElementLoops::span(ArrayRef<Value> outer, Value lower, Value upper,
                        int64_t size) {
  if (size < lanes)
    return;
  loop(lower, upper, lanes, [&](Value i) { element(lanes, {}, outer, i); });
}

// What is left of a dimension of size `size` behind the last whole vector.
void ElementLoops::tail(ArrayRef<Value> outer, int64_t size) {
  int64_t count = size % lanes;
  if (!count)
    return;
  SmallVector<bool> set(lanes, false);
  std::fill_n(set.begin(), count, true);
  auto type = VectorType::get({lanes}, builder.getI1Type());
  Value mask = arith::ConstantOp::create(builder, loc,
                                         DenseElementsAttr::get(type, set));
  element(lanes, mask, outer, constant(size - count));
}

// One dimension; a chunk is a block of it.
int64_t ElementLoops::runFlat(int64_t count) {
  int64_t chunks = llvm::divideCeil(count, chunkElements);
  Value whole = constant(count - count % lanes),
        block = constant(chunkElements);
  Value lower = arith::MulIOp::create(builder, loc, kernel.begin, block);
  Value upper = arith::MulIOp::create(builder, loc, kernel.end, block);
  span({}, lower, arith::MinUIOp::create(builder, loc, upper, whole), count);
  if (count % lanes == 0)
    return chunks;
  Value isLast = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                       kernel.end, constant(chunks));
  auto branch = scf::IfOp::create(builder, loc, isLast);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  tail({}, count);
  return chunks;
}

// Rows of the last dimension; a chunk is a number of them.
int64_t ElementLoops::runRows(ArrayRef<int64_t> shape) {
  ArrayRef<int64_t> outer = shape.drop_back();
  int64_t size = shape.back(), rows = *elementCount(outer);
  int64_t perChunk = std::max<int64_t>(1, chunkElements / size);
  Value step = constant(perChunk);
  Value lower = arith::MulIOp::create(builder, loc, kernel.begin, step);
  Value upper = arith::MinUIOp::create(
      builder, loc, arith::MulIOp::create(builder, loc, kernel.end, step),
      constant(rows));
  loop(lower, upper, 1, [&](Value row) {
    SmallVector<Value> indices(outer.size());
    for (int64_t d = outer.size() - 1; d >= 0; --d) {
      if (outer[d] == 1) {
        indices[d] = constant(0);
        continue;
      }
      Value extent = constant(outer[d]);
      indices[d] = arith::RemUIOp::create(builder, loc, row, extent);
      row = arith::DivUIOp::create(builder, loc, row, extent);
    }
    span(indices, constant(0), constant(size - size % lanes), size);
    tail(indices, size);
  });
  return llvm::divideCeil(rows, perChunk);
}

int64_t ElementLoops::run() {
  ArrayRef<int64_t> shape = kernel.resultType().getShape();
  int64_t count = kernel.resultType().getNumElements();
  if (count == 0)
    return 1;
  if (count == 1) {
    element(1, {}, SmallVector<Value>(shape.size(), constant(0)), {});
    return 1;
  }
  bool flat = isPositional(kernel);
  // A short row needs no wide vectors.
  lanes = std::min<int64_t>(kernel.getLanes(),
                            llvm::PowerOf2Ceil(flat ? count : shape.back()));
  if (!flat)
    return runRows(shape);
  for (auto &[tensor, buffer] : kernel.buffers)
    if (cast<RankedTensorType>(tensor.getType()).getNumElements() != 1)
      buffer = flatten(builder, loc, buffer);
  kernel.output = flatten(builder, loc, kernel.output);
  return runFlat(count);
}

FailureOr<int64_t> sluice::emitElements(KernelContext &kernel) {
  return ElementLoops(kernel).run();
}
