//===- AttentionPacking.h - Keys and values as panels -----------*- C++ -*-===//

#ifndef SLUICE_PASSES_EMIT_ATTENTIONPACKING_H
#define SLUICE_PASSES_EMIT_ATTENTIONPACKING_H

#include "dialects/Graph/AttentionTiling.h"
#include "passes/Emit/NestBuilder.h"

namespace sluice {

/// The keys or values of one head: rows of flat elements, `stride` apart.
struct AttentionRows {
  mlir::Value flat, start;
  int64_t stride;
};

/// Code that writes the transposed keys to panels from `base` of `scratch` on;
/// what lies behind the last key is zero.
void packAttentionKeys(NestBuilder &nest, const graph::AttentionTiling &tiling,
                       const AttentionRows &keys, mlir::Value scratch,
                       mlir::Value base);
/// The same of values, from `tiling.valuesAt` on, with zeros behind the last
/// column.
void packAttentionValues(NestBuilder &nest,
                         const graph::AttentionTiling &tiling,
                         const AttentionRows &values, mlir::Value scratch,
                         mlir::Value base);

} // namespace sluice

#endif // SLUICE_PASSES_EMIT_ATTENTIONPACKING_H
