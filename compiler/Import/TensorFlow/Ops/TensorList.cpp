//===- TensorList.cpp - Importers of lists of tensors ---------------------===//
//
// A list is a tensor with one row per element: to make one, to stack it and to
// take it apart moves nothing. Elements that were not set are zeros.
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/TensorFlow/ListTypes.h"
#include "compiler/Import/TensorFlow/NodeContext.h"
#include "dialects/Graph/Builders/Movement.h"
#include "dialects/Graph/GraphLoopOps.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;
using graph::Size;

static std::string typeText(Value value) {
  std::string text;
  llvm::raw_string_ostream(text) << value.getType();
  return text;
}

static bool isOpen(Value list) {
  return !isa<RankedTensorType>(list.getType());
}

static Size getLength(Value list) { return graph::getSizes(list).front(); }

// The element shape in an input, where it is fully known.
static std::optional<SmallVector<Size>> getElementShape(NodeContext &node,
                                                        unsigned i) {
  Value shape = node.input(i);
  if (!shape || isOpen(shape) || graph::GraphBuilder::rank(shape) != 1)
    return std::nullopt;
  std::optional<SmallVector<Size>> sizes = node.knownSizes(shape);
  if (!sizes || llvm::any_of(*sizes, [](Size size) {
        return !size.isValid() || (size.isStatic() && size.getStatic() < 0);
      }))
    return std::nullopt;
  return sizes;
}

// Input `i`, a list whose elements have a known shape: that of input `shape`
// where nothing was put in. Null after an error.
static Value getList(NodeContext &node, unsigned i, unsigned shape) {
  Value list = node.input(i);
  if (!list)
    return {};
  if (isOpen(list)) {
    std::optional<SmallVector<Size>> sizes = getElementShape(node, shape);
    if (!sizes) {
      node.unsupported("the list (input " + llvm::Twine(i) +
                       ") has elements of unknown shape here");
      return {};
    }
    if (failed(setElementShape(list, *sizes))) {
      node.error("the list's elements do not have the shape in input " +
                 llvm::Twine(shape));
      return {};
    }
  }
  if (graph::GraphBuilder::rank(list) == 0) {
    node.error("input " + llvm::Twine(i) + " is no list, it is a " +
               typeText(list));
    return {};
  }
  return list;
}

static Size getCount(NodeContext &node, unsigned i, StringRef what) {
  std::optional<SmallVector<Size>> sizes = node.constantSizes(i, what);
  if (!sizes)
    return Size();
  if (sizes->size() != 1 || !sizes->front().isValid() ||
      (sizes->front().isStatic() && sizes->front().getStatic() < 0)) {
    node.error(what + " (input " + llvm::Twine(i) +
               ") must be one number that is not negative");
    return Size();
  }
  return sizes->front();
}

//===----------------------------------------------------------------------===//
// Whole lists
//===----------------------------------------------------------------------===//

// An empty list, or `length` unset elements.
static void makeNewList(NodeContext &node, Size length) {
  Type type = node.typeAttr("element_dtype");
  if (!type || !length.isValid())
    return;
  if (isa<graph::StringType>(type))
    return node.unsupported("a list of strings");
  Value list = makeList(node.builder, length, type);
  std::optional<SmallVector<Size>> shape = getElementShape(node, 0);
  if (shape && failed(setElementShape(list, *shape)))
    return node.error("a list of that many elements is too large");
  node.setOutput(list);
}

static void importReserve(NodeContext &node) {
  if (node.expectInputs(2))
    makeNewList(node, getCount(node, 1, "num_elements"));
}

static void importEmptyList(NodeContext &node) {
  if (node.expectInputs(2))
    makeNewList(node, Size(0));
}

static void importFromTensor(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  if (node.builder.rank(node.input(0)) == 0)
    return node.error("a scalar has no rows to make elements of");
  node.setOutput(node.input(0));
}

static void importStack(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  Value list = getList(node, 0, 1);
  int64_t count = node.intAttr("num_elements", -1);
  if (!list || node.failed())
    return;
  Size length = getLength(list);
  if (count >= 0 && length.isStatic() && length.getStatic() != count)
    return node.error("is " + llvm::Twine(count) + ", the list has " +
                          llvm::Twine(length.getStatic()) + " elements",
                      "num_elements");
  node.setOutput(list);
}

