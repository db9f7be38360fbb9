//===- EmitRows.cpp - Kernels around a reduction or a scan ----------------===//

#include "passes/Emit/KernelEmitter.h"
#include "passes/Emit/RowKernel.h"

using namespace mlir;
using namespace sluice;

FailureOr<int64_t> sluice::emitRows(KernelContext &kernel) {
  if (!kernel.root ||
      !isa<graph::ReduceOp, graph::ArgReduceOp, graph::SoftmaxOp,
           graph::LogSoftmaxOp, graph::NormalizeOp, graph::ScanOp>(kernel.root))
    return 0;
  RowKernel rows(kernel);
  if (!rows.isSupported())
    return 0;
  if (int64_t chunks = emitShortRows(rows))
    return chunks;
  if (auto reduce = dyn_cast<graph::ReduceOp>(kernel.root)) {
    int64_t chunks = emitReduceRows(rows, reduce);
    return chunks ? chunks : emitReduceColumns(rows, reduce);
  }
  if (auto search = dyn_cast<graph::ArgReduceOp>(kernel.root))
    return emitArgRows(rows, search);
  if (auto normalize = dyn_cast<graph::NormalizeOp>(kernel.root))
    return emitNormalizeRows(rows, normalize);
  if (auto scan = dyn_cast<graph::ScanOp>(kernel.root))
    return emitScan(rows, scan);
  return emitSoftmaxRows(rows, isa<graph::LogSoftmaxOp>(kernel.root));
}
