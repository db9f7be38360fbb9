//===- Reduction.cpp - Compositions around reductions ---------------------===//

#include "dialects/Graph/Builders/Reduction.h"
#include "dialects/Graph/Builders/Elementwise.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

Value sluice::graph::buildReduce(GraphBuilder &b, ReduceKind kind,
                                 Value operand, ArrayRef<int64_t> dims,
                                 bool keepDims) {
  if (!operand)
    return {};
  SmallVector<int64_t> sorted(dims);
  llvm::sort(sorted);
  Value reduced = b.create<ReduceOp>(
      {operand}, {{"kind", ReduceKindAttr::get(b.context(), kind)},
                  {"dims", b.integers(sorted)}});
  if (!reduced || !keepDims)
    return reduced;
  SmallVector<Size> sizes = getSizes(operand);
  for (int64_t dim : sorted)
    sizes[dim] = 1;
  return b.reshape(reduced, sizes);
}

Value sluice::graph::buildArgReduce(GraphBuilder &b, ArgKind kind,
                                    Value operand, int64_t dim,
                                    Type indexType) {
  return b.create<ArgReduceOp>({operand},
                               {{"kind", ArgKindAttr::get(b.context(), kind)},
                                {"dim", b.integer(dim)},
                                {"index_type", TypeAttr::get(indexType)}});
}

Value sluice::graph::buildScan(GraphBuilder &b, ScanKind kind, Value operand,
                               int64_t dim, bool exclusive, bool reverse) {
  SmallVector<NamedAttribute> attributes;
  auto add = [&](StringRef name, Attribute attribute) {
    attributes.emplace_back(StringAttr::get(b.context(), name), attribute);
  };
  add("kind", ScanKindAttr::get(b.context(), kind));
  add("dim", b.integer(dim));
  if (exclusive)
    add("exclusive", UnitAttr::get(b.context()));
  if (reverse)
    add("reverse", UnitAttr::get(b.context()));
  return b.create(ScanOp::getOperationName(), operand, attributes);
}

Value sluice::graph::buildWidened(GraphBuilder &b, Value operand) {
  if (!operand)
    return {};
  Type element = GraphBuilder::elementType(operand);
  bool isHalf = element.isF16() || element.isBF16();
  return isHalf ? buildCast(b, operand, b.builder.getF32Type()) : operand;
}

Value sluice::graph::buildEuclideanNorm(GraphBuilder &b, Value operand,
                                        ArrayRef<int64_t> dims, bool keepDims) {
  if (!operand)
    return {};
  Type element = GraphBuilder::elementType(operand);
  Value x = buildWidened(b, operand), conjugate = x;
  if (isa<ComplexType>(element))
    conjugate = b.create<ConjOp>({x});
  Value sum = buildReduce(b, ReduceKind::Sum, b.create<MulOp>({x, conjugate}),
                          dims, keepDims);
  if (isa<IntegerType>(element))
    sum = buildCast(b, sum, b.builder.getF64Type());
  return buildCast(b, b.create<SqrtOp>({sum}), element);
}

Value sluice::graph::buildL2Loss(GraphBuilder &b, Value operand) {
  if (!operand)
    return {};
  Value x = buildWidened(b, operand);
  auto all = llvm::to_vector(llvm::seq<int64_t>(0, GraphBuilder::rank(x)));
  Value sum = buildReduce(b, ReduceKind::Sum, b.create<MulOp>({x, x}), all);
  if (!sum)
    return {};
  Value half = b.scalar(GraphBuilder::elementType(x), 0.5);
  return buildCast(b, b.create<MulOp>({sum, half}),
                   GraphBuilder::elementType(operand));
}
