//===- EmitAttention.cpp - Scores, softmax and weighted sum in one kernel -===//
//
// Keys (transposed) and values are packed to panels once per unit; then for
// each block of queries the scores stay in the chunk's scratch, which a cache
// holds: register tiles of contractions write and read them. The first chunk of
// a launch's range lends its scratch to the others: ranges are disjoint.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/AttentionTiling.h"
#include "dialects/Graph/ScalarCode.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/Emit/AttentionPacking.h"
#include "passes/Emit/ContractionTile.h"
#include "passes/Emit/KernelEmitter.h"
#include "passes/Emit/SideBySide.h"
#include <limits>

using namespace mlir;
using namespace sluice;
using graph::AttentionTiling;

namespace {

constexpr int64_t panel = AttentionTiling::panel;

class AttentionEmitter {
public:
  AttentionEmitter(KernelContext &context, graph::AttentionOp op)
      : context(context), builder(context.builder), loc(context.loc), op(op),
        tiling(op), lanes(context.target.lanes(32)),
        nest(builder, loc, builder.getF32Type(), lanes, context.target.hasFma),
        tileRows(context.target.vectorRegisters >= 32 ? 14
                 : context.target.hasFma              ? 6
                                                      : 4),
        scale(op.getScale().convertToDouble()) {}

  void emit();

private:
  /// A kernel input or the result as flat elements.
  struct Operand {
    Value flat, start; ///< of the unit's batch and head
    SmallVector<int64_t> strides, shape;
  };

  Operand open(Value tensor, Value buffer);
  Value startOf(const Operand &operand, Value batch, Value head);
  Value at(Value base, int64_t offset) { return nest.add(base, offset); }
  Value store(Value vector, Value to, Value index) {
    vector::StoreOp::create(builder, loc, vector, to, index);
    return vector;
  }
  template <typename OpTy> Value make(Value lhs, Value rhs) {
    return OpTy::create(builder, loc, lhs, rhs);
  }
  Value number(double value);
  Value zeroOf(Type type) {
    return arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  }
  Value greater(Value x, Value y);
  Value reduceLanes(Value vector, function_ref<Value(Value, Value)> combine);

  void emitUnit(Value unit);
  void emitBlock(Value first, int64_t rows);
  void emitScores(Value first, int64_t rows);
  void finishScores(ArrayRef<Value> sums, Value row, int64_t rows, Value column,
                    int64_t columns);
  Value loadTerm(const Operand &term, Value row, Value column, int64_t vector,
                 int64_t count);
  void emitSoftmax(int64_t rows);
  void emitValues(Value first, int64_t rows);
  /// `body(row, rows, start)` for the register tiles of a block, and for each
  /// the part of a panel that it covers.
  void forTiles(int64_t rows, function_ref<void(Value, int64_t)> body);
  /// `body(column, present)` for parts of panels as wide as a register tile:
  /// `present` of its columns exist.
  void forColumns(int64_t count, function_ref<void(Value, int64_t)> body);

  int64_t tileColumns() const { return 2 * lanes; }
  /// Where a tile's columns start in panels of `depth` rows.
  Value panelStart(int64_t base, Value column, int64_t depth);

  KernelContext &context;
  OpBuilder &builder;
  Location loc;
  graph::AttentionOp op;
  AttentionTiling tiling;
  int64_t lanes;
  NestBuilder nest;
  int64_t tileRows;
  double scale;

  Operand query, key, value, bias, mask, result;
  Value scratch, base; ///< flat floats; where this launch's part starts
  Value blockFirst;    ///< the first query of the block
};

} // namespace

AttentionEmitter::Operand AttentionEmitter::open(Value tensor, Value buffer) {
  Operand operand;
  auto type = cast<MemRefType>(buffer.getType());
  operand.strides = type.getStridesAndOffset().first;
  operand.shape =
      SmallVector<int64_t>(cast<RankedTensorType>(tensor.getType()).getShape());
  operand.flat = nest.flatten(buffer);
  return operand;
}

// Queries, keys, values and results are [batch, row, head, column].
Value AttentionEmitter::startOf(const Operand &operand, Value batch,
                                Value head) {
  return nest.add(nest.mul(batch, operand.strides[0]),
                  nest.mul(head, operand.strides[2]));
}

Value AttentionEmitter::number(double value) {
  return arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(nest.vectorType, static_cast<float>(value)));
}

// One instruction; a NaN that it loses comes back with the exponentials.
Value AttentionEmitter::greater(Value x, Value y) {
  Value isGreater =
      arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OGT, x, y);
  return arith::SelectOp::create(builder, loc, isGreater, x, y);
}

