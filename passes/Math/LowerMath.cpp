//===- LowerMath.cpp - Mathematical functions become arithmetic -----------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Math/Passes.h"
#include "passes/Math/WideFunctions.h"

using namespace mlir;
using namespace sluice;

namespace sluice {
#define GEN_PASS_DEF_LOWERMATH
#include "passes/Math/Passes.h.inc"
} // namespace sluice

namespace {

using Unary = Value (FloatFunctions::*)(Value) const;
using WideUnary = Value (WideFunctions::*)(Value) const;
using WideBinary = Value (WideFunctions::*)(Value, Value) const;

Type elementOf(Operation *op) {
  return getElementTypeOrSelf(op->getResult(0).getType());
}

// A function in f32 arithmetic.
template <typename OpTy> struct LowerInFloat : OpRewritePattern<OpTy> {
  LowerInFloat(MLIRContext *context, Unary function)
      : OpRewritePattern<OpTy>(context), function(function) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    if (!elementOf(op).isF32())
      return failure();
    FloatFunctions code(rewriter, op.getLoc());
    rewriter.replaceOp(op, (code.*function)(op->getOperand(0)));
    return success();
  }

  Unary function;
};

// A function of f32 in f64 arithmetic.
template <typename OpTy> struct LowerInDouble : OpRewritePattern<OpTy> {
  LowerInDouble(MLIRContext *context, WideUnary function)
      : OpRewritePattern<OpTy>(context), unary(function) {}
  LowerInDouble(MLIRContext *context, WideBinary function)
      : OpRewritePattern<OpTy>(context), binary(function) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    if (!elementOf(op).isF32())
      return failure();
    WideFunctions code(rewriter, op.getLoc());
    SmallVector<Value, 2> operands;
    for (Value operand : op->getOperands())
      operands.push_back(
          code.convert<arith::ExtFOp>(operand, rewriter.getF64Type()));
    Value result = unary ? (code.*unary)(operands[0])
                         : (code.*binary)(operands[0], operands[1]);
    rewriter.replaceOp(
        op, code.convert<arith::TruncFOp>(result, rewriter.getF32Type()));
    return success();
  }

  WideUnary unary = nullptr;
  WideBinary binary = nullptr;
};

// f16 and bf16 by way of f32.
template <typename OpTy> struct WidenHalf : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Type element = elementOf(op);
    if (!element.isF16() && !element.isBF16())
      return failure();
    graph::ScalarCode code(rewriter, op.getLoc());
    SmallVector<Value, 2> operands;
    for (Value operand : op->getOperands())
      operands.push_back(
          code.convert<arith::ExtFOp>(operand, rewriter.getF32Type()));
    Type wide = code.like(op->getResult(0), rewriter.getF32Type());
    Value result = OpTy::create(rewriter, op.getLoc(), TypeRange(wide),
                                ValueRange(operands));
    rewriter.replaceOp(op, code.convert<arith::TruncFOp>(result, element));
    return success();
  }
};

// Vectors of f64 as scalars: the C library has no others.
template <typename OpTy> struct UnrollDouble : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<VectorType>(op->getResult(0).getType());
    if (!type || !type.getElementType().isF64() || type.isScalable() ||
        type.getRank() == 0)
      return failure();
    Location loc = op.getLoc();
    Value result =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(type));
    SmallVector<int64_t> position(type.getRank(), 0);
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      SmallVector<Value, 2> operands;
      for (Value operand : op->getOperands())
        operands.push_back(
            vector::ExtractOp::create(rewriter, loc, operand, position));
      Value element =
          OpTy::create(rewriter, loc, TypeRange(type.getElementType()),
                       ValueRange(operands));
      result =
          vector::InsertOp::create(rewriter, loc, element, result, position);
      for (int64_t d = type.getRank() - 1;
           d >= 0 && ++position[d] == type.getDimSize(d); --d)
        position[d] = 0;
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

// A function of f64 from others.
template <typename OpTy> struct ExpandDouble : OpRewritePattern<OpTy> {
  ExpandDouble(MLIRContext *context, Unary function)
      : OpRewritePattern<OpTy>(context, /*benefit=*/2), function(function) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    if (!elementOf(op).isF64())
      return failure();
    FloatFunctions code(rewriter, op.getLoc());
    rewriter.replaceOp(op, (code.*function)(op->getOperand(0)));
    return success();
  }

  Unary function;
};

