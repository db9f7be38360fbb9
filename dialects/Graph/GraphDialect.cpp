//===- GraphDialect.cpp - Registration, types and attributes --------------===//

#include "dialects/Graph/GraphDialect.h"
#include "dialects/Graph/ConstantNames.h"
#include "dialects/Graph/GraphLoopOps.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/InPlaceInterface.h"
#include "dialects/Graph/LayoutInterface.h"
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
  registerWinogradOps();
  // Control flow stays out of GraphOps.h: few files need it.
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphLoopOps.cpp.inc"
      >();
  registerLayoutModels(getContext());
  addInterfaces<ConstantNames>();
  registerInPlaceModels(getContext());
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

void GraphDialect::printAttribute(Attribute attribute,
                                  DialectAsmPrinter &printer) const {
  auto dims = dyn_cast<DimsAttr>(attribute);
  if (!dims) {
    (void)generatedAttributePrinter(attribute, printer);
    return;
  }
  // Standing alone it needs the brackets of an attribute's body.
  printer << "dims<";
  dims.print(printer);
  printer << '>';
}

Attribute GraphDialect::parseAttribute(DialectAsmParser &parser,
                                       Type type) const {
  SMLoc loc = parser.getCurrentLocation();
  StringRef mnemonic;
  Attribute attribute;
  if (generatedAttributeParser(parser, &mnemonic, type, attribute).has_value())
    return attribute;
  parser.emitError(loc) << "unknown attribute '" << mnemonic
                        << "' of dialect graph";
  return {};
}
