//===- EmitElements.cpp - The generic kernel emitter ----------------------===//
//
// Loops over the elements of the result, the last dimension innermost and in
// vectors. A kernel of elementwise operators on buffers of one shape runs over
// as few dimensions as their strides allow: one, where all are contiguous. One
// that joins parts along the last dimension runs over each part in turn.
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

// Whether an element of the result depends only on those at its index.
bool isPositional(KernelContext &kernel) {
  ArrayRef<int64_t> shape = kernel.resultType().getShape();
  for (BlockArgument argument : kernel.body.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    if (type.getNumElements() != 1 && type.getShape() != shape)
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

// The join along the last dimension whose parts the kernel can compute with one
// after the other, as every other operator takes its element as it comes.
graph::JoinOp getLastJoin(KernelContext &kernel) {
  constexpr unsigned mostParts = 16; // whose loops are written out
  graph::JoinOp found;
  for (Operation &op : kernel.body.without_terminator()) {
    auto join = dyn_cast<graph::JoinOp>(op);
    if (!join || join.getPartCount() == 1) {
      auto element = dyn_cast<graph::ElementOp>(op);
      if (!op.hasTrait<OpTrait::ConstantLike>() &&
          (!element || !element.supportsLanes()))
        return nullptr;
      continue;
    }
    unsigned last = join.getPartCount() - 1;
    if (found || last >= mostParts || !join.holdsPartsOrZeros() ||
        llvm::any_of(ArrayRef(join.getPartStart(last)).drop_back(),
                     [](int64_t start) { return start != 0; }))
      return nullptr;
    found = join;
  }
  auto followsIt = [](Operation *user) {
    return isa<graph::ElementwiseOp>(user) ||
           user->hasTrait<OpTrait::IsTerminator>();
  };
  if (!found || !llvm::all_of(found->getUsers(), followsIt))
    return nullptr;
  return found;
}

// How many vectors go side by side: a function is a chain of steps that wait
// for each other, and the processor looks ahead by few of them. More vectors of
// all values, or longer kernels, do not fit the registers.
int64_t countSideBySide(Block &body) {
  constexpr int64_t mostSteps = 32;
  return llvm::range_size(body.without_terminator()) <= mostSteps ? 2 : 1;
}

// Dimensions of several buffers of one shape, those merged that follow each
// other in memory in all of them.
class MergedDimensions {
public:
  MergedDimensions(ArrayRef<int64_t> shape, ArrayRef<Value> buffers);
  ArrayRef<int64_t> getShape() const { return shape; }
  Value apply(OpBuilder &builder, Location loc, Value buffer) const;

private:
  SmallVector<int64_t> shape;
  SmallVector<unsigned> inner; ///< the last of each group, not counting ones
};

SmallVector<int64_t> getStrides(Value buffer) {
  return cast<MemRefType>(buffer.getType()).getStridesAndOffset().first;
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
  void setLanes(int64_t widest, int64_t size);
  void span(ArrayRef<Value> outer, Value lower, Value upper, int64_t size);
  void rest(ArrayRef<Value> outer, int64_t size);
  int64_t forRows(ArrayRef<int64_t> shape,
                  function_ref<void(ArrayRef<Value> outer)> body);
  int64_t runFlat(int64_t count);
  int64_t runRows(ArrayRef<int64_t> shape);
  int64_t runParts(graph::JoinOp join);
  SmallVector<int64_t> merge();

  KernelContext &kernel;
  OpBuilder &builder;
  Location loc;
  int64_t lanes = 1, width = 1; ///< of one vector, and of those side by side
  /// What is read in place of a join's result, and where it starts there.
  Value joined, part;
  int64_t partStart = 0;
};

} // namespace

MergedDimensions::MergedDimensions(ArrayRef<int64_t> all,
                                   ArrayRef<Value> buffers) {
  SmallVector<SmallVector<int64_t>> strides;
  for (Value buffer : buffers)
    strides.push_back(getStrides(buffer));
  auto hasUnitStride = [&](unsigned d) {
    return llvm::all_of(strides, [&](auto &list) { return list[d] == 1; });
  };
  auto follows = [&](unsigned d) {
    return llvm::all_of(strides, [&](auto &list) {
      return list[d] == shape.back() * list[inner.back()];
    });
  };
  for (unsigned d = all.size(); d-- > 0;) {
    if (all[d] == 1)
      continue;
    if (!shape.empty() && follows(d)) {
      shape.back() *= all[d];
      continue;
    }
    // Vectors need elements that follow one another.
    if (shape.empty() && !hasUnitStride(d)) {
      shape.push_back(1);
      inner.push_back(all.size() - 1);
    }
    shape.push_back(all[d]);
    inner.push_back(d);
  }
  std::reverse(shape.begin(), shape.end());
  std::reverse(inner.begin(), inner.end());
}

Value MergedDimensions::apply(OpBuilder &builder, Location loc,
                              Value buffer) const {
  auto from = cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> all = getStrides(buffer), strides;
  for (unsigned d : inner)
    strides.push_back(all[d]);
  auto type = MemRefType::get(shape, from.getElementType());
  if (strides != type.getStridesAndOffset().first)
    type = MemRefType::get(
        shape, from.getElementType(),
        StridedLayoutAttr::get(builder.getContext(), 0, strides));
  if (type == from)
    return buffer;
  return memref::ReinterpretCastOp::create(builder, loc, type, buffer,
                                           /*offset=*/0, shape, strides);
}

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
  if (part) {
    elements.bind(joined, elements.read(part, indices));
    indices.back() = elements.addIndex(last, partStart);
  }
  kernel.storeResults(elements, kernel.readResults(elements, indices), indices);
}

