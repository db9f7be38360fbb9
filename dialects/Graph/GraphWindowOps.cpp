//===- GraphWindowOps.cpp - Registration of the window family ===//

#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#define GET_OP_CLASSES
#include "dialects/Graph/GraphWindowOps.cpp.inc"

void GraphDialect::registerWindowOps() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphWindowOps.cpp.inc"
      >();
}
