//===- Slice.cpp - Importers of operators that take parts -----------------===//

#include "compiler/Import/TensorFlow/NodeContext.h"
#include "compiler/Import/TensorFlow/Ops/StridedSlice.h"
#include "dialects/Graph/Builders/Movement.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;
using graph::Size;

//===----------------------------------------------------------------------===//
// Splits
//===----------------------------------------------------------------------===//

// Outputs of these sizes, one after the other along `dim`.
static void setParts(NodeContext &node, Value x, int64_t dim,
                     ArrayRef<Size> sizes) {
  Size start = 0;
  for (auto [i, size] : llvm::enumerate(sizes)) {
    node.setOutput(i, graph::buildRange(node.builder, x, dim, start, size));
    start = start + size;
  }
}

// More outputs than this are a broken file.
static constexpr int64_t maxParts = 1 << 20;

static void importSplit(NodeContext &node) {
  if (!node.expectInputs(2))
    return;
  std::optional<int64_t> axis = node.constantInt(0, "split_dim");
  Value x = node.input(1);
  int64_t count = node.intAttr("num_split");
  if (!axis || !x || node.failed())
    return;
  if (!(axis = node.axis(*axis, node.builder.rank(x), "split_dim")))
    return;
  if (count < 1 || count > maxParts)
    return node.error("must be positive, found " + llvm::Twine(count),
                      "num_split");
  Size whole = graph::getSizes(x)[*axis], part = whole.floorDiv(count);
  if (part * Size(count) != whole) {
    std::string text;
    llvm::raw_string_ostream(text) << whole;
    return node.error("a dimension of size " + text + " cannot be split into " +
                      llvm::Twine(count) + " equal parts");
  }
  setParts(node, x, *axis, SmallVector<Size>(count, part));
}

static void importSplitV(NodeContext &node) {
  if (!node.expectInputs(3))
    return;
  Value x = node.input(0);
  std::optional<SmallVector<Size>> sizes = node.constantSizes(1, "size_splits");
  std::optional<int64_t> axis = node.constantInt(2, "split_dim");
  if (!x || !sizes || !axis)
    return;
  if (!(axis = node.axis(*axis, node.builder.rank(x), "split_dim")))
    return;
  Size rest = graph::getSizes(x)[*axis];
  std::optional<size_t> open;
  for (auto [i, size] : llvm::enumerate(*sizes)) {
    if (size == Size(-1)) {
      if (open)
        return node.error("size_splits holds more than one -1");
      open = i;
      continue;
    }
    if (size.isStatic() && size.getStatic() < 0)
      return node.error("size_splits holds the negative size " +
                        llvm::Twine(size.getStatic()));
    rest = rest - size;
  }
  if (open)
    (*sizes)[*open] = rest;
  if (open ? !rest.isValid() || (rest.isStatic() && rest.getStatic() < 0)
           : rest != Size(0))
    return node.error("size_splits do not add up to the dimension");
  setParts(node, x, *axis, *sizes);
}

static void importUnpack(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  Value x = node.input(0);
  int64_t count = node.intAttr("num"), dim = node.intAttr("axis", 0);
  if (!x || node.failed())
    return;
  std::optional<int64_t> axis = node.axis(dim, node.builder.rank(x));
  if (!axis)
    return;
  SmallVector<Size> sizes = graph::getSizes(x);
  if (sizes[*axis] != Size(count) || count > maxParts) {
    std::string text;
    llvm::raw_string_ostream(text) << sizes[*axis];
    return node.error("is " + llvm::Twine(count) +
                          " where the dimension to unpack is " + text,
                      "num");
  }
  sizes.erase(sizes.begin() + *axis);
  for (int64_t i = 0; i < count; ++i)
    node.setOutput(
        i, node.builder.reshape(graph::buildRange(node.builder, x, *axis, i, 1),
                                sizes));
}

//===----------------------------------------------------------------------===//
// Slice
//===----------------------------------------------------------------------===//

static void importSlice(NodeContext &node) {
  if (!node.expectInputs(3))
    return;
  Value x = node.input(0), begin = node.input(1);
  std::optional<SmallVector<Size>> sizes = node.constantSizes(2, "size");
  if (!x || !begin || !sizes)
    return;
  SmallVector<Size> whole = graph::getSizes(x);
  RankedTensorType beginType = node.builder.type(begin);
  if (sizes->size() != whole.size() || beginType.getRank() != 1 ||
      beginType.getDimSize(0) != static_cast<int64_t>(whole.size()))
    return node.error("begin and size must hold " + llvm::Twine(whole.size()) +
                      " elements each");
  bool computed = false;
  SmallVector<Size> starts;
  for (size_t d = 0; d < whole.size(); ++d) {
    Value element = graph::buildElementOf(node.builder, begin, d);
    std::optional<SmallVector<Size>> start = graph::getKnownSizes(element);
    computed |= !start;
    if (!start && (*sizes)[d] == Size(-1))
      start = node.knownSizes(element);
    starts.push_back(start ? start->front() : Size());
  }
  for (size_t d = 0; d < whole.size(); ++d) {
    Size &size = (*sizes)[d];
    if (size == Size(-1)) {
      if (!starts[d].isValid())
        return node.unsupported(
            "size -1 of dimension " + llvm::Twine(d) +
            " with a begin (input 1) that is computed at run time");
      size = whole[d] - starts[d];
    }
    // Out of range is an error here, not clamped.
    Size end = starts[d] + size;
    auto negative = [](Size size) {
      return size.isStatic() && size.getStatic() < 0;
    };
    if (negative(size) || negative(starts[d]) || negative(whole[d] - end)) {
      std::string text;
      llvm::raw_string_ostream(text)
          << "begin " << starts[d] << " and size " << size
          << " reach outside dimension " << d << " of size " << whole[d];
      return node.error(text);
    }
  }
  if (computed)
    return node.setOutput(
        graph::buildDynamicSlice(node.builder, x, begin, *sizes));
  node.setOutput(graph::buildSlice(node.builder, x, starts, *sizes,
                                   SmallVector<int64_t>(whole.size(), 1)));
}

//===----------------------------------------------------------------------===//
// StridedSlice
//===----------------------------------------------------------------------===//

static void importStridedSlice(NodeContext &node) {
  if (!node.expectInputs(4))
    return;
  Value x = node.input(0), begin = node.input(1), end = node.input(2);
  std::optional<SmallVector<int64_t>> strides = node.constantInts(3, "strides");
  StridedSliceMasks masks;
  masks.begin = node.intAttr("begin_mask", 0);
  masks.end = node.intAttr("end_mask", 0);
  masks.ellipsis = node.intAttr("ellipsis_mask", 0);
  masks.newAxis = node.intAttr("new_axis_mask", 0);
  masks.shrinkAxis = node.intAttr("shrink_axis_mask", 0);
  if (!x || !begin || !end || !strides || node.failed())
    return;
  for (Value vector : {begin, end})
    if (node.builder.rank(vector) != 1 ||
        node.builder.type(vector).getDimSize(0) !=
            static_cast<int64_t>(strides->size()))
      return node.error("begin, end and strides must be vectors of one size");
  std::optional<SmallVector<StridedSliceDim>> dims =
      resolveStridedSlice(node, masks, *strides, node.builder.rank(x));
  if (!dims)
    return;
  // Positions along each dimension; the dimensions of one computed position
  // are taken last, by gather, which drops them.
  SmallVector<Size> whole = graph::getSizes(x), starts, sizes, result;
  SmallVector<int64_t> steps;
  SmallVector<std::pair<int64_t, Value>> computed;
  for (const StridedSliceDim &dim : *dims) {
    if (dim.isNewAxis) {
      result.push_back(1);
      continue;
    }
    unsigned d = starts.size();
    Value first, last;
    if (dim.source)
      first = graph::buildElementOf(node.builder, begin, *dim.source);
    if (dim.source && dim.shrink && !graph::getKnownSizes(first)) {
      computed.push_back({d, first});
      starts.push_back(0);
      sizes.push_back(whole[d]);
      steps.push_back(1);
      continue;
    }
    if (dim.source && !dim.shrink)
      last = graph::buildElementOf(node.builder, end, *dim.source);
    std::optional<StridedRange> range =
        resolveRange(node, dim, d, whole[d], first, last);
    if (!range)
      return;
    starts.push_back(range->start);
    sizes.push_back(range->size);
    steps.push_back(range->stride);
    if (!dim.shrink)
      result.push_back(range->size);
  }
  Value part = graph::buildSlice(node.builder, x, starts, sizes, steps);
  for (auto [d, index] : llvm::reverse(computed))
    part = graph::buildGather(node.builder, part, index, d, 0, /*wrap=*/true);
  node.setOutput(node.builder.reshape(part, result));
}

void sluice::tensorflow::addSliceImporters(ImporterTable &table) {
  table["Split"] = importSplit;
  table["SplitV"] = importSplitV;
  table["Unpack"] = importUnpack;
  table["Slice"] = importSlice;
  table["StridedSlice"] = importStridedSlice;
}
