//===- ApplyTuning.cpp - Give contractions what was measured for them -----===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Tuning/Passes.h"

namespace sluice {
#define GEN_PASS_DEF_APPLYTUNING
#include "passes/Tuning/Passes.h.inc"
} // namespace sluice

using namespace mlir;
using namespace sluice;

namespace {
class ApplyTuning : public sluice::impl::ApplyTuningBase<ApplyTuning> {
public:
  using ApplyTuningBase::ApplyTuningBase;
  ApplyTuning(std::shared_ptr<const Tuning> tuning,
              std::vector<TuningSite> *sites)
      : tuning(std::move(tuning)), sites(sites) {}

  LogicalResult initialize(MLIRContext *context) override {
    if (tuning || text.empty())
      return success();
    TuningError error;
    std::optional<Tuning> parsed = parseTuning(text, error);
    if (!parsed)
      return emitError(FileLineColLoc::get(context, "tuning", error.line,
                                           error.column))
             << error.message;
    tuning = std::make_shared<const Tuning>(std::move(*parsed));
    return success();
  }

  void runOnOperation() override {
    getOperation().walk([&](Operation *op) {
      std::string key = getTuningKey(op);
      if (key.empty())
        return;
      if (sites)
        sites->push_back({key, op->getLoc()});
      const TuningEntry *entry = nullptr;
      if (tuning)
        if (auto found = tuning->entries.find(key);
            found != tuning->entries.end())
          entry = &found->second;
      setTuning(op, entry ? entry->choice : TuningChoice(),
                tuning ? tuning->vectorBits : 0);
    });
  }

private:
  std::shared_ptr<const Tuning> tuning;
  std::vector<TuningSite> *sites = nullptr;
};
} // namespace

std::unique_ptr<Pass>
sluice::createApplyTuning(std::shared_ptr<const Tuning> tuning,
                          std::vector<TuningSite> *sites) {
  return std::make_unique<ApplyTuning>(std::move(tuning), sites);
}
