//===- Shape.cpp - Importers of the shape family --------------------------===//

#include "compiler/Import/TensorFlow/NodeContext.h"
#include "dialects/Graph/Builders/Movement.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;
using graph::Size;

static std::string text(ArrayRef<Size> sizes) {
  std::string result;
  llvm::raw_string_ostream os(result);
  os << '[';
  llvm::interleaveComma(sizes, os);
  os << ']';
  return result;
}

// Values that must be sizes: not negative where static. False after an error.
static bool expectSizes(NodeContext &node, ArrayRef<Size> sizes,
                        StringRef what) {
  for (Size size : sizes)
    if (!size.isValid() || (size.isStatic() && size.getStatic() < 0)) {
      node.error(what + " " + text(sizes) + " holds a size that is negative");
      return false;
    }
  return true;
}

//===----------------------------------------------------------------------===//
// Other dimensions for the same elements
//===----------------------------------------------------------------------===//

static void importReshape(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  std::optional<SmallVector<Size>> shape = node.constantSizes(1, "shape");
  Value x = node.input(0);
  if (!shape || !x)
    return;
  Size count = graph::product(graph::getSizes(x)), known = 1;
  std::optional<size_t> open;
  for (auto [i, size] : llvm::enumerate(*shape)) {
    if (size != Size(-1)) {
      known = known * size;
      continue;
    }
    if (open)
      return node.error("shape " + text(*shape) + " has more than one -1");
    open = i;
  }
  if (open) {
    if (known == Size(0))
      return node.error("shape " + text(*shape) +
                        " leaves a size open that cannot be inferred from a "
                        "product of 0");
    Size rest = count.divideExactly(known);
    if (!rest.isValid()) {
      if (count.isStatic() && known.isStatic())
        return node.error("a tensor of " + text(graph::getSizes(x)) +
                          " cannot be reshaped to " + text(*shape));
      return node.unsupported(
          "the open size of shape " + text(*shape) + " for a tensor of " +
              text(graph::getSizes(x)) + " depends on sizes known at run time",
          "give fixed sizes: --input NAME=2,3");
    }
    (*shape)[*open] = rest;
  }
  if (expectSizes(node, *shape, "shape"))
    node.setOutput(node.builder.reshape(x, *shape));
}

static void importExpandDims(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  // One number, whatever the rank.
  std::optional<HostTensor> value = node.constant(1, "dim");
  Value x = node.input(0);
  if (!value || !x)
    return;
  if (value->size() != 1 || !isInteger(value->kind()))
    return node.error("dim (input 1) must be one integer");
  std::optional<int64_t> dim =
      node.axis(value->getInt(0), node.builder.rank(x) + 1, "dim");
  if (dim)
    node.setOutput(graph::buildExpandDims(node.builder, x, *dim));
}

static void importSqueeze(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  Value x = node.input(0);
  SmallVector<int64_t> list =
      node.intsAttr("squeeze_dims", ArrayRef<int64_t>());
  if (node.failed() || !x)
    return;
  SmallVector<Size> sizes = graph::getSizes(x), result;
  SmallVector<bool> dropped(sizes.size());
  for (int64_t dim : list) {
    std::optional<int64_t> d =
        node.axis(dim, sizes.size(), "squeeze dimension");
    if (!d)
      return;
    if (sizes[*d].isStatic() && sizes[*d] != Size(1))
      return node.error("dimension " + llvm::Twine(dim) + " of " + text(sizes) +
                        " is not 1");
    if (sizes[*d] != Size(1))
      return node.unsupported("squeezed dimension " + llvm::Twine(dim) +
                                  " has a size known at run time",
                              "give fixed sizes: --input NAME=2,3");
    dropped[*d] = true;
  }
  for (auto [d, size] : llvm::enumerate(sizes)) {
    if (list.empty() && !size.isStatic())
      return node.unsupported("the rank depends on a size known at run time",
                              "give fixed sizes: --input NAME=2,3");
    if (list.empty() ? size != Size(1) : !dropped[d])
      result.push_back(size);
  }
  node.setOutput(node.builder.reshape(x, result));
}

