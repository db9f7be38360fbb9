//===- EmitContraction.cpp - Matrix products and convolutions -------------===//

#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"
#include "passes/Emit/ContractionEpilogue.h"
#include "passes/Emit/ContractionTile.h"
#include "passes/Emit/DepthwiseTile.h"
#include "passes/Emit/KernelEmitter.h"
#include "llvm/Support/MathExtras.h"
#include <functional>
#include <numeric>

using namespace mlir;
using namespace sluice;

namespace {
class ContractionEmitter : public ContractionRows {
public:
  ContractionEmitter(KernelContext &context, const ContractionPlan &plan,
                     bool packed)
      : ContractionRows(plan), context(context), packing(this->plan.packing),
        packed(packed), types(ProductTypes::get(context.root)),
        nest(context.builder, context.loc, types.sum(), plan.lanes,
             context.target.hasFma),
        product(nest, plan.form, types, context.target.hasPairProducts,
                context.target.hasIntegerDots),
        epilogue(context, nest, *this, types.result) {
    lhs = nest.flatten(buffer(0));
    rhs = nest.flatten(buffer(1));
    if (types.lhs.isUnsignedInteger())
      nest.unsignedBuffers.insert(lhs);
    if (types.rhs.isUnsignedInteger())
      nest.unsignedBuffers.insert(rhs);
  }

  void emit() override {
    if (!plan.depthwise) {
      nest.loop(context.begin, context.end, 1, [&](Value chunk) {
        reset();
        emitChunk(chunk);
      });
      return;
    }
    Value rows = nest.index(plan.outerCount() * plan.rows.count);
    nest.loop(nest.mul(context.begin, plan.rowsPerChunk),
              nest.min(nest.mul(context.end, plan.rowsPerChunk), rows), 1,
              [&](Value line) {
                reset();
                emitDepthwiseRow(line);
              });
  }

  void emitRow(Value line, Value first, int64_t channels) override {
    reset();
    int64_t parts = plan.columnSplit.parts();
    Value tile = nest.mul(line, parts), end = nest.add(tile, parts);
    for (int64_t from = 0; from < channels; from += plan.strip) {
      int64_t present = std::min(plan.strip, channels - from);
      Strips strip = {0, (present + plan.lanes - 1) / plan.lanes,
                      channels == packing.panel};
      Value mask = nest.maskOf(present - (strip.vectors - 1) * plan.lanes);
      Value column = nest.add(first, from);
      Value weights = packed ? inPanel(column) : column;
      nest.loop(tile, end, 1, [&](Value tile) {
        emitTile(tile, nest.index(0), weights, column, strip, mask);
      });
    }
  }

  void emitDepthwiseRow(Value line, Value lhsStart, Value first,
                        int64_t channels) override {
    reset();
    place(plan.outer, nest.div(line, plan.rows.count));
    emitChannels(nest.rem(line, plan.rows.count), lhsStart, first, channels);
  }

private:
  void reset() {
    indices.assign(
        cast<RankedTensorType>(context.root->getResult(0).getType()).getRank(),
        nest.index(0));
  }

  Value buffer(unsigned operand) {
    return context.buffers.lookup(context.root->getOperand(operand));
  }

  // Elements between rows of weights: within a full panel, or the last one.
  int64_t rowStride(bool inFullPanel) {
    if (packed)
      return inFullPanel ? packing.panel
                         : packing.tailVectors() * packing.lanes;
    auto type = cast<MemRefType>(buffer(1).getType());
    return type.getStridesAndOffset().first[type.getRank() - 2];
  }

  // Moves to the positions along the loops: sets indices, returns the offset.
  Value place(ArrayRef<NestLoop> loops, Value linear) {
    Value offset = nest.index(0);
    SmallVector<Value> positions = nest.split(linear, loops);
    for (auto [loop, position] : llvm::zip_equal(loops, positions)) {
      if (loop.dim < indices.size())
        indices[loop.dim] = position;
      offset = nest.add(offset, nest.mul(position, loop.lhsStride));
    }
    return offset;
  }

  /// Strips up to `end` that the same code serves.
  struct Strips {
    int64_t end, vectors;
    bool inFullPanel; ///< of packed weights
  };

  SmallVector<Strips> cutStrips() const {
    int64_t vectors = plan.strip / plan.lanes, full = plan.fullStrips();
    int64_t inPanels = full;
    if (packed)
      inPanels = packing.fullPanels() * (packing.panel / plan.strip);
    SmallVector<Strips> cut;
    if (inPanels > 0)
      cut.push_back({inPanels, vectors, true});
    if (full > inPanels)
      cut.push_back({full, vectors, false});
    if (plan.tailVectors() > 0)
      cut.push_back({plan.strips(), plan.tailVectors(), false});
    return cut;
  }

