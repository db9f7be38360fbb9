//===- EmitWinograd.cpp - Transforms of Winograd's convolution ------------===//
//
// Tile by tile, channels inside and in vectors: a tile's 36 elements are
// transformed down its columns, then along its rows.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Winograd.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/Emit/KernelEmitter.h"
#include "passes/Emit/RowKernel.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sluice;

namespace {

using Values = RowKernel::Values;

class TransformRows {
public:
  TransformRows(RowKernel &rows, int64_t lanes)
      : rows(rows), builder(rows.builder), loc(rows.loc), lanes(lanes),
        channels(rows.operandType().getShape().back()),
        scalars(rows.kernel.makeElementBuilder(1)) {}

  int64_t emitInput();
  int64_t emitOutput();

private:
  // Vectors of f32.
  Value number(double value) {
    auto type = VectorType::get({lanes}, builder.getF32Type());
    return arith::ConstantOp::create(
        builder, loc, DenseElementsAttr::get(type, static_cast<float>(value)));
  }
  Value add(Value lhs, Value rhs) {
    return arith::AddFOp::create(builder, loc, lhs, rhs);
  }
  Value sub(Value lhs, Value rhs) {
    return arith::SubFOp::create(builder, loc, lhs, rhs);
  }
  Value multiply(double factor, Value value) {
    return arith::MulFOp::create(builder, loc, number(factor), value);
  }
  // factor * value + sum
  Value scale(double factor, Value value, Value sum) {
    if (rows.kernel.target.hasFma)
      return math::FmaOp::create(builder, loc, number(factor), value, sum);
    return add(multiply(factor, value), sum);
  }

  Values transformInput(ArrayRef<Value> d);
  Values transformOutput(ArrayRef<Value> m);
  void forChannels(function_ref<void(Value channel, int64_t count)> body);
  /// The 36 elements of a tile lie far apart: hardware follows fewer streams.
  void prefetchTile(Value buffer, Value tile, Value channel, bool toWrite);
  void zeroTile(Value tile);
  void inputTile(Value image, Value y, Value x, Value tile);
  void outputTile(Value image, Value y, Value x, Value tile, int64_t height,
                  int64_t width);

  RowKernel &rows;
  OpBuilder &builder;
  Location loc;
  int64_t lanes, channels;
  graph::ElementBuilder scalars;
};

} // namespace

static constexpr double a = graph::winogradNear, b = graph::winogradFar;

// B^T d
Values TransformRows::transformInput(ArrayRef<Value> d) {
  Value even1 = scale(-b * b, d[2], d[4]), odd1 = scale(-b * b, d[1], d[3]);
  Value even2 = scale(-a * a, d[2], d[4]), odd2 = scale(-a * a, d[1], d[3]);
  return {scale(a * a * b * b, d[0], scale(-a * a - b * b, d[2], d[4])),
          scale(a, odd1, even1),
          scale(-a, odd1, even1),
          scale(b, odd2, even2),
          scale(-b, odd2, even2),
          scale(a * a * b * b, d[1], scale(-a * a - b * b, d[3], d[5]))};
}

// A^T m
Values TransformRows::transformOutput(ArrayRef<Value> m) {
  Value sum1 = add(m[1], m[2]), difference1 = sub(m[1], m[2]);
  Value sum2 = add(m[3], m[4]), difference2 = sub(m[3], m[4]);
  return {add(add(m[0], sum1), sum2),
          scale(a, difference1, multiply(b, difference2)),
          scale(a * a, sum1, multiply(b * b, sum2)),
          scale(a * a * a, difference1, scale(b * b * b, difference2, m[5]))};
}

void TransformRows::forChannels(
    function_ref<void(Value channel, int64_t count)> body) {
  int64_t whole = channels / lanes, rest = channels % lanes;
  if (whole)
    rows.loop(whole, {}, [&](Value i, ValueRange) {
      body(scalars.mulIndex(i, lanes), lanes);
      return Values();
    });
  if (rest)
    body(rows.constant(channels - rest), rest);
}

void TransformRows::inputTile(Value image, Value y, Value x, Value tile) {
  forChannels([&](Value channel, int64_t count) {
    prefetchTile(rows.kernel.output, tile, channel, /*toWrite=*/true);
    Value columns[6][6];
    for (int64_t j = 0; j < 6; ++j) {
      Values column;
      for (int64_t i = 0; i < 6; ++i)
        column.push_back(rows.read(
            rows.operand(),
            {image, scalars.addIndex(y, i), scalars.addIndex(x, j), channel},
            lanes, count));
      llvm::copy(transformInput(column), columns[j]);
    }
    for (int64_t i = 0; i < 6; ++i) {
      Values row;
      for (int64_t j = 0; j < 6; ++j)
        row.push_back(columns[j][i]);
      for (auto [j, value] : llvm::enumerate(transformInput(row)))
        rows.finish(value, {rows.constant(6 * i + j), tile, channel}, lanes,
                    count);
    }
  });
}

void TransformRows::prefetchTile(Value buffer, Value tile, Value channel,
                                 bool toWrite) {
  if (!buffer || !rows.kernel.isFar(buffer))
    return;
  constexpr int64_t twoLines = 32; // of f32
  Value ahead = scalars.addIndex(channel, twoLines);
  for (int64_t e = 0; e < 36; ++e)
    rows.kernel.prefetch(buffer, {rows.constant(e), tile, ahead}, toWrite);
}

