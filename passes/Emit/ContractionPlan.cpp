//===- ContractionPlan.cpp - How a contraction runs on a target -----------===//

#include "passes/Emit/ContractionPlan.h"
#include "dialects/Graph/GraphOps.h"

using namespace mlir;
using namespace sluice;

BalancedSplit BalancedSplit::get(int64_t total, int64_t limit) {
  BalancedSplit split;
  int64_t parts = (total + limit - 1) / limit;
  split.low = total / parts;
  split.high = split.low + 1;
  split.highCount = total % parts;
  split.lowCount = parts - split.highCount;
  return split;
}

int64_t ContractionPlan::outerCount() const {
  int64_t count = 1;
  for (const NestLoop &loop : outer)
    count *= loop.count;
  return count;
}

BufferLayout BufferLayout::contiguous(ArrayRef<int64_t> shape) {
  BufferLayout layout;
  layout.strides.resize(shape.size());
  int64_t stride = 1;
  for (int64_t i = shape.size() - 1; i >= 0; --i) {
    layout.strides[i] = stride;
    stride *= shape[i];
  }
  return layout;
}

//===----------------------------------------------------------------------===//
// The nest of an operator
//===----------------------------------------------------------------------===//

// Distributes the loops over positions: the last two that repeat make tiles.
static void setPositions(ContractionPlan &plan, ArrayRef<NestLoop> loops) {
  SmallVector<NestLoop> repeated;
  for (const NestLoop &loop : loops)
    if (loop.count != 1)
      repeated.push_back(loop);
  // A loop of one position needs a dimension to stand for; any will do.
  NestLoop once = {1, 0, 0, loops.back().dim};
  plan.columns = repeated.empty() ? once : repeated.pop_back_val();
  once.dim = ~0u;
  plan.rows = repeated.empty() ? once : repeated.pop_back_val();
  plan.outer.assign(repeated.begin(), repeated.end());
}

// Adds a loop inside those so far, as part of the last one where it can be. One
// that runs over interleaved rows stays, however short.
static void addSum(ContractionPlan &plan, NestLoop loop, bool stays = false) {
  if (loop.count == 1 && !stays)
    return;
  if (!plan.sums.empty()) {
    NestLoop &last = plan.sums.back();
    if (last.lhsStride == loop.count * loop.lhsStride &&
        last.rhsStride == loop.count * loop.rhsStride) {
      loop.count *= last.count;
      last = loop;
      return;
    }
  }
  plan.sums.push_back(loop);
}

static ContractionPlan makeNest(graph::ContractOp op, const BufferLayout &lhs,
                                int64_t interleaved) {
  ContractionPlan plan;
  ArrayRef<int64_t> shape = op.getType().getShape();
  ArrayRef<int64_t> lhsShape = op.getLhs().getType().getShape();
  unsigned m = shape.size() - 2, n = shape.size() - 1;
  unsigned rowDim = op.getTransposeLhs() ? n : m;
  unsigned depthDim = op.getTransposeLhs() ? m : n;
  int64_t depth = lhsShape[depthDim], width = shape[n];
  int64_t rhsStride = 1;
  for (int64_t d = int64_t(m) - 1; d >= 0; --d) {
    plan.groups.insert(plan.groups.begin(),
                       {shape[d], lhs.strides[d], rhsStride, unsigned(d)});
    rhsStride *= shape[d];
  }
  setPositions(plan, NestLoop{shape[m], lhs.strides[rowDim], 0, m});
  addSum(plan, {depth, lhs.strides[depthDim], 1, 0}, interleaved > 1);
  bool transposed = op.getTransposeRhs();
  plan.packing = {rhsStride,
                  depth,
                  width,
                  0,
                  0,
                  depth * width,
                  transposed ? 1 : width,
                  transposed ? depth : 1,
                  interleaved,
                  depth};
  plan.packing.depth = plan.packing.paddedRun();
  return plan;
}

// Groups with fewer results than the widest vectors have lanes share them. All
// targets read the same weights: none of them decides.
static bool sharesVectors(graph::ConvOp op, int64_t channels, int64_t width) {
  constexpr int64_t widest = 512;
  Type sum = getAccumulatorType(op.getType().getElementType());
  return width * sum.getIntOrFloatBitWidth() < widest && channels <= 2 * width;
}

