//===- Tuning.h - How to compute an operator, as measured -------*- C++ -*-===//
//
// A tuning maps keys of contractions to choices. Files of it are written by
// `sluice tune` and read by everyone's compilers: their contents decide how
// fast code is, never what it computes.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_PASSES_TUNING_TUNING_H
#define SLUICE_PASSES_TUNING_TUNING_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace sluice {

/// What is not set is left to the compiler's own rules.
struct TuningChoice {
  std::optional<bool> winograd; ///< where that algorithm is possible
  std::optional<int64_t> rows;  ///< positions in a register tile
  /// Vectors of a tile's row, which weights are packed to.
  std::optional<int64_t> vectors;
  std::optional<int64_t> block; ///< tiles visited per panel of weights
  /// All tiles for one panel of weights, then the next panel; or all panels
  /// for one block of tiles.
  std::optional<bool> panelsOutside;
  std::optional<bool> prefetch; ///< of weights

  bool any() const { return winograd || changesCode(); }
  /// More than the algorithm.
  bool changesCode() const {
    return rows || vectors || block || panelsOutside || prefetch;
  }
  /// What `other` sets, and what it does not set from here.
  TuningChoice with(const TuningChoice &other) const;
  /// "rows 4, vectors 3, tiles outside"
  std::string text() const;
};

/// The fields by the names that attributes and files have for them, sorted.
struct TuningFields {
  template <typename Choice, typename Integer, typename Boolean>
  static void visit(Choice &choice, Integer integer, Boolean boolean) {
    integer("block", choice.block);
    boolean("panels_outside", choice.panelsOutside);
    boolean("prefetch", choice.prefetch);
    integer("rows", choice.rows);
    integer("vectors", choice.vectors);
    boolean("winograd", choice.winograd);
  }
};

struct TuningEntry {
  TuningChoice choice;
  /// Of all launches with the key in one run, by the rules and by the choice.
  int64_t defaultNanoseconds = 0, tunedNanoseconds = 0;
};

struct Tuning {
  std::string cpu;        ///< level that was measured
  int64_t vectorBits = 0; ///< of its vectors; other vectors follow the rules
  std::map<std::string, TuningEntry> entries; ///< by key
};

/// What identifies the work of a contraction: operator, operand types and
/// attributes, "conv f32 1x56x56x64 3x3x64x64 pads_high=1x1 ..". Empty for
/// other operators and for dynamic shapes.
std::string getTuningKey(mlir::Operation *op);

/// The choice that an operator carries for vectors of `vectorBits`, 0: any.
/// Fields that make no sense are left out.
TuningChoice getTuning(mlir::Operation *op, int64_t vectorBits = 0);
/// Gives an operator a choice, or takes it away if there is none.
void setTuning(mlir::Operation *op, const TuningChoice &choice,
               int64_t vectorBits);

/// Where a text is no tuning, and why.
struct TuningError {
  unsigned line = 1, column = 1;
  std::string message;
};
/// Nullopt: see `error`. Any bytes are safe.
std::optional<Tuning> parseTuning(llvm::StringRef text, TuningError &error);
/// The text of a file; equal tunings give equal bytes.
std::string formatTuning(const Tuning &tuning);

} // namespace sluice

#endif // SLUICE_PASSES_TUNING_TUNING_H
