//===- GraphElementwiseBase.td - Base classes of elementwise operators ----===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHELEMENTWISEBASE
#define SLUICE_DIALECTS_GRAPH_GRAPHELEMENTWISEBASE

include "dialects/Graph/GraphBase.td"

def Graph_FloatOrComplex : AnyTypeOf<[Graph_Float, Graph_Complex],
                                     "float or complex">;
def Graph_BitsElement : AnyTypeOf<[Graph_Bool, Graph_Int], "bool or integer">;
def Graph_PlainElement : AnyTypeOf<[Graph_Bool, Graph_Number],
                                   "bool or number">;
def Graph_RealOrBool : AnyTypeOf<[Graph_Bool, Graph_Real],
                                 "bool or real number">;

// An operator that applies a scalar function at each index.
class Graph_ElementwiseOp<string mnemonic, list<Trait> traits = []>
    : Graph_ValueOp<mnemonic, !listconcat([
        DeclareOpInterfaceMethods<Graph_ElementOpInterface, ["supportsLanes"]>,
        DeclareOpInterfaceMethods<Graph_ElementwiseOpInterface>], traits)> {
  code elementwiseDefinition = [{
    ::mlir::Value $cppClass::buildElement(ElementBuilder &builder,
                                          ::mlir::ValueRange indices) {
      return buildElementwise(*this, builder, indices);
    }
    bool $cppClass::supportsLanes() { return hasVectorForm(*this); }
  }];
  let extraClassDefinition = elementwiseDefinition;
}

// The result has the type of the first operand.
class Graph_SameTypeOp<string mnemonic, list<Trait> traits = []>
    : Graph_ElementwiseOp<mnemonic, traits> {
  code sameTypeDefinition = elementwiseDefinition # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return inferSameType("$cppClass", location, adaptor.getOperands(), types);
    }
  }];
  let extraClassDefinition = sameTypeDefinition;
}

// One operand; the result has its type.
class Graph_UnaryOp<string mnemonic, Type element, list<Trait> traits = []>
    : Graph_SameTypeOp<mnemonic, !listconcat([Pure], traits)> {
  let arguments = (ins Graph_TensorOf<element>:$operand);
  let results = (outs Graph_TensorOf<element>:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
}

// A function of the math dialect on floats; `reference` is what `evaluate`
// calls with a double.
class Graph_MathOp<string mnemonic, string mathOp, string reference,
                   list<Trait> traits = []>
    : Graph_UnaryOp<mnemonic, Graph_Float, traits> {
  let extraClassDefinition = sameTypeDefinition # [{
    ::llvm::Error $cppClass::evaluate(
        ::llvm::ArrayRef<const HostTensor *> operands,
        ::llvm::MutableArrayRef<HostTensor> results) {
      return applyReal(operands, results,
                       [](double x) { return }] # reference # [{(x); });
    }
    ::mlir::Value $cppClass::buildScalar(ElementBuilder &builder,
                                         ::mlir::ValueRange operands) {
      return buildMath<::mlir::math::}] # mathOp # [{>(builder, operands);
    }
  }];
}

// The same for complex numbers too; `reference` is overloaded and
// `complexCode` names the function of ComplexCode that emits code.
class Graph_ComplexMathOp<string mnemonic, string mathOp, string reference,
                          string complexCode, list<Trait> traits = []>
    : Graph_UnaryOp<mnemonic, Graph_FloatOrComplex, traits> {
  let extraClassDefinition = sameTypeDefinition # [{
    ::llvm::Error $cppClass::evaluate(
        ::llvm::ArrayRef<const HostTensor *> operands,
        ::llvm::MutableArrayRef<HostTensor> results) {
      if (isComplex(operands[0]->kind()))
        return applyComplex(operands, results, [](std::complex<double> x) {
          return }] # reference # [{(x);
        });
      return applyReal(operands, results,
                       [](double x) { return }] # reference # [{(x); });
    }
    ::mlir::Value $cppClass::buildScalar(ElementBuilder &builder,
                                         ::mlir::ValueRange operands) {
      if (::llvm::isa<::mlir::ComplexType>(operands[0].getType()))
        return buildComplex(builder, operands[0],
                            &ComplexCode::}] # complexCode # [{);
      return buildMath<::mlir::math::}] # mathOp # [{>(builder, operands);
    }
  }];
}

// A question about a real number.
class Graph_PredicateOp<string mnemonic, list<Trait> traits = []>
    : Graph_ElementwiseOp<mnemonic, !listconcat([Pure], traits)> {
  let arguments = (ins Graph_FloatTensor:$operand);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
  let extraClassDefinition = elementwiseDefinition # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *context, std::optional<::mlir::Location>,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return inferWithElement(adaptor.getOperand().getType(),
                              ::mlir::IntegerType::get(context, 1), types);
    }
  }];
}

// Two operands of one type; the result has it too.
class Graph_BinaryOp<string mnemonic, Type element, list<Trait> traits = []>
    : Graph_SameTypeOp<mnemonic, !listconcat([Pure, SameTypeOperands],
                                             traits)> {
  let arguments = (ins Graph_TensorOf<element>:$lhs,
                       Graph_TensorOf<element>:$rhs);
  let results = (outs Graph_TensorOf<element>:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs)";
}

// The same where integers have a run-time check: such an operator must not be
// moved to where it was not executed before.
class Graph_CheckedBinaryOp<string mnemonic, Type element,
                            list<Trait> traits = []>
    : Graph_SameTypeOp<mnemonic, !listconcat([
        NoMemoryEffect, DeclareOpInterfaceMethods<ConditionallySpeculatable>,
        SameTypeOperands], traits)> {
  let arguments = (ins Graph_TensorOf<element>:$lhs,
                       Graph_TensorOf<element>:$rhs);
  let results = (outs Graph_TensorOf<element>:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs)";
  let extraClassDefinition = sameTypeDefinition # [{
    ::mlir::Speculation::Speculatability $cppClass::getSpeculatability() {
      return ::llvm::isa<::mlir::IntegerType>(getType().getElementType())
                 ? ::mlir::Speculation::NotSpeculatable
                 : ::mlir::Speculation::Speculatable;
    }
  }];
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHELEMENTWISEBASE
