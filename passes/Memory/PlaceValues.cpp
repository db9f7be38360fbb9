//===- PlaceValues.cpp - Which buffer holds which tensor ------------------===//

#include "passes/Memory/PlaceValues.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Graph/GraphLoopOps.h"
#include "dialects/Kernel/KernelFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "passes/Memory/InPlace.h"

using namespace mlir;
using namespace sluice;

// Shorter runs cost their writers more than a copy costs later.
static constexpr int64_t cacheLine = 64;

static ArrayRef<int64_t> getShape(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getShape();
}

static SmallVector<int64_t> getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

std::optional<SmallVector<int64_t>>
sluice::reshapeStrides(ArrayRef<int64_t> from, ArrayRef<int64_t> strides,
                       ArrayRef<int64_t> to) {
  SmallVector<int64_t> result(to.size(), 1);
  // From the last dimensions on: as few of both as have equally many elements.
  size_t source = from.size(), target = to.size();
  while (target > 0) {
    while (source > 0 && from[source - 1] == 1)
      --source;
    if (to[target - 1] == 1) {
      --target;
      // Moot; as in a row-major buffer.
      if (target + 1 < to.size())
        result[target] = result[target + 1] * to[target + 1];
      continue;
    }
    if (source == 0)
      return std::nullopt;
    int64_t stride = strides[--source], extent = from[source], taken = 1;
    while (taken != extent) {
      if (taken < extent && target > 0 &&
          extent % (taken * to[target - 1]) == 0) {
        result[--target] = stride * taken;
        taken *= to[target];
        continue;
      }
      // The next dimension must go on where this one ends.
      if (source == 0)
        return std::nullopt;
      if (from[--source] != 1 && strides[source] != stride * extent)
        return std::nullopt;
      extent *= from[source];
    }
  }
  return result;
}

// Kernels read and write vectors of the last dimension.
static bool hasUnitStride(ArrayRef<int64_t> shape, ArrayRef<int64_t> strides) {
  return shape.empty() || shape.back() == 1 || strides.back() == 1;
}

static bool isEmpty(Value tensor) {
  return llvm::is_contained(getShape(tensor), 0);
}

static int64_t countElements(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getNumElements();
}

static int64_t getBytes(Value tensor, int64_t elements) {
  Type element = kernel::getStorageType(
      cast<RankedTensorType>(tensor.getType()).getElementType());
  return elements * *kernel::getByteSize(MemRefType::get({}, element));
}

// Elements that follow one another in memory.
static int64_t getRun(Value tensor, ArrayRef<int64_t> strides) {
  int64_t run = 1;
  ArrayRef<int64_t> shape = getShape(tensor);
  for (size_t d = shape.size(); d-- > 0;) {
    if (shape[d] != 1 && strides[d] != run)
      break;
    run *= shape[d];
  }
  return run;
}

// Whether vectors can be as wide as anywhere.
static bool hasLongRuns(Value tensor, ArrayRef<int64_t> strides) {
  int64_t run = getRun(tensor, strides);
  return run == countElements(tensor) || getBytes(tensor, run) >= cacheLine;
}

static Place getPart(const Place &whole, ArrayRef<int64_t> start,
                     ArrayRef<int64_t> steps = {}) {
  Place part = whole;
  for (auto [d, stride] : llvm::enumerate(whole.strides))
    part.offset += start[d] * stride;
  for (auto [stride, step] : llvm::zip(part.strides, steps))
    stride *= step;
  return part;
}

Place ValuePlaces::get(Value tensor) const {
  auto found = places.find(tensor);
  if (found != places.end())
    return found->second;
  return {tensor, 0, getRowMajorStrides(getShape(tensor))};
}

Place ValuePlaces::getPart(graph::JoinOp join, unsigned part) const {
  return ::getPart(get(join->getResult(0)), join.getPartStart(part));
}

Place ValuePlaces::getPart(graph::PartOp part) const {
  return ::getPart(get(part->getOperand(0)), *part.getPartStart(),
                   part.getPartSteps());
}

// Whether all that read `tensor` can do so with these strides.
bool ValuePlaces::canRead(Value tensor, ArrayRef<int64_t> strides) const {
  SmallVector<std::pair<Value, SmallVector<int64_t>>> views;
  views.push_back({tensor, SmallVector<int64_t>(strides)});
  while (!views.empty()) {
    auto [value, layout] = views.pop_back_val();
    if (!hasUnitStride(getShape(value), layout))
      return false;
    for (Operation *user : value.getUsers()) {
      if (isa<kernel::FusedOp, graph::JoinOp, graph::PartOp>(user))
        continue;
      if (!isa<graph::ViewOp>(user))
        return false;
      Value view = user->getResult(0);
      auto reshaped = reshapeStrides(getShape(value), layout, getShape(view));
      if (!reshaped)
        return false;
      views.push_back({view, std::move(*reshaped)});
    }
  }
  return true;
}