static void importEnsureShape(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  Value x = node.input(0);
  PartialShape wanted = node.shapeAttr("shape");
  if (node.failed() || !x)
    return;
  SmallVector<Size> sizes = graph::getSizes(x);
  bool fits = !wanted || wanted->size() == sizes.size();
  for (size_t d = 0; wanted && fits && d < sizes.size(); ++d) {
    int64_t size = (*wanted)[d];
    if (size >= 0 && !sizes[d].isStatic())
      return node.unsupported("a size known at run time must be " +
                              llvm::Twine(size));
    fits = size < 0 || sizes[d] == Size(size);
  }
  if (!fits)
    return node.error("a tensor of " + text(sizes) +
                      " does not have the shape that is ensured");
  node.setOutput(x);
}

//===----------------------------------------------------------------------===//
// Shapes as values
//===----------------------------------------------------------------------===//

static void importShape(NodeContext &node) {
  if (!node.expectAtLeast(1))
    return;
  Type type = node.typeAttr("out_type", DT_INT32);
  for (unsigned i = 0; i < node.numInputs() && !node.failed(); ++i)
    if (Value x = node.input(i))
      node.setOutput(i,
                     graph::buildSizes(node.builder, graph::getSizes(x), type));
}

static void importSize(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  Type type = node.typeAttr("out_type", DT_INT32);
  if (Value x = node.input(0); x && type)
    node.setOutput(graph::buildSizes(node.builder,
                                     graph::product(graph::getSizes(x)), type,
                                     /*scalar=*/true));
}

static void importRank(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  if (Value x = node.input(0))
    node.setOutput(graph::buildSizes(node.builder, Size(node.builder.rank(x)),
                                     node.builder.builder.getI32Type(),
                                     /*scalar=*/true));
}

//===----------------------------------------------------------------------===//
// Repetition
//===----------------------------------------------------------------------===//

static void importBroadcastTo(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  std::optional<SmallVector<Size>> shape = node.constantSizes(1, "shape");
  if (shape && expectSizes(node, *shape, "shape"))
    node.setOutput(node.builder.broadcastTo(node.input(0), *shape));
}

static void importFill(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  std::optional<SmallVector<Size>> shape = node.constantSizes(0, "dims");
  Value value = node.input(1);
  if (!shape || !value || !expectSizes(node, *shape, "dims"))
    return;
  if (node.builder.rank(value) != 0)
    return node.error("value (input 1) must be a scalar, found rank " +
                      llvm::Twine(node.builder.rank(value)));
  node.setOutput(node.builder.broadcast(value, {}, *shape));
}

// The shape that both shapes broadcast to.
static void importBroadcastArgs(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  std::optional<SmallVector<Size>> lhs = node.constantSizes(0, "s0"),
                                   rhs = node.constantSizes(1, "s1");
  if (!lhs || !rhs)
    return;
  if (lhs->size() < rhs->size())
    std::swap(lhs, rhs);
  size_t offset = lhs->size() - rhs->size();
  for (auto [i, size] : llvm::enumerate(*rhs)) {
    Size &other = (*lhs)[offset + i];
    if (other == Size(1))
      other = size;
    else if (size != Size(1) && size != other)
      return node.error("shapes " + text(*lhs) + " and " + text(*rhs) +
                        " do not broadcast together");
  }
  node.setOutput(graph::buildSizes(node.builder, *lhs,
                                   node.builder.elementType(node.input(0))));
}

static void importTile(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  std::optional<SmallVector<Size>> multiples =
      node.constantSizes(1, "multiples");
  Value x = node.input(0);
  if (!multiples || !x || !expectSizes(node, *multiples, "multiples"))
    return;
  if (static_cast<int64_t>(multiples->size()) != node.builder.rank(x))
    return node.error("expected " + llvm::Twine(node.builder.rank(x)) +
                      " multiples, found " + llvm::Twine(multiples->size()));
  node.setOutput(graph::buildTile(node.builder, x, *multiples));
}

void sluice::tensorflow::addShapeImporters(ImporterTable &table) {
  table["Reshape"] = importReshape;
  table["ExpandDims"] = importExpandDims;
  table["Squeeze"] = importSqueeze;
  table["EnsureShape"] = importEnsureShape;
  table["Shape"] = importShape;
  table["ShapeN"] = importShape;
  table["Size"] = importSize;
  table["Rank"] = importRank;
  table["BroadcastTo"] = importBroadcastTo;
  table["Fill"] = importFill;
  table["BroadcastArgs"] = importBroadcastArgs;
  table["Tile"] = importTile;
}