  void emitChunk(Value chunk) {
    int64_t strips = plan.strips();
    Value group = nest.index(0), rest = chunk;
    if (plan.groupCount() != 1) {
      group = nest.div(chunk, strips * plan.blocks);
      rest = nest.rem(chunk, strips * plan.blocks);
    }
    Value strip = plan.panelsOutside ? nest.div(rest, plan.blocks)
                                     : nest.rem(rest, strips);
    Value block = plan.panelsOutside ? nest.rem(rest, plan.blocks)
                                     : nest.div(rest, strips);
    Value first = nest.mul(block, plan.tilesPerBlock);
    Value last =
        nest.min(nest.add(first, plan.tilesPerBlock), nest.index(plan.tiles()));
    Value lhsStart = place(plan.groups, group);
    auto emit = [&](const Strips &kind) {
      Value column = nest.mul(strip, plan.strip);
      Value rhsStart = packed ? nest.add(nest.mul(group, packing.groupSize()),
                                         inPanel(column))
                              : nest.add(column, unpackedGroup(group));
      int64_t columns = kind.vectors * plan.lanes;
      bool tail = kind.end > plan.fullStrips();
      int64_t present = tail ? packing.width % plan.strip : columns;
      Value mask = nest.maskOf(present - (kind.vectors - 1) * plan.lanes);
      Value channel = plan.groupsAreChannels
                          ? nest.add(nest.mul(group, packing.width), column)
                          : column;
      nest.loop(first, last, 1, [&](Value tile) {
        emitTile(tile, lhsStart, rhsStart, channel, kind, mask);
      });
    };
    std::function<void(ArrayRef<Strips>)> emitAny = [&](ArrayRef<Strips> cut) {
      if (cut.size() == 1)
        return emit(cut.front());
      nest.ifElse(
          nest.isLess(strip, cut.front().end), [&] { emit(cut.front()); },
          [&] { emitAny(cut.drop_front()); });
    };
    emitAny(cutStrips());
  }

  // Where a column of packed weights starts, from the start of its group.
  Value inPanel(Value column) {
    if (packing.panel == plan.strip)
      return nest.mul(column, packing.depth);
    return nest.add(
        nest.mul(nest.div(column, packing.panel),
                 packing.panel * packing.depth),
        nest.mul(nest.rem(column, packing.panel), packing.interleaved));
  }

  // Where the weights of a group start when they are not packed.
  Value unpackedGroup(Value group) {
    if (plan.groupsAreChannels)
      return nest.mul(group, packing.width);
    auto type = cast<MemRefType>(buffer(1).getType());
    SmallVector<int64_t> strides = type.getStridesAndOffset().first;
    Value offset = nest.index(0);
    SmallVector<Value> positions = nest.split(group, plan.groups);
    for (auto [loop, position] : llvm::zip_equal(plan.groups, positions))
      offset = nest.add(offset, nest.mul(position, strides[loop.dim]));
    return offset;
  }

  // Tiles that read one panel before the next is read, as a power of two.
  int64_t log2Tiles() const {
    int64_t tiles = plan.panelsOutside ? plan.tiles() : plan.tilesPerBlock;
    return llvm::Log2_64(static_cast<uint64_t>(tiles));
  }

  // Panels follow one another in memory: while tiles read one, each fetches its
  // share of the next. Null where that does not pay.
  Value nextWeights(Value tile, Value rhsStart, bool inFullPanel) {
    int64_t shift = log2Tiles();
    if (!plan.prefetch || !packed || shift == 0)
      return {};
    int64_t panel = packing.depth * rowStride(inFullPanel);
    Value last = nest.index(std::max<int64_t>(0, packing.size() - panel));
    Value next = nest.min(nest.add(rhsStart, panel), last);
    Value share = nest.rem(tile, int64_t(1) << shift);
    return nest.add(next, nest.mul(share, panel >> shift));
  }