// Of all lanes, in all lanes.
Value AttentionEmitter::reduceLanes(Value vector,
                                    function_ref<Value(Value, Value)> combine) {
  for (int64_t half = lanes / 2; half >= 1; half /= 2) {
    SmallVector<int64_t> mask;
    for (int64_t i = 0; i < lanes; ++i)
      mask.push_back(i ^ half);
    vector = combine(
        vector, vector::ShuffleOp::create(builder, loc, vector, vector, mask));
  }
  return vector;
}

Value AttentionEmitter::panelStart(int64_t base, Value column, int64_t depth) {
  Value start = at(this->base, base);
  if (tileColumns() == panel) // columns of a tile are those of a panel
    return nest.add(start, nest.mul(column, depth));
  Value index = nest.div(column, panel);
  return nest.add(nest.add(start, nest.mul(index, panel * depth)),
                  nest.rem(column, panel));
}

void AttentionEmitter::forColumns(int64_t count,
                                  function_ref<void(Value, int64_t)> body) {
  int64_t whole = count / tileColumns() * tileColumns();
  if (whole)
    nest.loop(nest.index(0), nest.index(whole), tileColumns(),
              [&](Value column) { body(column, tileColumns()); });
  if (count > whole)
    body(nest.index(whole), count - whole);
}

void AttentionEmitter::forTiles(int64_t rows,
                                function_ref<void(Value, int64_t)> body) {
  BalancedSplit split = BalancedSplit::get(rows, tileRows);
  auto run = [&](int64_t parts, int64_t size, int64_t from) {
    if (parts)
      nest.loop(nest.index(0), nest.index(parts), 1, [&](Value part) {
        body(nest.add(nest.mul(part, size), from), size);
      });
  };
  run(split.highCount, split.high, 0);
  run(split.lowCount, split.low, split.highCount * split.high);
}

// The bias or mask at vector `vector` of a tile's columns, of which `count`
// lanes exist.
Value AttentionEmitter::loadTerm(const Operand &term, Value row, Value column,
                                 int64_t vector, int64_t count) {
  Value from = term.start;
  if (term.shape[2] != 1)
    from = nest.add(from, nest.mul(row, term.strides[2]));
  Type element = cast<MemRefType>(term.flat.getType()).getElementType();
  auto type = VectorType::get({lanes}, element);
  if (term.shape[3] == 1)
    return vector::BroadcastOp::create(
        builder, loc, type,
        memref::LoadOp::create(builder, loc, term.flat, from));
  from = nest.add(from, at(column, vector * lanes));
  Value exists = nest.maskOf(count);
  if (!exists)
    return vector::LoadOp::create(builder, loc, type, term.flat, from);
  return vector::MaskedLoadOp::create(builder, loc, type, term.flat, from,
                                      exists, zeroOf(type));
}

void AttentionEmitter::finishScores(ArrayRef<Value> sums, Value first,
                                    int64_t rows, Value column,
                                    int64_t columns) {
  Value factor = number(scale);
  Value to = nest.add(at(base, tiling.scoresAt), column);
  const Value *sum = sums.begin();
  // `first` counts from the block; biases from the first query.
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t v = 0; v < 2; ++v, ++sum) {
      int64_t count = columns - v * lanes;
      if (count <= 0)
        continue;
      Value score = *sum;
      Value query = nest.add(nest.add(blockFirst, first), r);
      if (bias.flat)
        score = nest.multiplyAdd(score, factor,
                                 loadTerm(bias, query, column, v, count));
      else if (scale != 1)
        score = make<arith::MulFOp>(score, factor);
      if (mask.flat) {
        Value kept = loadTerm(mask, query, column, v, count);
        kept = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                     kept, zeroOf(kept.getType()));
        Value fill = number(op.getFill()->convertToDouble());
        score = arith::SelectOp::create(builder, loc, kept, score, fill);
      }
      Value row = nest.mul(nest.add(first, r), tiling.scoreStride);
      store(score, scratch, nest.add(nest.add(to, row), nest.index(v * lanes)));
    }
}

void AttentionEmitter::emitScores(Value first, int64_t rows) {
  NestLoop sum{tiling.depth, query.strides[3], 1, 0};
  forColumns(tiling.keys, [&](Value column, int64_t columns) {
    Value rhsStart = panelStart(0, column, tiling.depth);
    forTiles(rows, [&](Value row, int64_t count) {
      ContractionTile tile;
      tile.lhs = query.flat;
      tile.rhs = scratch;
      tile.lhsStart = nest.add(
          query.start, nest.mul(nest.add(first, row), query.strides[1]));
      tile.rhsStart = rhsStart;
      tile.sums = sum;
      tile.rhsRowStride = panel;
      tile.vectors = 2;
      tile.prefetch = false;
      for (int64_t r = 0; r < count; ++r)
        tile.offsets.push_back(r * query.strides[1]);
      finishScores(emitContractionTile(nest, tile), row, count, column,
                   columns);
    });
  });
}

