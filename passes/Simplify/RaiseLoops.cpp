//===- RaiseLoops.cpp - Loops whose iterations can be counted -------------===//

#include "dialects/Graph/CollectOps.h"
#include "dialects/Graph/CompareDirections.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphBuilder.h"
#include "dialects/Graph/GraphLoopOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "passes/Simplify/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_RAISELOOPS
#include "passes/Simplify/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;
using graph::CompareDirection;

namespace {

/// A carried number that every iteration changes by the same amount.
struct Counter {
  int64_t first, step;
};

class Raiser {
public:
  explicit Raiser(graph::WhileOp loop) : loop(loop) {}
  bool run();

private:
  std::optional<int64_t> countTrips(Value condition);
  std::optional<int64_t> countTrips(graph::CompareOp compare);
  std::optional<Counter> getCounter(unsigned i);
  void replace(int64_t trips);
  Value buildCounter(graph::GraphBuilder &b, Value iteration, Counter counter,
                     RankedTensorType type);

  graph::WhileOp loop;
};

} // namespace

static std::optional<int64_t> getInteger(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  Attribute attribute;
  if (!type || type.getRank() != 0 ||
      !(type.getElementType().isInteger(32) ||
        type.getElementType().isInteger(64)) ||
      !matchPattern(value, m_Constant(&attribute)))
    return std::nullopt;
  std::optional<HostTensor> tensor = graph::toHostTensor(attribute);
  return tensor ? std::optional(tensor->getInt(0)) : std::nullopt;
}

std::optional<Counter> Raiser::getCounter(unsigned i) {
  std::optional<int64_t> first = getInteger(loop.getInits()[i]);
  Value present = loop.getBody().front().getArgument(i);
  Value next = loop.getBody().front().getTerminator()->getOperand(i);
  Operation *op = next.getDefiningOp();
  if (!first || !op || !isa<graph::AddOp, graph::SubOp>(op))
    return std::nullopt;
  Value lhs = op->getOperand(0), rhs = op->getOperand(1);
  if (isa<graph::AddOp>(op) && rhs == present)
    std::swap(lhs, rhs);
  std::optional<int64_t> step = getInteger(rhs);
  if (lhs != present || !step || *step == 0 || *step == INT64_MIN)
    return std::nullopt;
  return Counter{*first, isa<graph::SubOp>(op) ? -*step : *step};
}

// Iterations until `counter DIRECTION limit` does not hold; nullopt when it
// holds until the counter wraps around, or the count takes more than 62 bits.
static std::optional<int64_t> countUntil(Counter counter,
                                         CompareDirection direction,
                                         int64_t limit, Type element) {
  int64_t first = counter.first, step = counter.step;
  bool isUp =
      direction == CompareDirection::LT || direction == CompareDirection::LE;
  bool isDown =
      direction == CompareDirection::GT || direction == CompareDirection::GE;
  if (!isUp && !isDown)
    return std::nullopt;
  // Count down as up: both ends change sign.
  constexpr int64_t bound = int64_t(1) << 61;
  if (std::min({first, step, limit}) < -bound ||
      std::max({first, step, limit}) > bound)
    return std::nullopt;
  if (isDown) {
    first = -first;
    step = -step;
    limit = -limit;
  }
  if (direction == CompareDirection::LE || direction == CompareDirection::GE)
    ++limit;
  if (first >= limit)
    return 0;
  if (step <= 0)
    return std::nullopt;
  int64_t count = (limit - first + step - 1) / step;
  // The last value, too, is representable.
  int64_t most = element.isInteger(32) ? INT32_MAX : bound;
  if (limit - 1 + step > most)
    return std::nullopt;
  return count;
}

std::optional<int64_t> Raiser::countTrips(graph::CompareOp compare) {
  Value lhs = compare.getLhs(), rhs = compare.getRhs();
  CompareDirection direction = compare.getDirection();
  if (!isa<BlockArgument>(lhs)) {
    std::swap(lhs, rhs);
    direction = graph::swapOperands(direction);
  }
  auto argument = dyn_cast<BlockArgument>(lhs);
  std::optional<int64_t> limit = getInteger(rhs);
  if (!argument || !limit ||
      argument.getOwner() != &loop.getCondition().front())
    return std::nullopt;
  std::optional<Counter> counter = getCounter(argument.getArgNumber());
  if (!counter)
    return std::nullopt;
  return countUntil(*counter, direction, *limit,
                    cast<RankedTensorType>(lhs.getType()).getElementType());
}