// Whether the operand can be made in its place, by the kernel or the join that
// it is a view of.
bool ValuePlaces::claim(OpOperand &part, Place place) {
  Value source = part.get();
  if (!hasLongRuns(source, place.strides))
    return false;
  while (auto view = source.getDefiningOp<graph::ViewOp>()) {
    Value operand = view->getOperand(0);
    auto reshaped =
        reshapeStrides(getShape(source), place.strides, getShape(operand));
    if (!reshaped)
      return false;
    source = operand;
    place.strides = std::move(*reshaped);
  }
  Operation *producer = source.getDefiningOp();
  if (!isa_and_nonnull<kernel::FusedOp, graph::JoinOp>(producer) ||
      producer->getBlock() != part.getOwner()->getBlock() ||
      fixed.contains(source) || places.contains(source) ||
      !canRead(source, place.strides))
    return false;
  // An update is done in place: in the buffer of what it updates.
  auto fused = dyn_cast<kernel::FusedOp>(producer);
  if (fused && kernel::getUpdatedInput(fused.getBody().front()))
    return false;
  places[source] = std::move(place);
  return true;
}

// Whether the caller gets the value, perhaps seen through views.
static bool isReturned(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    return isa<func::ReturnOp>(user) ||
           (isa<graph::ViewOp>(user) && isReturned(user->getResult(0)));
  });
}

// Whether a join holds the value, perhaps seen through views.
static bool isJoined(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    return isa<graph::JoinOp>(user) ||
           (isa<graph::ViewOp>(user) && isJoined(user->getResult(0)));
  });
}

// A result goes over an operand that nothing reads later: the operand is made
// where the result will lie.
void ValuePlaces::placeOverwritten(kernel::FusedOp fused) {
  Value result = fused->getResult(0);
  if (isEmpty(result))
    return;
  Place place = get(result);
  // Buffers of the caller are there all the time. Others live longer by this:
  // larger ones may not, nor those where something else lies before.
  bool isFree = fixed.contains(place.base)
                    ? isReturned(place.base)
                    : countElements(place.base) == countElements(result) &&
                          !getUpdate(place.base);
  if (!isFree)
    return;
  for (OpOperand &input : fused->getOpOperands()) {
    Value source = getViewed(input.get());
    // A join's part has its place there.
    if (source.getDefiningOp<kernel::FusedOp>() && !isJoined(source) &&
        canWriteOver(fused, input.getOperandNumber()) && claim(input, place))
      return;
  }
}

// Those of control flow, whose operators the runner carries out.
static MutableArrayRef<Region> getRegions(Operation &op) {
  if (!isa<graph::ControlFlowOp>(op))
    return {};
  return op.getRegions();
}

// What a join holds may itself be a join, and what is written over may itself
// be written over another value: the last comes first.
void ValuePlaces::placeOperands(Block &block) {
  for (Operation &op : llvm::reverse(block)) {
    for (Region &region : getRegions(op))
      placeOperands(region.front());
    if (auto fused = dyn_cast<kernel::FusedOp>(op))
      placeOverwritten(fused);
    auto join = dyn_cast<graph::JoinOp>(op);
    if (!join)
      continue;
    for (OpOperand &part : op.getOpOperands().take_front(join.getPartCount())) {
      if (isEmpty(part.get()) ||
          claim(part, getPart(join, part.getOperandNumber())))
        inPlace.insert(&part);
    }
  }
}

void ValuePlaces::placeViews(Block &block) {
  for (Operation &op : block) {
    for (Region &region : getRegions(op))
      placeViews(region.front());
    if (!isa<graph::ViewOp, graph::PartOp>(op) || isEmpty(op.getResult(0)))
      continue;
    Value source = op.getOperand(0), result = op.getResult(0);
    if (auto part = dyn_cast<graph::PartOp>(op)) {
      Place place = getPart(part);
      if (hasLongRuns(result, place.strides) && canRead(result, place.strides))
        places[result] = std::move(place);
      continue;
    }
    Place place = get(source);
    // There are some, as `canRead` said of the source.
    place.strides =
        *reshapeStrides(getShape(source), place.strides, getShape(result));
    places[result] = std::move(place);
  }
}

ValuePlaces::ValuePlaces(Block &block, const DenseSet<Value> &fixed)
    : fixed(fixed) {
  placeOperands(block);
  placeViews(block);
}

// A join whose parts come from the caller or the artefact, or are parts
// themselves, has to copy them: that, a kernel does better.
bool sluice::isWorthPlacing(graph::JoinOp join) {
  Value result = join->getResult(0);
  SmallVector<int64_t> strides = getRowMajorStrides(getShape(result));
  DenseSet<Value> made;
  int64_t placed = 0;
  for (Value part : join->getOperands().take_front(join.getPartCount())) {
    int64_t run = isEmpty(part) ? 0 : getRun(part, strides);
    if (getBytes(part, run) < cacheLine)
      continue;
    Value source = part;
    while (source.getDefiningOp<graph::ViewOp>())
      source = source.getDefiningOp()->getOperand(0);
    Operation *producer = source.getDefiningOp();
    bool isMade = producer && producer->getBlock() == join->getBlock() &&
                  !producer->hasTrait<OpTrait::ConstantLike>() &&
                  !isa<graph::PartOp>(producer);
    if (isMade && made.insert(source).second)
      placed += getBytes(part, countElements(part));
  }
  int64_t all = getBytes(result, countElements(result));
  return placed >= all / 2;
}
