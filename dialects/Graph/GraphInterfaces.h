//===- GraphInterfaces.h - What passes may ask of an operator ---*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHINTERFACES_H
#define SLUICE_DIALECTS_GRAPH_GRAPHINTERFACES_H

#include "dialects/Graph/ElementBuilder.h"
#include "dialects/Support/HostTensor.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/Support/Error.h"
#include <optional>

namespace sluice::graph {

/// The emitter that a kernel needs.
enum class RootKind { Contraction, Reduction, Window, Serial, Transform };

/// The number of elements of a tensor, or -1 where it is not known.
int64_t countElements(mlir::Value tensor);

/// EvaluableOp::countOperations of an operator that says nothing else: its
/// evaluation cost if it computes, 0 if it only moves elements.
int64_t countOperationsOf(mlir::Operation *op);

/// Evaluates `op` when every operand is a constant and the result is within
/// the folding budget (elements and evaluation cost). `*failedCheck`, if given,
/// receives the text of a run-time check that fails.
mlir::LogicalResult
foldByEvaluation(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands,
                 llvm::SmallVectorImpl<mlir::OpFoldResult> &results,
                 std::string *failedCheck = nullptr);

/// See Graph_EvaluatingFold.
template <typename ConcreteType>
class EvaluatingFold
    : public mlir::OpTrait::TraitBase<ConcreteType, EvaluatingFold> {
public:
  static mlir::LogicalResult
  foldTrait(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands,
            llvm::SmallVectorImpl<mlir::OpFoldResult> &results) {
    return foldByEvaluation(op, operands, results);
  }
};

} // namespace sluice::graph

#include "dialects/Graph/GraphInterfaces.h.inc"

#endif // SLUICE_DIALECTS_GRAPH_GRAPHINTERFACES_H