static ContractionPlan makeNest(graph::ConvOp op, const BufferLayout &lhs,
                                int64_t interleaved) {
  ContractionPlan plan;
  ArrayRef<int64_t> shape = op.getType().getShape();
  ArrayRef<int64_t> filter = op.getFilter().getType().getShape();
  unsigned spatial = op.getSpatialRank();
  auto groups = static_cast<int64_t>(op.getGroups());
  int64_t channels = filter[spatial], width = shape.back() / groups;
  SmallVector<NestLoop> positions = {{shape[0], lhs.strides[0], 0, 0}};
  for (unsigned d = 0; d < spatial; ++d)
    positions.push_back(
        {shape[1 + d], op.getStrides()[d] * lhs.strides[1 + d], 0, 1 + d});
  setPositions(plan, positions);
  plan.depthwise = groups > 1 && sharesVectors(op, channels, width);
  plan.groupsAreChannels = true;
  if (plan.depthwise)
    interleaved = 1;
  plan.packing.interleaved = interleaved;
  plan.packing.run = channels;
  int64_t depth = plan.packing.paddedRun();
  for (unsigned d = 0; d < spatial; ++d)
    depth *= filter[d];
  int64_t below = depth;
  for (unsigned d = 0; d < spatial; ++d) {
    below /= filter[d];
    addSum(plan, {filter[d], op.getWindowDilations()[d] * lhs.strides[1 + d],
                  below, 0});
  }
  if (plan.depthwise) {
    plan.groupInputs = channels;
    plan.groupResults = width;
    int64_t results = shape.back();
    plan.packing = {1, depth, results, 0, 0, 0, results, 1, 1, channels};
  } else {
    addSum(plan, {channels, lhs.strides.back(), 1, 0}, interleaved > 1);
    if (groups > 1)
      plan.groups.push_back(
          {groups, channels * lhs.strides.back(), 1, spatial + 1});
    plan.packing = {groups, depth,          width, 0,           0,
                    width,  groups * width, 1,     interleaved, channels};
  }
  return plan;
}

//===----------------------------------------------------------------------===//
// Tile and order
//===----------------------------------------------------------------------===//

namespace {
struct TileLimits {
  int64_t rows, vectors;
};
} // namespace

// Multiply-adds of a chunk: fewer are not worth a thread.
constexpr int64_t leastProducts = 1 << 17;

// Accumulators, weight vectors and two broadcasts must fit the registers; more
// than two uses of one broadcast make LLVM spill.
static TileLimits limitTile(const TargetDescription &target, int64_t positions,
                            int64_t width, int64_t lanes, bool widens,
                            const ProductForm &form,
                            const TuningChoice &choice) {
  bool many = target.vectorRegisters >= 32;
  TileLimits limits = {many ? 14 : (target.hasFma ? 6 : 4), 2};
  // Few rows cannot hide the latency of a multiply-add: more columns do.
  // Weights that are widened take registers of their own.
  if (positions == 1)
    limits = {1, widens && !many ? 4 : 8};
  else if (positions <= 4)
    limits = {positions, many ? 4 : 2};
  if (form.group > 1) {
    if (positions == 1 && !many)
      limits.vectors = 8 / form.weights;
    // Sums of several vectors are as good as more columns.
    limits.vectors = std::max<int64_t>(1, limits.vectors / form.sums);
  }
  // Readers prefetch as far behind the weights as eight vectors allow.
  if (choice.vectors)
    limits.vectors = std::min<int64_t>(*choice.vectors, 8);
  limits.vectors = std::min(limits.vectors, (width + lanes - 1) / lanes);
  int64_t most =
      std::max<int64_t>(1, (target.vectorRegisters - 2) / limits.vectors);
  if (form.group > 1) {
    most = form.mostRows(target.vectorRegisters, limits.vectors);
    limits.rows = std::min(positions, most);
  }
  if (choice.rows || choice.vectors)
    limits.rows = std::min(choice.rows.value_or(limits.rows), most);
  return limits;
}

// Tiles of few rows (images seven wide are cut into four and three) leave
// registers free: more vectors fill them, as long as the weights and one factor
// fit too. Panels of equal width.
static int64_t fillRegisters(const TargetDescription &target, int64_t rows,
                             int64_t vectors, int64_t wanted) {
  auto fits = [&](int64_t more) {
    return rows * more + more + 1 <= target.vectorRegisters;
  };
  while (vectors < std::min<int64_t>(wanted, 4) && fits(vectors + 1))
    ++vectors;
  int64_t panels = (wanted + vectors - 1) / vectors;
  return (wanted + panels - 1) / panels;
}

// The widest strip of whole vectors, up to `vectors`, that divides a panel.
static int64_t fitStrip(int64_t vectors, int64_t lanes, int64_t panel) {
  while (panel % (vectors * lanes) != 0)
    --vectors;
  return vectors * lanes;
}

// False where the panels do not consist of the target's vectors.
static bool chooseTile(ContractionPlan &plan, const TargetDescription &target,
                       int64_t bits, int64_t storedBits,
                       const PanelShape *panels, const TuningChoice &choice) {
  ContractionPacking &packing = plan.packing;
  plan.lanes = target.lanes(bits);
  if (panels && panels->lanes % plan.lanes != 0)
    return false;
  if (plan.depthwise) {
    if (panels && panels->panel != panels->lanes)
      return false;
    plan.strip = plan.lanes;
    packing.lanes = panels ? panels->lanes : plan.lanes;
    packing.panel = panels ? panels->panel : plan.lanes;
    plan.rowSplit = BalancedSplit::get(plan.rows.count, 1);
    // Each vector of the input serves all channels of a group where no loop
    // keeps them apart.
    int64_t most = target.vectorRegisters - 3;
    if (plan.groupInputs > 1 && plan.sums.empty())
      most /= 2;
    plan.columnSplit = BalancedSplit::get(
        plan.columns.count,
        std::min<int64_t>(choice.rows.value_or(plan.groupInputs == 1 ? 7 : 10),
                          most));
    plan.rowsPerChunk =
        leastProducts / (plan.columns.count * packing.depth * packing.width) +
        1;
    return true;
  }
  int64_t positions = plan.outerCount() * plan.rows.count * plan.columns.count;
  TileLimits limits =
      limitTile(target, positions, packing.width, plan.lanes,
                /*widens=*/storedBits < bits, plan.form, choice);
  plan.columnSplit = BalancedSplit::get(plan.columns.count, limits.rows);
  int64_t rowsPerTile = 1;
  if (plan.columns.count < limits.rows)
    rowsPerTile = std::max<int64_t>(1, limits.rows / plan.columns.count);
  plan.rowSplit = BalancedSplit::get(plan.rows.count, rowsPerTile);
  // With 32 registers more than two uses of one broadcast spill.
  bool isChosen = choice.rows || choice.vectors;
  if (positions > 1 && target.hasFma && target.vectorRegisters < 32 &&
      storedBits == bits && plan.form.group == 1 && !isChosen)
    limits.vectors = fillRegisters(
        target, plan.columnSplit.largest() * plan.rowSplit.largest(),
        limits.vectors, (packing.width + plan.lanes - 1) / plan.lanes);
  plan.strip = limits.vectors * plan.lanes;
  packing.lanes = plan.lanes;
  packing.panel = plan.strip;
  if (panels) {
    packing.lanes = panels->lanes;
    packing.panel = panels->panel;
    plan.strip = fitStrip(limits.vectors, plan.lanes, packing.panel);
  }
  return true;
}

