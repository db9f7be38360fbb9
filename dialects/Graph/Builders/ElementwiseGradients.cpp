//===- ElementwiseGradients.cpp - Gradients of scalar functions -----------===//

#include "dialects/Graph/Builders/Elementwise.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

// Of a complex function the conjugate of the derivative counts.
static Value conjugate(GraphBuilder &b, Value x) {
  return x && isa<ComplexType>(b.elementType(x)) ? b.create<ConjOp>({x}) : x;
}

static Value multiply(GraphBuilder &b, Value x, Value y) {
  return b.create<MulOp>({x, y});
}

static Value multiply(GraphBuilder &b, Value x, double factor) {
  return multiply(b, x, b.fullLike(x, factor));
}

// 1 - y
static Value complement(GraphBuilder &b, Value y) {
  return b.create<SubOp>({b.fullLike(y, 1), y});
}

// `dy` where the comparison of `x` with a number holds, `otherwise` elsewhere.
static Value passWhere(GraphBuilder &b, CompareDirection direction, Value x,
                       double bound, Value dy, Value otherwise) {
  return buildSelect(b, buildCompare(b, direction, x, bound), dy, otherwise);
}

// -dy y**2
Value sluice::graph::buildReciprocalGrad(GraphBuilder &b, Value y, Value dy) {
  Value square = conjugate(b, buildSquare(b, y));
  return b.create<NegOp>({multiply(b, dy, square)});
}

// dy / (2 y)
Value sluice::graph::buildSqrtGrad(GraphBuilder &b, Value y, Value dy) {
  return b.create<DivOp>({multiply(b, dy, 0.5), conjugate(b, y)});
}

// -dy y**3 / 2
Value sluice::graph::buildRsqrtGrad(GraphBuilder &b, Value y, Value dy) {
  y = conjugate(b, y);
  Value cube = multiply(b, buildSquare(b, y), y);
  return multiply(b, multiply(b, dy, cube), -0.5);
}

// dy y (1 - y)
Value sluice::graph::buildSigmoidGrad(GraphBuilder &b, Value y, Value dy) {
  y = conjugate(b, y);
  return multiply(b, multiply(b, dy, y), complement(b, y));
}

// dy (1 - y**2)
Value sluice::graph::buildTanhGrad(GraphBuilder &b, Value y, Value dy) {
  return multiply(b, dy, complement(b, buildSquare(b, conjugate(b, y))));
}

Value sluice::graph::buildReluGrad(GraphBuilder &b, Value dy, Value x) {
  return passWhere(b, CompareDirection::GT, x, 0, dy, b.fullLike(dy, 0));
}

Value sluice::graph::buildRelu6Grad(GraphBuilder &b, Value dy, Value x) {
  Value zero = b.fullLike(dy, 0);
  Value below = passWhere(b, CompareDirection::LT, x, 6, dy, zero);
  return passWhere(b, CompareDirection::GT, x, 0, below, zero);
}

Value sluice::graph::buildLeakyReluGrad(GraphBuilder &b, Value dy, Value x,
                                        double alpha) {
  return passWhere(b, CompareDirection::GT, x, 0, dy, multiply(b, dy, alpha));
}

// dy (y + 1) below zero, where y = e**x - 1.
Value sluice::graph::buildEluGrad(GraphBuilder &b, Value dy, Value y) {
  Value below = multiply(b, dy, b.create<AddOp>({y, b.fullLike(y, 1)}));
  return passWhere(b, CompareDirection::LT, y, 0, below, dy);
}

Value sluice::graph::buildSeluGrad(GraphBuilder &b, Value dy, Value y) {
  constexpr double scale = 1.0507009873554804934;
  constexpr double scaledAlpha = 1.7580993408473768599;
  Value below =
      multiply(b, dy, b.create<AddOp>({y, b.fullLike(y, scaledAlpha)}));
  return passWhere(b, CompareDirection::LT, y, 0, below,
                   multiply(b, dy, scale));
}

// dy / (1 + e**-x)
Value sluice::graph::buildSoftplusGrad(GraphBuilder &b, Value dy, Value x) {
  return multiply(b, dy, b.create<SigmoidOp>({x}));
}

// dy / (1 + |x|)**2
Value sluice::graph::buildSoftsignGrad(GraphBuilder &b, Value dy, Value x) {
  Value size = b.create<AddOp>({b.create<AbsOp>({x}), b.fullLike(x, 1)});
  return b.create<DivOp>({dy, buildSquare(b, size)});
}
