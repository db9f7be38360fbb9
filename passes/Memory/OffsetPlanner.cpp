//===- OffsetPlanner.cpp - Places in one block of memory ------------------===//
//
// The smallest block is hard to find (the problem is NP-complete), so: place
// the ranges one by one in several orders, then go on from each order by moving
// up whatever ended highest, which had to lie on top because it came late.
// Ends where a plan meets the bound that no plan can beat, or at a budget.
//
//===----------------------------------------------------------------------===//

#include "passes/Memory/OffsetPlanner.h"
#include "llvm/ADT/STLExtras.h"
#include <numeric>
#include <random>
#include <tuple>

using namespace sluice;
using llvm::ArrayRef;
using llvm::SmallVector;

namespace {

// Pairs of ranges looked at for one order: some hundredths of a second.
constexpr int64_t pairBudget = int64_t(1) << 23;
// Rounds in a row without a better plan after which an order is given up.
constexpr int64_t patience = 200;

enum class Fit { Lowest, Tightest };

class Planner {
public:
  Planner(ArrayRef<LiveRange> ranges, int64_t limit)
      : ranges(ranges), limit(limit), bound(getMaxLiveBytes(ranges)) {}

  std::optional<OffsetPlan> run();

private:
  using Order = SmallVector<unsigned>;

  SmallVector<Order> makeOrders() const;
  std::optional<OffsetPlan> place(ArrayRef<unsigned> order, Fit fit) const;
  void improve(Order order, Fit fit);
  bool isDone() const { return best && best->bytes <= bound; }

  ArrayRef<LiveRange> ranges;
  int64_t limit, bound;
  std::optional<OffsetPlan> best;
};

} // namespace

int64_t sluice::getMaxLiveBytes(ArrayRef<LiveRange> ranges) {
  struct Event {
    int64_t step;
    bool starts;
    int64_t bytes;
  };
  SmallVector<Event> events;
  for (const LiveRange &range : ranges) {
    events.push_back({range.first, true, range.bytes});
    events.push_back({range.last, false, range.bytes});
  }
  llvm::sort(events, [](const Event &a, const Event &b) {
    return std::tuple(a.step, b.starts) < std::tuple(b.step, a.starts);
  });
  int64_t live = 0, most = 0;
  for (const Event &event : events) {
    if (!event.starts)
      live -= event.bytes;
    else if (__builtin_add_overflow(live, event.bytes, &live))
      return INT64_MAX;
    most = std::max(most, live);
  }
  return most;
}

// Orders that each do well for some models: what is large, what is large for
// long, what is there for long, what comes first.
SmallVector<Planner::Order> Planner::makeOrders() const {
  auto span = [&](unsigned i) { return ranges[i].last - ranges[i].first + 1; };
  auto area = [&](unsigned i) { return double(ranges[i].bytes) * span(i); };
  auto makeOrder = [&](auto key) {
    Order order(ranges.size());
    std::iota(order.begin(), order.end(), 0);
    llvm::sort(order, [&](unsigned a, unsigned b) {
      return std::tuple(key(a), -ranges[a].bytes, ranges[a].first, a) <
             std::tuple(key(b), -ranges[b].bytes, ranges[b].first, b);
    });
    return order;
  };
  return {makeOrder([&](unsigned i) { return -ranges[i].bytes; }),
          makeOrder([&](unsigned i) { return -area(i); }),
          makeOrder([&](unsigned i) { return -span(i); }),
          makeOrder([&](unsigned i) { return ranges[i].first; })};
}

// Each range in turn, where it fits between the ranges placed before it.
std::optional<OffsetPlan> Planner::place(ArrayRef<unsigned> order,
                                         Fit fit) const {
  OffsetPlan plan;
  plan.offsets.assign(ranges.size(), 0);
  SmallVector<std::pair<int64_t, unsigned>> placed; // by offset
  for (unsigned i : order) {
    int64_t bytes = ranges[i].bytes, end = 0, chosen = -1;
    int64_t tightest = INT64_MAX;
    for (auto [start, other] : placed) {
      if (!ranges[other].overlaps(ranges[i]))
        continue;
      int64_t gap = start - end;
      if (gap >= bytes && gap < tightest) {
        tightest = gap;
        chosen = end;
        if (fit == Fit::Lowest)
          break;
      }
      end = std::max(end, start + ranges[other].bytes);
    }
    if (chosen < 0)
      chosen = end;
    if (bytes > limit - chosen)
      return std::nullopt;
    plan.offsets[i] = chosen;
    plan.bytes = std::max(plan.bytes, chosen + bytes);
    std::pair<int64_t, unsigned> entry(chosen, i);
    placed.insert(llvm::upper_bound(placed, entry), entry);
  }
  return plan;
}

void Planner::improve(Order order, Fit fit) {
  int64_t count = ranges.size(), cost = count * count / 2 + 1, pairs = 0;
  std::minstd_rand random; // its sequence is the same everywhere
  int64_t found = INT64_MAX;
  for (int64_t idle = 0; idle < patience && !isDone(); ++idle) {
    if (best && pairs + cost > pairBudget)
      return;
    pairs += cost;
    std::optional<OffsetPlan> plan = place(order, fit);
    if (!plan)
      return;
    if (plan->bytes < found) {
      found = plan->bytes;
      idle = 0;
    }
    unsigned *top = llvm::find_if(order, [&](unsigned i) {
      return plan->offsets[i] + ranges[i].bytes == plan->bytes;
    });
    if (!best || plan->bytes < best->bytes)
      best = std::move(plan);
    if (top == order.begin())
      return;
    unsigned *target = order.begin() + random() % (top - order.begin());
    std::rotate(target, top, top + 1);
  }
}

std::optional<OffsetPlan> Planner::run() {
  for (const LiveRange &range : ranges)
    if (range.bytes > limit)
      return std::nullopt;
  for (Order &order : makeOrders())
    for (Fit fit : {Fit::Lowest, Fit::Tightest})
      improve(order, fit);
  return best;
}

std::optional<OffsetPlan> sluice::planOffsets(ArrayRef<LiveRange> ranges,
                                              int64_t limit) {
  if (ranges.empty())
    return OffsetPlan();
  return Planner(ranges, limit).run();
}
