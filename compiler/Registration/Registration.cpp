//===- Registration.cpp - Dialects and passes of the project --------------===//

#include "compiler/Registration/Registration.h"
#include "dialects/Graph/GraphDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

void sluice::registerDialects(mlir::DialectRegistry &registry) {
  registry.insert<graph::GraphDialect, mlir::func::FuncDialect>();
}

void sluice::registerPasses() {}
