//===- GraphDialect.h - The graph dialect, its types and attributes -------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHDIALECT_H
#define SLUICE_DIALECTS_GRAPH_GRAPHDIALECT_H

#include "dialects/Graph/Size.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/TensorEncoding.h"

#include "dialects/Graph/GraphDialect.h.inc"
#include "dialects/Graph/GraphEnums.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/Graph/GraphTypes.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Graph/GraphAttrs.h.inc"

#endif // SLUICE_DIALECTS_GRAPH_GRAPHDIALECT_H
