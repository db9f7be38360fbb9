//===- Registration.h - Dialects and passes of the project ------*- C++ -*-===//

#ifndef SLUICE_COMPILER_REGISTRATION_REGISTRATION_H
#define SLUICE_COMPILER_REGISTRATION_REGISTRATION_H

namespace mlir {
class DialectRegistry;
}

namespace sluice {

/// The project's dialects and every upstream dialect and external model that
/// its passes rely on.
void registerDialects(mlir::DialectRegistry &registry);

/// The project's passes and pipelines, for tools that name them.
void registerPasses();

} // namespace sluice

#endif // SLUICE_COMPILER_REGISTRATION_REGISTRATION_H
