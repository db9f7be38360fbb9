//===- KernelOps.cpp - Verification of the kernel dialect -----------------===//

#include "dialects/Kernel/KernelOps.h"
#include "dialects/Graph/GraphDialect.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Kernel/InPlace.h"
#include "dialects/Kernel/KernelFlowOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::kernel;

#include "dialects/Kernel/KernelDialect.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/Kernel/KernelOps.cpp.inc"

void KernelDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Kernel/KernelOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Kernel/KernelFlowOps.cpp.inc"
      >();
}

Type sluice::kernel::getStorageType(Type elementType) {
  MLIRContext *context = elementType.getContext();
  if (auto integer = dyn_cast<IntegerType>(elementType))
    return IntegerType::get(context, std::max(8u, integer.getWidth()));
  if (isa<graph::StringType>(elementType))
    return ComplexType::get(IntegerType::get(context, 64));
  return elementType;
}

MemRefType sluice::kernel::getBufferType(RankedTensorType type) {
  return MemRefType::get(type.getShape(),
                         getStorageType(type.getElementType()));
}

MemRefType sluice::kernel::getTypeAtAddress(MemRefType type) {
  auto layout = dyn_cast<StridedLayoutAttr>(type.getLayout());
  if (!layout)
    return type;
  return getStridedType(type.getShape(), type.getElementType(), 0,
                        layout.getStrides());
}

MemRefType sluice::kernel::getStridedType(ArrayRef<int64_t> shape, Type element,
                                          int64_t offset,
                                          ArrayRef<int64_t> strides) {
  auto type = MemRefType::get(shape, element);
  if (offset == 0 && type.getStridesAndOffset().first == strides)
    return type;
  return MemRefType::get(
      shape, element,
      StridedLayoutAttr::get(element.getContext(), offset, strides));
}

bool sluice::kernel::makesStrings(FuncOp kernel) {
  return llvm::any_of(kernel.getBody().front(), [](Operation &op) {
    auto element = dyn_cast<graph::ElementOp>(op);
    return element && element.makesStrings();
  });
}

std::optional<int64_t> sluice::kernel::getByteSize(MemRefType type) {
  if (!type.hasStaticShape())
    return std::nullopt;
  std::optional<int64_t> count = elementCount(type.getShape());
  int64_t size, bits;
  if (auto complex = dyn_cast<ComplexType>(type.getElementType()))
    bits = 2 * complex.getElementType().getIntOrFloatBitWidth();
  else
    bits = type.getElementType().getIntOrFloatBitWidth();
  if (!count || __builtin_mul_overflow(*count, (bits + 7) / 8, &size))
    return std::nullopt;
  return size;
}

bool sluice::kernel::isPlacement(Operation *op) {
  if (isa<graph::ViewOp>(op))
    return true;
  auto isFilled = [](Type type) {
    return getByteSize(getBufferType(cast<RankedTensorType>(type))) > 0;
  };
  if (auto join = dyn_cast<graph::JoinOp>(op))
    // Around nothing there is no halo.
    return join.holdsPartsOrZeros() && isFilled(op->getResult(0).getType()) &&
           (join.getPartCount() > 1 || isFilled(op->getOperand(0).getType()));
  auto part = dyn_cast<graph::PartOp>(op);
  if (!part || !isFilled(op->getResult(0).getType()) ||
      !isFilled(op->getOperand(0).getType()) || !part.getPartStart())
    return false;
  ArrayRef<int64_t> steps = part.getPartSteps();
  return llvm::all_of(steps, [](int64_t step) { return step > 0; }) &&
         (steps.empty() || steps.back() == 1);
}

bool sluice::kernel::isHeldByKernels(Value constant) {
  DenseElementsAttr elements;
  return matchPattern(constant, m_Constant(&elements)) && elements.isSplat() &&
         !isa<DenseStringElementsAttr>(elements);
}

FusedOp sluice::kernel::createCopy(OpBuilder &builder, Location loc,
                                   Value value) {
  bool isHeld = isHeldByKernels(value);
  SmallVector<Value> inputs;
  if (!isHeld)
    inputs.push_back(value);
  auto copy = FusedOp::create(builder, loc, value.getType(), inputs);
  Block &block = copy.getBody().emplaceBlock();
  auto inside = OpBuilder::atBlockEnd(&block);
  Value copied;
  if (isHeld)
    copied = inside.clone(*value.getDefiningOp())->getResult(0);
  else
    copied = block.addArgument(value.getType(), loc);
  YieldOp::create(inside, loc, copied);
  return copy;
}

