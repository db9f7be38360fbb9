//===- Matrix.cpp - Importers of bands and diagonals of matrices ----------===//

#include "compiler/Import/TensorFlow/NodeContext.h"
#include "dialects/Graph/Builders/Elementwise.h"
#include "dialects/Graph/Builders/Movement.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;
using graph::Size;

// Larger tables of positions would blow up the artefact.
static constexpr int64_t maxTable = int64_t(1) << 22;

//===----------------------------------------------------------------------===//
// Bands
//===----------------------------------------------------------------------===//

// Element (i, j) stays where i - j <= lower and j - i <= upper; a negative
// bound is none.
static void importBandPart(NodeContext &node) {
  if (!node.expectInputs(3))
    return;
  graph::GraphBuilder &b = node.builder;
  Value x = node.input(0);
  std::optional<int64_t> lower = node.constantInt(1, "num_lower"),
                         upper = node.constantInt(2, "num_upper");
  if (!x || !lower || !upper)
    return;
  int64_t rank = b.rank(x);
  if (rank < 2)
    return node.error("expected rank 2 or more, found " + llvm::Twine(rank));
  SmallVector<Size> sizes = graph::getSizes(x);
  SmallVector<Size> matrix(ArrayRef<Size>(sizes).take_back(2));
  Type i64 = b.builder.getI64Type();
  auto iota = [&](int64_t dim) {
    return b.create<graph::IotaOp>(
        {}, {{"dim", b.integer(dim)},
             {"shape", graph::makeDims(node.context(), matrix)},
             {"element_type", TypeAttr::get(i64)}});
  };
  Value below = b.create<graph::SubOp>({iota(0), iota(1)}), kept;
  auto keep = [&](graph::CompareDirection direction, int64_t bound) {
    HostTensor limit(ElementKind::I64, {});
    limit.setInt(0, bound);
    Value here = graph::buildCompare(
        b, direction, below, b.broadcast(b.constant(limit), {}, matrix));
    kept = kept ? b.create<graph::AndOp>({kept, here}) : here;
  };
  if (*lower >= 0)
    keep(graph::CompareDirection::LE, *lower);
  if (*upper >= 0)
    keep(graph::CompareDirection::GE, -*upper);
  if (!kept)
    return node.setOutput(x);
  node.setOutput(
      graph::buildSelect(b, b.broadcastTo(kept, sizes), x, b.fullLike(x, 0)));
}

//===----------------------------------------------------------------------===//
// Diagonals
//===----------------------------------------------------------------------===//

// Elements of `sources` (each of shape [batch.., n], one after the other)
// picked by a constant table of positions: [batch.., table's shape].
static Value pick(NodeContext &node, ArrayRef<Value> sources,
                  const HostTensor &table) {
  Value row = sources.size() == 1
                  ? sources[0]
                  : graph::buildConcat(node.builder, sources,
                                       node.builder.rank(sources[0]) - 1);
  if (!row)
    return {};
  return graph::buildGather(node.builder, row, node.builder.constant(table),
                            node.builder.rank(row) - 1, 0, /*wrap=*/false);
}

// The last `count` dimensions as one.
static Value flatten(NodeContext &node, Value x, int64_t count) {
  SmallVector<Size> sizes = graph::getSizes(x);
  Size flat = graph::product(ArrayRef(sizes).take_back(count));
  sizes.resize(sizes.size() - count);
  sizes.push_back(flat);
  return node.builder.reshape(x, sizes);
}

// The static sizes of the last `count` dimensions; nullopt after an error.
static std::optional<SmallVector<int64_t>> lastSizes(NodeContext &node, Value x,
                                                     int64_t count) {
  SmallVector<Size> sizes = graph::getSizes(x);
  if (static_cast<int64_t>(sizes.size()) < count) {
    node.error("expected rank " + llvm::Twine(count) + " or more, found " +
               llvm::Twine(sizes.size()));
    return std::nullopt;
  }
  SmallVector<int64_t> result;
  for (Size size : ArrayRef(sizes).take_back(count)) {
    if (!size.isStatic()) {
      node.unsupported("diagonals of a matrix whose size is known at run time",
                       "give fixed sizes: --input NAME=2,3");
      return std::nullopt;
    }
    result.push_back(size.getStatic());
  }
  return result;
}

