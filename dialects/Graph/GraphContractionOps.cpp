//===- GraphContractionOps.cpp - Registration of the contraction family ===//

#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#define GET_OP_CLASSES
#include "dialects/Graph/GraphContractionOps.cpp.inc"

void GraphDialect::registerContractionOps() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphContractionOps.cpp.inc"
      >();
}
