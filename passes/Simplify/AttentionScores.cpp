//===- AttentionScores.cpp - What scores of attention are made of ---------===//

#include "passes/Simplify/AttentionScores.h"
#include "passes/Simplify/RowPatterns.h"
#include <cmath>

using namespace mlir;
using namespace sluice;

// The product that scores are made of: scaled, then terms are added, then some
// are replaced.
graph::ContractOp AttentionScores::match(Value value, unsigned depth) {
  // Whatever else reads a step would need all of it.
  while (auto view = value.getDefiningOp<graph::ReshapeOp>()) {
    if (!value.hasOneUse())
      return {};
    value = view.getOperand();
  }
  constexpr unsigned maxDepth = 6;
  Operation *step = value.getDefiningOp();
  if (!step || !value.hasOneUse() || depth > maxDepth)
    return {};
  if (auto contract = dyn_cast<graph::ContractOp>(step))
    return contract;
  if (isa<graph::MulOp, graph::DivOp>(step)) {
    bool divides = isa<graph::DivOp>(step);
    for (unsigned i = 0; i < (divides ? 1 : 2); ++i) {
      std::optional<double> factor = getSplat(step->getOperand(1 - i));
      if (!factor || !std::isfinite(divides ? 1 / *factor : *factor))
        continue;
      graph::ContractOp found = match(step->getOperand(i), depth + 1);
      // What came before this step is scaled too: not the form.
      if (!terms.empty() || mask)
        return {};
      for (double *scaled : {&scale, &shift})
        *scaled *= divides ? 1 / *factor : *factor;
      return found;
    }
    return {};
  }
  if (isa<graph::AddOp, graph::SubOp>(step)) {
    bool isNegative = isa<graph::SubOp>(step);
    for (unsigned i = 0; i < (isNegative ? 1 : 2); ++i) {
      AttentionScores before = *this;
      Value term = step->getOperand(1 - i);
      graph::ContractOp found = match(step->getOperand(i), depth + 1);
      if (found && addTerm(term, isNegative))
        return found;
      *this = before;
    }
    return {};
  }
  if (isa<graph::SelectOp>(step))
    for (unsigned i : {1u, 2u}) {
      std::optional<double> number = getSplat(step->getOperand(3 - i));
      if (!number)
        continue;
      graph::ContractOp found = match(step->getOperand(i), depth + 1);
      if (mask)
        return {};
      mask = step->getOperand(0);
      keepsWhereFalse = i == 2;
      fill = *number;
      return found;
    }
  return {};
}

// Softmax does not change when a number is added to all scores: as some
// exporters do against rounding to zero.
bool AttentionScores::addTerm(Value term, bool isNegative) {
  constexpr double maxNumber = 1;
  std::optional<double> number = getSplat(term);
  if (number && std::abs(*number) <= maxNumber) {
    if (!mask)
      shift += isNegative ? -*number : *number;
    return true;
  }
  terms.push_back({term, isNegative});
  return !mask;
}
