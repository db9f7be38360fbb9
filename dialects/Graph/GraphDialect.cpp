//===- GraphDialect.cpp - Registration, types and attributes --------------===//

#include "dialects/Graph/GraphDialect.h"
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#include "dialects/Graph/GraphDialect.cpp.inc"
#include "dialects/Graph/GraphEnums.cpp.inc"
#include "dialects/Graph/GraphInterfaces.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/Graph/GraphTypes.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Graph/GraphAttrs.cpp.inc"

void GraphDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Graph/GraphTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Graph/GraphAttrs.cpp.inc"
      >();
  registerStructureOps();
  registerElementwiseOps();
  registerMovementOps();
  registerReductionOps();
  registerWindowOps();
  registerContractionOps();
}

Operation *GraphDialect::materializeConstant(OpBuilder &builder,
                                             Attribute value, Type type,
                                             Location loc) {
  if (auto sizes = dyn_cast<DimsAttr>(value))
    return SizesOp::create(builder, loc, type, sizes);
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, elements);
}

Size DimsAttr::getSize(unsigned i) const { return Size::get(getSizes()[i]); }

// Prints and parses `[2, 3]`.
void DimsAttr::print(AsmPrinter &printer) const {
  printer << '[';
  llvm::interleaveComma(getSizes(), printer, [&](Attribute size) {
    if (auto constant = dyn_cast<IntegerAttr>(size))
      printer << constant.getInt();
    else
      printer << size;
  });
  printer << ']';
}

Attribute DimsAttr::parse(AsmParser &parser, Type) {
  SmallVector<Attribute> sizes;
  auto parseSize = [&]() -> ParseResult {
    int64_t constant;
    OptionalParseResult integer = parser.parseOptionalInteger(constant);
    if (integer.has_value()) {
      sizes.push_back(parser.getBuilder().getI64IntegerAttr(constant));
      return *integer;
    }
    Attribute size;
    if (parser.parseAttribute(size))
      return failure();
    sizes.push_back(size);
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseSize))
    return {};
  return get(parser.getContext(), sizes);
}
