//===- Size.h - The size of a dimension, constant or symbolic ---*- C++ -*-===//
//
// Type inference is written once over `Size`, for static and dynamic shapes.
// Arithmetic is checked: a result that does not fit int64_t is invalid, and
// everything computed from an invalid size is invalid too.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_SIZE_H
#define SLUICE_DIALECTS_GRAPH_SIZE_H

#include "mlir/IR/Attributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace sluice::graph {

/// What symbolic sizes are polynomials of (see SizeAlgebra.h).
enum class SizeAtomKind : unsigned { Symbol, FloorDiv, PositivePart };

class Size {
public:
  Size() = default; ///< invalid
  Size(int64_t value) : constant(value), valid(true) {}
  /// An IntegerAttr or a size expression; invalid for anything else.
  static Size get(mlir::Attribute attribute);
  /// A symbol of the entry function, such as a batch size.
  static Size symbol(mlir::MLIRContext *context, llvm::StringRef name);

  bool isValid() const { return valid; }
  bool isStatic() const { return valid && !expression; }
  /// The value of a static size.
  int64_t getStatic() const { return constant; }
  /// The value, or ShapedType::kDynamic.
  int64_t getStaticOrDynamic() const;
  mlir::Attribute getAttribute(mlir::MLIRContext *context) const;

  Size operator+(Size other) const;
  Size operator-(Size other) const;
  Size operator*(Size other) const;
  /// Rounds toward minus infinity; invalid for a zero divisor.
  Size floorDiv(Size other) const;
  /// Rounds toward plus infinity; invalid for a zero divisor. A symbolic
  /// divisor is taken to be positive.
  Size ceilDiv(Size other) const;
  /// The remainder of floorDiv.
  Size mod(Size other) const;
  /// The quotient if it is exact for all values of the symbols; invalid
  /// otherwise.
  Size divideExactly(Size other) const;
  Size max(Size other) const;
  Size min(Size other) const;

  /// The value for these values of the symbols; nothing when one is unknown
  /// or a step overflows or divides by zero.
  std::optional<int64_t>
  evaluate(llvm::function_ref<std::optional<int64_t>(llvm::StringRef)> symbols)
      const;

  /// Known to be equal.
  bool operator==(Size other) const;
  bool operator!=(Size other) const { return !(*this == other); }

private:
  mlir::Attribute expression; // null: constant
  int64_t constant = 0;
  bool valid = false;
};

llvm::raw_ostream &operator<<(llvm::raw_ostream &os, Size size);

/// The sizes of a ranked tensor type, from its encoding where dynamic.
llvm::SmallVector<Size> getSizes(mlir::Type type);
llvm::SmallVector<Size> getSizes(mlir::Value value);
llvm::SmallVector<Size> getSizes(llvm::ArrayRef<int64_t> sizes);
/// Product; 1 for no sizes.
Size product(llvm::ArrayRef<Size> sizes);

/// The tensor type with these sizes; null when one is invalid or negative or
/// the static byte count does not fit int64_t.
mlir::RankedTensorType makeTensorType(llvm::ArrayRef<Size> sizes,
                                      mlir::Type elementType);
/// The attribute with these sizes, all valid.
mlir::Attribute makeDims(mlir::MLIRContext *context,
                         llvm::ArrayRef<Size> sizes);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_SIZE_H
