//===- Compare.h - Are two tensors equal within a tolerance? ----*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_COMPARE_H
#define SLUICE_COMPILER_DRIVER_COMPARE_H

#include "dialects/Support/HostTensor.h"
#include <string>

namespace sluice {

/// |found - expected| <= atol + rtol * |expected|, for floats and complex
/// numbers; everything else is compared exactly.
struct Tolerance {
  double rtol = 0;
  double atol = 0;
};

/// What a recorded case is held to when nothing else is said: 1e-4 and 1e-5,
/// half precision 1e-2 and 1e-2, exact otherwise.
Tolerance defaultTolerance(ElementKind kind);

struct Comparison {
  bool equal = false;
  /// Over all elements, also those within the tolerance.
  double maxAbsolute = 0;
  double maxRelative = 0; ///< of elements whose expected value is not 0
  uint64_t maxUlp = 0;    ///< in units of the element's own type
  int64_t different = 0;  ///< elements outside the tolerance
  std::string reason;     ///< of a mismatch
};

Comparison compareTensors(const HostTensor &found, const HostTensor &expected,
                          Tolerance tolerance);

/// "max abs 1.2e-07, max rel 3.0e-07, max ulp 2"
std::string formatErrors(const Comparison &comparison);

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_COMPARE_H
