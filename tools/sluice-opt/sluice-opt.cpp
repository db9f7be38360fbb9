//===- sluice-opt.cpp - Runs passes on MLIR files -------------------------===//

#include "compiler/Registration/Registration.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  sluice::registerDialects(registry);
  mlir::registerAllPasses();
  sluice::registerPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "Sluice pass driver\n", registry));
}
