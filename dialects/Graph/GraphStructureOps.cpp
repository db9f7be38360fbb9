//===- GraphStructureOps.cpp - Registration of the structure family ===//

#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#define GET_OP_CLASSES
#include "dialects/Graph/GraphStructureOps.cpp.inc"

void GraphDialect::registerStructureOps() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphStructureOps.cpp.inc"
      >();
}

llvm::LogicalResult
ConstantOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  auto type = dyn_cast<RankedTensorType>(adaptor.getValue().getType());
  if (!type || !type.hasStaticShape() || type.getEncoding())
    return emitOptionalError(location,
                             "value must be a tensor of static shape, found ",
                             adaptor.getValue().getType());
  types.push_back(type);
  return success();
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }
