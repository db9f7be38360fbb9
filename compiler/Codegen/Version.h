//===- Version.h - What this build calls itself -----------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_CODEGEN_VERSION_H
#define SLUICE_COMPILER_CODEGEN_VERSION_H

namespace sluice {

/// "0.1.0": no build date, host or path, so that outputs stay reproducible.
const char *compilerVersion();

} // namespace sluice

#endif // SLUICE_COMPILER_CODEGEN_VERSION_H