namespace {
// The diagonals from `low` to `high` of a matrix, stored as rows, the highest
// first.
struct Diagonals {
  int64_t low = 0, high = 0;
  bool leftAbove = true, leftBelow = true; ///< how short rows are aligned
  int64_t rows = 0, columns = 0;           ///< of the matrix
  int64_t length = 0;                      ///< of the stored rows

  int64_t count() const { return high - low + 1; }
  int64_t lengthOf(int64_t d) const {
    return std::min(rows + std::min(d, int64_t(0)),
                    columns - std::max(d, int64_t(0)));
  }
  int64_t offsetOf(int64_t d) const {
    bool left = (d >= 0 && leftAbove) || (d <= 0 && leftBelow);
    return left ? 0 : length - lengthOf(d);
  }
  /// The stored position of element (i, j); -1 when on no such diagonal.
  int64_t find(int64_t i, int64_t j) const {
    int64_t d = j - i;
    if (d < low || d > high)
      return -1;
    return (high - d) * length + std::min(i, j) + offsetOf(d);
  }
};
} // namespace

// Reads `k` (input `kInput`) and `align`; false after an error. The first
// version of the operators has neither.
static bool readDiagonals(NodeContext &node, std::optional<unsigned> kInput,
                          Diagonals &diagonals) {
  if (kInput) {
    std::optional<SmallVector<int64_t>> k = node.constantInts(*kInput, "k");
    if (!k)
      return false;
    if (k->empty() || k->size() > 2 || k->front() > k->back()) {
      node.error("k must be one number, or two in ascending order");
      return false;
    }
    diagonals.low = k->front();
    diagonals.high = k->back();
    constexpr int64_t limit = int64_t(1) << 31;
    if (diagonals.low < -limit || diagonals.high > limit) {
      node.error("k is out of range");
      return false;
    }
  }
  if (!node.op().ends_with("V3"))
    return true;
  std::string align = node.stringAttr("align", StringRef("RIGHT_LEFT"));
  auto [above, below] = StringRef(align).split('_');
  auto known = [](StringRef side) { return side == "LEFT" || side == "RIGHT"; };
  if (!node.failed() && !(known(above) && known(below)))
    node.error("must be LEFT or RIGHT twice, joined by '_', found '" + align +
                   "'",
               "align");
  diagonals.leftAbove = above == "LEFT";
  diagonals.leftBelow = below == "LEFT";
  return !node.failed();
}

// (C) each diagonal lies in the matrix. False after an error.
static bool checkDiagonals(NodeContext &node, const Diagonals &d) {
  int64_t elements;
  bool fits =
      (d.low > -d.rows || d.low == 0) && (d.high < d.columns || d.high == 0);
  if (!fits)
    node.error("k from " + llvm::Twine(d.low) + " to " + llvm::Twine(d.high) +
               " is outside a matrix of " + llvm::Twine(d.rows) + " by " +
               llvm::Twine(d.columns));
  else if (__builtin_mul_overflow(d.rows, d.columns, &elements) ||
           elements > maxTable)
    node.unsupported("diagonals of a matrix of " + llvm::Twine(d.rows) +
                     " by " + llvm::Twine(d.columns));
  else
    return true;
  return false;
}

