//===- ValueText.h - Tensor values as text ----------------------*- C++ -*-===//
//
// What a user types for a feed and what is printed for a fetch: nested lists
// as NumPy writes them.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_DRIVER_VALUETEXT_H
#define SLUICE_COMPILER_DRIVER_VALUETEXT_H

#include "dialects/Support/HostTensor.h"
#include "llvm/Support/Error.h"
#include <string>

namespace sluice {

/// `[[1, 2.5], [-3, 4e2]]`, `7`, `true`, `nan`, `1+2j`, `["a", 'b\n']`, in
/// elements of `kind`. Values that the kind cannot hold are errors; floats are
/// rounded to it. Without a kind: bool, i64, f32, c64 or string, whichever is
/// the least that holds all.
llvm::Expected<HostTensor> parseValue(llvm::StringRef text,
                                      std::optional<ElementKind> kind);

/// Rows of numbers separated by commas (or semicolons, or blanks), one row a
/// line; a first row that is no number is taken as headings. One row or one
/// column gives rank 1.
llvm::Expected<HostTensor> parseCsv(llvm::StringRef text,
                                    std::optional<ElementKind> kind);

/// The same elements in another kind where that is no surprise: between
/// floats, between integers that fit, from integers and bools to floats.
llvm::Expected<HostTensor> convertTensor(const HostTensor &tensor,
                                         ElementKind kind);

/// The same elements in another shape of equal count.
HostTensor reshapeTensor(const HostTensor &tensor,
                         llvm::ArrayRef<int64_t> shape);

struct ValueFormat {
  int64_t threshold = 1000; ///< more elements than that are summarised
  int64_t edgeItems = 3;    ///< then shown at each end of a dimension
  unsigned lineWidth = 75;
  unsigned precision = 8; ///< digits behind the point, at most
};

/// As NumPy prints an array, but vectors are not padded: `[4. 10. 18.]`.
std::string formatValue(const HostTensor &tensor,
                        const ValueFormat &format = {});

/// "[2,3]", "[-1,4]".
std::string formatShape(llvm::ArrayRef<int64_t> shape);

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_VALUETEXT_H