// f32 to bf16, to nearest even. Processors without the instruction would call
// a function that the C library of today's systems lacks.
struct LowerTruncToBFloat : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    if (!elementOf(op).isBF16())
      return failure();
    graph::ScalarCode code(rewriter, op.getLoc());
    Value x = op.getIn();
    Type from = graph::ScalarCode::element(x);
    if (from.isF64())
      x = code.convert<arith::TruncFOp>(x, rewriter.getF32Type());
    else if (from.isF16())
      x = code.convert<arith::ExtFOp>(x, rewriter.getF32Type());
    else if (!from.isF32())
      return failure();
    Value bits = code.bitcast(x, rewriter.getI32Type());
    Value half = code.integer(bits, 16);
    auto shifted = [&](Value value) {
      return code.make<arith::ShRUIOp>(value, half);
    };
    Value last = code.bitAnd(shifted(bits), code.integer(bits, 1));
    Value rounded =
        shifted(code.add(bits, code.add(last, code.integer(bits, 0x7FFF))));
    Value quiet = code.bitOr(shifted(bits), code.integer(bits, 0x40));
    Value result = code.select(code.isNan(x), quiet, rounded);
    result = code.convert<arith::TruncIOp>(result, rewriter.getI16Type());
    rewriter.replaceOp(op, code.bitcast(result, rewriter.getBF16Type()));
    return success();
  }
};

struct LowerMathPass : sluice::impl::LowerMathBase<LowerMathPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateLowerMathPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

template <typename OpTy>
static void addFloat(RewritePatternSet &patterns, Unary function) {
  MLIRContext *context = patterns.getContext();
  patterns.add<LowerInFloat<OpTy>>(context, function);
  patterns.add<WidenHalf<OpTy>, UnrollDouble<OpTy>>(context);
}

template <typename OpTy, typename Function>
static void addDouble(RewritePatternSet &patterns, Function function) {
  MLIRContext *context = patterns.getContext();
  patterns.add<LowerInDouble<OpTy>>(context, function);
  patterns.add<WidenHalf<OpTy>, UnrollDouble<OpTy>>(context);
}

void sluice::populateLowerMathPatterns(RewritePatternSet &patterns) {
  addFloat<math::ExpOp>(patterns, &FloatFunctions::exp);
  addFloat<math::ExpM1Op>(patterns, &FloatFunctions::expm1);
  addFloat<math::LogOp>(patterns, &FloatFunctions::log);
  addFloat<math::Log1pOp>(patterns, &FloatFunctions::log1p);
  addFloat<math::TanhOp>(patterns, &FloatFunctions::tanh);
  addFloat<math::ErfOp>(patterns, &FloatFunctions::erf);

  addDouble<math::Exp2Op>(patterns, WideUnary(&WideFunctions::exp2));
  addDouble<math::Log2Op>(patterns, WideUnary(&WideFunctions::log2));
  addDouble<math::Log10Op>(patterns, WideUnary(&WideFunctions::log10));
  addDouble<math::CbrtOp>(patterns, WideUnary(&WideFunctions::cbrt));
  addDouble<math::SinOp>(patterns, WideUnary(&WideFunctions::sin));
  addDouble<math::CosOp>(patterns, WideUnary(&WideFunctions::cos));
  addDouble<math::TanOp>(patterns, WideUnary(&WideFunctions::tan));
  addDouble<math::AsinOp>(patterns, WideUnary(&WideFunctions::asin));
  addDouble<math::AcosOp>(patterns, WideUnary(&WideFunctions::acos));
  addDouble<math::AtanOp>(patterns, WideUnary(&WideFunctions::atan));
  addDouble<math::SinhOp>(patterns, WideUnary(&WideFunctions::sinh));
  addDouble<math::CoshOp>(patterns, WideUnary(&WideFunctions::cosh));
  addDouble<math::AsinhOp>(patterns, WideUnary(&WideFunctions::asinh));
  addDouble<math::AcoshOp>(patterns, WideUnary(&WideFunctions::acosh));
  addDouble<math::AtanhOp>(patterns, WideUnary(&WideFunctions::atanh));
  addDouble<math::ErfcOp>(patterns, WideUnary(&WideFunctions::erfc));
  addDouble<math::RoundOp>(patterns, WideUnary(&WideFunctions::roundAway));
  addDouble<math::PowFOp>(patterns, WideBinary(&WideFunctions::pow));
  addDouble<math::Atan2Op>(patterns, WideBinary(&WideFunctions::atan2));
  addDouble<arith::RemFOp>(patterns, WideBinary(&WideFunctions::remainder));

  MLIRContext *context = patterns.getContext();
  patterns.add<LowerInFloat<math::RsqrtOp>>(context, &FloatFunctions::rsqrt);
  patterns.add<ExpandDouble<math::RsqrtOp>>(context, &FloatFunctions::rsqrt);
  patterns.add<ExpandDouble<math::ExpM1Op>>(context,
                                            &FloatFunctions::expm1ByExp);
  patterns.add<ExpandDouble<math::Log1pOp>>(context,
                                            &FloatFunctions::log1pByLog);
  patterns.add<LowerTruncToBFloat, WidenHalf<math::RsqrtOp>,
               WidenHalf<math::SqrtOp>, WidenHalf<math::FloorOp>,
               WidenHalf<math::CeilOp>, WidenHalf<math::TruncOp>,
               WidenHalf<math::RoundEvenOp>>(context);
}
