//===- GraphElementwiseOps.cpp - Registration of the elementwise family ---===//

#include "dialects/Graph/ElementwiseSupport.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#define GET_OP_CLASSES
#include "dialects/Graph/GraphElementwiseOps.cpp.inc"

void GraphDialect::registerElementwiseOps() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphElementwiseOps.cpp.inc"
      >();
}