void TransformRows::zeroTile(Value tile) {
  forChannels([&](Value channel, int64_t count) {
    for (int64_t e = 0; e < 36; ++e)
      rows.finish(number(0), {rows.constant(e), tile, channel}, lanes, count);
  });
}

// The first `height` rows and `width` columns of a tile of results.
void TransformRows::outputTile(Value image, Value y, Value x, Value tile,
                               int64_t height, int64_t width) {
  forChannels([&](Value channel, int64_t count) {
    prefetchTile(rows.kernel.buffers.lookup(rows.operand()), tile, channel,
                 /*toWrite=*/false);
    Value columns[6][4];
    for (int64_t j = 0; j < 6; ++j) {
      Values column;
      for (int64_t i = 0; i < 6; ++i)
        column.push_back(rows.read(rows.operand(),
                                   {rows.constant(6 * i + j), tile, channel},
                                   lanes, count));
      llvm::copy(transformOutput(column), columns[j]);
    }
    for (int64_t i = 0; i < height; ++i) {
      Values row;
      for (int64_t j = 0; j < 6; ++j)
        row.push_back(columns[j][i]);
      Values results = transformOutput(row);
      for (int64_t j = 0; j < width; ++j)
        rows.finish(
            results[j],
            {image, scalars.addIndex(y, i), scalars.addIndex(x, j), channel},
            lanes, count);
    }
  });
}

// A unit is a row of tiles; the last one zeroes the tiles that cover nothing.
int64_t TransformRows::emitInput() {
  ArrayRef<int64_t> shape = rows.operandType().getShape();
  int64_t height = shape[1] / 4, width = shape[2] / 4;
  int64_t used = shape[0] * height * width;
  int64_t unused = rows.rootType().getDimSize(1) - used;
  int64_t units = shape[0] * height + (unused > 0);
  return rows.forUnits(
      units, width * channels * 36, [&](Value lower, Value upper) {
        rows.loop(lower, upper, {}, [&](Value unit, ValueRange) {
          auto transform = [&] {
            Values at = rows.delinearize(unit, {shape[0], height});
            Value first = scalars.mulIndex(unit, width);
            rows.loop(width, {}, [&](Value x, ValueRange) {
              inputTile(at[0], scalars.mulIndex(at[1], 4),
                        scalars.mulIndex(x, 4), scalars.addIndex(first, x));
              return Values();
            });
          };
          if (unused == 0) {
            transform();
            return Values();
          }
          Value isUsed =
              arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                    unit, rows.constant(units - 1));
          rows.ifElse(isUsed, transform, [&] {
            rows.loop(unused, {}, [&](Value tile, ValueRange) {
              zeroTile(scalars.addIndex(tile, used));
              return Values();
            });
          });
          return Values();
        });
      });
}

int64_t TransformRows::emitOutput() {
  ArrayRef<int64_t> shape = rows.rootType().getShape();
  int64_t height = llvm::divideCeil(shape[1], 4);
  int64_t width = llvm::divideCeil(shape[2], 4);
  int64_t wholeColumns = shape[2] / 4;
  auto row = [&](Value unit, int64_t lines) {
    Values at = rows.delinearize(unit, {shape[0], height});
    Value first = scalars.mulIndex(unit, width);
    Value y = scalars.mulIndex(at[1], 4);
    rows.loop(wholeColumns, {}, [&](Value x, ValueRange) {
      outputTile(at[0], y, scalars.mulIndex(x, 4), scalars.addIndex(first, x),
                 lines, 4);
      return Values();
    });
    if (shape[2] % 4)
      outputTile(at[0], y, rows.constant(4 * wholeColumns),
                 scalars.addIndex(first, wholeColumns), lines, shape[2] % 4);
  };
  return rows.forUnits(
      shape[0] * height, width * channels * 36, [&](Value lower, Value upper) {
        rows.loop(lower, upper, {}, [&](Value unit, ValueRange) {
          if (shape[1] % 4 == 0) {
            row(unit, 4);
          } else if (height == 1) {
            row(unit, shape[1]);
          } else {
            Value within = rows.delinearize(unit, {shape[0], height})[1];
            Value isWhole =
                arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                      within, rows.constant(shape[1] / 4));
            rows.ifElse(
                isWhole, [&] { row(unit, 4); },
                [&] { row(unit, shape[1] % 4); });
          }
          return Values();
        });
      });
}

FailureOr<int64_t> sluice::emitWinograd(KernelContext &kernel) {
  auto root = dyn_cast_or_null<graph::KernelRootOp>(kernel.root);
  if (!root || root.getRootKind() != graph::RootKind::Transform)
    return 0;
  RowKernel rows(kernel);
  int64_t lanes = std::min<int64_t>(
      rows.lanesBeforeRoot(32),
      llvm::PowerOf2Ceil(rows.operandType().getShape().back()));
  if (!rows.isSupported() || lanes == 1)
    return root.emitOpError("stands in a kernel without vectors");
  TransformRows transform(rows, lanes);
  return isa<graph::WinogradInputOp>(kernel.root) ? transform.emitInput()
                                                  : transform.emitOutput();
}
