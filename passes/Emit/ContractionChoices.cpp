//===- ContractionChoices.cpp - What is worth measuring -------------------===//

#include "passes/Emit/ContractionPlan.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <set>

using namespace mlir;
using namespace sluice;

namespace {
// Keeps the choices whose plans differ.
class ChoiceList {
public:
  ChoiceList(Operation *op, const TargetDescription &target,
             const TuningChoice &base)
      : op(op), target(target), base(base) {
    plan = makePlan(base);
    if (plan)
      seen.insert(identify(*plan));
  }

  void add(const TuningChoice &choice) {
    TuningChoice whole = base.with(choice);
    std::optional<ContractionPlan> made = makePlan(whole);
    if (made && seen.insert(identify(*made)).second)
      choices.push_back(whole);
  }

  std::optional<ContractionPlan> plan; ///< of the base
  std::vector<TuningChoice> choices;

private:
  using Identity = std::vector<int64_t>;

  std::optional<ContractionPlan> makePlan(const TuningChoice &choice) {
    return planContraction(op, target, nullptr, nullptr, &choice);
  }

  static Identity identify(const ContractionPlan &plan) {
    return {plan.rowSplit.highCount,
            plan.rowSplit.high,
            plan.rowSplit.low,
            plan.columnSplit.highCount,
            plan.columnSplit.high,
            plan.columnSplit.low,
            plan.strip,
            plan.tilesPerBlock,
            int64_t(plan.panelsOutside),
            int64_t(plan.prefetch)};
  }

  Operation *op;
  const TargetDescription &target;
  const TuningChoice &base;
  std::set<Identity> seen;
};
} // namespace

std::vector<TuningChoice> sluice::listTiles(Operation *op,
                                            const TargetDescription &target) {
  TuningChoice rules;
  ChoiceList list(op, target, rules);
  if (!list.plan)
    return {};
  auto add = [&](int64_t rows, int64_t vectors) {
    TuningChoice choice;
    if (rows > 0)
      choice.rows = rows;
    if (vectors > 0)
      choice.vectors = vectors;
    list.add(choice);
  };
  if (list.plan->depthwise) {
    for (int64_t rows : {4, 5, 8, 10, 14, 3, 2})
      add(rows, 0);
    return list.choices;
  }
  int64_t positions = list.plan->outerCount() * list.plan->rows.count *
                      list.plan->columns.count;
  // What wins most often comes first: budgets end. Nearly all registers, sizes
  // that divide common images, and fewer.
  constexpr int64_t allVectors[] = {3, 2, 4, 1, 6, 8};
  auto mostRows = [&](int64_t vectors) {
    return std::max<int64_t>(1, (target.vectorRegisters - 2) / vectors);
  };
  auto addRows = [&](llvm::function_ref<int64_t(int64_t most)> rowsOf) {
    for (int64_t vectors : allVectors) {
      int64_t most = mostRows(vectors), rows = rowsOf(most);
      if (rows >= 1 && rows <= most)
        add(std::min(rows, positions), vectors);
    }
  };
  addRows([](int64_t most) { return most; });
  addRows([](int64_t) { return 7; });
  addRows([](int64_t) { return 14; });
  addRows([](int64_t most) { return most - 1; });
  addRows([](int64_t most) { return most / 2; });
  return list.choices;
}

std::vector<TuningChoice> sluice::listOrders(Operation *op,
                                             const TargetDescription &target,
                                             const TuningChoice &tile) {
  ChoiceList list(op, target, tile);
  if (!list.plan || list.plan->depthwise)
    return {};
  TuningChoice choice;
  choice.panelsOutside = !list.plan->panelsOutside;
  list.add(choice);
  choice = {};
  choice.prefetch = !list.plan->prefetch;
  list.add(choice);
  int64_t block = list.plan->tilesPerBlock, tiles = list.plan->tiles();
  for (int64_t size : {block / 2, block * 2, block / 4, block * 4, tiles}) {
    choice = {};
    choice.block = size;
    if (size >= 1)
      list.add(choice);
    choice.panelsOutside = false;
    if (size >= 1 && list.plan->panelsOutside)
      list.add(choice);
  }
  return list.choices;
}
