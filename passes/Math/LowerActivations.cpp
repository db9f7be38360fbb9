//===- LowerActivations.cpp - Functions of several operations -------------===//
//
// Where a function is only part of sigmoid, swish or gelu, however models spell
// them, fewer operations give the bits that are left of it.
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "passes/Math/FloatFunctions.h"
#include "passes/Math/Passes.h"

using namespace mlir;
using namespace sluice;

namespace {

// What `value` is a constant multiple of, itself if of nothing.
Value withoutFactor(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    auto product = dyn_cast<arith::MulFOp>(op);
    if (isa<arith::NegFOp>(op) ||
        (product && matchPattern(product.getRhs(), m_Constant())))
      value = op->getOperand(0);
    else if (product && matchPattern(product.getLhs(), m_Constant()))
      value = product.getRhs();
    else
      break;
  }
  return value;
}

// The only user, and its other operand.
template <typename OpTy> std::pair<OpTy, Value> onlyUser(Operation *op) {
  auto user = op->hasOneUse() ? dyn_cast<OpTy>(*op->user_begin()) : OpTy();
  if (!user)
    return {};
  bool isLeft = user.getLhs() == op->getResult(0);
  return {user, isLeft ? user.getRhs() : user.getLhs()};
}

// 1 / (1 + exp(-x)), which is what `graph.sigmoid` emits, and x times that.
struct LowerLogistic : OpRewritePattern<math::ExpOp> {
  LowerLogistic(MLIRContext *context, const TargetDescription &target)
      : OpRewritePattern(context, /*benefit=*/2), target(target) {}

  LogicalResult matchAndRewrite(math::ExpOp op,
                                PatternRewriter &rewriter) const override {
    auto minus = op.getOperand().getDefiningOp<arith::NegFOp>();
    if (!getElementTypeOrSelf(op.getType()).isF32() || !minus)
      return failure();
    SmallVector<arith::DivFOp, 1> quotients;
    for (Operation *user : op->getUsers())
      if (auto sum = dyn_cast<arith::AddFOp>(user);
          sum && (isOne(sum.getLhs()) || isOne(sum.getRhs())))
        for (Operation *reader : sum->getUsers())
          if (auto quotient = dyn_cast<arith::DivFOp>(reader);
              quotient && isOne(quotient.getLhs()))
            quotients.push_back(quotient);
    Value x = minus.getOperand();
    FloatFunctions code(rewriter, op.getLoc(), target);
    for (arith::DivFOp quotient : quotients) {
      rewriter.setInsertionPoint(quotient);
      auto [product, factor] = onlyUser<arith::MulFOp>(quotient);
      if (product && factor == x) {
        rewriter.replaceOp(product, code.swish(x));
        rewriter.eraseOp(quotient);
      } else {
        rewriter.replaceOp(quotient, code.sigmoid(x));
      }
    }
    return success(!quotients.empty());
  }

  static bool isOne(Value value) { return matchPattern(value, m_OneFloat()); }

  TargetDescription target;
};

// log1p(exp(-|x|)), of which softplus consists. Where multiply-adds round twice
// it would be off by more than 2 ULP.
struct LowerSoftplus : OpRewritePattern<math::Log1pOp> {
  LowerSoftplus(MLIRContext *context, const TargetDescription &target)
      : OpRewritePattern(context, /*benefit=*/2), target(target) {}

  LogicalResult matchAndRewrite(math::Log1pOp op,
                                PatternRewriter &rewriter) const override {
    auto power = op.getOperand().getDefiningOp<math::ExpOp>();
    auto minus =
        power ? power.getOperand().getDefiningOp<arith::NegFOp>() : nullptr;
    if (!getElementTypeOrSelf(op.getType()).isF32() || !target.hasFma ||
        !minus || !minus.getOperand().getDefiningOp<math::AbsFOp>())
      return failure();
    FloatFunctions code(rewriter, op.getLoc(), target);
    rewriter.replaceOp(op, code.log1pOfFraction(power));
    return success();
  }

  TargetDescription target;
};

// 1 + erf(x) and 1 + tanh(x): the sum has no bits for small results.
template <typename OpTy> struct LowerSum : OpRewritePattern<OpTy> {
  using Function = Value (FloatFunctions::*)(Value) const;

  LowerSum(MLIRContext *context, const TargetDescription &target,
           Function function)
      : OpRewritePattern<OpTy>(context, /*benefit=*/2), target(target),
        function(function) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto [sum, one] = onlyUser<arith::AddFOp>(op);
    if (!getElementTypeOrSelf(op.getType()).isF32() || !sum ||
        !matchPattern(one, m_OneFloat()))
      return failure();
    FloatFunctions code(rewriter, op.getLoc(), target);
    rewriter.setInsertionPoint(sum);
    rewriter.replaceOp(sum, (code.*function)(op.getOperand()));
    rewriter.eraseOp(op);
    return success();
  }

  TargetDescription target;
  Function function;
};

// gelu as a x erfc(b x): where erfc is small, the rounding of b x alone costs
// more bits than the short way does.
struct LowerErfcProduct : OpRewritePattern<math::ErfcOp> {
  LowerErfcProduct(MLIRContext *context, const TargetDescription &target)
      : OpRewritePattern(context, /*benefit=*/2), target(target) {}

  LogicalResult matchAndRewrite(math::ErfcOp op,
                                PatternRewriter &rewriter) const override {
    auto [product, factor] = onlyUser<arith::MulFOp>(op);
    if (!getElementTypeOrSelf(op.getType()).isF32() || !product ||
        withoutFactor(factor) != withoutFactor(op.getOperand()))
      return failure();
    FloatFunctions code(rewriter, op.getLoc(), target);
    rewriter.replaceOp(op, code.onePlusErf(code.neg(op.getOperand())));
    return success();
  }

  TargetDescription target;
};

} // namespace

void sluice::populateActivationPatterns(RewritePatternSet &patterns,
                                        const TargetDescription &target) {
  MLIRContext *context = patterns.getContext();
  patterns.add<LowerLogistic, LowerSoftplus, LowerErfcProduct>(context, target);
  patterns.add<LowerSum<math::ErfOp>>(context, target,
                                      &FloatFunctions::onePlusErf);
  patterns.add<LowerSum<math::TanhOp>>(context, target,
                                       &FloatFunctions::onePlusTanh);
}
