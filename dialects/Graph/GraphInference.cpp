//===- GraphInference.cpp - Helpers for type inference --------------------===//

#include "dialects/Graph/GraphInference.h"

using namespace mlir;
using namespace sluice::graph;

LogicalResult sluice::graph::inferSameType(StringRef opClass,
                                           std::optional<Location> location,
                                           ValueRange operands,
                                           SmallVectorImpl<Type> &types) {
  Type type = operands.front().getType();
  for (Value operand : operands.drop_front())
    if (operand.getType() != type)
      return emitOptionalError(location, "operands must have one type, found ",
                               type, " and ", operand.getType());
  types.push_back(type);
  return success();
}

LogicalResult sluice::graph::inferTensor(std::optional<Location> location,
                                         ArrayRef<Size> sizes, Type elementType,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType type = makeTensorType(sizes, elementType);
  if (!type) {
    std::string text;
    llvm::raw_string_ostream os(text);
    llvm::interleaveComma(sizes, os);
    return emitOptionalError(location, "result has impossible dimensions [",
                             text, "] of ", elementType);
  }
  types.push_back(type);
  return success();
}