// All parts of a conjunction are counted: the first that fails ends the loop.
std::optional<int64_t> Raiser::countTrips(Value condition) {
  std::optional<int64_t> trips;
  SmallVector<Value> parts{condition};
  while (!parts.empty()) {
    Value part = parts.pop_back_val();
    if (auto both = part.getDefiningOp<graph::AndOp>()) {
      parts.push_back(both.getLhs());
      parts.push_back(both.getRhs());
      continue;
    }
    DenseIntElementsAttr known;
    if (matchPattern(part, m_Constant(&known)) &&
        known.getSplatValue<APInt>().getBoolValue())
      continue;
    auto compare = part.getDefiningOp<graph::CompareOp>();
    std::optional<int64_t> count = compare ? countTrips(compare) : std::nullopt;
    if (!count)
      return std::nullopt;
    trips = trips ? std::min(*trips, *count) : *count;
  }
  return trips;
}

// first + step * iteration
Value Raiser::buildCounter(graph::GraphBuilder &b, Value iteration,
                           Counter counter, RankedTensorType type) {
  auto number = [&](int64_t value) -> Value {
    return graph::ConstantOp::create(
        b.builder, b.loc,
        DenseElementsAttr::get(
            type, b.builder.getIntegerAttr(type.getElementType(), value)));
  };
  Value value = iteration;
  if (counter.step != 1)
    value = b.create<graph::MulOp>({value, number(counter.step)});
  if (counter.first != 0)
    value = b.create<graph::AddOp>({value, number(counter.first)});
  return value;
}

void Raiser::replace(int64_t trips) {
  OpBuilder builder(loop);
  Block &body = loop.getBody().front();
  Operation *yield = body.getTerminator();
  // Counters need not be carried where they have the type of the iteration's
  // number.
  Type counterType;
  SmallVector<std::optional<Counter>> counters(loop.getNumResults());
  for (unsigned i = 0; i < counters.size(); ++i) {
    counters[i] = getCounter(i);
    Type type = loop.getInits()[i].getType();
    if (counters[i] && !counterType)
      counterType = type;
    if (counters[i] && type != counterType)
      counters[i].reset();
  }
  SmallVector<Value> inits;
  for (unsigned i = 0; i < counters.size(); ++i)
    if (!counters[i])
      inits.push_back(loop.getInits()[i]);
  auto counted = graph::ForOp::create(
      builder, loop.getLoc(), ValueRange(inits).getTypes(), trips, inits);
  Block &block = counted.getBody().emplaceBlock();
  Value iteration = block.addArgument(counterType, loop.getLoc());
  graph::GraphBuilder outside(builder, loop.getLoc());
  OpBuilder inner = OpBuilder::atBlockEnd(&block);
  graph::GraphBuilder inside(inner, loop.getLoc());
  IRMapping mapping;
  SmallVector<Value> results;
  for (unsigned i = 0, k = 0; i < counters.size(); ++i) {
    if (!counters[i]) {
      mapping.map(body.getArgument(i),
                  block.addArgument(inits[k].getType(), loop.getLoc()));
      results.push_back(counted.getResult(k++));
      continue;
    }
    auto type = cast<RankedTensorType>(counterType);
    mapping.map(body.getArgument(i),
                buildCounter(inside, iteration, *counters[i], type));
    int64_t last = counters[i]->first + counters[i]->step * trips;
    results.push_back(graph::ConstantOp::create(
        builder, loop.getLoc(),
        DenseElementsAttr::get(
            type, builder.getIntegerAttr(type.getElementType(), last))));
  }
  for (Operation &op : body.without_terminator())
    inner.clone(op, mapping);
  SmallVector<Value> next;
  for (unsigned i = 0; i < counters.size(); ++i)
    if (!counters[i])
      next.push_back(mapping.lookupOrDefault(yield->getOperand(i)));
  graph::YieldOp::create(inner, loop.getLoc(), next);
  loop->replaceAllUsesWith(results);
  loop.erase();
}

bool Raiser::run() {
  Block &condition = loop.getCondition().front();
  // A check in the condition that fails must still fail.
  for (Operation &op : condition.without_terminator())
    if (!isPure(&op))
      return false;
  std::optional<int64_t> trips =
      countTrips(condition.getTerminator()->getOperand(0));
  if (!trips)
    return false;
  // Other counters of the same loop must not wrap around either.
  for (unsigned i = 0; i < loop.getNumResults(); ++i)
    if (std::optional<Counter> counter = getCounter(i)) {
      Type element =
          cast<RankedTensorType>(loop.getInits()[i].getType()).getElementType();
      int64_t most = element.isInteger(32) ? INT32_MAX : INT64_MAX, way, last;
      if (*trips > most ||
          __builtin_mul_overflow(counter->step, *trips, &way) ||
          __builtin_add_overflow(counter->first, way, &last) || last > most ||
          last < -most)
        return false;
    }
  replace(*trips);
  return true;
}

namespace {
class RaiseLoops : public sluice::impl::RaiseLoopsBase<RaiseLoops> {
public:
  void runOnOperation() override {
    // Inner loops first.
    for (graph::WhileOp loop : collectOps<graph::WhileOp>(getOperation()))
      Raiser(loop).run();
  }
};
} // namespace
