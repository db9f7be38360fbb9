//===- RowKernel.cpp - What emitters of row kernels share -----------------===//

#include "passes/Emit/RowKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sluice;
using graph::ElementBuilder;

// Scalar operations per chunk: some ten microseconds.
static constexpr int64_t chunkCost = 16384;

bool RowKernel::isSupported() const {
  llvm::SmallPtrSet<Operation *, 8> behind;
  for (Operation &op : kernel.body.without_terminator()) {
    if (&op == kernel.root || op.hasTrait<OpTrait::ConstantLike>())
      continue;
    auto element = dyn_cast<graph::ElementOp>(op);
    if (!element || !element.supportsLanes())
      return false;
    bool isBehind = llvm::any_of(op.getOperands(), [&](Value value) {
      Operation *producer = value.getDefiningOp();
      return producer && (producer == kernel.root || behind.contains(producer));
    });
    if (!isBehind)
      continue;
    if (!isa<graph::ElementwiseOp>(op))
      return false;
    behind.insert(&op);
  }
  Operation *last = kernel.result.getDefiningOp();
  return last == kernel.root || behind.contains(last);
}

int64_t RowKernel::lanesBeforeRoot(int64_t partialBits) const {
  int64_t widest = partialBits;
  auto visit = [&](Type type) {
    Type element = getElementTypeOrSelf(type);
    if (!element.isIntOrFloat())
      return false;
    bool isHalf = element.isF16() || element.isBF16();
    widest = std::max<int64_t>(widest,
                               isHalf ? 32 : element.getIntOrFloatBitWidth());
    return true;
  };
  // Everything that the operand is made from; more does no harm.
  if (!visit(operand().getType()))
    return 1;
  SmallVector<Value> worklist{operand()};
  llvm::SmallPtrSet<Operation *, 8> seen;
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    if (!visit(value.getType()))
      return 1;
    Operation *producer = value.getDefiningOp();
    if (producer && !kernel.buffers.contains(value) &&
        seen.insert(producer).second)
      worklist.append(producer->operand_begin(), producer->operand_end());
  }
  return kernel.target.lanes(widest);
}

bool RowKernel::mergeDimensions(ArrayRef<int64_t> shape) {
  SmallVector<Value> worklist{operand()}, inputs;
  llvm::SmallPtrSet<Operation *, 8> seen;
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    if (kernel.buffers.contains(value)) {
      auto buffer = cast<MemRefType>(kernel.buffers.lookup(value).getType());
      if (cast<RankedTensorType>(value.getType()).getShape() !=
              operandType().getShape() ||
          buffer.getShape() != operandType().getShape() ||
          !buffer.getLayout().isIdentity())
        return false;
      if (!llvm::is_contained(inputs, value))
        inputs.push_back(value);
      continue;
    }
    Operation *producer = value.getDefiningOp();
    if (!producer)
      return false;
    if (!seen.insert(producer).second ||
        producer->hasTrait<OpTrait::ConstantLike>())
      continue;
    if (auto broadcast = dyn_cast<graph::BroadcastOp>(producer)) {
      // One element everywhere; read with no index at all.
      if (broadcast.getOperand().getType().getRank() != 0)
        return false;
      continue;
    }
    if (!isa<graph::ElementwiseOp>(producer))
      return false;
    worklist.append(producer->operand_begin(), producer->operand_end());
  }
  // What follows the root has fewer dimensions and cannot use these.
  if (rootType().getShape() == operandType().getShape())
    return false;
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t d = static_cast<int64_t>(shape.size()) - 2; d >= 0; --d)
    strides[d] = strides[d + 1] * shape[d + 1];
  for (Value input : inputs) {
    Value &buffer = kernel.buffers[input];
    auto type = MemRefType::get(
        shape, cast<MemRefType>(buffer.getType()).getElementType());
    buffer = memref::ReinterpretCastOp::create(builder, loc, type, buffer,
                                               /*offset=*/int64_t(0), shape,
                                               ArrayRef<int64_t>(strides));
  }
  return true;
}

// Rank 0, or one element read at constant indices.
static bool isSingle(Value value) {
  return cast<RankedTensorType>(value.getType()).getNumElements() == 1;
}

bool RowKernel::mergeRows(int64_t count, int64_t size) {
  ArrayRef<int64_t> operand = operandType().getShape(),
                    result = rootType().getShape();
  auto isContiguous = [](Value buffer, ArrayRef<int64_t> shape) {
    auto type = cast<MemRefType>(buffer.getType());
    return type.getShape() == shape && type.getLayout().isIdentity();
  };
  for (Operation &op : kernel.body.without_terminator()) {
    if (&op == kernel.root || op.hasTrait<OpTrait::ConstantLike>() ||
        isa<graph::ElementwiseOp>(op))
      continue;
    if (!isa<graph::BroadcastOp>(op) || !isSingle(op.getOperand(0)))
      return false;
  }
  for (auto [tensor, buffer] : kernel.buffers) {
    ArrayRef<int64_t> shape =
        cast<RankedTensorType>(tensor.getType()).getShape();
    if (!isSingle(tensor) &&
        ((shape != operand && shape != result) || !isContiguous(buffer, shape)))
      return false;
  }
  if (!isContiguous(kernel.output, result))
    return false;
  auto view = [&](Value &buffer, ArrayRef<int64_t> shape) {
    SmallVector<int64_t> sizes{count}, strides{1};
    if (shape == operand) {
      sizes.push_back(size);
      strides = {size, 1};
    }
    auto type = MemRefType::get(
        sizes, cast<MemRefType>(buffer.getType()).getElementType());
    buffer = memref::ReinterpretCastOp::create(builder, loc, type, buffer,
                                               /*offset=*/int64_t(0), sizes,
                                               ArrayRef<int64_t>(strides));
  };
  for (auto &[tensor, buffer] : kernel.buffers)
    if (!isSingle(tensor))
      view(buffer, cast<RankedTensorType>(tensor.getType()).getShape());
  view(kernel.output, result);
  return true;
}

Value RowKernel::constant(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

RowKernel::Values RowKernel::loop(Value lower, Value upper, ValueRange init,
                                  Body body) {
  auto loop = scf::ForOp::create(
      builder, loc, lower, upper, constant(1), init,
      [&](OpBuilder &, Location, Value iv, ValueRange carried) {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToEnd(iv.getParentBlock());
        Values next = body(iv, carried);
        scf::YieldOp::create(builder, loc, next);
      });
  return Values(loop.getResults());
}

RowKernel::Values RowKernel::loop(int64_t count, ValueRange init, Body body) {
  if (count == 0)
    return Values(init);
  if (count == 1)
    return body(constant(0), init);
  return loop(constant(0), constant(count), init, body);
}

RowKernel::Values RowKernel::loopNest(ArrayRef<int64_t> dims,
                                      ArrayRef<int64_t> sizes, Values &at,
                                      ValueRange init,
                                      function_ref<Values(ValueRange)> body) {
  if (dims.empty())
    return body(init);
  return loop(sizes[dims.front()], init, [&](Value iv, ValueRange carried) {
    at[dims.front()] = iv;
    return loopNest(dims.drop_front(), sizes, at, carried, body);
  });
}

int64_t RowKernel::forUnits(int64_t units, int64_t unitCost,
                            function_ref<void(Value, Value)> body) {
  int64_t perChunk =
      std::clamp<int64_t>(chunkCost / std::max<int64_t>(unitCost, 1), 1, units);
  Value step = constant(perChunk);
  Value lower = arith::MulIOp::create(builder, loc, kernel.begin, step);
  Value upper = arith::MinUIOp::create(
      builder, loc, arith::MulIOp::create(builder, loc, kernel.end, step),
      constant(units));
  body(lower, upper);
  return llvm::divideCeil(units, perChunk);
}

int64_t
RowKernel::forRowBlocks(ArrayRef<int64_t> sizes, int64_t lanes, int64_t cost,
                        function_ref<void(ArrayRef<Value>, int64_t)> body) {
  // Several blocks share the divisions that find their place.
  constexpr int64_t blocks = 16;
  int64_t size = sizes.back(), tail = size % lanes, whole = size - tail;
  int64_t group = std::min<int64_t>(blocks * lanes, llvm::alignTo(size, lanes));
  SmallVector<int64_t> units(sizes);
  units.back() = llvm::divideCeil(size, group);
  int64_t total = 1;
  for (int64_t count : units)
    total *= count;
  ElementBuilder code = kernel.makeElementBuilder(1);
  auto unit = [&](Value position) {
    Values at = delinearize(position, units);
    Value number = at.back(), first = code.mulIndex(number, group);
    if (whole) {
      Value end = arith::MinUIOp::create(
          builder, loc, code.addIndex(first, group), constant(whole));
      auto loop = scf::ForOp::create(builder, loc, first, end, constant(lanes));
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      at.back() = loop.getInductionVar();
      body(at, lanes);
    }
    if (!tail)
      return;
    at.back() = constant(whole);
    if (units.back() == 1)
      return body(at, tail);
    Value isLast = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                         number, constant(units.back() - 1));
    auto branch = scf::IfOp::create(builder, loc, isLast);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    body(at, tail);
  };
  return forUnits(total, group * cost, [&](Value lower, Value upper) {
    loop(lower, upper, {}, [&](Value position, ValueRange) {
      unit(position);
      return Values();
    });
  });
}