static void importLength(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  Value list = node.input(0);
  Size length;
  if (isOpen(list)) {
    std::optional<Size> found = getOpenLength(list);
    if (!found)
      return node.unsupported("lists of different lengths meet here");
    length = *found;
  } else if (node.builder.rank(list)) {
    length = getLength(list);
  } else {
    return node.error("input 0 is no list, it is a " + typeText(list));
  }
  node.setOutput(graph::buildSizes(node.builder, length,
                                   node.builder.builder.getI32Type(),
                                   /*scalar=*/true));
}

static void importElementShape(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  Type type = node.typeAttr("shape_type");
  Value list = node.input(0);
  if (!type)
    return;
  if (isOpen(list) || node.builder.rank(list) == 0)
    return node.unsupported("the shape of the list's elements is not known");
  if (!type.isInteger(32) && !type.isInteger(64))
    return node.error("must be int32 or int64", "shape_type");
  SmallVector<Size> sizes = graph::getSizes(list);
  node.setOutput(graph::buildSizes(node.builder,
                                   ArrayRef<Size>(sizes).drop_front(), type));
}

static void importResize(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  Size size = getCount(node, 1, "size");
  Value list = node.input(0);
  if (!size.isValid())
    return;
  if (isOpen(list) || node.builder.rank(list) == 0)
    return node.unsupported("the shape of the list's elements is not known");
  Size length = getLength(list);
  if (!size.isStatic() || !length.isStatic())
    return node.unsupported("the list's length is known only at run time");
  int64_t more = size.getStatic() - length.getStatic();
  if (more <= 0)
    return node.setOutput(graph::buildRange(node.builder, list, 0, 0, size));
  SmallVector<int64_t> low(node.builder.rank(list), 0), high(low);
  high.front() = more;
  Value zero = node.builder.scalar(node.builder.elementType(list), 0);
  node.setOutput(graph::buildPad(node.builder, list, zero, low, high));
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

static bool expectIndex(NodeContext &node, unsigned i) {
  Value index = node.input(i);
  if (node.builder.rank(index) == 0 &&
      (node.builder.elementType(index).isInteger(32) ||
       node.builder.elementType(index).isInteger(64)))
    return true;
  node.error("the index (input " + llvm::Twine(i) +
             ") must be an int32 scalar, found " + typeText(index));
  return false;
}

static void importGetItem(NodeContext &node) {
  if (!node.expectInputs(3) || !expectIndex(node, 1))
    return;
  if (Value list = getList(node, 0, 2))
    node.setOutput(graph::buildGather(node.builder, list, node.input(1), 0, 0,
                                      /*wrap=*/false));
}

static void importSetItem(NodeContext &node) {
  if (!node.expectInputs(3) || !expectIndex(node, 1))
    return;
  Value list = node.input(0), item = node.input(2);
  if (node.boolAttr("resize_if_index_out_of_bounds", false))
    return node.unsupported("a list that grows when an element beyond its end "
                            "is set (a TensorArray of dynamic size)");
  if (failed(setElementShape(list, graph::getSizes(item))))
    return node.unsupported("the list of type " + typeText(list) +
                            " cannot hold an element of type " +
                            typeText(item));
  node.setOutput(node.builder.create<graph::DynamicUpdateSliceOp>(
      {list, item, node.input(1)}));
}

static void importPushBack(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  Value list = node.input(0), item = node.input(1);
  if (failed(setElementShape(list, graph::getSizes(item))))
    return node.unsupported("the list of type " + typeText(list) +
                            " cannot hold an element of type " +
                            typeText(item));
  Value row = graph::buildExpandDims(node.builder, item, 0);
  node.setOutput(graph::buildConcat(node.builder, {list, row}, 0));
}

static void importPopBack(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  Value list = getList(node, 0, 1);
  if (!list)
    return;
  Size length = getLength(list);
  if (length == Size(0))
    return node.error("takes an element from an empty list");
  SmallVector<Size> sizes = graph::getSizes(list);
  Value last = graph::buildRange(node.builder, list, 0, length - Size(1), 1);
  node.setOutput(0,
                 graph::buildRange(node.builder, list, 0, 0, length - Size(1)));
  node.setOutput(
      1, node.builder.reshape(last, ArrayRef<Size>(sizes).drop_front()));
}

static void importGather(NodeContext &node) {
  if (!node.expectInputs(3))
    return;
  if (Value list = getList(node, 0, 2))
    node.setOutput(graph::buildGather(node.builder, list, node.input(1), 0, 0,
                                      /*wrap=*/false));
}

// Row `i` becomes element `indices[i]`. TensorListScatterV2 also says how many
// elements there are at least.
static void importScatter(NodeContext &node) {
  bool isSecond = node.op() == "TensorListScatterV2";
  if (!node.expectInputs(isSecond ? 4 : 3))
    return;
  Value rows = node.input(0);
  std::optional<SmallVector<int64_t>> indices = node.constantInts(1, "indices");
  std::optional<int64_t> least =
      isSecond ? node.constantInt(3, "num_elements") : -1;
  if (!indices || !least)
    return;
  Size count = node.builder.rank(rows) ? getLength(rows) : Size();
  if (!count.isStatic() ||
      count.getStatic() != static_cast<int64_t>(indices->size()))
    return node.error("has " + llvm::Twine(indices->size()) +
                      " indices for rows of " + typeText(rows));
  int64_t length = std::max<int64_t>(*least, 0);
  for (int64_t index : *indices) {
    if (index < 0)
      return node.error("index " + llvm::Twine(index) + " is negative");
    length = std::max(length, index + 1);
  }
  // Only as many elements as there are rows: each has its row.
  HostTensor source(ElementKind::I64, {length});
  SmallVector<bool> seen(indices->size());
  if (length != static_cast<int64_t>(indices->size()))
    return node.unsupported("elements that no row is for");
  for (auto [i, index] : llvm::enumerate(*indices)) {
    if (seen[index])
      return node.unsupported("two rows for element " + llvm::Twine(index));
    seen[index] = true;
    source.setInt(index, i);
  }
  node.setOutput(graph::buildGather(node.builder, rows,
                                    node.builder.constant(source), 0, 0,
                                    /*wrap=*/false));
}

// Elements side by side along their first dimension, and their sizes there.
static void importConcatList(NodeContext &node) {
  bool isSecond = node.op() == "TensorListConcatV2";
  if (!node.expectInputs(isSecond ? 3 : 1))
    return;
  Value list = node.input(0);
  if (isOpen(list) || node.builder.rank(list) < 2)
    return node.unsupported("to join the elements of " + typeText(list));
  SmallVector<Size> sizes = graph::getSizes(list), joined;
  joined.push_back(sizes[0] * sizes[1]);
  llvm::append_range(joined, ArrayRef<Size>(sizes).drop_front(2));
  node.setOutput(0, node.builder.reshape(list, joined));
  if (sizes[0].isStatic() && sizes[1].isStatic())
    node.setOutput(1, node.builder.full(sizes[0],
                                        node.builder.builder.getI64Type(),
                                        double(sizes[1].getStatic())));
}

// The opposite, where all elements are to have one size.
static void importSplitList(NodeContext &node) {
  if (!node.expectInputs(3))
    return;
  Value rows = node.input(0);
  std::optional<SmallVector<int64_t>> lengths = node.constantInts(2, "lengths");
  if (!lengths)
    return;
  if (node.builder.rank(rows) == 0)
    return node.error("a scalar has no rows to make elements of");
  if (lengths->empty() || !llvm::all_equal(*lengths))
    return node.unsupported("elements of different sizes");
  SmallVector<Size> sizes = graph::getSizes(rows), split;
  int64_t all = 0;
  if (lengths->front() < 0 || !sizes[0].isStatic() ||
      __builtin_mul_overflow(static_cast<int64_t>(lengths->size()),
                             lengths->front(), &all) ||
      sizes[0].getStatic() != all)
    return node.error("the lengths do not add up to the rows of " +
                      typeText(rows));
  split.push_back(static_cast<int64_t>(lengths->size()));
  split.push_back(lengths->front());
  llvm::append_range(split, ArrayRef<Size>(sizes).drop_front());
  node.setOutput(node.builder.reshape(rows, split));
}

void sluice::tensorflow::addListImporters(ImporterTable &table) {
  table["TensorListReserve"] = importReserve;
  table["EmptyTensorList"] = importEmptyList;
  table["TensorListFromTensor"] = importFromTensor;
  table["TensorListStack"] = importStack;
  table["TensorListLength"] = importLength;
  table["TensorListElementShape"] = importElementShape;
  table["TensorListResize"] = importResize;
  table["TensorListGetItem"] = importGetItem;
  table["TensorListSetItem"] = importSetItem;
  table["TensorListPushBack"] = importPushBack;
  table["TensorListPopBack"] = importPopBack;
  table["TensorListGather"] = importGather;
  table["TensorListScatter"] = table["TensorListScatterV2"] = importScatter;
  table["TensorListConcat"] = table["TensorListConcatV2"] = importConcatList;
  table["TensorListSplit"] = importSplitList;
}
