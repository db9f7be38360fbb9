//===- StridedSlice.cpp - What the masks of StridedSlice mean -------------===//

#include "compiler/Import/TensorFlow/Ops/StridedSlice.h"
#include "dialects/Graph/Builders/Movement.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;
using graph::Size;

std::optional<SmallVector<StridedSliceDim>>
sluice::tensorflow::resolveStridedSlice(NodeContext &node,
                                        const StridedSliceMasks &masks,
                                        ArrayRef<int64_t> strides,
                                        int64_t rank) {
  unsigned count = strides.size();
  if (count > 32) {
    node.error("strides hold " + llvm::Twine(count) +
               " entries, more than masks have bits");
    return std::nullopt;
  }
  auto has = [](int64_t mask, unsigned i) { return (mask >> i) & 1; };
  // Entries that stand for a dimension of the operand: neither the ellipsis
  // nor new axes. The ellipsis wins over a new axis, that over shrinking.
  unsigned ellipses = 0;
  int64_t used = 0;
  for (unsigned i = 0; i < count; ++i) {
    ellipses += has(masks.ellipsis, i);
    used += !has(masks.ellipsis, i) && !has(masks.newAxis, i);
  }
  if (ellipses > 1) {
    node.error("has more than one bit", "ellipsis_mask");
    return std::nullopt;
  }
  if (used > rank) {
    node.error("indexes " + llvm::Twine(used) + " dimensions of rank " +
               llvm::Twine(rank));
    return std::nullopt;
  }
  SmallVector<StridedSliceDim> dims;
  auto addWhole = [&] { dims.append(rank - used, StridedSliceDim()); };
  for (unsigned i = 0; i < count; ++i) {
    if (has(masks.ellipsis, i)) {
      addWhole();
      continue;
    }
    StridedSliceDim dim;
    if (has(masks.newAxis, i)) {
      dim.isNewAxis = true;
    } else {
      dim.source = i;
      dim.shrink = has(masks.shrinkAxis, i);
      dim.beginOpen = has(masks.begin, i) && !dim.shrink;
      dim.endOpen = has(masks.end, i) && !dim.shrink;
      dim.stride = strides[i];
      if (dim.stride == 0 || dim.stride == INT64_MIN) {
        node.error("stride " + llvm::Twine(i) + " is " +
                   llvm::Twine(dim.stride));
        return std::nullopt;
      }
      if (dim.shrink && dim.stride < 0) {
        node.error("a single index needs a positive stride, found " +
                   llvm::Twine(dim.stride));
        return std::nullopt;
      }
    }
    dims.push_back(dim);
  }
  if (ellipses == 0)
    addWhole();
  return dims;
}

// A begin or end: counted from the end when negative, then clamped.
static Size clampPosition(Size position, Size whole, Size low, Size high) {
  if (position.isStatic() && position.getStatic() < 0)
    position = whole + position;
  return position.max(low).min(high);
}

std::optional<StridedRange>
sluice::tensorflow::resolveRange(NodeContext &node, const StridedSliceDim &dim,
                                 unsigned d, Size whole, Value first,
                                 Value last) {
  auto known = [&](Value value, StringRef what) -> std::optional<Size> {
    if (std::optional<SmallVector<Size>> sizes = node.knownSizes(value))
      return sizes->front();
    node.unsupported(what + " of dimension " + llvm::Twine(d) +
                     " is computed at run time; only single indices may be");
    return std::nullopt;
  };
  if (dim.shrink) {
    std::optional<Size> index = known(first, "begin");
    if (!index)
      return std::nullopt;
    Size position = *index;
    if (position.isStatic() && position.getStatic() < 0)
      position = whole + position;
    Size left = whole - position;
    if ((position.isStatic() && position.getStatic() < 0) ||
        (left.isStatic() && left.getStatic() <= 0)) {
      std::string text;
      llvm::raw_string_ostream(text)
          << "slice index " << *index << " of dimension " << d
          << " is outside size " << whole;
      node.error(text);
      return std::nullopt;
    }
    return StridedRange{position, 1, 1};
  }
  bool forward = dim.stride > 0;
  Size low = forward ? Size(0) : Size(-1),
       high = forward ? whole : whole - Size(1);
  Size begin = forward ? low : high, end = forward ? high : low;
  if (!dim.beginOpen) {
    std::optional<Size> position = known(first, "begin");
    if (!position)
      return std::nullopt;
    begin = clampPosition(*position, whole, low, high);
  }
  if (!dim.endOpen) {
    std::optional<Size> position = known(last, "end");
    if (!position)
      return std::nullopt;
    end = clampPosition(*position, whole, low, high);
  }
  Size distance = forward ? end - begin : begin - end;
  Size size = distance.max(0).ceilDiv(forward ? dim.stride : -dim.stride);
  if (!size.isValid()) {
    node.unsupported("the size of dimension " + llvm::Twine(d) +
                     " cannot be expressed");
    return std::nullopt;
  }
  // A range of one element has no stride, one of none no start.
  StridedRange range{begin, size, dim.stride};
  if (size == Size(0))
    range.start = 0;
  if (size == Size(0) || size == Size(1))
    range.stride = 1;
  return range;
}
