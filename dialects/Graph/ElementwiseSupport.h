//===- ElementwiseSupport.h - Shared by elementwise operators ---*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_ELEMENTWISESUPPORT_H
#define SLUICE_DIALECTS_GRAPH_ELEMENTWISESUPPORT_H

#include "dialects/Graph/ComplexCode.h"
#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/ScalarCode.h"
#include <cmath>
#include <complex>

namespace sluice::graph {

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// Whether `op` works on numbers that vectors can hold.
bool hasVectorForm(mlir::Operation *op);
/// Appends the tensor type with another element type.
llvm::LogicalResult inferWithElement(mlir::Type tensor, mlir::Type element,
                                     llvm::SmallVectorImpl<mlir::Type> &types);
inline bool isUnsignedTensor(mlir::Value value) {
  return mlir::getElementTypeOrSelf(value.getType()).isUnsignedInteger();
}

//===----------------------------------------------------------------------===//
// Reference evaluation
//===----------------------------------------------------------------------===//

using Inputs = llvm::ArrayRef<const HostTensor *>;
using Outputs = llvm::MutableArrayRef<HostTensor>;

template <typename Function>
llvm::Error applyReal(Inputs operands, Outputs results, Function function) {
  for (int64_t i = 0; i < results[0].size(); ++i)
    results[0].setDouble(i, function(operands[0]->getDouble(i)));
  return llvm::Error::success();
}
template <typename Function>
llvm::Error applyComplex(Inputs operands, Outputs results, Function function) {
  for (int64_t i = 0; i < results[0].size(); ++i)
    results[0].setComplex(i, function(operands[0]->getComplex(i)));
  return llvm::Error::success();
}
template <typename Function>
llvm::Error applyReal2(Inputs operands, Outputs results, Function function) {
  for (int64_t i = 0; i < results[0].size(); ++i)
    results[0].setDouble(
        i, function(operands[0]->getDouble(i), operands[1]->getDouble(i)));
  return llvm::Error::success();
}
template <typename Function>
llvm::Error applyComplex2(Inputs operands, Outputs results, Function function) {
  for (int64_t i = 0; i < results[0].size(); ++i)
    results[0].setComplex(
        i, function(operands[0]->getComplex(i), operands[1]->getComplex(i)));
  return llvm::Error::success();
}
/// On the low bits of integers: `function` takes and gives uint64_t.
template <typename Function>
llvm::Error applyBits2(Inputs operands, Outputs results, Function function) {
  for (int64_t i = 0; i < results[0].size(); ++i)
    results[0].setInt(i, static_cast<int64_t>(function(
                             static_cast<uint64_t>(operands[0]->getInt(i)),
                             static_cast<uint64_t>(operands[1]->getInt(i)))));
  return llvm::Error::success();
}

/// Definitions that the standard library lacks.
namespace reference {
using std::expm1;
using std::log1p;
std::complex<double> expm1(std::complex<double> x);
std::complex<double> log1p(std::complex<double> x);
inline double rsqrt(double x) { return 1 / std::sqrt(x); }
std::complex<double> rsqrt(std::complex<double> x);
std::complex<double> multiply(std::complex<double> x, std::complex<double> y);
std::complex<double> divide(std::complex<double> x, std::complex<double> y);
} // namespace reference

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

/// Calls `build` with f16 and bf16 operands as f32 and rounds an f32 that it
/// returns back to the operands' type; other types are passed through.
mlir::Value
buildWide(ElementBuilder &b, mlir::ValueRange operands,
          llvm::function_ref<mlir::Value(const ScalarCode &, mlir::ValueRange)>
              build);
/// f16 and bf16 as f32, others as they are.
mlir::Value widen(const ScalarCode &code, mlir::Value value);
/// An f32 as f16 or bf16, if `element` is one.
mlir::Value narrow(const ScalarCode &code, mlir::Value value,
                   mlir::Type element);

template <typename MathOp>
mlir::Value buildMath(ElementBuilder &b, mlir::ValueRange operands) {
  return buildWide(b, operands,
                   [](const ScalarCode &code, mlir::ValueRange values) {
                     return code.make<MathOp>(values[0]);
                   });
}

/// Applies a function of ComplexCode.
mlir::Value buildComplex(ElementBuilder &b, mlir::Value operand,
                         ComplexNumber (ComplexCode::*function)(ComplexNumber)
                             const);
mlir::Value buildComplex2(ElementBuilder &b, mlir::ValueRange operands,
                          ComplexNumber (ComplexCode::*function)(ComplexNumber,
                                                                 ComplexNumber)
                              const);

/// Reports a failed check of `op` when `failed` (i1 or a vector of them) holds
/// in a lane that exists; `values` are the offending integers.
void failWhere(ElementBuilder &b, mlir::Operation *op, mlir::Value failed,
               mlir::Value values, FailureKind kind);

//===----------------------------------------------------------------------===//
// Folding
//===----------------------------------------------------------------------===//

/// The one real number in all elements of a constant (a splat or a small one),
/// or of a value made from it by broadcasting.
std::optional<double> getSplatNumber(mlir::Attribute attribute);
std::optional<double> getSplatNumber(mlir::Value value);
/// Whether all elements are `value`; tells -0.0 from 0.0.
bool isSplat(mlir::Value operand, double value);

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_ELEMENTWISESUPPORT_H
