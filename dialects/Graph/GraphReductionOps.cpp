//===- GraphReductionOps.cpp - Registration of the reduction family ===//

#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#define GET_OP_CLASSES
#include "dialects/Graph/GraphReductionOps.cpp.inc"

void GraphDialect::registerReductionOps() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphReductionOps.cpp.inc"
      >();
}