// Panels outside moves all of lhs once per panel, and the weights once; tiles
// outside moves the weights once per block, which stays in the cache.
static void chooseOrder(ContractionPlan &plan, const TargetDescription &target,
                        int64_t lhsBits, int64_t rhsBits,
                        const TuningChoice &choice) {
  const ContractionPacking &packing = plan.packing;
  constexpr int64_t wantedChunks = 32;
  int64_t blockBytes = target.l2Bytes / 5 * 2;
  int64_t bytes = lhsBits / 8, tiles = plan.tiles();
  int64_t positions = plan.outerCount() * plan.rows.count * plan.columns.count;
  int64_t lhsBytes = positions * packing.depth * bytes;
  if (plan.sums.size() > 1) // windows overlap
    lhsBytes = positions * std::abs(plan.columns.lhsStride) * bytes;
  int64_t weightBytes = packing.groupSize() * rhsBits / 8;
  int64_t perBlock =
      std::clamp<int64_t>(blockBytes / (lhsBytes / tiles + 1), 1, tiles);
  int64_t repeats = (tiles + perBlock - 1) / perBlock - 1;
  // Weights come in a tile's stream, one vector for few products; lhs comes in
  // streams that hardware fetches ahead: half the price.
  plan.panelsOutside = choice.panelsOutside.value_or(
      weightBytes > target.l3Bytes || lhsBytes <= blockBytes ||
      2 * weightBytes * repeats > lhsBytes * (plan.strips() - 1));
  plan.tilesPerBlock = plan.panelsOutside ? tiles : perBlock;
  // Chunks for threads, none too small to be worth one.
  int64_t products =
      packing.depth * positions / tiles * std::min(plan.strip, packing.width);
  int64_t others = plan.groupCount() * plan.strips();
  int64_t wantedBlocks = (wantedChunks + others - 1) / others;
  int64_t most =
      std::max<int64_t>(1, (tiles + wantedBlocks - 1) / wantedBlocks);
  int64_t least = leastProducts / std::max<int64_t>(products, 1) + 1;
  plan.tilesPerBlock =
      std::min({plan.tilesPerBlock, std::max(most, least), tiles});
  if (choice.block)
    plan.tilesPerBlock = std::min(*choice.block, tiles);
  plan.blocks = (tiles + plan.tilesPerBlock - 1) / plan.tilesPerBlock;
  // One stream of weights is what hardware prefetches best.
  plan.prefetch = positions > 1 &&
                  choice.prefetch.value_or(weightBytes > target.l1Bytes / 2);
}

//===----------------------------------------------------------------------===//
// Interface
//===----------------------------------------------------------------------===//

static bool isServed(graph::ConvOp op) {
  auto all = [](ArrayRef<int64_t> list, int64_t value) {
    return llvm::all_of(list, [=](int64_t x) { return x == value; });
  };
  return all(op.getPadsLow(), 0) && all(op.getPadsHigh(), 0) &&
         all(op.getInputDilations(), 1);
}

std::optional<ContractionPlan>
sluice::planContraction(Operation *op, const TargetDescription &target,
                        const BufferLayout *lhs, const PanelShape *panels,
                        const TuningChoice *choice, bool isPacked) {
  auto isStatic = [](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && type.hasStaticShape() && type.getNumElements() > 0;
  };
  if (!isa<graph::ContractOp, graph::ConvOp>(op) ||
      !llvm::all_of(op->getOperands(), isStatic) || !isStatic(op->getResult(0)))
    return std::nullopt;
  auto type = cast<RankedTensorType>(op->getOperand(0).getType());
  // Products beyond this do not end in a lifetime; below, sizes cannot
  // overflow.
  int64_t cost = cast<graph::EvaluableOp>(op).getEvaluationCost();
  if (cost <= 0 || cost > int64_t(1) << 56)
    return std::nullopt;
  ProductTypes types = ProductTypes::get(op);
  Type accumulator = types.sum();
  if (!accumulator)
    return std::nullopt;
  int64_t interleaved = isPacked ? getProductGroup(types) : 1;
  if (panels)
    interleaved = panels->rows;
  if (interleaved != 1 && interleaved != getProductGroup(types))
    return std::nullopt;
  BufferLayout contiguous = BufferLayout::contiguous(type.getShape());
  if (!lhs)
    lhs = &contiguous;
  ContractionPlan plan;
  if (auto conv = dyn_cast<graph::ConvOp>(op)) {
    if (!isServed(conv))
      return std::nullopt;
    plan = makeNest(conv, *lhs, interleaved);
  } else {
    plan = makeNest(cast<graph::ContractOp>(op), *lhs, interleaved);
  }
  plan.form = ProductForm::get(types, plan.packing.interleaved, target);
  TuningChoice carried = choice ? *choice : getTuning(op, target.vectorBits);
  int64_t lhsBits = types.lhs.getIntOrFloatBitWidth();
  int64_t rhsBits = types.rhs.getIntOrFloatBitWidth();
  if (!chooseTile(plan, target, accumulator.getIntOrFloatBitWidth(), rhsBits,
                  panels, carried))
    return std::nullopt;
  if (!plan.depthwise)
    chooseOrder(plan, target, lhsBits, rhsBits, carried);
  return plan;
}

std::optional<ContractionPacking>
sluice::getContractionPacking(Operation *op, const TargetDescription &target) {
  std::optional<ContractionPlan> plan = planContraction(op, target);
  if (!plan)
    return std::nullopt;
  return plan->packing;
}
