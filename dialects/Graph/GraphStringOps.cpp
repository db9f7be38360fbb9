//===- GraphStringOps.cpp - Functions of strings --------------------------===//

#include "dialects/Graph/ElementwiseSupport.h"
#include "dialects/Graph/StringCode.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

// Characters that one operator may make while a graph is evaluated.
static constexpr size_t maxEvaluatedBytes = size_t(1) << 30;

static bool isAllEmpty(Attribute attribute) {
  auto strings = dyn_cast_or_null<DenseStringElementsAttr>(attribute);
  return strings && llvm::all_of(strings.getRawStringData(),
                                 [](StringRef text) { return text.empty(); });
}

OpFoldResult StringConcatOp::fold(FoldAdaptor adaptor) {
  if (isAllEmpty(adaptor.getRhs()))
    return getLhs();
  if (isAllEmpty(adaptor.getLhs()))
    return getRhs();
  return {};
}

llvm::Error StringConcatOp::evaluate(Inputs operands, Outputs results) {
  size_t total = 0;
  for (int64_t i = 0; i < results[0].size(); ++i) {
    const std::string &lhs = operands[0]->strings[i];
    const std::string &rhs = operands[1]->strings[i];
    total += lhs.size() + rhs.size();
    if (total > maxEvaluatedBytes)
      return llvm::createStringError("the strings made are longer than " +
                                     Twine(maxEvaluatedBytes) + " bytes");
    results[0].strings[i] = lhs + rhs;
  }
  return llvm::Error::success();
}

Value StringConcatOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  StringCode code(b);
  return code.give(code.concat(getOperation(), code.take(operands[0]),
                               code.take(operands[1])));
}
