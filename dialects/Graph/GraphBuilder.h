//===- GraphBuilder.h - Checked building of graph operators -----*- C++ -*-===//
//
// How importers and passes make operators from values that may be wrong: the
// result type is inferred, the operator verified and folded, and a problem is
// a diagnostic at the builder's location, never an assertion. A null operand
// gives a null result, so a chain of calls needs one check at its end.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHBUILDER_H
#define SLUICE_DIALECTS_GRAPH_GRAPHBUILDER_H

#include "dialects/Graph/GraphOps.h"
#include "mlir/IR/Builders.h"

namespace sluice::graph {

class GraphBuilder {
public:
  using Value = mlir::Value;
  using Attributes = llvm::ArrayRef<mlir::NamedAttribute>;

  GraphBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::MLIRContext *context() const { return builder.getContext(); }

  /// The first result of a new `OpTy`, folded; null after an error.
  template <typename OpTy>
  Value
  create(mlir::ValueRange operands,
         std::initializer_list<std::pair<llvm::StringRef, mlir::Attribute>>
             attributes = {}) {
    llvm::SmallVector<mlir::NamedAttribute> list;
    for (auto [name, attribute] : attributes)
      list.emplace_back(mlir::StringAttr::get(context(), name), attribute);
    return create(OpTy::getOperationName(), operands, list);
  }
  Value create(llvm::StringRef name, mlir::ValueRange operands,
               Attributes attributes);

  // Attributes.
  mlir::Attribute integers(llvm::ArrayRef<int64_t> values);
  mlir::Attribute integer(int64_t value); ///< i64
  mlir::Attribute boolean(bool value);
  mlir::Attribute real(double value); ///< f64

  // Constants.
  Value constant(const HostTensor &tensor);
  /// Rank 0; `value` is rounded or truncated to the element type.
  Value scalar(mlir::Type elementType, double value);
  /// A scalar repeated to a shape.
  Value full(llvm::ArrayRef<Size> sizes, mlir::Type elementType, double value);
  /// A scalar repeated to the shape of `like`, in its element type.
  Value fullLike(Value like, double value);
  /// i64, rank 1.
  Value integersConstant(llvm::ArrayRef<int64_t> values);

  // Shapes.
  Value broadcast(Value operand, llvm::ArrayRef<int64_t> dimensions,
                  llvm::ArrayRef<Size> sizes);
  /// Numpy rules: trailing dimensions are aligned.
  Value broadcastTo(Value operand, llvm::ArrayRef<Size> sizes);
  /// Broadcasts all to one shape by numpy's rules; an error says which shapes
  /// do not fit. False after an error.
  bool broadcastTogether(llvm::MutableArrayRef<Value> operands);
  Value reshape(Value operand, llvm::ArrayRef<Size> sizes);
  Value transpose(Value operand, llvm::ArrayRef<int64_t> permutation);

  /// A binary elementwise operator with broadcasting.
  template <typename OpTy> Value binary(Value lhs, Value rhs) {
    Value operands[] = {lhs, rhs};
    if (!broadcastTogether(operands))
      return {};
    return create<OpTy>(operands);
  }

  /// Emits an error at the location; null, for `return b.error(..)`.
  Value error(const llvm::Twine &message);

  static mlir::RankedTensorType type(Value value) {
    return mlir::cast<mlir::RankedTensorType>(value.getType());
  }
  static mlir::Type elementType(Value value) {
    return type(value).getElementType();
  }
  static int64_t rank(Value value) { return type(value).getRank(); }
};

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_GRAPHBUILDER_H
