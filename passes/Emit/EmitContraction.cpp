//===- EmitContraction.cpp - Matrix products and convolutions -------------===//

#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"
#include "passes/Emit/ContractionTile.h"
#include "passes/Emit/DepthwiseTile.h"
#include "passes/Emit/KernelEmitter.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace sluice;

namespace {
class ContractionEmitter {
public:
  ContractionEmitter(KernelContext &context, const ContractionPlan &plan,
                     bool packed)
      : context(context), plan(plan), packing(plan.packing), packed(packed),
        nest(context.builder, context.loc,
             getElementTypeOrSelf(buffer(0).getType()), packing.lanes,
             context.target.hasFma) {}

  void emit() {
    lhs = nest.flatten(buffer(0));
    rhs = nest.flatten(buffer(1));
    auto reset = [&] {
      indices.assign(context.resultType().getRank(), nest.index(0));
    };
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
              [&](Value row) {
                reset();
                emitRow(row);
              });
  }

private:
  Value buffer(unsigned operand) {
    return context.buffers.lookup(context.root->getOperand(operand));
  }

  // Elements between rows of weights within a panel of so many vectors.
  int64_t rowStride(int64_t vectors) {
    if (packed)
      return vectors * packing.lanes;
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

  void emitChunk(Value chunk) {
    int64_t panels = packing.panels();
    Value group = nest.index(0), rest = chunk;
    if (plan.groupCount() != 1) {
      group = nest.div(chunk, panels * plan.blocks);
      rest = nest.rem(chunk, panels * plan.blocks);
    }
    Value panel = plan.panelsOutside ? nest.div(rest, plan.blocks)
                                     : nest.rem(rest, panels);
    Value block = plan.panelsOutside ? nest.rem(rest, plan.blocks)
                                     : nest.div(rest, panels);
    Value first = nest.mul(block, plan.tilesPerBlock);
    Value last =
        nest.min(nest.add(first, plan.tilesPerBlock), nest.index(plan.tiles()));
    Value lhsStart = place(plan.groups, group);
    auto emit = [&](int64_t vectors, bool tail) {
      Value column = nest.mul(panel, packing.panel);
      Value rhsStart;
      if (packed) {
        rhsStart = nest.add(nest.mul(group, packing.groupSize()),
                            nest.mul(column, packing.depth));
      } else {
        rhsStart = nest.add(column, unpackedGroup(group));
      }
      int64_t lanes = vectors * packing.lanes;
      int64_t present = tail ? packing.width % packing.panel : lanes;
      Value mask = nest.maskOf(present - (vectors - 1) * packing.lanes);
      Value channel = plan.groupsAreChannels
                          ? nest.add(nest.mul(group, packing.width), column)
                          : column;
      nest.loop(first, last, 1, [&](Value tile) {
        emitTile(tile, lhsStart, rhsStart, channel, vectors, mask);
      });
    };
    int64_t full = packing.panel / packing.lanes;
    int64_t tail = packing.tailVectors();
    if (tail == 0)
      emit(full, false);
    else if (packing.fullPanels() == 0)
      emit(tail, true);
    else
      nest.ifElse(
          nest.isLess(panel, packing.fullPanels()), [&] { emit(full, false); },
          [&] { emit(tail, true); });
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
  Value nextWeights(Value tile, Value rhsStart, int64_t vectors) {
    int64_t shift = log2Tiles();
    if (!plan.prefetch || !packed || shift == 0)
      return {};
    int64_t panel = packing.depth * vectors * packing.lanes;
    Value last = nest.index(std::max<int64_t>(0, packing.size() - panel));
    Value next = nest.min(nest.add(rhsStart, panel), last);
    Value share = nest.rem(tile, int64_t(1) << shift);
    return nest.add(next, nest.mul(share, panel >> shift));
  }

  void emitTile(Value tile, Value lhsStart, Value rhsStart, Value channel,
                int64_t vectors, Value mask) {
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
            sums.rhsRowStride = rowStride(vectors);
            sums.vectors = vectors;
            sums.prefetch = plan.prefetch && packed;
            sums.nextWeights = nextWeights(tile, rhsStart, vectors);
            sums.nextShift = log2Tiles();
            if (!packed)
              sums.lastMask = mask;
            for (int64_t r = 0; r < rows; ++r)
              for (int64_t c = 0; c < columns; ++c)
                sums.offsets.push_back(r * plan.rows.lhsStride +
                                       c * plan.columns.lhsStride);
            SmallVector<Value> accumulators = emitContractionTile(nest, sums);
            finish(accumulators, row, rows, column, columns, channel, vectors,
                   mask);
          });
    });
  }

  // A row of a depthwise convolution, tile by tile: channels inside, so that
  // memory is read in the order in which it lies.
  void emitRow(Value chunk) {
    Value row = nest.rem(chunk, plan.rows.count);
    Value start = place(plan.outer, nest.div(chunk, plan.rows.count));
    start = nest.add(start, nest.mul(row, plan.rows.lhsStride));
    auto emit = [&](Value column, int64_t columns, Value channel, Value mask) {
      DepthwiseTile tile;
      tile.lhs = lhs;
      tile.rhs = rhs;
      tile.sums = plan.sums;
      tile.mask = mask;
      tile.positions = columns;
      tile.positionStride = plan.columns.lhsStride;
      tile.rhsRowStride = rowStride(1);
      tile.rhsStart = packed ? nest.mul(channel, packing.depth) : channel;
      tile.registers = context.target.vectorRegisters;
      tile.lhsStart = nest.add(nest.add(start, channel),
                               nest.mul(column, plan.columns.lhsStride));
      SmallVector<Value> sums = emitDepthwiseTile(nest, tile);
      finish(sums, row, 1, column, columns, channel, 1, mask);
    };
    auto emitColumns = [&](int64_t parts, int64_t size, int64_t from) {
      if (parts == 0)
        return;
      nest.loop(nest.index(0), nest.index(parts), 1, [&](Value part) {
        Value column = nest.add(nest.mul(part, size), from);
        if (packing.fullPanels() > 0)
          nest.loop(nest.index(0), nest.index(packing.fullPanels()), 1,
                    [&](Value panel) {
                      emit(column, size, nest.mul(panel, packing.panel),
                           Value());
                    });
        if (packing.tailVectors() > 0)
          emit(column, size, nest.index(packing.fullPanels() * packing.panel),
               nest.maskOf(packing.width % packing.panel));
      });
    };
    const BalancedSplit &split = plan.columnSplit;
    emitColumns(split.highCount, split.high, 0);
    emitColumns(split.lowCount, split.low, split.highCount * split.high);
  }

  // Applies the epilogue to the sums and stores them.
  void finish(ArrayRef<Value> sums, Value row, int64_t rows, Value column,
              int64_t columns, Value channel, int64_t vectors, Value mask) {
    graph::ElementBuilder elements = context.makeElementBuilder(packing.lanes);
    SmallVector<Value> channels;
    for (int64_t v = 0; v < vectors; ++v)
      channels.push_back(nest.add(channel, v * packing.lanes));
    SmallVector<Value> at(indices);
    const Value *sum = sums.begin();
    for (int64_t r = 0; r < rows; ++r) {
      if (plan.rows.dim < at.size())
        at[plan.rows.dim] = nest.add(row, r);
      for (int64_t c = 0; c < columns; ++c) {
        at[plan.columns.dim] = nest.add(column, c);
        for (int64_t v = 0; v < vectors; ++v) {
          at.back() = channels[v];
          elements.mask = v + 1 == vectors ? mask : Value();
          elements.bind(context.root->getResult(0), nest.narrow(*sum++));
          context.store(elements, elements.read(context.result, at), at);
        }
      }
    }
  }

  KernelContext &context;
  const ContractionPlan &plan;
  const ContractionPacking &packing;
  bool packed;
  NestBuilder nest;
  Value lhs, rhs;
  SmallVector<Value> indices; ///< of the result, as far as they are known
};
} // namespace

