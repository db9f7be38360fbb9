//===- StringCode.h - Scalar code for strings -------------------*- C++ -*-===//
//
// In value form a string is a complex number of its address and its length.
// Where a run lacked the memory for its characters the address is null and the
// length is kept: such strings are counted and never read.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_DIALECTS_GRAPH_STRINGCODE_H
#define SLUICE_DIALECTS_GRAPH_STRINGCODE_H

#include "dialects/Graph/ElementBuilder.h"
#include "dialects/Graph/ScalarCode.h"

namespace sluice::graph {

struct StringValue {
  mlir::Value address, length; ///< i64
};

class StringCode : public ScalarCode {
public:
  explicit StringCode(ElementBuilder &b)
      : ScalarCode(b.builder, b.loc), elements(b) {}

  /// From value form, and back.
  StringValue take(Value value) const;
  Value give(StringValue string) const;

  /// i1: equal lengths, and no byte that differs.
  Value equal(StringValue x, StringValue y) const;
  /// The bytes of `x` and then those of `y`, made for a result of `op`.
  StringValue concat(mlir::Operation *op, StringValue x, StringValue y) const;

private:
  Value pointer(Value address) const;
  void copy(Value to, StringValue from, Value fits) const;

  ElementBuilder &elements;
};

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_STRINGCODE_H
