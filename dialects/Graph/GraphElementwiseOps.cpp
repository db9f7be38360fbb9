//===- GraphElementwiseOps.cpp - Registration of the elementwise family ===//

#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#define GET_OP_CLASSES
#include "dialects/Graph/GraphElementwiseOps.cpp.inc"

void GraphDialect::registerElementwiseOps() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphElementwiseOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Reference evaluation
//===----------------------------------------------------------------------===//

// Applies one of the functions to each element, by the element's kind.
static llvm::Error
evaluateBinary(ArrayRef<const HostTensor *> operands,
               MutableArrayRef<HostTensor> results,
               function_ref<double(double, double)> onFloat,
               function_ref<int64_t(int64_t, int64_t)> onInteger,
               function_ref<std::complex<double>(std::complex<double>,
                                                 std::complex<double>)>
                   onComplex) {
  const HostTensor &lhs = *operands[0], &rhs = *operands[1];
  HostTensor &result = results[0];
  for (int64_t i = 0; i < result.size(); ++i) {
    if (isComplex(lhs.kind()))
      result.setComplex(i, onComplex(lhs.getComplex(i), rhs.getComplex(i)));
    else if (isFloat(lhs.kind()))
      result.setDouble(i, onFloat(lhs.getDouble(i), rhs.getDouble(i)));
    else
      result.setInt(i, onInteger(lhs.getInt(i), rhs.getInt(i)));
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// ExpOp
//===----------------------------------------------------------------------===//

llvm::Error ExpOp::evaluate(ArrayRef<const HostTensor *> operands,
                            MutableArrayRef<HostTensor> results) {
  for (int64_t i = 0; i < results[0].size(); ++i) {
    if (isComplex(operands[0]->kind()))
      results[0].setComplex(i, std::exp(operands[0]->getComplex(i)));
    else
      results[0].setDouble(i, std::exp(operands[0]->getDouble(i)));
  }
  return llvm::Error::success();
}

Value ExpOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  if (isa<ComplexType>(operands[0].getType()))
    return complex::ExpOp::create(b.builder, b.loc, operands[0]);
  return math::ExpOp::create(b.builder, b.loc, operands[0]);
}

//===----------------------------------------------------------------------===//
// AddOp
//===----------------------------------------------------------------------===//

llvm::Error AddOp::evaluate(ArrayRef<const HostTensor *> operands,
                            MutableArrayRef<HostTensor> results) {
  return evaluateBinary(
      operands, results, std::plus<double>(),
      [](int64_t x, int64_t y) {
        return static_cast<int64_t>(static_cast<uint64_t>(x) +
                                    static_cast<uint64_t>(y));
      },
      std::plus<std::complex<double>>());
}

Value AddOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  Type element = getElementTypeOrSelf(operands[0]);
  if (isa<ComplexType>(element))
    return complex::AddOp::create(b.builder, b.loc, operands[0], operands[1]);
  if (isa<FloatType>(element))
    return arith::AddFOp::create(b.builder, b.loc, operands[0], operands[1]);
  return arith::AddIOp::create(b.builder, b.loc, operands[0], operands[1]);
}