// Whether all that follows the root works on its registers: elementwise at the
// same index, from values that can be read as vectors.
static bool hasVectorEpilogue(KernelContext &context) {
  Value sums = context.root->getResult(0);
  llvm::SmallDenseSet<Value> depends = {sums};
  for (Operation &op : context.body.without_terminator()) {
    if (&op == context.root || op.hasTrait<OpTrait::ConstantLike>())
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
  return depends.contains(context.result);
}

FailureOr<int64_t> sluice::emitContraction(KernelContext &context) {
  if (!context.root || context.root->getNumOperands() < 2)
    return 0;
  Value lhs = context.buffers.lookup(context.root->getOperand(0));
  Value rhs = context.buffers.lookup(context.root->getOperand(1));
  if (!lhs || !rhs || !hasVectorEpilogue(context))
    return 0;
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
    return 0;
  std::optional<ContractionPlan> plan =
      planContraction(context.root, context.target, &layout);
  if (!plan)
    return 0;
  // Packed weights have one dimension; others must be read along rows.
  bool packed = rhsType.getRank() == 1;
  bool rowsFollow =
      isa<graph::ContractOp>(context.root) || rhsType.getLayout().isIdentity();
  if (packed ? rhsType.getDimSize(0) < plan->packing.size()
             : plan->packing.widthStride != 1 || !rowsFollow)
    return 0;
  ContractionEmitter(context, *plan, packed).emit();
  return plan->chunks();
}
