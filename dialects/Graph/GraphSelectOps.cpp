//===- GraphSelectOps.cpp - Comparison and choice -------------------------===//

#include "dialects/Graph/CompareDirections.h"
#include "dialects/Graph/ElementwiseSupport.h"
#include "dialects/Graph/StringCode.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

using Float = arith::CmpFPredicate;
using Int = arith::CmpIPredicate;

//===----------------------------------------------------------------------===//
// CompareOp
//===----------------------------------------------------------------------===//

static bool isEquality(CompareDirection direction) {
  return direction == CompareDirection::EQ || direction == CompareDirection::NE;
}

LogicalResult CompareOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  SmallVector<Type> operand;
  if (failed(
          inferSameType("compare", location, adaptor.getOperands(), operand)))
    return failure();
  Type element = getElementTypeOrSelf(operand[0]);
  if ((isa<ComplexType, StringType>(element) || element.isInteger(1)) &&
      !isEquality(adaptor.getDirection()))
    return emitOptionalError(location, "(C2) ", element,
                             " values have no order, only 'eq' and 'ne' can "
                             "compare them, found '",
                             stringifyCompareDirection(adaptor.getDirection()),
                             "'");
  return inferWithElement(operand[0], IntegerType::get(context, 1), types);
}

CompareDirection sluice::graph::swapOperands(CompareDirection direction) {
  switch (direction) {
  case CompareDirection::LT:
    return CompareDirection::GT;
  case CompareDirection::LE:
    return CompareDirection::GE;
  case CompareDirection::GT:
    return CompareDirection::LT;
  case CompareDirection::GE:
    return CompareDirection::LE;
  default:
    return direction;
  }
}

// A bool compared with a constant is the bool or its complement; that is found
// here where it is the bool.
OpFoldResult CompareOp::fold(FoldAdaptor) {
  if (!getLhs().getType().getElementType().isInteger(1))
    return {};
  for (auto [x, y] : {std::pair(getLhs(), getRhs()), {getRhs(), getLhs()}})
    if (isSplat(y, getDirection() == CompareDirection::EQ ? 1 : 0))
      return x;
  return {};
}

// Constants go to the right.
static LogicalResult constantToTheRight(CompareOp op,
                                        PatternRewriter &rewriter) {
  if (!matchPattern(op.getLhs(), m_Constant()) ||
      matchPattern(op.getRhs(), m_Constant()))
    return failure();
  rewriter.replaceOpWithNewOp<CompareOp>(op, op.getType(),
                                         swapOperands(op.getDirection()),
                                         op.getRhs(), op.getLhs());
  return success();
}

void CompareOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *) {
  patterns.add(constantToTheRight);
}

template <typename T> static bool holds(CompareDirection direction, T x, T y) {
  switch (direction) {
  case CompareDirection::EQ:
    return x == y;
  case CompareDirection::NE:
    return x != y;
  case CompareDirection::LT:
    return x < y;
  case CompareDirection::LE:
    return x <= y;
  case CompareDirection::GT:
    return x > y;
  case CompareDirection::GE:
    return x >= y;
  }
  return false;
}

llvm::Error CompareOp::evaluate(Inputs operands, Outputs results) {
  const HostTensor &lhs = *operands[0], &rhs = *operands[1];
  CompareDirection direction = getDirection();
  for (int64_t i = 0; i < results[0].size(); ++i) {
    bool result;
    if (lhs.kind() == ElementKind::String)
      result = (lhs.strings[i] == rhs.strings[i]) ==
               (direction == CompareDirection::EQ);
    else if (isComplex(lhs.kind()))
      result = (lhs.getComplex(i) == rhs.getComplex(i)) ==
               (direction == CompareDirection::EQ);
    else if (isFloat(lhs.kind()))
      result = holds(direction, lhs.getDouble(i), rhs.getDouble(i));
    else if (isSigned(lhs.kind()))
      result = holds(direction, lhs.getInt(i), rhs.getInt(i));
    else
      result = holds(direction, static_cast<uint64_t>(lhs.getInt(i)),
                     static_cast<uint64_t>(rhs.getInt(i)));
    results[0].setInt(i, result);
  }
  return llvm::Error::success();
}

static Float floatPredicate(CompareDirection direction) {
  constexpr Float predicates[] = {Float::OEQ, Float::UNE, Float::OLT,
                                  Float::OLE, Float::OGT, Float::OGE};
  return predicates[static_cast<unsigned>(direction)];
}

static Int intPredicate(CompareDirection direction, bool isUnsigned) {
  constexpr Int onSigned[] = {Int::eq,  Int::ne,  Int::slt,
                              Int::sle, Int::sgt, Int::sge};
  constexpr Int onUnsigned[] = {Int::eq,  Int::ne,  Int::ult,
                                Int::ule, Int::ugt, Int::uge};
  return (isUnsigned ? onUnsigned : onSigned)[static_cast<unsigned>(direction)];
}

Value CompareOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  CompareDirection direction = getDirection();
  if (isa<StringType>(getLhs().getType().getElementType())) {
    StringCode code(b);
    Value equal = code.equal(code.take(operands[0]), code.take(operands[1]));
    return direction == CompareDirection::EQ
               ? equal
               : code.bitXor(equal, code.integer(equal, 1));
  }
  if (isa<ComplexType>(operands[0].getType())) {
    ComplexCode code(b.builder, b.loc);
    ComplexNumber x = code.take(operands[0]), y = code.take(operands[1]);
    Float predicate = floatPredicate(direction);
    Value re = code.compare(predicate, x.re, y.re);
    Value im = code.compare(predicate, x.im, y.im);
    return direction == CompareDirection::EQ ? code.bitAnd(re, im)
                                             : code.bitOr(re, im);
  }
  bool isUnsigned = isUnsignedTensor(getLhs());
  return buildWide(b, operands, [&](const ScalarCode &code, ValueRange values) {
    if (ScalarCode::isFloat(values[0]))
      return code.compare(floatPredicate(direction), values[0], values[1]);
    return code.compare(intPredicate(direction, isUnsigned), values[0],
                        values[1]);
  });
}

//===----------------------------------------------------------------------===//
// SelectOp
//===----------------------------------------------------------------------===//

LogicalResult SelectOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  if (failed(inferSameType("select", location,
                           {adaptor.getLhs(), adaptor.getRhs()}, types)))
    return failure();
  SmallVector<Type> condition;
  if (failed(
          inferWithElement(types[0], IntegerType::get(context, 1), condition)))
    return failure();
  if (condition[0] != adaptor.getCondition().getType())
    return emitOptionalError(location, "(C2) expected a condition of type ",
                             condition[0], ", found ",
                             adaptor.getCondition().getType());
  return success();
}

OpFoldResult SelectOp::fold(FoldAdaptor) {
  if (getLhs() == getRhs() || isSplat(getCondition(), 1))
    return getLhs();
  if (isSplat(getCondition(), 0))
    return getRhs();
  return {};
}

// A complemented condition exchanges what it chooses from.
static LogicalResult dropComplement(SelectOp op, PatternRewriter &rewriter) {
  auto complement = op.getCondition().getDefiningOp<NotOp>();
  if (!complement)
    return failure();
  rewriter.replaceOpWithNewOp<SelectOp>(
      op, op.getType(), complement.getOperand(), op.getRhs(), op.getLhs());
  return success();
}

void SelectOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *) {
  patterns.add(dropComplement);
}

llvm::Error SelectOp::evaluate(Inputs operands, Outputs results) {
  for (int64_t i = 0; i < results[0].size(); ++i) {
    const HostTensor &chosen = *operands[operands[0]->getInt(i) ? 1 : 2];
    if (chosen.kind() == ElementKind::String)
      results[0].strings[i] = chosen.strings[i];
    else if (isComplex(chosen.kind()))
      results[0].setComplex(i, chosen.getComplex(i));
    else if (isFloat(chosen.kind()))
      results[0].setDouble(i, chosen.getDouble(i));
    else
      results[0].setInt(i, chosen.getInt(i));
  }
  return llvm::Error::success();
}

Value SelectOp::buildScalar(ElementBuilder &b, ValueRange operands) {
  return ScalarCode(b.builder, b.loc)
      .select(operands[0], operands[1], operands[2]);
}

ParseResult SelectOp::parse(OpAsmParser &parser, OperationState &state) {
  SmallVector<OpAsmParser::UnresolvedOperand, 3> operands;
  RankedTensorType type;
  SMLoc start = parser.getCurrentLocation();
  if (parser.parseOperandList(operands, 3) ||
      parser.parseOptionalAttrDict(state.attributes) ||
      parser.parseColonType(type))
    return failure();
  Type condition = RankedTensorType::get(
      type.getShape(), parser.getBuilder().getI1Type(), type.getEncoding());
  state.addTypes(type);
  return parser.resolveOperands(operands, {condition, type, type}, start,
                                state.operands);
}

void SelectOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getOperands();
  printer.printOptionalAttrDict((*this)->getAttrs());
  printer << " : " << getType();
}
