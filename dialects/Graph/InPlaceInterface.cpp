//===- InPlaceInterface.cpp - Roots that may write over an operand --------===//

#include "dialects/Graph/InPlaceInterface.h"
#include "dialects/Graph/GraphOps.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#include "dialects/Graph/InPlaceInterface.cpp.inc"

namespace {
// A row at a time: its statistics first, then element by element.
template <typename OpTy>
struct RowModel : InPlaceOp::ExternalModel<RowModel<OpTy>, OpTy> {};
} // namespace

void sluice::graph::registerInPlaceModels(MLIRContext *context) {
  SoftmaxOp::attachInterface<RowModel<SoftmaxOp>>(*context);
  LogSoftmaxOp::attachInterface<RowModel<LogSoftmaxOp>>(*context);
  NormalizeOp::attachInterface<RowModel<NormalizeOp>>(*context);
  ScanOp::attachInterface<RowModel<ScanOp>>(*context);
}
