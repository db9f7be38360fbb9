//===- PassRunner.h - Watching passes run -----------------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_PASSRUNNER_H
#define SLUICE_COMPILER_DRIVER_PASSRUNNER_H

#include "compiler/Driver/Timing.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/ADT/StringSet.h"

namespace sluice {

/// Times passes and prints the program behind those that were named.
class PassWatcher : public mlir::PassInstrumentation {
public:
  PassWatcher(Timing &timing, const std::vector<std::string> &printAfter,
              llvm::raw_ostream &os);

  void runBeforePass(mlir::Pass *pass, mlir::Operation *op) override;
  void runAfterPass(mlir::Pass *pass, mlir::Operation *op) override;
  void runAfterPassFailed(mlir::Pass *pass, mlir::Operation *op) override;

private:
  void stop(mlir::Pass *pass);

  Timing &timing;
  llvm::StringSet<> printAfter;
  llvm::raw_ostream &os;
  std::vector<Timing::Clock::time_point> started; ///< passes nest
};

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_PASSRUNNER_H