  void emitTile(Value tile, Value lhsStart, Value rhsStart, Value channel,
                const Strips &strips, Value mask) {
    NestLoop parts[] = {{plan.outerCount(), 0, 0, 0},
                        {plan.rowSplit.parts(), 0, 0, 0},
                        {plan.columnSplit.parts(), 0, 0, 0}};
    SmallVector<Value> part = nest.split(tile, parts);
    Value start = nest.add(lhsStart, place(plan.outer, part[0]));
    nest.selectPart(plan.rowSplit, part[1], [&](Value row, int64_t rows) {
      nest.selectPart(
          plan.columnSplit, part[2], [&](Value column, int64_t columns) {
            ContractionTile sums;
            sums.lhs = lhs;
            sums.rhs = rhs;
            sums.lhsStart = nest.add(
                start, nest.add(nest.mul(row, plan.rows.lhsStride),
                                nest.mul(column, plan.columns.lhsStride)));
            sums.rhsStart = rhsStart;
            sums.sums = plan.sums;
            sums.rhsRowStride = rowStride(strips.inFullPanel);
            sums.vectors = strips.vectors;
            sums.prefetch = plan.prefetch && packed;
            sums.nextWeights = nextWeights(tile, rhsStart, strips.inFullPanel);
            sums.nextShift = log2Tiles();
            if (!packed)
              sums.lastMask = mask;
            for (int64_t r = 0; r < rows; ++r)
              for (int64_t c = 0; c < columns; ++c)
                sums.offsets.push_back(r * plan.rows.lhsStride +
                                       c * plan.columns.lhsStride);
            TilePlace place = {row,     column,         channel, rows,
                               columns, strips.vectors, mask};
            epilogue.prefetch(place, indices);
            epilogue.emit(emitContractionTile(nest, product, sums), place,
                          indices);
          });
    });
  }

  void emitDepthwiseRow(Value line) {
    Value row = nest.rem(line, plan.rows.count);
    Value start = place(plan.outer, nest.div(line, plan.rows.count));
    start = nest.add(start, nest.mul(row, plan.rows.lhsStride));
    emitChannels(row, start, nest.index(0), packing.width);
  }

  // Channels of a row of a depthwise convolution, tile by tile: channels
  // inside, so that memory is read in the order in which it lies. `start`: of
  // the first channel in lhs.
  void emitChannels(Value row, Value start, Value first, int64_t channels) {
    int64_t lanes = plan.lanes, common = std::gcd(plan.groupResults, lanes);
    // Vectors after which groups begin where a vector does.
    int64_t vectors = plan.groupResults / common;
    int64_t inputs = lanes / common * plan.groupInputs;
    int64_t whole = channels / (vectors * lanes);
    // The vectors of a period, `present` channels.
    auto emit = [&](Value column, int64_t columns, Value period,
                    int64_t present) {
      DepthwiseTile tile;
      tile.lhs = lhs;
      tile.rhs = rhs;
      tile.sums = plan.sums;
      tile.positions = columns;
      tile.positionStride = plan.columns.lhsStride;
      tile.rhsRowStride = rowStride(/*inFullPanel=*/true);
      tile.registers = context.target.vectorRegisters;
      tile.lhsStart = nest.add(nest.add(start, nest.mul(period, inputs)),
                               nest.mul(column, plan.columns.lhsStride));
      for (int64_t from = 0; from < present; from += lanes) {
        Value channel =
            nest.add(nest.add(first, nest.mul(period, vectors * lanes)), from);
        tile.groups = {plan.groupInputs, plan.groupResults, from,
                       std::min(lanes, present - from),
                       present / plan.groupResults * plan.groupInputs};
        tile.mask = nest.maskOf(present - from);
        tile.rhsStart = packed ? inPanel(channel) : channel;
        SmallVector<Value> sums = emitDepthwiseTile(nest, tile);
        epilogue.emit(sums, {row, column, channel, 1, columns, 1, tile.mask},
                      indices);
      }
    };
    auto emitColumns = [&](int64_t parts, int64_t size, int64_t from) {
      if (parts == 0)
        return;
      nest.loop(nest.index(0), nest.index(parts), 1, [&](Value part) {
        Value column = nest.add(nest.mul(part, size), from);
        if (whole > 0)
          nest.loop(nest.index(0), nest.index(whole), 1, [&](Value period) {
            emit(column, size, period, vectors * lanes);
          });
        if (int64_t rest = channels % (vectors * lanes))
          emit(column, size, nest.index(whole), rest);
      });
    };
    const BalancedSplit &split = plan.columnSplit;
    emitColumns(split.highCount, split.high, 0);
    emitColumns(split.lowCount, split.low, split.highCount * split.high);
  }

  KernelContext &context;
  const ContractionPacking &packing;
  bool packed;
  ProductTypes types;
  NestBuilder nest;
  ProductStep product;
  ContractionEpilogue epilogue;
  Value lhs, rhs;
  SmallVector<Value> indices; ///< of the result, as far as they are known
};
} // namespace

// What the results are computed from, as far as the root.
static DenseSet<Operation *> getEpilogue(Operation *root,
                                         ArrayRef<Value> results) {
  DenseSet<Operation *> epilogue;
  SmallVector<Value> values(results);
  while (!values.empty()) {
    Operation *op = values.pop_back_val().getDefiningOp();
    if (op && op != root && epilogue.insert(op).second)
      llvm::append_range(values, op->getOperands());
  }
  return epilogue;
}

bool sluice::hasVectorEpilogue(Operation *root, ArrayRef<Value> results) {
  Value sums = root->getResult(0);
  llvm::SmallDenseSet<Value> depends = {sums};
  DenseSet<Operation *> epilogue = getEpilogue(root, results);
  for (Operation &op : root->getBlock()->without_terminator()) {
    if (!epilogue.contains(&op) || op.hasTrait<OpTrait::ConstantLike>())
      continue;
    bool reads = llvm::any_of(op.getOperands(), [&](Value operand) {
      return depends.contains(operand);
    });
    auto element = dyn_cast<graph::ElementOp>(op);
    if (!element || !element.supportsLanes())
      return false;
    for (Type type : op.getResultTypes()) {
      auto tensor = cast<RankedTensorType>(type);
      if (!tensor.getElementType().isIntOrFloat())
        return false;
      if (reads && tensor.getShape() !=
                       cast<RankedTensorType>(sums.getType()).getShape())
        return false;
    }
    if (reads && !isa<graph::ElementwiseOp>(op))
      return false;
    if (reads)
      depends.insert(op.result_begin(), op.result_end());
  }
  return depends.contains(results.front());
}

// The panels that the kernel's weights were packed to; null: they are not.
static FailureOr<std::optional<PanelShape>> getPanels(KernelContext &context) {
  auto weights = dyn_cast<BlockArgument>(context.root->getOperand(1));
  std::optional<DictionaryAttr> packings = context.source.getPackings();
  Attribute found;
  if (weights && packings)
    found = packings->get(std::to_string(weights.getArgNumber()));
  if (!found)
    return std::optional<PanelShape>();
  if (std::optional<PanelShape> panels = parsePanelShape(found))
    return panels;
  return context.source.emitOpError("packing of operand ")
         << weights.getArgNumber()
         << " must be {lanes = columns, panel = columns, rows = interleaved "
            "ones}, found "
         << found;
}

FailureOr<std::unique_ptr<ContractionRows>>
sluice::openContraction(KernelContext &context, bool byRows) {
  std::unique_ptr<ContractionRows> none;
  if (!context.root || context.root->getNumOperands() < 2)
    return none;
  Value lhs = context.buffers.lookup(context.root->getOperand(0));
  Value rhs = context.buffers.lookup(context.root->getOperand(1));
  SmallVector<Value> results{context.result};
  for (auto [value, buffer] : context.others)
    results.push_back(value);
  if (!lhs || !rhs || !hasVectorEpilogue(context.root, results))
    return none;
  auto lhsType = cast<MemRefType>(lhs.getType());
  auto rhsType = cast<MemRefType>(rhs.getType());
  BufferLayout layout;
  int64_t offset;
  if (failed(lhsType.getStridesAndOffset(layout.strides, offset)) ||
      llvm::is_contained(layout.strides, ShapedType::kDynamic) ||
      layout.strides.size() !=
          cast<RankedTensorType>(context.root->getOperand(0).getType())
              .getShape()
              .size())
    return none;
  FailureOr<std::optional<PanelShape>> panels = getPanels(context);
  if (failed(panels))
    return failure();
  bool packed = panels->has_value();
  const PanelShape *shape = packed ? &**panels : nullptr;
  std::optional<ContractionPlan> plan =
      planContraction(context.root, context.target, &layout, shape,
                      /*choice=*/nullptr, packed);
  // No other emitter reads panels.
  if (packed && (!plan || rhsType.getRank() != 1 ||
                 rhsType.getDimSize(0) < plan->packing.size()))
    return context.root->emitOpError("cannot read weights packed to panels of ")
           << shape->panel << " columns";
  if (!plan)
    return none;
  // Weights that are not packed must be read along rows.
  bool rowsFollow =
      isa<graph::ContractOp>(context.root) || rhsType.getLayout().isIdentity();
  if (!packed && (plan->packing.widthStride != 1 || !rowsFollow))
    return none;
  if (byRows)
    plan->rowSplit = BalancedSplit::get(plan->rows.count, 1);
  return std::unique_ptr<ContractionRows>(
      std::make_unique<ContractionEmitter>(context, *plan, packed));
}

FailureOr<int64_t> sluice::emitContraction(KernelContext &context) {
  FailureOr<std::unique_ptr<ContractionRows>> rows = openContraction(context);
  if (failed(rows))
    return failure();
  if (!*rows)
    return 0;
  (*rows)->emit();
  return (*rows)->plan.chunks();
}
