//===- SplitPhases.cpp - A convolution for each phase of a transposed one -===//

#include "dialects/Graph/Builders/Movement.h"
#include "dialects/Graph/CollectOps.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "passes/Layout/Passes.h"
#include "passes/Layout/PhaseAxis.h"
#include "llvm/ADT/SetVector.h"

namespace sluice {
#define GEN_PASS_DEF_SPLITPHASES
#include "passes/Layout/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::GraphBuilder;

namespace {

constexpr int64_t maxPhases = 16;
// Shorter runs of results cost more where they lie apart than bringing them
// together does.
constexpr int64_t leastRunBytes = 64;
constexpr size_t maxEpilogue = 16;

class PhaseSplitter {
public:
  PhaseSplitter(graph::ConvOp conv, bool leavesWinograd)
      : conv(conv), leavesWinograd(leavesWinograd) {}
  LogicalResult run();

private:
  bool select();
  void collectEpilogue();
  bool canSplit(Operation &op);
  Value makePhase(GraphBuilder &b, const HostTensor &filter, Value input,
                  ArrayRef<int64_t> low, ArrayRef<int64_t> phase);
  Value repeatEpilogue(GraphBuilder &b, Value value);
  Value join(GraphBuilder &b, ArrayRef<Value> phases, size_t axis);

  graph::ConvOp conv;
  bool leavesWinograd;
  SmallVector<PhaseAxis, 3> axes;
  SmallVector<Operation *> epilogue; ///< what works on each result by itself
  llvm::SetVector<Value> values;     ///< that are computed phase by phase
  Value last;
};

} // namespace

bool PhaseSplitter::select() {
  auto filter = GraphBuilder::type(conv.getFilter());
  auto result = GraphBuilder::type(conv.getResult());
  SmallVector<int64_t> dilations = conv.getInputDilations();
  if (!hasPhases(conv) || !filter.getElementType().isIntOrFloat() ||
      result.getShape().back() *
              int64_t(filter.getElementType().getIntOrFloatBitWidth()) <
          leastRunBytes * 8)
    return false;
  int64_t phases = 1;
  bool isThreeWide = dilations.size() == 2;
  for (auto [d, factor] : llvm::enumerate(dilations)) {
    PhaseAxis axis{factor, filter.getDimSize(d), conv.getPadsLow()[d],
                   result.getDimSize(d + 1)};
    // A phase without taps would be zeros.
    if (factor > maxPhases || axis.window < factor || axis.pad < 0)
      return false;
    phases *= factor;
    axes.push_back(axis);
    isThreeWide &= llvm::divideCeil(axis.window, factor) == 3;
  }
  // All phases at once, by Winograd's algorithm, are fewer products.
  bool isWinograd =
      leavesWinograd && isThreeWide && filter.getElementType().isF32();
  return phases <= maxPhases && !isWinograd;
}

// Whether the operator can compute each phase by itself: elementwise, from
// values that are and others that are the same everywhere.
bool PhaseSplitter::canSplit(Operation &op) {
  auto element = dyn_cast<graph::ElementOp>(op);
  if (!element || !isa<graph::ElementwiseOp>(op) || !element.supportsLanes() ||
      op.getNumResults() != 1)
    return false;
  int64_t channel = int64_t(axes.size()) + 1;
  return llvm::all_of(op.getOperands(), [&](Value operand) {
    auto broadcast = operand.getDefiningOp<graph::BroadcastOp>();
    return values.contains(operand) ||
           (broadcast && llvm::all_of(broadcast.getDimensions(),
                                      [=](int64_t d) { return d == channel; }));
  });
}

// As much of what follows as ends in one value.
void PhaseSplitter::collectEpilogue() {
  last = conv.getResult();
  values.insert(last);
  auto escapes = [&](Value value) {
    return value.use_empty() ||
           llvm::any_of(value.getUsers(), [&](Operation *user) {
             return !llvm::is_contained(epilogue, user);
           });
  };
  size_t count = 0;
  for (Operation *op = conv->getNextNode(); op && epilogue.size() < maxEpilogue;
       op = op->getNextNode()) {
    if (llvm::none_of(op->getOperands(),
                      [&](Value operand) { return values.contains(operand); }))
      continue;
    if (!canSplit(*op))
      break;
    epilogue.push_back(op);
    values.insert(op->getResult(0));
    if (llvm::count_if(values, escapes) == 1 && escapes(op->getResult(0))) {
      count = epilogue.size();
      last = op->getResult(0);
    }
  }
  epilogue.resize(count);
}

Value PhaseSplitter::makePhase(GraphBuilder &b, const HostTensor &filter,
                               Value input, ArrayRef<int64_t> low,
                               ArrayRef<int64_t> phase) {
  size_t rank = axes.size();
  SmallVector<int64_t> shape, sizes(GraphBuilder::type(input).getShape());
  SmallVector<graph::Size> starts(rank + 2, graph::Size(0));
  for (auto [d, axis] : llvm::enumerate(axes)) {
    shape.push_back(axis.tapsOf(phase[d]));
    starts[d + 1] = graph::Size(axis.firstRead(phase[d]) + low[d]);
    sizes[d + 1] = axis.positions() + shape.back() - 1;
  }
  shape.append({filter.shape()[rank], filter.shape()[rank + 1]});
  HostTensor taps(filter.kind(), shape);
  int64_t block = shape[rank] * shape[rank + 1] * elementSize(filter.kind());
  for (int64_t to = 0, count = taps.size() ? taps.byteSize() / block : 0;
       to < count; ++to) {
    int64_t from = 0, rest = to, scale = 1;
    for (size_t d = rank; d-- > 0;) {
      int64_t tap =
          rest % shape[d] * axes[d].factor + axes[d].firstTap(phase[d]);
      from += tap * scale;
      scale *= axes[d].window;
      rest /= shape[d];
    }
    std::memcpy(taps.data() + to * block, filter.data() + from * block, block);
  }
  if (ArrayRef<int64_t>(sizes) != GraphBuilder::type(input).getShape())
    input = graph::buildSlice(
        b, input, starts, SmallVector<graph::Size>(sizes.begin(), sizes.end()),
        SmallVector<int64_t>(rank + 2, 1));
  SmallVector<int64_t> none(rank, 0), ones(rank, 1);
  return b.create<graph::ConvOp>({input, b.constant(taps)},
                                 {{"strides", b.integers(ones)},
                                  {"pads_low", b.integers(none)},
                                  {"pads_high", b.integers(none)},
                                  {"groups", b.integer(1)}});
}

Value PhaseSplitter::repeatEpilogue(GraphBuilder &b, Value value) {
  if (!value)
    return {};
  auto shape = GraphBuilder::type(value).getShape();
  SmallVector<graph::Size> sizes(shape.begin(), shape.end());
  IRMapping mapping;
  mapping.map(conv.getResult(), value);
  for (Operation *op : epilogue) {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      auto broadcast = operand.getDefiningOp<graph::BroadcastOp>();
      if (values.contains(operand))
        operands.push_back(mapping.lookup(operand));
      else
        operands.push_back(b.broadcast(broadcast.getOperand(),
                                       broadcast.getDimensions(), sizes));
    }
    Value made =
        b.create(op->getName().getStringRef(), operands, op->getAttrs());
    if (!made)
      return {};
    mapping.map(op->getResult(0), made);
  }
  return mapping.lookup(last);
}

// Phases of the axes from `axis` on, the last one fastest, side by side: each
// has a dimension for its phases behind that for its positions.
Value PhaseSplitter::join(GraphBuilder &b, ArrayRef<Value> phases,
                          size_t axis) {
  if (axis == axes.size())
    return phases.front();
  size_t each = phases.size() / axes[axis].factor;
  SmallVector<Value> parts;
  for (size_t p = 0; p < phases.size(); p += each)
    parts.push_back(join(b, phases.slice(p, each), axis + 1));
  return graph::buildConcat(b, parts, 2 * int64_t(axis) + 2);
}

LogicalResult PhaseSplitter::run() {
  ElementsAttr weights;
  std::optional<HostTensor> filter;
  if (matchPattern(conv.getFilter(), m_Constant(&weights)) && select())
    filter = graph::toHostTensor(weights);
  if (!filter)
    return success();
  collectEpilogue();
  // What the epilogue reads stands in front of its last operator.
  OpBuilder builder(conv->getContext());
  builder.setInsertionPoint(epilogue.empty() ? conv.getOperation()
                                             : epilogue.back());
  GraphBuilder b(builder, conv.getLoc());
  auto input = GraphBuilder::type(conv.getInput()).getShape();
  SmallVector<int64_t> low(axes.size(), 0), high(axes.size(), 0);
  int64_t count = 1;
  for (auto [d, axis] : llvm::enumerate(axes)) {
    for (int64_t phase = 0; phase < axis.factor; ++phase) {
      int64_t first = axis.firstRead(phase);
      low[d] = std::max(low[d], -first);
      high[d] = std::max(high[d], first + axis.positions() +
                                      axis.tapsOf(phase) - 1 - input[d + 1]);
    }
    count *= axis.factor;
  }
  // One padded input for all phases.
  Value padded = conv.getInput();
  if (llvm::any_of(low, [](int64_t x) { return x != 0; }) ||
      llvm::any_of(high, [](int64_t x) { return x != 0; })) {
    SmallVector<int64_t> before{0}, after{0};
    llvm::append_range(before, low);
    llvm::append_range(after, high);
    before.push_back(0);
    after.push_back(0);
    padded = graph::buildPad(b, padded,
                             b.scalar(GraphBuilder::elementType(padded), 0),
                             before, after);
  }
  SmallVector<Value> phases;
  SmallVector<graph::Size> sizes, apart;
  for (int64_t p = 0; padded && p < count; ++p) {
    SmallVector<int64_t> phase(axes.size());
    int64_t rest = p;
    for (size_t d = axes.size(); d-- > 0; rest /= axes[d].factor)
      phase[d] = rest % axes[d].factor;
    Value value = repeatEpilogue(b, makePhase(b, *filter, padded, low, phase));
    if (!value)
      return failure();
    if (apart.empty()) {
      auto shape = GraphBuilder::type(value).getShape();
      apart.push_back(graph::Size(shape[0]));
      sizes = apart;
      for (auto [d, axis] : llvm::enumerate(axes)) {
        apart.append({graph::Size(shape[d + 1]), graph::Size(1)});
        sizes.push_back(graph::Size(shape[d + 1] * axis.factor));
      }
      apart.push_back(graph::Size(shape.back()));
      sizes.push_back(graph::Size(shape.back()));
    }
    phases.push_back(b.reshape(value, apart));
  }
  if (phases.empty())
    return failure();
  Value value = b.reshape(join(b, phases, 0), sizes);
  auto result = GraphBuilder::type(last).getShape();
  if (value && GraphBuilder::type(value).getShape() != result)
    value = graph::buildSlice(
        b, value, SmallVector<graph::Size>(result.size(), graph::Size(0)),
        SmallVector<graph::Size>(result.begin(), result.end()),
        SmallVector<int64_t>(result.size(), 1));
  if (!value)
    return failure();
  last.replaceAllUsesWith(value);
  for (Operation *op : llvm::reverse(epilogue))
    op->erase();
  conv.erase();
  return success();
}

namespace {
class SplitPhases : public sluice::impl::SplitPhasesBase<SplitPhases> {
public:
  using SplitPhasesBase::SplitPhasesBase;

  void runOnOperation() override {
    for (graph::ConvOp conv : collectOps<graph::ConvOp>(getOperation()))
      if (failed(PhaseSplitter(conv, leaveWinograd).run()))
        return signalPassFailure();
  }
};
} // namespace
