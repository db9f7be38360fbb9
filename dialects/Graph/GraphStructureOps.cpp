//===- GraphStructureOps.cpp - Registration of the structure family ===//

#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

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

//===----------------------------------------------------------------------===//
// SizesOp
//===----------------------------------------------------------------------===//

LogicalResult SizesOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (!type.hasStaticShape() ||
      type.getNumElements() != static_cast<int64_t>(getValues().getRank()))
    return emitOpError("(C1) ")
           << getValues().getRank() << " values for a result of type " << type;
  return success();
}

OpFoldResult SizesOp::fold(FoldAdaptor) { return getValues(); }

Value SizesOp::buildElement(ElementBuilder &b, ValueRange indices) {
  auto type = cast<RankedTensorType>(getType());
  Value position = b.index(0);
  for (auto [index, size] : llvm::zip_equal(indices, type.getShape()))
    position = b.addIndex(b.mulIndex(position, size), index);
  Value chosen;
  for (unsigned i = 0; i < getValues().getRank(); ++i) {
    Value size = b.size(getValues().getSize(i));
    if (!chosen) {
      chosen = size;
      continue;
    }
    Value here = b.builder.createOrFold<arith::CmpIOp>(
        b.loc, arith::CmpIPredicate::eq, position, b.index(i));
    chosen = b.builder.createOrFold<arith::SelectOp>(b.loc, here, size, chosen);
  }
  return b.splat(b.builder.createOrFold<arith::IndexCastOp>(
      b.loc, b.scalarType(type.getElementType()), chosen ? chosen : position));
}

bool SizesOp::supportsLanes() {
  return cast<RankedTensorType>(getType()).getRank() == 0;
}