void RowKernel::ifElse(Value condition, function_ref<void()> thenCode,
                       function_ref<void()> elseCode) {
  auto branch = scf::IfOp::create(builder, loc, condition,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  thenCode();
  builder.setInsertionPointToStart(branch.elseBlock());
  elseCode();
}

RowKernel::Values RowKernel::delinearize(Value position,
                                         ArrayRef<int64_t> sizes) {
  Values indices(sizes.size());
  int64_t above = 1; // of the dimensions that are not 1
  for (int64_t size : sizes)
    above *= size;
  for (int64_t d = static_cast<int64_t>(sizes.size()) - 1; d >= 0; --d) {
    above /= sizes[d];
    if (sizes[d] == 1) {
      indices[d] = constant(0);
    } else if (above == 1) {
      indices[d] = position;
    } else {
      Value size = constant(sizes[d]);
      indices[d] = arith::RemUIOp::create(builder, loc, position, size);
      position = arith::DivUIOp::create(builder, loc, position, size);
    }
  }
  return indices;
}

Value RowKernel::firstLanes(int64_t lanes, int64_t count) {
  SmallVector<bool> set(lanes, false);
  std::fill_n(set.begin(), count, true);
  auto type = VectorType::get({lanes}, builder.getI1Type());
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, set));
}

Value RowKernel::read(Value tensor, ValueRange indices, int64_t lanes,
                      int64_t count) {
  ElementBuilder elements = kernel.makeElementBuilder(lanes);
  if (count < lanes)
    elements.mask = firstLanes(lanes, count);
  return elements.read(tensor, indices);
}

RowKernel::Values RowKernel::startRow(int64_t size, int64_t lanes,
                                      Value identity) {
  constexpr int64_t most = 4;
  return Values(std::clamp<int64_t>(size / lanes, 1, most), identity);
}

RowKernel::Values
RowKernel::foldRow(int64_t size, int64_t lanes, ValueRange init,
                   function_ref<Value(Value, int64_t, Value)> step) {
  ElementBuilder code = kernel.makeElementBuilder(lanes);
  int64_t whole = size / lanes, tail = size % lanes;
  int64_t width = static_cast<int64_t>(init.size());
  Values partials =
      loop(whole / width, init, [&](Value block, ValueRange carried) {
        Value base = code.mulIndex(block, width * lanes);
        Values next;
        for (auto [i, value] : llvm::enumerate(carried))
          next.push_back(step(code.addIndex(base, i * lanes), lanes, value));
        return next;
      });
  int64_t done = whole / width * width;
  for (int64_t i = done; i < whole; ++i)
    partials[i - done] = step(constant(i * lanes), lanes, partials[i - done]);
  if (tail)
    partials.back() = step(constant(whole * lanes), tail, partials.back());
  return partials;
}

Value RowKernel::combineAll(ValueRange vectors,
                            function_ref<Value(Value, Value)> combine) {
  Values left(vectors);
  for (; left.size() > 1; left.pop_back())
    left[left.size() - 2] = combine(left[left.size() - 2], left.back());
  return horizontal(left, [&](ValueRange low, ValueRange high) {
    return Values{combine(low[0], high[0])};
  })[0];
}

Value RowKernel::greater(Value x, Value y) {
  Value isGreater =
      arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OGT, x, y);
  return arith::SelectOp::create(builder, loc, isGreater, x, y);
}

RowKernel::Values
RowKernel::horizontal(ValueRange vectors,
                      function_ref<Values(ValueRange, ValueRange)> combine) {
  Values current(vectors);
  auto length = [&] {
    return cast<VectorType>(current.front().getType()).getDimSize(0);
  };
  while (length() > 1) {
    int64_t half = length() / 2;
    Values low, high;
    for (Value vector : current) {
      low.push_back(vector::ExtractStridedSliceOp::create(
          builder, loc, vector, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{half},
          ArrayRef<int64_t>{1}));
      high.push_back(vector::ExtractStridedSliceOp::create(
          builder, loc, vector, ArrayRef<int64_t>{half},
          ArrayRef<int64_t>{half}, ArrayRef<int64_t>{1}));
    }
    current = combine(low, high);
  }
  for (Value &vector : current)
    vector = vector::ExtractOp::create(builder, loc, vector, int64_t(0));
  return current;
}

void RowKernel::finish(Value rootElement, ValueRange indices, int64_t lanes,
                       int64_t count) {
  ElementBuilder elements = kernel.makeElementBuilder(lanes);
  if (count < lanes)
    elements.mask = firstLanes(lanes, count);
  elements.bind(kernel.root->getResult(0), rootElement);
  kernel.store(elements, elements.read(kernel.result, indices), indices);
}
