//===- GraphBase.td - The graph dialect, its types and op base classes ----===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHBASE
#define SLUICE_DIALECTS_GRAPH_GRAPHBASE

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/TensorEncoding.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/Graph/GraphInterfaces.td"

def Graph_Dialect : Dialect {
  let name = "graph";
  let cppNamespace = "::sluice::graph";
  let summary = "Imported models: tensors, operators, no buffers, no loops";
  let description = [{
    The level that importers produce and that fusion consumes. Tensors are
    ranked; an operator has one meaning, whatever framework it came from.
    Framework defaults, axis conventions and index wrapping are resolved by
    importers.

    Element types: `i1` (bool), `i8` to `i64` (signed), `ui8` to `ui64`
    (unsigned), `f16`, `bf16`, `f32`, `f64`, `complex<f32>`, `complex<f64>`
    and `!graph.string`. Operands of one elementwise operator have one shape:
    broadcasting is an operator of its own.
  }];
  let useDefaultTypePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let extraClassDeclaration = [{
    void printAttribute(::mlir::Attribute attribute,
                        ::mlir::DialectAsmPrinter &printer) const override;
    ::mlir::Attribute parseAttribute(::mlir::DialectAsmParser &parser,
                                     ::mlir::Type type) const override;

    // One per family of operators, each in its own translation unit.
    void registerStructureOps();
    void registerElementwiseOps();
    void registerMovementOps();
    void registerReductionOps();
    void registerWindowOps();
    void registerContractionOps();
    void registerWinogradOps();
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect",
                           "::mlir::complex::ComplexDialect"];
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def Graph_StringType : TypeDef<Graph_Dialect, "String"> {
  let mnemonic = "string";
  let summary = "A sequence of bytes, the element type of string tensors";
}

def Graph_Bool : TypeAlias<I1, "bool">;
def Graph_SignedInt : AnyTypeOf<[I8, I16, I32, I64], "signed integer">;
def Graph_UnsignedInt : AnyTypeOf<[UI8, UI16, UI32, UI64], "unsigned integer">;
def Graph_Int : AnyTypeOf<[I8, I16, I32, I64, UI8, UI16, UI32, UI64], "integer">;
def Graph_Float : AnyTypeOf<[F16, BF16, F32, F64], "float">;
def Graph_Complex : AnyTypeOf<[Complex<F32>, Complex<F64>], "complex">;
def Graph_Number : AnyTypeOf<[Graph_Int, Graph_Float, Graph_Complex], "number">;
def Graph_Real : AnyTypeOf<[Graph_Int, Graph_Float], "real number">;
def Graph_Element : AnyTypeOf<[Graph_Bool, Graph_Number, Graph_StringType],
                              "graph element">;

class Graph_TensorOf<Type element> : RankedTensorOf<[element]>;
def Graph_Tensor : Graph_TensorOf<Graph_Element>;
def Graph_BoolTensor : Graph_TensorOf<Graph_Bool>;
def Graph_IntTensor : Graph_TensorOf<Graph_Int>;
def Graph_FloatTensor : Graph_TensorOf<Graph_Float>;
def Graph_RealTensor : Graph_TensorOf<Graph_Real>;
def Graph_NumberTensor : Graph_TensorOf<Graph_Number>;
def Graph_ComplexTensor : Graph_TensorOf<Graph_Complex>;
def Graph_IndexTensor : Graph_TensorOf<AnyTypeOf<[I32, I64]>>;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

def Graph_SizeAtomAttr : AttrDef<Graph_Dialect, "SizeAtom"> {
  let attrName = "graph.size_atom";
  let summary = "A symbol or a function of sizes";
  let description = [{
    What size expressions are polynomials of: a symbol (by name),
    `floordiv(e, e)` or `max(e, 0)`. It has no syntax of its own.
  }];
  let parameters = (ins "::sluice::graph::SizeAtomKind":$kind,
                        StringRefParameter<>:$name,
                        ArrayRefParameter<"::mlir::Attribute">:$operands);
}

def Graph_SizeExprAttr : AttrDef<Graph_Dialect, "SizeExpr"> {
  let mnemonic = "size";
  let summary = "A size that depends on symbols";
  let description = [{
    A polynomial over symbols, `floordiv(e, e)` and `max(e, 0)` in normal form,
    such as `#graph.size<2*B*T + floordiv(H + 1, 2)>`: equal sizes are equal
    attributes. The parser takes `ceildiv`, `mod`, `max` and `min` as well and
    writes them with these. Symbols are 0 or more.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$coefficients,
      ArrayRefParameter<"unsigned", "factors of each term">:$degrees,
      ArrayRefParameter<"::sluice::graph::SizeAtomAttr">:$atoms,
      "unsigned":$weight);
  let hasCustomAssemblyFormat = 1;
}

def Graph_DimsAttr : AttrDef<Graph_Dialect, "Dims",
    [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "dims";
  let summary = "Sizes of the dimensions of a tensor, constant or symbolic";
  let description = [{
    One entry per dimension: an integer or a size expression over the symbols
    of the entry function. As the encoding of a tensor type it says what a `?`
    dimension is; two dimensions are known to be equal exactly when their
    entries are identical.
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::Attribute">:$sizes);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    /// The entry of dimension `i`.
    ::sluice::graph::Size getSize(unsigned i) const;
    unsigned getRank() const { return getSizes().size(); }
  }];
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

// Folds an operator of constants by its reference evaluation.
def Graph_EvaluatingFold : NativeOpTrait<"EvaluatingFold"> {
  let cppNamespace = "::sluice::graph";
}

class Graph_Op<string mnemonic, list<Trait> traits = []>
    : Op<Graph_Dialect, mnemonic, traits>;

// An operator that computes values from values: one result whose type is
// inferred from operands and attributes, a reference evaluation, and code for
// one element of the result.
class Graph_ValueOp<string mnemonic, list<Trait> traits = []>
    : Graph_Op<mnemonic, !listconcat([
        InferTypeOpAdaptor,
        DeclareOpInterfaceMethods<Graph_EvaluableOpInterface>,
        Graph_EvaluatingFold], traits)>;

#endif // SLUICE_DIALECTS_GRAPH_GRAPHBASE
