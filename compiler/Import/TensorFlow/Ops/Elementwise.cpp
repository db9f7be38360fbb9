//===- Elementwise.cpp - Importers of scalar functions on tensors ---------===//

#include "dialects/Graph/Builders/Elementwise.h"
#include "compiler/Import/TensorFlow/NodeContext.h"
#include <limits>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;
using namespace sluice::tensorflow;

// Whether the node has `count` inputs that hold numbers or bools.
static bool takesNumbers(NodeContext &node, unsigned count) {
  if (!node.expectInputs(count))
    return false;
  for (Value input : node.inputs()) {
    if (!input)
      return false;
    if (isa<StringType>(GraphBuilder::elementType(input))) {
      node.unsupported("operands of type string");
      return false;
    }
  }
  return true;
}

// One operand, one result of its type.
template <typename OpTy> static void importUnary(NodeContext &node) {
  if (takesNumbers(node, 1))
    node.setOutput(node.builder.create<OpTy>({node.input(0)}));
}

// Two operands that broadcast.
template <typename OpTy> static void importBinary(NodeContext &node) {
  if (takesNumbers(node, 2))
    node.setOutput(node.builder.binary<OpTy>(node.input(0), node.input(1)));
}

// The sum of strings is their concatenation.
static void importAdd(NodeContext &node) {
  bool isText =
      node.inputs().size() == 2 && llvm::all_of(node.inputs(), [](Value input) {
        return input && isa<StringType>(GraphBuilder::elementType(input));
      });
  if (!isText)
    return importBinary<AddOp>(node);
  node.setOutput(
      node.builder.binary<StringConcatOp>(node.input(0), node.input(1)));
}

// The same for formulas.
template <Value (*build)(GraphBuilder &, Value)>
static void importFormula(NodeContext &node) {
  if (takesNumbers(node, 1))
    node.setOutput(build(node.builder, node.input(0)));
}
template <Value (*build)(GraphBuilder &, Value, Value)>
static void importFormula2(NodeContext &node) {
  if (takesNumbers(node, 2))
    node.setOutput(build(node.builder, node.input(0), node.input(1)));
}

template <int value> static void importLike(NodeContext &node) {
  if (takesNumbers(node, 1))
    node.setOutput(node.builder.fullLike(node.input(0), value));
}

//===----------------------------------------------------------------------===//
// Comparison and choice
//===----------------------------------------------------------------------===//

template <CompareDirection direction>
static void importCompare(NodeContext &node) {
  if (takesNumbers(node, 2))
    node.setOutput(
        buildCompare(node.builder, direction, node.input(0), node.input(1)));
}

// Whether static sizes differ where neither is 1.
static bool areIncompatible(Value lhs, Value rhs) {
  SmallVector<Size> x = getSizes(lhs), y = getSizes(rhs);
  for (size_t i = 1; i <= std::min(x.size(), y.size()); ++i) {
    Size a = x[x.size() - i], b = y[y.size() - i];
    if (a.isStatic() && b.isStatic() && a != b && a != Size(1) && b != Size(1))
      return true;
  }
  return false;
}

// With incompatible_shape_error = false, shapes that do not broadcast are
// unequal as a whole.
template <CompareDirection direction>
static void importEquality(NodeContext &node) {
  if (!node.expectInputs(2) || !node.input(0) || !node.input(1))
    return;
  bool mustFit = node.boolAttr("incompatible_shape_error", true);
  if (!mustFit && areIncompatible(node.input(0), node.input(1)))
    return node.setOutput(
        node.builder.scalar(IntegerType::get(node.context(), 1),
                            direction == CompareDirection::NE ? 1 : 0));
  node.setOutput(
      buildCompare(node.builder, direction, node.input(0), node.input(1)));
}

// |x - y| < tolerance
static void importApproximateEqual(NodeContext &node) {
  if (!takesNumbers(node, 2))
    return;
  GraphBuilder &b = node.builder;
  double tolerance = node.floatAttr("tolerance", 1e-5f);
  Value distance =
      b.create<AbsOp>({b.create<SubOp>({node.input(0), node.input(1)})});
  node.setOutput(buildCompare(b, CompareDirection::LT, distance, tolerance));
}

// The condition is a scalar, a vector along dimension 0, or has the shape of
// the values, which have one shape.
static void importSelect(NodeContext &node) {
  if (!node.expectInputs(3) || llvm::is_contained(node.inputs(), Value()))
    return;
  GraphBuilder &b = node.builder;
  Value condition = node.input(0), x = node.input(1), y = node.input(2);
  int64_t rank = GraphBuilder::rank(condition);
  SmallVector<Size> sizes = getSizes(x);
  if (rank == 0)
    condition = b.broadcastTo(condition, sizes);
  else if (rank == 1 && sizes.size() > 1)
    condition = b.broadcast(condition, {0}, sizes);
  node.setOutput(b.create<SelectOp>({condition, x, y}));
}

static void importSelectV2(NodeContext &node) {
  if (node.expectInputs(3))
    node.setOutput(
        buildSelect(node.builder, node.input(0), node.input(1), node.input(2)));
}

static void importClipByValue(NodeContext &node) {
  if (takesNumbers(node, 3))
    node.setOutput(
        buildClamp(node.builder, node.input(0), node.input(1), node.input(2)));
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

static void importCast(NodeContext &node) {
  if (!takesNumbers(node, 1))
    return;
  Type to = node.typeAttr("DstT");
  bool truncate = node.boolAttr("Truncate", false);
  if (node.failed())
    return;
  if (isa<StringType>(to))
    return node.unsupported("a cast to strings");
  // Only mantissas can be cut.
  Type from = GraphBuilder::elementType(node.input(0));
  bool chops = truncate && !isa<IntegerType>(from) && !isa<IntegerType>(to);
  node.setOutput(buildCast(node.builder, node.input(0), to,
                           chops ? CastMode::Chop : CastMode::Wrap));
}

static void importBitcast(NodeContext &node) {
  if (!takesNumbers(node, 1))
    return;
  Type to = node.typeAttr("type");
  if (node.failed())
    return;
  Type from = GraphBuilder::elementType(node.input(0));
  auto isPlain = [](Type type) {
    return type.isIntOrFloat() && !type.isInteger(1);
  };
  if (from != to &&
      (!isPlain(from) || !isPlain(to) ||
       from.getIntOrFloatBitWidth() != to.getIntOrFloatBitWidth()))
    return node.unsupported("a bitcast between types of different width");
  node.setOutput(from == to
                     ? node.input(0)
                     : node.builder.create<BitcastOp>(
                           {node.input(0)}, {{"element", TypeAttr::get(to)}}));
}

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

static void importAddN(NodeContext &node) {
  if (!node.expectAtLeast(1) || !takesNumbers(node, node.numInputs()))
    return;
  int64_t given = static_cast<int64_t>(node.numInputs());
  if (node.intAttr("N", given) != given)
    return node.error("must be the number of inputs, " + llvm::Twine(given),
                      "N");
  Value sum = node.input(0);
  for (Value input : node.inputs().drop_front())
    sum = node.builder.create<AddOp>({sum, input});
  node.setOutput(sum);
}

static void importLeakyRelu(NodeContext &node) {
  if (takesNumbers(node, 1))
    node.setOutput(buildLeakyRelu(node.builder, node.input(0),
                                  node.floatAttr("alpha", 0.2f)));
}

// TensorFlow's kernel for integers gives what was in memory.
static void importRound(NodeContext &node) {
  if (!takesNumbers(node, 1))
    return;
  if (isa<IntegerType>(GraphBuilder::elementType(node.input(0))))
    return node.unsupported("rounding of integers");
  importUnary<RoundEvenOp>(node);
}

// Integers truncate; floats too, unlike Div.
static void importTruncateDiv(NodeContext &node) {
  if (!takesNumbers(node, 2))
    return;
  GraphBuilder &b = node.builder;
  Value result = buildDivision(b, node.input(0), node.input(1));
  if (result && isa<FloatType>(GraphBuilder::elementType(result)))
    result = b.create<TruncOp>({result});
  node.setOutput(result);
}

// TensorFlow's kernel for f64 gives NaN for infinities.
static void importErf(NodeContext &node) {
  if (!takesNumbers(node, 1))
    return;
  GraphBuilder &b = node.builder;
  Value x = node.input(0), result = b.create<ErfOp>({x});
  if (result && GraphBuilder::elementType(x).isF64())
    result = buildSelect(
        b, b.create<IsInfOp>({x}),
        b.fullLike(x, std::numeric_limits<double>::quiet_NaN()), result);
  node.setOutput(result);
}

static void importLeakyReluGrad(NodeContext &node) {
  if (takesNumbers(node, 2))
    node.setOutput(buildLeakyReluGrad(node.builder, node.input(0),
                                      node.input(1),
                                      node.floatAttr("alpha", 0.2f)));
}

static void addGradients(ImporterTable &table) {
  table["InvGrad"] = importFormula2<buildReciprocalGrad>;
  table["ReciprocalGrad"] = importFormula2<buildReciprocalGrad>;
  table["SqrtGrad"] = importFormula2<buildSqrtGrad>;
  table["RsqrtGrad"] = importFormula2<buildRsqrtGrad>;
  table["SigmoidGrad"] = importFormula2<buildSigmoidGrad>;
  table["TanhGrad"] = importFormula2<buildTanhGrad>;
  table["ReluGrad"] = importFormula2<buildReluGrad>;
  table["Relu6Grad"] = importFormula2<buildRelu6Grad>;
  table["LeakyReluGrad"] = importLeakyReluGrad;
  table["EluGrad"] = importFormula2<buildEluGrad>;
  table["SeluGrad"] = importFormula2<buildSeluGrad>;
  table["SoftplusGrad"] = importFormula2<buildSoftplusGrad>;
  table["SoftsignGrad"] = importFormula2<buildSoftsignGrad>;
}

static void addArithmetic(ImporterTable &table) {
  table["Add"] = importAdd;
  table["AddV2"] = importBinary<AddOp>;
  table["AddN"] = importAddN;
  table["AccumulateNV2"] = importAddN;
  table["Sub"] = importBinary<SubOp>;
  table["Mul"] = importBinary<MulOp>;
  table["RealDiv"] = importBinary<DivOp>;
  table["Div"] = importFormula2<buildDivision>;
  table["DivNoNan"] = importFormula2<buildDivNoNan>;
  table["MulNoNan"] = importFormula2<buildMulNoNan>;
  table["Xdivy"] = importFormula2<buildXdivy>;
  table["Xlogy"] = importFormula2<buildXlogy>;
  table["Xlog1py"] = importFormula2<buildXlog1py>;
  table["FloorDiv"] = importBinary<FloorDivOp>;
  table["FloorMod"] = importBinary<FloorModOp>;
  table["TruncateDiv"] = importTruncateDiv;
  table["TruncateMod"] = importBinary<RemOp>;
  table["Mod"] = importBinary<RemOp>;
  table["Pow"] = importBinary<PowOp>;
  table["Maximum"] = importBinary<MaximumOp>;
  table["Minimum"] = importBinary<MinimumOp>;
  table["SquaredDifference"] = importFormula2<buildSquaredDifference>;
  table["Square"] = importFormula<buildSquare>;
  table["Reciprocal"] = importFormula<buildReciprocal>;
  table["Inv"] = importFormula<buildReciprocal>;
  table["Neg"] = importUnary<NegOp>;
  table["Abs"] = importUnary<AbsOp>;
  table["Sign"] = importUnary<SignOp>;
  table["ZerosLike"] = importLike<0>;
  table["OnesLike"] = importLike<1>;
}

static void addFunctions(ImporterTable &table) {
  table["Exp"] = importUnary<ExpOp>;
  table["Expm1"] = importUnary<Expm1Op>;
  table["Log"] = importUnary<LogOp>;
  table["Log1p"] = importUnary<Log1pOp>;
  table["Sqrt"] = importUnary<SqrtOp>;
  table["Rsqrt"] = importUnary<RsqrtOp>;
  table["Sin"] = importUnary<SinOp>;
  table["Cos"] = importUnary<CosOp>;
  table["Tan"] = importUnary<TanOp>;
  table["Asin"] = importUnary<AsinOp>;
  table["Acos"] = importUnary<AcosOp>;
  table["Atan"] = importUnary<AtanOp>;
  table["Atan2"] = importBinary<Atan2Op>;
  table["Sinh"] = importUnary<SinhOp>;
  table["Cosh"] = importUnary<CoshOp>;
  table["Tanh"] = importUnary<TanhOp>;
  table["Asinh"] = importUnary<AsinhOp>;
  table["Acosh"] = importUnary<AcoshOp>;
  table["Atanh"] = importUnary<AtanhOp>;
  table["Erf"] = importErf;
  table["Erfc"] = importUnary<ErfcOp>;
  table["Floor"] = importUnary<FloorOp>;
  table["Ceil"] = importUnary<CeilOp>;
  table["Round"] = importRound;
  table["Rint"] = importUnary<RoundEvenOp>;
  table["IsNan"] = importUnary<IsNanOp>;
  table["IsInf"] = importUnary<IsInfOp>;
  table["IsFinite"] = importUnary<IsFiniteOp>;
  table["Sigmoid"] = importUnary<SigmoidOp>;
  table["Softplus"] = importUnary<SoftplusOp>;
  table["Softsign"] = importFormula<buildSoftsign>;
  table["Relu"] = importFormula<buildRelu>;
  table["Relu6"] = importFormula<buildRelu6>;
  table["LeakyRelu"] = importLeakyRelu;
  table["Prelu"] = importFormula2<buildPrelu>;
  table["Elu"] = importFormula<buildElu>;
  table["Selu"] = importFormula<buildSelu>;
}

static void addBitsAndParts(ImporterTable &table) {
  table["LogicalNot"] = importUnary<NotOp>;
  table["Invert"] = importUnary<NotOp>;
  table["LogicalAnd"] = importBinary<AndOp>;
  table["BitwiseAnd"] = importBinary<AndOp>;
  table["LogicalOr"] = importBinary<OrOp>;
  table["BitwiseOr"] = importBinary<OrOp>;
  table["LogicalXor"] = importBinary<XorOp>;
  table["BitwiseXor"] = importBinary<XorOp>;
  table["LeftShift"] = importBinary<ShiftLeftOp>;
  table["RightShift"] = importBinary<ShiftRightOp>;
  table["PopulationCount"] = importUnary<PopCountOp>;
  table["Complex"] = importBinary<ComplexOp>;
  table["Real"] = importUnary<RealOp>;
  table["Imag"] = importUnary<ImagOp>;
  table["Conj"] = importUnary<ConjOp>;
  table["ComplexAbs"] = importUnary<AbsOp>;
  table["Angle"] = importFormula<buildAngle>;
}

static void addChoice(ImporterTable &table) {
  table["Equal"] = importEquality<CompareDirection::EQ>;
  table["NotEqual"] = importEquality<CompareDirection::NE>;
  table["Less"] = importCompare<CompareDirection::LT>;
  table["LessEqual"] = importCompare<CompareDirection::LE>;
  table["Greater"] = importCompare<CompareDirection::GT>;
  table["GreaterEqual"] = importCompare<CompareDirection::GE>;
  table["ApproximateEqual"] = importApproximateEqual;
  table["Select"] = importSelect;
  table["SelectV2"] = importSelectV2;
  table["ClipByValue"] = importClipByValue;
  table["Cast"] = importCast;
  table["Bitcast"] = importBitcast;
}

void sluice::tensorflow::addElementwiseImporters(ImporterTable &table) {
  addArithmetic(table);
  addFunctions(table);
  addBitsAndParts(table);
  addChoice(table);
  addGradients(table);
}
