//===- PhaseAxis.cpp - One dimension of a transposed convolution ----------===//

#include "passes/Layout/PhaseAxis.h"
#include "dialects/Graph/GraphBuilder.h"

using namespace mlir;
using namespace sluice;

bool sluice::hasPhases(graph::ConvOp conv) {
  auto isOne = [](int64_t x) { return x == 1; };
  auto hasElements = [](Value value) {
    auto type = graph::GraphBuilder::type(value);
    return type.hasStaticShape() && type.getNumElements() > 0;
  };
  return !llvm::all_of(conv.getInputDilations(), isOne) &&
         conv.getGroups() == 1 && llvm::all_of(conv.getStrides(), isOne) &&
         llvm::all_of(conv.getWindowDilations(), isOne) &&
         hasElements(conv.getInput()) && hasElements(conv.getFilter()) &&
         hasElements(conv.getResult());
}
