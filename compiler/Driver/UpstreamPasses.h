//===- UpstreamPasses.h - MLIR's passes by name -----------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_DRIVER_UPSTREAMPASSES_H
#define SLUICE_COMPILER_DRIVER_UPSTREAMPASSES_H

namespace sluice {

/// Pipelines name upstream passes in text: they must be known. Once a process.
void registerUpstreamPasses();

} // namespace sluice

#endif // SLUICE_COMPILER_DRIVER_UPSTREAMPASSES_H
