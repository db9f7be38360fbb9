//===- ListTypes.h - Lists whose element shape is found later ---*- C++ -*-===//
//
// A TensorList is a tensor with one row per element. Where a graph makes one
// without saying what its elements look like, its value has an unranked type
// until an element is put in; then the value, and all that control flow passes
// it to, become ranked at once.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_LISTTYPES_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_LISTTYPES_H

#include "dialects/Graph/GraphBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sluice::tensorflow {

/// Whether the operator's importer takes a value of unranked type there.
bool handlesList(llvm::StringRef op, unsigned input);

/// A list of `length` elements, all zero, of unknown shape.
mlir::Value makeList(graph::GraphBuilder &builder, graph::Size length,
                     mlir::Type elementType);
/// The length of such a list; nullopt where several lengths meet.
std::optional<graph::Size> getOpenLength(mlir::Value list);
/// Says what the elements of `list` look like. Failure: it has elements of
/// another shape.
llvm::LogicalResult setElementShape(mlir::Value list,
                                    llvm::ArrayRef<graph::Size> shape);
/// Makes two values that stand for one have one type. Failure: they have two.
llvm::LogicalResult unifyListTypes(mlir::Value a, mlir::Value b);
/// Removes what stands for lists; those that nothing was put in get scalars.
void finishLists(mlir::func::FuncOp function);

} // namespace sluice::tensorflow

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_LISTTYPES_H