LogicalResult FusedOp::verify() {
  Block &block = getBody().front();
  if (block.getArgumentTypes() != getInputs().getTypes())
    return emitOpError("(C1) region arguments ")
           << block.getArgumentTypes() << " do not match operands "
           << getInputs().getTypes();
  auto yield =
      dyn_cast_or_null<YieldOp>(block.empty() ? nullptr : &block.back());
  if (!yield || yield.getOperandTypes() != getResultTypes())
    return emitOpError("(C2) the region must yield ") << getResultTypes();
  Operation *root = nullptr;
  for (Operation &op : block) {
    if (!isa<graph::KernelRootOp>(op))
      continue;
    if (root && !op.hasAttr(scratchName))
      return op.emitOpError("(C3) is a second kernel root beside '")
             << root->getName() << "'";
    root = &op;
  }
  return success();
}

int64_t sluice::kernel::getScratchBytes(Block &body) {
  int64_t bytes = 0;
  for (Operation &op : body) {
    auto root = dyn_cast<graph::KernelRootOp>(op);
    if (!root)
      continue;
    auto given = op.getAttrOfType<IntegerAttr>(scratchName);
    bytes =
        given ? std::max<int64_t>(0, given.getInt()) : root.getScratchBytes();
  }
  return bytes;
}

// Whether an element of both is at the same place.
static bool areLaidOutAlike(Attribute lhs, Attribute rhs) {
  auto type = cast<MemRefType>(cast<TypeAttr>(lhs).getValue());
  auto other = cast<MemRefType>(cast<TypeAttr>(rhs).getValue());
  return type.getShape() == other.getShape() &&
         llvm::all_of(llvm::zip_equal(type.getShape(),
                                      type.getStridesAndOffset().first,
                                      other.getStridesAndOffset().first),
                      [](auto dimension) {
                        auto [size, stride, otherStride] = dimension;
                        return size == 1 || stride == otherStride;
                      });
}

LogicalResult FuncOp::verify() {
  Block &block = getBody().front();
  auto yield =
      dyn_cast_or_null<YieldOp>(block.empty() ? nullptr : &block.back());
  if (!yield)
    return emitOpError("(C1) the region must end in a yield");
  SmallVector<Type> tensors(block.getArgumentTypes());
  llvm::append_range(tensors, yield.getOperandTypes());
  size_t expected = tensors.size() + (getScratchBytes(block) != 0);
  if (expected != getBuffers().size())
    return emitOpError("(C1) expected ")
           << expected << " buffers, found " << getBuffers().size();
  for (auto [i, tensor] : llvm::enumerate(tensors)) {
    auto type =
        dyn_cast<MemRefType>(cast<TypeAttr>(getBuffers()[i]).getValue());
    SmallVector<int64_t> strides;
    int64_t offset = 0;
    if (!type || !type.hasStaticShape() ||
        failed(type.getStridesAndOffset(strides, offset)))
      return emitOpError("(C2) buffer ") << i << " must be a static memref";
    if (getPackings() && getPackings()->contains(std::to_string(i)))
      continue;
    auto ranked = cast<RankedTensorType>(tensor);
    if (type.getShape() != ranked.getShape() ||
        type.getElementType() != getStorageType(ranked.getElementType()) ||
        (!strides.empty() && strides.back() != 1 && type.getShape().back() > 1))
      return emitOpError("(C2) buffer ")
             << i << " of type " << type << " cannot hold " << tensor;
  }
  if (std::optional<uint64_t> number = getOverwritten())
    if (*number >= getNumInputs() ||
        !canWriteOver(block, static_cast<unsigned>(*number)) ||
        !areLaidOutAlike(getBuffers()[*number], getBuffers()[getNumInputs()]))
      return emitOpError("(C3) cannot write over argument ") << *number;
  return success();
}

LogicalResult BufferOp::verify() {
  auto type = dyn_cast<MemRefType>(getResult().getType());
  if (!type || !type.hasStaticShape() || !type.getLayout().isIdentity())
    return emitOpError("(C1) must have a static shape and identity layout");
  if (std::optional<int64_t> offset = getOffset())
    if (*offset < 0 || *offset % 64 != 0)
      return emitOpError("(C2) offset must be a multiple of 64, found ")
             << *offset;
  return success();
}

LogicalResult FillHaloOp::verify() {
  auto type = cast<MemRefType>(getBuffer().getType());
  auto isValid = [&](ArrayRef<int64_t> list) {
    return static_cast<int64_t>(list.size()) == type.getRank() &&
           llvm::all_of(list, [](int64_t pad) { return pad >= 0; });
  };
  if (!isValid(getLow()) || !isValid(getHigh()))
    return emitOpError("(C1) expected ")
           << type.getRank() << " non-negative entries in low and high";
  return success();
}