// Exponentials stay in place of the scores, their sums behind them: the
// weighted sums are divided instead of every weight.
void AttentionEmitter::emitSoftmax(int64_t rows) {
  int64_t whole = tiling.keys / lanes, tail = tiling.keys % lanes;
  nest.loop(nest.index(0), nest.index(rows), 1, [&](Value row) {
    Value start =
        nest.add(at(base, tiling.scoresAt), nest.mul(row, tiling.scoreStride));
    // All vectors of the row, the last one masked, to `most` partial results:
    // as many vectors to as many of them, or one.
    using Step = function_ref<void(ArrayRef<Value>, Value, Value *)>;
    auto overRow = [&](int64_t most, Value identity, Step step) {
      int64_t width = std::clamp<int64_t>(whole, 1, most);
      SmallVector<Value> partials(width, identity);
      if (whole / width)
        partials = nest.loop(
            nest.index(0), nest.index(whole / width * width * lanes),
            width * lanes, partials, [&](Value column, ValueRange carried) {
              SmallVector<Value> from, next(carried);
              for (int64_t i = 0; i < width; ++i)
                from.push_back(nest.add(start, at(column, i * lanes)));
              step(from, Value(), next.data());
              return next;
            });
      for (int64_t i = whole / width * width; i < whole; ++i)
        step(at(start, i * lanes), Value(), &partials[i % width]);
      if (tail)
        step(at(start, whole * lanes), nest.maskOf(tail), &partials[0]);
      return partials;
    };
    auto fold = [&](SmallVector<Value> partials,
                    function_ref<Value(Value, Value)> combine) {
      for (; partials.size() > 1; partials.pop_back())
        partials[partials.size() - 2] =
            combine(partials[partials.size() - 2], partials.back());
      return reduceLanes(partials[0], combine);
    };
    Value lowest = number(-std::numeric_limits<double>::infinity());
    auto max = [&](Value x, Value y) { return greater(x, y); };
    auto findGreatest = [&](ArrayRef<Value> from, Value mask, Value *partials) {
      for (Value index : from) {
        Value x = nest.loadVector(scratch, index);
        if (mask)
          x = arith::SelectOp::create(builder, loc, mask, x, lowest);
        *partials = max(x, *partials);
        ++partials;
      }
    };
    Value greatest = fold(overRow(4, lowest, findGreatest), max);
    auto add = [&](Value x, Value y) { return make<arith::AddFOp>(x, y); };
    // Two exponentials at a time: more would spill.
    auto sumUp = [&](ArrayRef<Value> from, Value mask, Value *partials) {
      SmallVector<Value, 2> weights;
      for (Value index : from)
        weights.push_back(graph::ScalarCode(builder, loc)
                              .decay(make<arith::SubFOp>(
                                  nest.loadVector(scratch, index), greatest)));
      if (weights.size() == 2)
        pairUp(builder, loc, weights[0], weights[1]);
      for (auto [index, x] : llvm::zip_equal(from, weights)) {
        if (mask)
          x = arith::SelectOp::create(builder, loc, mask, x, nest.zero());
        *partials = add(*partials, store(x, scratch, index));
        ++partials;
      }
    };
    Value sum = fold(overRow(2, nest.zero(), sumUp), add);
    Value scalar = vector::ExtractOp::create(builder, loc, sum, int64_t(0));
    memref::StoreOp::create(builder, loc, scalar, scratch,
                            nest.add(at(base, tiling.sumsAt), row));
  });
}

