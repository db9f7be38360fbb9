//===- LowerMath.cpp - Mathematical functions become arithmetic -----------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Math/FloatFunctions.h"
#include "passes/Math/Passes.h"
#include "passes/Math/WideFunctions.h"
#include <limits>

using namespace mlir;
using namespace sluice;

namespace sluice {
#define GEN_PASS_DEF_LOWERMATH
#include "passes/Math/Passes.h.inc"
} // namespace sluice

namespace {

using Unary = Value (FloatFunctions::*)(Value) const;
using Binary = Value (FloatFunctions::*)(Value, Value) const;
using WideUnary = Value (WideFunctions::*)(Value) const;
using WideBinary = Value (WideFunctions::*)(Value, Value) const;

Type elementOf(Operation *op) {
  return getElementTypeOrSelf(op->getResult(0).getType());
}

// A function in f32 arithmetic.
template <typename OpTy, typename Function>
struct LowerInFloat : OpRewritePattern<OpTy> {
  LowerInFloat(MLIRContext *context, const TargetDescription &target,
               Function function)
      : OpRewritePattern<OpTy>(context), target(target), function(function) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    if (!elementOf(op).isF32())
      return failure();
    FloatFunctions code(rewriter, op.getLoc(), target);
    Value result;
    if constexpr (std::is_same_v<Function, Unary>)
      result = (code.*function)(op->getOperand(0));
    else
      result = (code.*function)(op->getOperand(0), op->getOperand(1));
    rewriter.replaceOp(op, result);
    return success();
  }

  TargetDescription target;
  Function function;
};

// A function of f32 in f64 arithmetic.
template <typename OpTy, typename Function>
struct LowerInDouble : OpRewritePattern<OpTy> {
  LowerInDouble(MLIRContext *context, const TargetDescription &target,
                Function function)
      : OpRewritePattern<OpTy>(context), target(target), function(function) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    if (!elementOf(op).isF32())
      return failure();
    WideFunctions code(rewriter, op.getLoc(), target);
    SmallVector<Value, 2> operands;
    for (Value operand : op->getOperands())
      operands.push_back(
          code.convert<arith::ExtFOp>(operand, rewriter.getF64Type()));
    Value result;
    if constexpr (std::is_same_v<Function, WideUnary>)
      result = (code.*function)(operands[0]);
    else
      result = (code.*function)(operands[0], operands[1]);
    rewriter.replaceOp(
        op, code.convert<arith::TruncFOp>(result, rewriter.getF32Type()));
    return success();
  }

  TargetDescription target;
  Function function;
};

// Powers that a few correctly rounded operations give.
struct LowerConstantPower : OpRewritePattern<math::PowFOp> {
  LowerConstantPower(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(math::PowFOp op,
                                PatternRewriter &rewriter) const override {
    APFloat constant(0.0);
    Type element = elementOf(op);
    if (!matchPattern(op.getRhs(), m_ConstantFloat(&constant)) ||
        (!element.isF32() && !element.isF64()))
      return failure();
    double exponent = constant.convertToDouble();
    graph::ScalarCode code(rewriter, op.getLoc());
    Value x = op.getLhs(), result;
    if (exponent == 1) {
      result = x;
    } else if (exponent == 2) {
      result = code.mul(x, x);
    } else if (exponent == 3) {
      result = code.mul(code.mul(x, x), x);
    } else if (exponent == -1) {
      result = code.div(code.number(x, 1), x);
    } else if (exponent == 0.5) {
      // The power of minus zero is zero, that of minus infinity infinity.
      constexpr double infinity = std::numeric_limits<double>::infinity();
      result = code.add(code.sqrt(x), code.number(x, 0));
      result =
          code.select(code.compare(graph::ScalarCode::Float::OEQ, x, -infinity),
                      code.number(x, infinity), result);
    } else {
      return failure();
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

// A quotient whose divisor is known to be neither tiny nor huge.
struct LowerQuotient : OpRewritePattern<arith::DivFOp> {
  LowerQuotient(MLIRContext *context, const TargetDescription &target)
      : OpRewritePattern(context), target(target) {}

  LogicalResult matchAndRewrite(arith::DivFOp op,
                                PatternRewriter &rewriter) const override {
    if (!bitEnumContainsAll(op.getFastmath(), arith::FastMathFlags::arcp))
      return failure();
    MathCode code(rewriter, op.getLoc(), target);
    rewriter.replaceOp(op, code.quotient(op.getLhs(), op.getRhs()));
    return success();
  }

  TargetDescription target;
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
  ExpandDouble(MLIRContext *context, const TargetDescription &target,
               Unary function)
      : OpRewritePattern<OpTy>(context, /*benefit=*/2), target(target),
        function(function) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    if (!elementOf(op).isF64())
      return failure();
    FloatFunctions code(rewriter, op.getLoc(), target);
    rewriter.replaceOp(op, (code.*function)(op->getOperand(0)));
    return success();
  }

  TargetDescription target;
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
  using LowerMathBase::LowerMathBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateLowerMathPatterns(patterns, describeTarget(triple, cpu, features));
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

// Adds the patterns of one target.
struct Functions {
  RewritePatternSet &patterns;
  const TargetDescription &target;

  template <typename OpTy, typename Function> void inFloat(Function function) {
    patterns.add<LowerInFloat<OpTy, Function>>(patterns.getContext(), target,
                                               function);
    others<OpTy>();
  }
  template <typename OpTy> void inDouble(WideUnary function) {
    patterns.add<LowerInDouble<OpTy, WideUnary>>(patterns.getContext(), target,
                                                 function);
    others<OpTy>();
  }
  template <typename OpTy> void inDouble(WideBinary function) {
    patterns.add<LowerInDouble<OpTy, WideBinary>>(patterns.getContext(), target,
                                                  function);
    others<OpTy>();
  }
  template <typename OpTy> void ofDouble(Unary function) {
    patterns.add<ExpandDouble<OpTy>>(patterns.getContext(), target, function);
  }
  template <typename OpTy> void others() {
    patterns.add<WidenHalf<OpTy>, UnrollDouble<OpTy>>(patterns.getContext());
  }
};

} // namespace

void sluice::populateLowerMathPatterns(RewritePatternSet &patterns,
                                       const TargetDescription &target) {
  Functions add{patterns, target};
  add.inFloat<math::ExpOp>(&FloatFunctions::exp);
  add.inFloat<math::ExpM1Op>(&FloatFunctions::expm1);
  add.inFloat<math::LogOp>(&FloatFunctions::log);
  add.inFloat<math::Log1pOp>(&FloatFunctions::log1p);
  add.inFloat<math::TanhOp>(&FloatFunctions::tanh);
  add.inFloat<math::ErfOp>(&FloatFunctions::erf);
  add.inFloat<math::SinOp>(&FloatFunctions::sin);
  add.inFloat<math::CosOp>(&FloatFunctions::cos);
  add.inFloat<math::AtanOp>(&FloatFunctions::atan);
  add.inFloat<math::Atan2Op>(&FloatFunctions::atan2);
  add.inFloat<math::PowFOp>(&FloatFunctions::pow);

  add.inDouble<math::Exp2Op>(&WideFunctions::exp2);
  add.inDouble<math::Log2Op>(&WideFunctions::log2);
  add.inDouble<math::Log10Op>(&WideFunctions::log10);
  add.inDouble<math::CbrtOp>(&WideFunctions::cbrt);
  add.inDouble<math::TanOp>(&WideFunctions::tan);
  add.inDouble<math::AsinOp>(&WideFunctions::asin);
  add.inDouble<math::AcosOp>(&WideFunctions::acos);
  add.inDouble<math::SinhOp>(&WideFunctions::sinh);
  add.inDouble<math::CoshOp>(&WideFunctions::cosh);
  add.inDouble<math::AsinhOp>(&WideFunctions::asinh);
  add.inDouble<math::AcoshOp>(&WideFunctions::acosh);
  add.inDouble<math::AtanhOp>(&WideFunctions::atanh);
  add.inDouble<math::ErfcOp>(&WideFunctions::erfc);
  add.inDouble<math::RoundOp>(&WideFunctions::roundAway);
  add.inDouble<arith::RemFOp>(&WideFunctions::remainder);

  MLIRContext *context = patterns.getContext();
  patterns.add<LowerQuotient>(context, target);
  populateActivationPatterns(patterns, target);
  patterns.add<LowerInFloat<math::RsqrtOp, Unary>>(context, target,
                                                   &FloatFunctions::rsqrt);
  add.ofDouble<math::RsqrtOp>(&FloatFunctions::rsqrt);
  add.ofDouble<math::ExpM1Op>(&FloatFunctions::expm1ByExp);
  add.ofDouble<math::Log1pOp>(&FloatFunctions::log1pByLog);
  patterns.add<LowerConstantPower, LowerTruncToBFloat, WidenHalf<math::RsqrtOp>,
               WidenHalf<math::SqrtOp>, WidenHalf<math::FloorOp>,
               WidenHalf<math::CeilOp>, WidenHalf<math::TruncOp>,
               WidenHalf<math::RoundEvenOp>>(context);
}
