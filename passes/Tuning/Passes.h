//===- Passes.h - Choices that were measured --------------------*- C++ -*-===//

#ifndef SLUICE_PASSES_TUNING_PASSES_H
#define SLUICE_PASSES_TUNING_PASSES_H

#include "mlir/Pass/Pass.h"
#include "passes/Tuning/Tuning.h"
#include <memory>
#include <vector>

namespace mlir::func {
class FuncOp;
}

namespace sluice {

#define GEN_PASS_DECL
#include "passes/Tuning/Passes.h.inc"

/// An operator that a tuning could have a choice for.
struct TuningSite {
  std::string key;
  mlir::Location location;
};

/// `tuning` null: no choices. Adds what it sees to `sites` unless that is null;
/// it must outlive the pass.
std::unique_ptr<mlir::Pass>
createApplyTuning(std::shared_ptr<const Tuning> tuning,
                  std::vector<TuningSite> *sites = nullptr);

#define GEN_PASS_REGISTRATION
#include "passes/Tuning/Passes.h.inc"

} // namespace sluice

#endif // SLUICE_PASSES_TUNING_PASSES_H