// Whole groups of vectors in [lower, upper) of the last dimension, of size
// `size`.
void ElementLoops::span(ArrayRef<Value> outer, Value lower, Value upper,
                        int64_t size) {
  if (size >= width)
    loop(lower, upper, width, [&](Value i) { element(width, {}, outer, i); });
}

// What is left of a dimension of size `size` behind the last group: vectors,
// and some of the lanes of one.
void ElementLoops::rest(ArrayRef<Value> outer, int64_t size) {
  int64_t first = size - size % width, count = size % lanes;
  if (size - count > first)
    loop(constant(first), constant(size - count), lanes,
         [&](Value i) { element(lanes, {}, outer, i); });
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
  Value whole = constant(count - count % width),
        block = constant(chunkElements);
  Value lower = arith::MulIOp::create(builder, loc, kernel.begin, block);
  Value upper = arith::MulIOp::create(builder, loc, kernel.end, block);
  span({}, lower, arith::MinUIOp::create(builder, loc, upper, whole), count);
  if (count % width == 0)
    return chunks;
  Value isLast = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                       kernel.end, constant(chunks));
  auto branch = scf::IfOp::create(builder, loc, isLast);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  rest({}, count);
  return chunks;
}

// Rows of the last dimension; a chunk is a number of them.
int64_t ElementLoops::forRows(ArrayRef<int64_t> shape,
                              function_ref<void(ArrayRef<Value>)> body) {
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
      if (d == 0) { // the row is less than the product of all
        indices[d] = row;
        break;
      }
      Value extent = constant(outer[d]);
      indices[d] = arith::RemUIOp::create(builder, loc, row, extent);
      row = arith::DivUIOp::create(builder, loc, row, extent);
    }
    body(indices);
  });
  return llvm::divideCeil(rows, perChunk);
}

int64_t ElementLoops::runRows(ArrayRef<int64_t> shape) {
  int64_t size = shape.back();
  return forRows(shape, [&](ArrayRef<Value> outer) {
    span(outer, constant(0), constant(size - size % width), size);
    rest(outer, size);
  });
}

int64_t ElementLoops::runParts(graph::JoinOp join) {
  joined = join->getResult(0);
  int64_t widest = kernel.getLanesOfTypes();
  return forRows(kernel.resultType().getShape(), [&](ArrayRef<Value> outer) {
    for (unsigned p = 0; p < join.getPartCount(); ++p) {
      part = join->getOperand(p);
      partStart = join.getPartStart(p).back();
      int64_t size = cast<RankedTensorType>(part.getType()).getShape().back();
      if (size == 0)
        continue;
      setLanes(widest, size);
      span(outer, constant(0), constant(size - size % width), size);
      rest(outer, size);
    }
  });
}

// For rows of `size` elements: a short one needs no wide vectors.
void ElementLoops::setLanes(int64_t widest, int64_t size) {
  lanes = std::min<int64_t>(widest, llvm::PowerOf2Ceil(size));
  width = lanes;
  if (lanes > 1 && lanes == widest)
    width *= countSideBySide(kernel.body);
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
  if (graph::JoinOp join = getLastJoin(kernel))
    return runParts(join);
  bool positional = isPositional(kernel);
  if (!positional)
    if (int64_t chunks = emitShortElements(kernel))
      return chunks;
  SmallVector<int64_t> loops =
      positional ? merge() : SmallVector<int64_t>(shape);
  setLanes(kernel.getLanes(), loops.back());
  return positional && loops.size() == 1 ? runFlat(count) : runRows(loops);
}

// Replaces the buffers by ones of fewer dimensions, whose sizes it returns.
SmallVector<int64_t> ElementLoops::merge() {
  SmallVector<Value> buffers{kernel.output};
  for (auto &[value, buffer] : kernel.others)
    buffers.push_back(buffer);
  for (auto &[tensor, buffer] : kernel.buffers)
    if (cast<RankedTensorType>(tensor.getType()).getNumElements() != 1)
      buffers.push_back(buffer);
  MergedDimensions merged(kernel.resultType().getShape(), buffers);
  for (auto &[tensor, buffer] : kernel.buffers)
    if (cast<RankedTensorType>(tensor.getType()).getNumElements() != 1)
      buffer = merged.apply(builder, loc, buffer);
  kernel.output = merged.apply(builder, loc, kernel.output);
  for (auto &[value, buffer] : kernel.others)
    buffer = merged.apply(builder, loc, buffer);
  return SmallVector<int64_t>(merged.getShape());
}

FailureOr<int64_t> sluice::emitElements(KernelContext &kernel) {
  return ElementLoops(kernel).run();
}
