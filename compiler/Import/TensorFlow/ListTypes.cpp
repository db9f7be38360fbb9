//===- ListTypes.cpp - Lists whose element shape is found later -----------===//

#include "compiler/Import/TensorFlow/ListTypes.h"
#include "dialects/Graph/GraphLoopOps.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;
using graph::Size;

bool sluice::tensorflow::handlesList(StringRef op, unsigned input) {
  // What control flow decides by is no list.
  if (op == "If" || op == "StatelessIf" || op == "Case" ||
      op == "StatelessCase")
    return input > 0;
  if (op == "While" || op == "StatelessWhile" || op == "Identity" ||
      op == "IdentityN")
    return true;
  return input == 0 && op.consume_front("TensorList") &&
         llvm::StringSwitch<bool>(op)
             .Cases({"Stack", "Length", "ElementShape", "Resize"}, true)
             .Cases({"GetItem", "SetItem", "PushBack", "PopBack"}, true)
             .Cases({"Gather", "Concat", "ConcatV2"}, true)
             .Default(false);
}

static bool isOpen(Value value) {
  return !isa<RankedTensorType>(value.getType());
}

static UnrealizedConversionCastOp getOrigin(Value value) {
  return value.getDefiningOp<UnrealizedConversionCastOp>();
}

Value sluice::tensorflow::makeList(graph::GraphBuilder &builder, Size length,
                                   Type elementType) {
  auto origin = UnrealizedConversionCastOp::create(
      builder.builder, builder.loc,
      TypeRange(UnrankedTensorType::get(elementType)), ValueRange());
  origin->setAttr("length", graph::makeDims(builder.context(), {length}));
  return origin.getResult(0);
}

// The values that are `value` at another place: what control flow passes it to
// or gets it from.
static void collectNeighbours(Value value, SmallVectorImpl<Value> &found) {
  // A carried value at position `i`, wherever it stands.
  auto addCarried = [&](graph::ControlFlowOp flow, unsigned i) {
    if (i < flow->getNumResults())
      found.push_back(flow->getResult(i));
    if (i < flow.getCarriedInits().size())
      found.push_back(flow.getCarriedInits()[i]);
    for (Region &region : flow->getRegions()) {
      if (region.empty())
        continue;
      ArrayRef<BlockArgument> arguments = flow.getCarriedArguments(region);
      if (i < arguments.size())
        found.push_back(arguments[i]);
      Block &block = region.front();
      if (block.empty() || !flow.yieldsResults(region))
        continue;
      if (auto yield = dyn_cast<graph::YieldOp>(block.back()))
        if (i < yield.getNumOperands())
          found.push_back(yield.getOperand(i));
    }
  };
  auto result = dyn_cast<OpResult>(value);
  if (result)
    if (auto flow = dyn_cast<graph::ControlFlowOp>(result.getOwner()))
      addCarried(flow, result.getResultNumber());
  if (auto argument = dyn_cast<BlockArgument>(value))
    if (auto flow = dyn_cast_or_null<graph::ControlFlowOp>(
            argument.getOwner()->getParentOp())) {
      Region &region = *argument.getOwner()->getParent();
      unsigned others =
          region.getNumArguments() - flow.getCarriedArguments(region).size();
      if (argument.getArgNumber() >= others)
        addCarried(flow, argument.getArgNumber() - others);
    }
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (auto flow = dyn_cast<graph::ControlFlowOp>(user)) {
      unsigned others = user->getNumOperands() - flow.getCarriedInits().size();
      if (use.getOperandNumber() >= others)
        addCarried(flow, use.getOperandNumber() - others);
    }
    auto yield = dyn_cast<graph::YieldOp>(user);
    if (!yield)
      continue;
    auto flow = dyn_cast_or_null<graph::ControlFlowOp>(yield->getParentOp());
    if (flow && flow.yieldsResults(*yield->getParentRegion()))
      addCarried(flow, use.getOperandNumber());
  }
}

// All values of unranked type that stand for the same list.
static llvm::SetVector<Value> collectOpen(Value list) {
  llvm::SetVector<Value> same;
  same.insert(list);
  for (size_t i = 0; i < same.size(); ++i) {
    SmallVector<Value> neighbours;
    collectNeighbours(same[i], neighbours);
    for (Value neighbour : neighbours)
      if (isOpen(neighbour))
        same.insert(neighbour);
  }
  return same;
}

// Gives the list the zeros that it starts with.
static void fillOrigin(UnrealizedConversionCastOp origin,
                       RankedTensorType type) {
  OpBuilder builder(origin);
  graph::GraphBuilder b(builder, origin.getLoc());
  Value zeros = b.full(graph::getSizes(type), type.getElementType(), 0);
  origin->setOperands(zeros);
}

static std::optional<Size> findLength(ArrayRef<Value> same) {
  std::optional<Size> length;
  for (Value value : same)
    if (UnrealizedConversionCastOp origin = getOrigin(value)) {
      Size found = origin->getAttrOfType<graph::DimsAttr>("length").getSize(0);
      if (length && *length != found)
        return std::nullopt;
      length = found;
    }
  return length;
}

std::optional<Size> sluice::tensorflow::getOpenLength(Value list) {
  return findLength(collectOpen(list).getArrayRef());
}

LogicalResult sluice::tensorflow::setElementShape(Value list,
                                                  ArrayRef<Size> shape) {
  if (!isOpen(list)) {
    SmallVector<Size> sizes = graph::getSizes(list);
    return success(!sizes.empty() &&
                   ArrayRef<Size>(sizes).drop_front() == shape);
  }
  llvm::SetVector<Value> same = collectOpen(list);
  std::optional<Size> length = findLength(same.getArrayRef());
  if (!length)
    return failure();
  SmallVector<Size> sizes{*length};
  llvm::append_range(sizes, shape);
  RankedTensorType type = graph::makeTensorType(
      sizes, cast<UnrankedTensorType>(list.getType()).getElementType());
  if (!type)
    return failure();
  for (Value value : same) {
    value.setType(type);
    if (UnrealizedConversionCastOp origin = getOrigin(value))
      fillOrigin(origin, type);
  }
  return success();
}

LogicalResult sluice::tensorflow::unifyListTypes(Value a, Value b) {
  if (isOpen(a) == isOpen(b))
    return success(a.getType() == b.getType());
  if (isOpen(b))
    std::swap(a, b);
  SmallVector<Size> sizes = graph::getSizes(b);
  if (sizes.empty() ||
      failed(setElementShape(a, ArrayRef<Size>(sizes).drop_front())))
    return failure();
  return success(a.getType() == b.getType());
}

void sluice::tensorflow::finishLists(func::FuncOp function) {
  SmallVector<UnrealizedConversionCastOp> origins;
  function.walk(
      [&](UnrealizedConversionCastOp origin) { origins.push_back(origin); });
  for (UnrealizedConversionCastOp origin : origins) {
    Value list = origin.getResult(0);
    if (isOpen(list))
      (void)setElementShape(list, {});
    if (isOpen(list)) // Lengths that differ: a verifier says so.
      continue;
    list.replaceAllUsesWith(origin.getOperand(0));
    origin.erase();
  }
}
