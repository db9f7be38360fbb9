//===- Interleave.cpp - Columns of short rows in registers ----------------===//
//
// An even number of columns is halved: every other element of two vectors is
// one shuffle of them. An odd number shares no factor with the lanes: a column
// lies in different lanes of all the vectors, so that blends collect it. Halves
// take their elements within 128 bits where they can, which costs AVX2 one
// instruction and not two; one permutation puts each column in order.
//
//===----------------------------------------------------------------------===//

#include "passes/Emit/Interleave.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace sluice;

namespace {

using Values = SmallVector<Value>;
using Lanes = SmallVector<int64_t>;
/// For each lane of each vector, the element's place in memory.
using Places = SmallVector<Lanes>;

class Columns {
public:
  Columns(OpBuilder &builder, Location loc, Value like)
      : builder(builder), loc(loc) {
    auto type = cast<VectorType>(like.getType());
    lanes = type.getDimSize(0);
    part = std::max<int64_t>(1, 128 / type.getElementTypeBitWidth());
  }

  Places inOrder(int64_t count);
  Values split(ArrayRef<Value> vectors, const Places &places);
  Values join(ArrayRef<Value> columns, const Places &places);

private:
  Value shuffle(Value lhs, Value rhs, ArrayRef<int64_t> from) {
    return vector::ShuffleOp::create(builder, loc, lhs, rhs, from);
  }
  Value permute(Value vector, ArrayRef<int64_t> from);
  Value blend(ArrayRef<Value> vectors, ArrayRef<int64_t> source);
  Lanes chooseLanes(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs, int64_t odd);
  Places halve(const Places &places, int64_t odd, SmallVector<Lanes> &chosen);

  OpBuilder &builder;
  Location loc;
  int64_t lanes;
  int64_t part; ///< lanes of 128 bits
};

} // namespace

Places Columns::inOrder(int64_t count) {
  Places places(count, Lanes(lanes));
  for (int64_t j = 0; j < count; ++j)
    for (int64_t i = 0; i < lanes; ++i)
      places[j][i] = j * lanes + i;
  return places;
}

Value Columns::permute(Value vector, ArrayRef<int64_t> from) {
  if (llvm::equal(from, llvm::seq<int64_t>(0, lanes)))
    return vector;
  return shuffle(vector, vector, from);
}

// Lane i is that of vector `source[i]`.
Value Columns::blend(ArrayRef<Value> vectors, ArrayRef<int64_t> source) {
  Value result;
  for (int64_t j = 0, size = vectors.size(); j < size; ++j) {
    if (!llvm::is_contained(source, j))
      continue;
    Lanes from = llvm::to_vector(llvm::seq<int64_t>(0, lanes));
    for (int64_t i = 0; i < lanes; ++i)
      from[i] += source[i] == j ? lanes : 0;
    result = result ? shuffle(result, vectors[j], from) : vectors[j];
  }
  return result;
}

// The lanes of two vectors that hold elements of odd, or of even, places.
Lanes Columns::chooseLanes(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs,
                           int64_t odd) {
  auto append = [&](Lanes &chosen, int64_t first, int64_t count) {
    for (int64_t i = first; i < first + count; ++i)
      if ((i < lanes ? lhs[i] : rhs[i - lanes]) % 2 == odd)
        chosen.push_back(i);
  };
  Lanes within, across;
  bool isEven = lanes % part == 0;
  for (int64_t first = 0; isEven && first < lanes; first += part) {
    append(within, first, part);
    append(within, lanes + first, part);
    isEven = static_cast<int64_t>(within.size()) == first + part;
  }
  if (isEven)
    return within;
  append(across, 0, 2 * lanes);
  return across;
}

// Where the elements of every other column lie, and which lanes of which pair
// of vectors they come from.
Places Columns::halve(const Places &places, int64_t odd,
                      SmallVector<Lanes> &chosen) {
  Places half;
  for (size_t j = 0; j < places.size(); j += 2) {
    const Lanes &lhs = places[j], &rhs = places[j + 1];
    chosen.push_back(chooseLanes(lhs, rhs, odd));
    half.emplace_back();
    for (int64_t from : chosen.back())
      half.back().push_back((from < lanes ? lhs[from] : rhs[from - lanes]) / 2);
  }
  return half;
}

Values Columns::split(ArrayRef<Value> vectors, const Places &places) {
  auto count = static_cast<int64_t>(vectors.size());
  Values columns(count);
  if (count % 2 == 0) {
    for (int64_t odd : {0, 1}) {
      SmallVector<Lanes> chosen;
      Places half = halve(places, odd, chosen);
      Values every;
      for (auto [j, from] : llvm::enumerate(chosen))
        every.push_back(shuffle(vectors[2 * j], vectors[2 * j + 1], from));
      for (auto [c, column] : llvm::enumerate(split(every, half)))
        columns[2 * c + odd] = column;
    }
    return columns;
  }
  for (int64_t c = 0; c < count; ++c) {
    Lanes source(lanes), laneOfRow(lanes);
    for (int64_t j = 0; j < count; ++j)
      for (int64_t i = 0; i < lanes; ++i)
        if (places[j][i] % count == c) {
          source[i] = j;
          laneOfRow[places[j][i] / count] = i;
        }
    columns[c] = permute(blend(vectors, source), laneOfRow);
  }
  return columns;
}

Values Columns::join(ArrayRef<Value> columns, const Places &places) {
  auto count = static_cast<int64_t>(columns.size());
  Values vectors(count);
  if (count % 2 == 0) {
    SmallVector<Lanes> chosen[2];
    Values joined[2];
    for (int64_t odd : {0, 1}) {
      Values every;
      for (int64_t c = odd; c < count; c += 2)
        every.push_back(columns[c]);
      joined[odd] = join(every, halve(places, odd, chosen[odd]));
    }
    for (int64_t j = 0; j < count; ++j) {
      Lanes from(lanes);
      for (int64_t odd : {0, 1})
        for (auto [i, lane] : llvm::enumerate(chosen[odd][j / 2]))
          if (lane / lanes == j % 2)
            from[lane % lanes] = static_cast<int64_t>(i) + odd * lanes;
      vectors[j] = shuffle(joined[0][j / 2], joined[1][j / 2], from);
    }
    return vectors;
  }
  Values spread;
  for (int64_t c = 0; c < count; ++c) {
    Lanes rowOfLane(lanes);
    for (const Lanes &vector : places)
      for (auto [i, place] : llvm::enumerate(vector))
        if (place % count == c)
          rowOfLane[i] = place / count;
    spread.push_back(permute(columns[c], rowOfLane));
  }
  for (int64_t j = 0; j < count; ++j) {
    Lanes source;
    for (int64_t place : places[j])
      source.push_back(place % count);
    vectors[j] = blend(spread, source);
  }
  return vectors;
}

SmallVector<Value> sluice::splitColumns(OpBuilder &builder, Location loc,
                                        ValueRange inMemory) {
  Columns columns(builder, loc, inMemory.front());
  return columns.split(Values(inMemory), columns.inOrder(inMemory.size()));
}

SmallVector<Value> sluice::joinColumns(OpBuilder &builder, Location loc,
                                       ValueRange columns) {
  Columns code(builder, loc, columns.front());
  return code.join(Values(columns), code.inOrder(columns.size()));
}
