//===- FusedDepthwise.cpp - Two convolutions in one kernel ----------------===//

#include "passes/Emit/FusedDepthwise.h"
#include "dialects/Kernel/KernelOps.h"

using namespace mlir;
using namespace sluice;

static constexpr const char *choiceName = "kernel.panels";

static ArrayRef<int64_t> getShape(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getShape();
}

int64_t FusedDepthwise::elementBytes() const {
  Type element = cast<RankedTensorType>(made.getType()).getElementType();
  return (element.getIntOrFloatBitWidth() + 7) / 8;
}

std::optional<FusedDepthwise> FusedDepthwise::match(Block &body) {
  FusedDepthwise fused;
  for (Operation &op : body) {
    if (!isa<graph::KernelRootOp>(op))
      continue;
    auto conv = dyn_cast<graph::ConvOp>(op);
    if (!conv || fused.depthwise)
      return std::nullopt;
    (fused.first ? fused.depthwise : fused.first) = conv;
  }
  if (!fused.depthwise || fused.depthwise.getSpatialRank() != 2)
    return std::nullopt;
  fused.made = fused.padded = fused.depthwise.getInput();
  ArrayRef<int64_t> shape = getShape(fused.padded);
  fused.top = fused.left = fused.right = 0;
  if (auto pad = fused.padded.getDefiningOp<graph::JoinOp>()) {
    if (!kernel::isPlacement(pad) || pad.getPartCount() != 1)
      return std::nullopt;
    fused.made = pad->getOperand(0);
    SmallVector<int64_t> start = pad.getPartStart(0);
    if (start[0] != 0 || start[3] != 0 ||
        getShape(fused.made).front() != shape.front() ||
        getShape(fused.made).back() != shape.back())
      return std::nullopt;
    fused.top = start[1];
    fused.left = start[2];
    fused.right = shape[2] - start[2] - getShape(fused.made)[2];
  }
  fused.images = shape[0];
  fused.columns = shape[2];
  fused.width = fused.panel = shape[3];
  fused.madeRows = getShape(fused.made)[1];
  fused.rows = fused.depthwise.getType().getShape()[1];
  fused.stride = fused.depthwise.getStrides()[0];
  fused.extent = (getShape(fused.depthwise.getFilter())[0] - 1) *
                     fused.depthwise.getWindowDilations()[0] +
                 1;
  return fused;
}

std::optional<FusedDepthwise> FusedDepthwise::get(Block &body) {
  std::optional<FusedDepthwise> fused = match(body);
  if (!fused)
    return std::nullopt;
  auto choice = fused->depthwise->getAttrOfType<DenseI64ArrayAttr>(choiceName);
  if (!choice || choice.size() != 3 ||
      llvm::any_of(choice.asArrayRef(), [](int64_t x) { return x < 1; }))
    return std::nullopt;
  fused->panel = choice[0];
  fused->bands = choice[1];
  fused->groups = choice[2];
  if (fused->bands * fused->groups > fused->rows)
    return std::nullopt;
  return fused;
}

void FusedDepthwise::set() {
  Builder builder(depthwise.getContext());
  depthwise->setAttr(choiceName,
                     builder.getDenseI64ArrayAttr({panel, bands, groups}));
  depthwise->setAttr(kernel::scratchName,
                     builder.getI64IntegerAttr(scratchBytes()));
}