// Reads which diagonals of the last two dimensions of `x` a node means; false
// after an error.
static bool readDiagonalsOf(NodeContext &node, Value x,
                            std::optional<unsigned> kInput, Diagonals &d) {
  std::optional<SmallVector<int64_t>> sizes = lastSizes(node, x, 2);
  if (!sizes || !readDiagonals(node, kInput, d))
    return false;
  d.rows = sizes->front();
  d.columns = sizes->back();
  if (!checkDiagonals(node, d))
    return false;
  d.length = std::min(d.rows + std::min(d.high, int64_t(0)),
                      d.columns - std::max(d.low, int64_t(0)));
  return true;
}

// One padding element for each row of `like`, behind its last dimension.
static Value paddingColumn(NodeContext &node, Value padding, Value like) {
  graph::GraphBuilder &b = node.builder;
  if (!padding)
    padding = b.scalar(b.elementType(like), 0);
  if (!padding)
    return {};
  if (b.rank(padding) != 0) {
    node.error("padding_value must be a scalar");
    return {};
  }
  SmallVector<Size> sizes = graph::getSizes(like);
  sizes.back() = 1;
  return b.broadcast(padding, {}, sizes);
}

// Picks from rows that end with one more element: `padding`, or zero.
static void pickPadded(NodeContext &node, Value row, Value padding,
                       const HostTensor &table) {
  if (row)
    padding = paddingColumn(node, padding, row);
  if (row && padding)
    node.setOutput(pick(node, {row, padding}, table));
}

static void importMatrixDiag(NodeContext &node) {
  bool general = node.op() != "MatrixDiag";
  if (!node.expectInputs(general ? 5 : 1))
    return;
  Value diagonal = node.input(0);
  Diagonals d;
  if (!readDiagonals(node, general ? std::optional<unsigned>(1) : std::nullopt,
                     d))
    return;
  bool single = d.count() == 1;
  std::optional<SmallVector<int64_t>> sizes =
      lastSizes(node, diagonal, single ? 1 : 2);
  if (!sizes)
    return;
  if (!single && sizes->front() != d.count())
    return node.error("expected " + llvm::Twine(d.count()) +
                      " diagonals, found " + llvm::Twine(sizes->front()));
  d.length = sizes->back();
  int64_t rows = -1, columns = -1;
  if (general) {
    std::optional<int64_t> r = node.constantInt(2, "num_rows"),
                           c = node.constantInt(3, "num_cols");
    if (!r || !c)
      return;
    rows = *r;
    columns = *c;
  }
  int64_t minRows = d.length - std::min(d.high, int64_t(0));
  int64_t minColumns = d.length + std::max(d.low, int64_t(0));
  if (rows == -1 && columns == -1)
    rows = columns = std::max(minRows, minColumns);
  d.rows = rows == -1 ? minRows : rows;
  d.columns = columns == -1 ? minColumns : columns;
  if (d.rows < minRows || d.columns < minColumns ||
      (d.rows != minRows && d.columns != minColumns))
    return node.error("diagonals of length " + llvm::Twine(d.length) +
                      " do not fill a matrix of " + llvm::Twine(d.rows) +
                      " by " + llvm::Twine(d.columns));
  if (!checkDiagonals(node, d))
    return;
  HostTensor table(ElementKind::I64, {d.rows, d.columns});
  for (int64_t i = 0; i < table.size(); ++i) {
    int64_t position = d.find(i / d.columns, i % d.columns);
    table.setInt(i, position < 0 ? d.count() * d.length : position);
  }
  pickPadded(node, flatten(node, diagonal, single ? 1 : 2),
             general ? node.input(4) : Value(), table);
}

static void importMatrixDiagPart(NodeContext &node) {
  bool general = node.op() != "MatrixDiagPart";
  if (!node.expectInputs(general ? 3 : 1))
    return;
  Value x = node.input(0);
  Diagonals d;
  if (!readDiagonalsOf(node, x,
                       general ? std::optional<unsigned>(1) : std::nullopt, d))
    return;
  SmallVector<int64_t> shape{d.length};
  if (d.count() != 1)
    shape.insert(shape.begin(), d.count());
  HostTensor table(ElementKind::I64, shape);
  for (int64_t i = 0; i < table.size(); ++i)
    table.setInt(i, d.rows * d.columns);
  for (int64_t i = 0; i < d.rows * d.columns; ++i) {
    int64_t position = d.find(i / d.columns, i % d.columns);
    if (position >= 0)
      table.setInt(position, i);
  }
  pickPadded(node, flatten(node, x, 2), general ? node.input(2) : Value(),
             table);
}