void AttentionEmitter::emitValues(Value first, int64_t rows) {
  NestLoop sum{tiling.keys, 1, 1, 0};
  forColumns(tiling.width, [&](Value column, int64_t columns) {
    Value rhsStart = panelStart(tiling.valuesAt, column, tiling.keys);
    forTiles(rows, [&](Value row, int64_t count) {
      ContractionTile tile;
      tile.lhs = tile.rhs = scratch;
      tile.lhsStart = nest.add(at(base, tiling.scoresAt),
                               nest.mul(row, tiling.scoreStride));
      tile.rhsStart = rhsStart;
      tile.sums = sum;
      tile.rhsRowStride = panel;
      tile.vectors = columns > lanes ? 2 : 1;
      tile.prefetch = false;
      for (int64_t r = 0; r < count; ++r)
        tile.offsets.push_back(r * tiling.scoreStride);
      SmallVector<Value> sums = emitContractionTile(nest, tile);
      const Value *next = sums.begin();
      for (int64_t r = 0; r < count; ++r) {
        Value divisor = nest.broadcast(nest.load(
            scratch, nest.add(at(base, tiling.sumsAt), nest.add(row, r))));
        Value to = nest.add(
            nest.add(result.start, column),
            nest.mul(nest.add(nest.add(first, row), r), result.strides[1]));
        for (int64_t v = 0; v < tile.vectors; ++v) {
          Value quotient = make<arith::DivFOp>(*next++, divisor);
          Value index = at(to, v * lanes);
          if (Value mask = nest.maskOf(columns - v * lanes))
            vector::MaskedStoreOp::create(builder, loc, result.flat, index,
                                          mask, quotient);
          else
            store(quotient, result.flat, index);
        }
      }
    });
  });
}

void AttentionEmitter::emitBlock(Value first, int64_t rows) {
  blockFirst = first;
  emitScores(first, rows);
  emitSoftmax(rows);
  emitValues(first, rows);
}

void AttentionEmitter::emitUnit(Value unit) {
  Value pair = nest.div(unit, tiling.queryParts);
  Value part = nest.rem(unit, tiling.queryParts);
  if (tiling.queryParts == 1) {
    pair = unit;
    part = nest.index(0);
  }
  Value batch = nest.div(pair, tiling.heads),
        head = nest.rem(pair, tiling.heads);
  for (Operand *operand : {&query, &result})
    operand->start = startOf(*operand, batch, head);
  for (Operand *operand : {&key, &value})
    operand->start = startOf(*operand, batch, nest.div(head, tiling.group));
  for (Operand *term : {&bias, &mask})
    if (term->flat)
      term->start =
          nest.add(nest.mul(batch, term->shape[0] == 1 ? 0 : term->strides[0]),
                   nest.mul(head, term->shape[1] == 1 ? 0 : term->strides[1]));
  packAttentionKeys(nest, tiling, {key.flat, key.start, key.strides[1]},
                    scratch, base);
  packAttentionValues(nest, tiling, {value.flat, value.start, value.strides[1]},
                      scratch, base);
  // Parts and their blocks have one of two sizes each.
  BalancedSplit parts =
      BalancedSplit::get(tiling.queries, tiling.queriesPerPart());
  nest.selectPart(parts, part, [&](Value first, int64_t count) {
    BalancedSplit blocks = BalancedSplit::get(count, tiling.blockRows);
    auto run = [&](int64_t number, int64_t size, int64_t from) {
      if (number)
        nest.loop(nest.index(0), nest.index(number), 1, [&](Value block) {
          emitBlock(nest.add(first, nest.add(nest.mul(block, size), from)),
                    size);
        });
    };
    run(blocks.highCount, blocks.high, 0);
    run(blocks.lowCount, blocks.low, blocks.highCount * blocks.high);
  });
}

void AttentionEmitter::emit() {
  auto input = [&](Value tensor) {
    return open(tensor, context.buffers.lookup(tensor));
  };
  query = input(op.getQuery());
  key = input(op.getKey());
  value = input(op.getValue());
  if (op.getBias())
    bias = input(op.getBias());
  if (op.getMask())
    mask = input(op.getMask());
  result = open(op.getResult(), context.output);
  auto type = MemRefType::get({tiling.chunks * tiling.chunkScratch},
                              builder.getF32Type());
  scratch = memref::ViewOp::create(builder, loc, type, context.scratch,
                                   nest.index(0), ValueRange());
  base = nest.mul(context.begin, tiling.chunkScratch);
  Value first = nest.mul(context.begin, tiling.unitsPerChunk);
  Value last = nest.min(nest.mul(context.end, tiling.unitsPerChunk),
                        nest.index(tiling.units));
  nest.loop(first, last, 1, [&](Value unit) { emitUnit(unit); });
}

FailureOr<int64_t> sluice::emitAttention(KernelContext &context) {
  auto op = dyn_cast_or_null<graph::AttentionOp>(context.root);
  if (!op || !context.scratch || context.result != op.getResult())
    return 0;
  // Rows of vectors: columns follow one another.
  for (Value operand : op->getOperands()) {
    Value buffer = context.buffers.lookup(operand);
    if (!buffer)
      return 0;
    auto type = cast<MemRefType>(buffer.getType());
    if (type.getShape().back() != 1 &&
        type.getStridesAndOffset().first.back() != 1)
      return 0;
  }
  AttentionTiling tiling(op);
  AttentionEmitter(context, op).emit();
  return tiling.chunks;
}
