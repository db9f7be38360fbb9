//===- Movement.cpp - Compositions of movement operators ------------------===//

#include "dialects/Graph/Builders/Movement.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/SizeFolding.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

// The attribute of these sizes; null after an error.
static Attribute dims(GraphBuilder &b, ArrayRef<Size> sizes) {
  if (llvm::all_of(sizes, [](Size size) { return size.isValid(); }))
    return makeDims(b.context(), sizes);
  b.error("a size does not fit 64 bits");
  return {};
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

Value sluice::graph::buildSlice(GraphBuilder &b, Value x, ArrayRef<Size> starts,
                                ArrayRef<Size> sizes,
                                ArrayRef<int64_t> strides) {
  Attribute first = dims(b, starts), count = dims(b, sizes);
  if (!x || !first || !count)
    return {};
  return b.create<SliceOp>(
      {x},
      {{"starts", first}, {"shape", count}, {"strides", b.integers(strides)}});
}

Value sluice::graph::buildRange(GraphBuilder &b, Value x, int64_t dim,
                                Size start, Size size) {
  if (!x)
    return {};
  SmallVector<Size> sizes = getSizes(x), starts(sizes.size(), 0);
  starts[dim] = start;
  sizes[dim] = size;
  return buildSlice(b, x, starts, sizes, SmallVector<int64_t>(sizes.size(), 1));
}

Value sluice::graph::buildDynamicSlice(GraphBuilder &b, Value x, Value starts,
                                       ArrayRef<Size> sizes) {
  Attribute shape = dims(b, sizes);
  if (!x || !starts || !shape)
    return {};
  return b.create<DynamicSliceOp>({x, starts}, {{"shape", shape}});
}

Value sluice::graph::buildElementOf(GraphBuilder &b, Value vector, int64_t i) {
  if (!vector)
    return {};
  if (auto concat = vector.getDefiningOp<ConcatOp>()) {
    int64_t begin = 0;
    for (Value input : concat.getInputs()) {
      int64_t size = b.type(input).getDimSize(0);
      if (ShapedType::isDynamic(size))
        break;
      if (i - begin < size)
        return buildElementOf(b, input, i - begin);
      begin += size;
    }
  }
  return b.reshape(buildRange(b, vector, 0, i, 1), {});
}

Value sluice::graph::buildGather(GraphBuilder &b, Value x, Value indices,
                                 int64_t axis, int64_t batchDims, bool wrap) {
  if (!x || !indices)
    return {};
  SmallVector<NamedAttribute> attributes;
  auto add = [&](StringRef name, Attribute value) {
    attributes.emplace_back(b.builder.getStringAttr(name), value);
  };
  add("axis", b.integer(axis));
  add("batch_dims", b.integer(batchDims));
  if (wrap)
    add("wrap", b.builder.getUnitAttr());
  return b.create(GatherOp::getOperationName(), {x, indices}, attributes);
}

//===----------------------------------------------------------------------===//
// Joins
//===----------------------------------------------------------------------===//

Value sluice::graph::buildConcat(GraphBuilder &b, ArrayRef<Value> values,
                                 int64_t dim) {
  return b.create<ConcatOp>(values, {{"dim", b.integer(dim)}});
}

Value sluice::graph::buildStack(GraphBuilder &b, ArrayRef<Value> values,
                                int64_t dim) {
  SmallVector<Value> parts;
  for (Value value : values)
    parts.push_back(buildExpandDims(b, value, dim));
  return buildConcat(b, parts, dim);
}

Value sluice::graph::buildPad(GraphBuilder &b, Value x, Value value,
                              ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
  return b.create<PadOp>(
      {x, value}, {{"low", b.integers(low)},
                   {"high", b.integers(high)},
                   {"mode", PadModeAttr::get(b.context(), PadMode::Constant)}});
}

Value sluice::graph::buildPad(GraphBuilder &b, Value x, PadMode mode,
                              ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
  return b.create<PadOp>({x}, {{"low", b.integers(low)},
                               {"high", b.integers(high)},
                               {"mode", PadModeAttr::get(b.context(), mode)}});
}

//===----------------------------------------------------------------------===//
// Rearrangements
//===----------------------------------------------------------------------===//

Value sluice::graph::buildTile(GraphBuilder &b, Value x,
                               ArrayRef<Size> multiples) {
  if (!x)
    return {};
  SmallVector<Size> sizes = getSizes(x), split, result;
  SmallVector<int64_t> dimensions;
  for (auto [size, multiple] : llvm::zip_equal(sizes, multiples)) {
    if (multiple != Size(1))
      split.push_back(multiple);
    dimensions.push_back(split.size());
    split.push_back(size);
    result.push_back(multiple * size);
  }
  return b.reshape(b.broadcast(x, dimensions, split), result);
}

Value sluice::graph::buildReverse(GraphBuilder &b, Value x,
                                  ArrayRef<int64_t> reversed) {
  if (!x)
    return {};
  SmallVector<Size> sizes = getSizes(x), starts(sizes.size(), 0);
  SmallVector<int64_t> strides(sizes.size(), 1);
  for (int64_t d : reversed) {
    // A dimension without elements has no last one to start from.
    if (sizes[d] == Size(0))
      continue;
    starts[d] = sizes[d] - Size(1);
    strides[d] = -1;
  }
  return buildSlice(b, x, starts, sizes, strides);
}

Value sluice::graph::buildRoll(GraphBuilder &b, Value x, int64_t dim,
                               int64_t shift) {
  if (!x)
    return {};
  Size size = getSizes(x)[dim];
  if (!size.isStatic())
    return b.error("cannot roll a dimension whose size is not static");
  if (size == Size(0))
    return x;
  int64_t count = size.getStatic();
  shift = (shift % count + count) % count;
  if (shift == 0)
    return x;
  return buildConcat(b,
                     {buildRange(b, x, dim, count - shift, shift),
                      buildRange(b, x, dim, 0, count - shift)},
                     dim);
}

Value sluice::graph::buildExpandDims(GraphBuilder &b, Value x, int64_t dim) {
  if (!x)
    return {};
  SmallVector<Size> sizes = getSizes(x);
  sizes.insert(sizes.begin() + dim, Size(1));
  return b.reshape(x, sizes);
}

Value sluice::graph::buildMoveDim(GraphBuilder &b, Value x, int64_t from,
                                  int64_t to) {
  if (!x)
    return {};
  SmallVector<int64_t> permutation =
      llvm::to_vector(llvm::seq<int64_t>(0, b.rank(x)));
  permutation.erase(permutation.begin() + from);
  permutation.insert(permutation.begin() + to, from);
  return b.transpose(x, permutation);
}

// The exact quotient of a dimension by a block size; invalid otherwise.
static Size divide(GraphBuilder &b, Size size, int64_t block) {
  Size quotient = size.floorDiv(block);
  if (block < 1 || quotient * Size(block) != size) {
    std::string text;
    llvm::raw_string_ostream(text) << size;
    b.error("a dimension of size " + text + " is not divisible by " +
            llvm::Twine(block));
    return {};
  }
  return quotient;
}

Value sluice::graph::buildSpaceToDepth(GraphBuilder &b, Value x,
                                       ArrayRef<int64_t> block) {
  if (!x)
    return {};
  int64_t spatial = block.size();
  SmallVector<Size> sizes = getSizes(x), split{sizes[0]}, result{sizes[0]};
  SmallVector<int64_t> permutation{0};
  Size depth = sizes.back();
  for (int64_t d = 0; d < spatial; ++d) {
    Size outer = divide(b, sizes[d + 1], block[d]);
    if (!outer.isValid())
      return {};
    split.append({outer, Size(block[d])});
    permutation.push_back(1 + 2 * d);
    result.push_back(outer);
    depth = depth * Size(block[d]);
  }
  for (int64_t d = 0; d < spatial; ++d)
    permutation.push_back(2 + 2 * d);
  permutation.push_back(1 + 2 * spatial);
  split.push_back(sizes.back());
  result.push_back(depth);
  return b.reshape(b.transpose(b.reshape(x, split), permutation), result);
}

Value sluice::graph::buildDepthToSpace(GraphBuilder &b, Value x,
                                       ArrayRef<int64_t> block) {
  if (!x)
    return {};
  int64_t spatial = block.size(), blocks = 1;
  for (int64_t size : block)
    if (__builtin_mul_overflow(blocks, size, &blocks))
      return b.error("the block sizes are too large");
  SmallVector<Size> sizes = getSizes(x);
  Size depth = divide(b, sizes.back(), blocks);
  if (!depth.isValid())
    return {};
  SmallVector<Size> split(ArrayRef<Size>(sizes).drop_back()), result{sizes[0]};
  llvm::append_range(split, block);
  split.push_back(depth);
  SmallVector<int64_t> permutation{0};
  for (int64_t d = 1; d <= spatial; ++d) {
    permutation.append({d, spatial + d});
    result.push_back(sizes[d] * Size(block[d - 1]));
  }
  permutation.push_back(2 * spatial + 1);
  result.push_back(depth);
  return b.reshape(b.transpose(b.reshape(x, split), permutation), result);
}

Value sluice::graph::buildSpaceToBatch(GraphBuilder &b, Value x,
                                       ArrayRef<int64_t> block,
                                       ArrayRef<int64_t> low,
                                       ArrayRef<int64_t> high) {
  if (!x)
    return {};
  int64_t spatial = block.size(), rank = b.rank(x);
  SmallVector<int64_t> before(rank), after(rank);
  llvm::copy(low, before.begin() + 1);
  llvm::copy(high, after.begin() + 1);
  x = buildPad(b, x, b.scalar(b.elementType(x), 0), before, after);
  if (!x)
    return {};
  SmallVector<Size> sizes = getSizes(x), split{sizes[0]}, result{sizes[0]};
  SmallVector<int64_t> permutation;
  for (int64_t d = 1; d <= spatial; ++d) {
    Size outer = divide(b, sizes[d], block[d - 1]);
    if (!outer.isValid())
      return {};
    split.append({outer, Size(block[d - 1])});
    result[0] = result[0] * Size(block[d - 1]);
    result.push_back(outer);
    permutation.push_back(2 * d);
  }
  permutation.push_back(0);
  for (int64_t d = 1; d <= spatial; ++d)
    permutation.push_back(2 * d - 1);
  for (int64_t d = spatial + 1; d < rank; ++d) {
    permutation.push_back(split.size());
    split.push_back(sizes[d]);
    result.push_back(sizes[d]);
  }
  return b.reshape(b.transpose(b.reshape(x, split), permutation), result);
}

Value sluice::graph::buildBatchToSpace(GraphBuilder &b, Value x,
                                       ArrayRef<int64_t> block,
                                       ArrayRef<int64_t> cropLow,
                                       ArrayRef<int64_t> cropHigh) {
  if (!x)
    return {};
  int64_t spatial = block.size(), rank = b.rank(x), blocks = 1;
  for (int64_t size : block)
    if (__builtin_mul_overflow(blocks, size, &blocks))
      return b.error("the block sizes are too large");
  SmallVector<Size> sizes = getSizes(x), split(block.begin(), block.end());
  Size batch = divide(b, sizes[0], blocks);
  if (!batch.isValid())
    return {};
  split.push_back(batch);
  SmallVector<Size> result{batch}, starts(rank, 0);
  SmallVector<int64_t> permutation{spatial};
  for (int64_t d = 1; d <= spatial; ++d) {
    split.push_back(sizes[d]);
    permutation.append({spatial + d, d - 1});
    result.push_back(sizes[d] * Size(block[d - 1]));
  }
  for (int64_t d = spatial + 1; d < rank; ++d) {
    permutation.push_back(spatial + d);
    split.push_back(sizes[d]);
    result.push_back(sizes[d]);
  }
  x = b.reshape(b.transpose(b.reshape(x, split), permutation), result);
  for (int64_t d = 1; d <= spatial; ++d) {
    starts[d] = cropLow[d - 1];
    result[d] = result[d] - Size(cropLow[d - 1]) - Size(cropHigh[d - 1]);
    if (result[d].isStatic() && result[d].getStatic() < 0)
      return b.error("crops exceed dimension " + llvm::Twine(d));
  }
  return buildSlice(b, x, starts, result, SmallVector<int64_t>(rank, 1));
}

//===----------------------------------------------------------------------===//
// Sizes as values
//===----------------------------------------------------------------------===//

Value sluice::graph::buildSizes(GraphBuilder &b, ArrayRef<Size> sizes,
                                Type elementType, bool scalar) {
  SmallVector<int64_t> shape;
  if (!scalar)
    shape.push_back(sizes.size());
  Attribute attribute = dims(b, sizes);
  if (!attribute)
    return {};
  auto type = RankedTensorType::get(shape, elementType);
  Attribute value = makeSizeConstant(cast<DimsAttr>(attribute), type);
  if (!value)
    return b.error("a size does not fit the element type");
  return b.context()
      ->getLoadedDialect<GraphDialect>()
      ->materializeConstant(b.builder, value, type, b.loc)
      ->getResult(0);
}

std::optional<SmallVector<Size>> sluice::graph::getKnownSizes(Value value) {
  Attribute attribute;
  if (!value || !matchPattern(value, m_Constant(&attribute)))
    return std::nullopt;
  return getSizeValues(attribute);
}