static void importMatrixSetDiag(NodeContext &node) {
  bool general = node.op() != "MatrixSetDiag";
  if (!node.expectInputs(general ? 3 : 2))
    return;
  Value x = node.input(0), diagonal = node.input(1);
  Diagonals d;
  if (!readDiagonalsOf(node, x,
                       general ? std::optional<unsigned>(2) : std::nullopt, d))
    return;
  bool single = d.count() == 1;
  std::optional<SmallVector<int64_t>> stored =
      lastSizes(node, diagonal, single ? 1 : 2);
  if (!stored)
    return;
  if (stored->back() != d.length || (!single && stored->front() != d.count()))
    return node.error("expected " + llvm::Twine(d.count()) +
                      " diagonals of length " + llvm::Twine(d.length));
  HostTensor table(ElementKind::I64, {d.rows, d.columns});
  for (int64_t i = 0; i < table.size(); ++i) {
    int64_t position = d.find(i / d.columns, i % d.columns);
    table.setInt(i, position < 0 ? i : d.rows * d.columns + position);
  }
  node.setOutput(
      pick(node, {flatten(node, x, 2), flatten(node, diagonal, single ? 1 : 2)},
           table));
}

// A tensor on the diagonal of one of twice its rank, and back.
static void importDiag(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  Value x = node.input(0);
  bool part = node.op() == "DiagPart";
  int64_t rank = node.builder.rank(x);
  std::optional<SmallVector<int64_t>> sizes = lastSizes(node, x, rank);
  if (!sizes)
    return;
  ArrayRef<int64_t> shape = *sizes;
  if (part) {
    if (rank % 2 || shape.take_front(rank / 2) != shape.drop_front(rank / 2))
      return node.error("the first half of the dimensions must equal the "
                        "second");
    shape = shape.take_front(rank / 2);
  }
  std::optional<int64_t> count = elementCount(shape);
  if (!count || *count > (part ? maxTable : int64_t(2048)))
    return node.unsupported("a diagonal of so many elements");
  SmallVector<int64_t> result(shape);
  if (!part)
    llvm::append_range(result, shape);
  HostTensor table(ElementKind::I64, result);
  for (int64_t i = 0; i < table.size(); ++i) {
    int64_t row = part ? i : i / *count, column = part ? i : i % *count;
    table.setInt(i, part ? i * (*count + 1) : row == column ? row : *count);
  }
  Value row = flatten(node, x, rank);
  if (part)
    return node.setOutput(pick(node, row, table));
  Value padding = row ? paddingColumn(node, {}, row) : Value();
  if (padding)
    node.setOutput(pick(node, {row, padding}, table));
}

void sluice::tensorflow::addMatrixImporters(ImporterTable &table) {
  for (const char *name : {"MatrixBandPart", "BatchMatrixBandPart"})
    table[name] = importBandPart;
  for (const char *name : {"MatrixDiag", "MatrixDiagV2", "MatrixDiagV3"})
    table[name] = importMatrixDiag;
  for (const char *name :
       {"MatrixDiagPart", "MatrixDiagPartV2", "MatrixDiagPartV3"})
    table[name] = importMatrixDiagPart;
  for (const char *name :
       {"MatrixSetDiag", "MatrixSetDiagV2", "MatrixSetDiagV3"})
    table[name] = importMatrixSetDiag;
  for (const char *name : {"Diag", "DiagPart"})
    table[name] = importDiag;
}
