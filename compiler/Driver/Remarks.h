//===- Remarks.h - What passes have to say ----------------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_REMARKS_H
#define SLUICE_COMPILER_DRIVER_REMARKS_H

#include <string>
#include <vector>

namespace mlir {
class MLIRContext;
}

namespace sluice {

/// Makes passes in the context emit remarks, and adds each to `remarks` as
/// "node 'NAME' (OPERATOR): TEXT [CATEGORY]". `remarks` outlives the context.
void collectRemarks(mlir::MLIRContext &context,
                    std::vector<std::string> &remarks);

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_REMARKS_H
