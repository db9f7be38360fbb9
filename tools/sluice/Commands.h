//===- Commands.h - The commands of the tool --------------------*- C++ -*-===//

#ifndef SLUICE_TOOLS_SLUICE_COMMANDS_H
#define SLUICE_TOOLS_SLUICE_COMMANDS_H

#include "compiler/Driver/Compilation.h"
#include "compiler/Driver/Feeds.h"
#include "tools/sluice/Arguments.h"

namespace sluice {

extern const CommandSpec compileCommand, runCommand, inspectCommand,
    verifyCommand, benchCommand, tuneCommand;

// Options that several commands have.
extern const llvm::ArrayRef<OptionSpec> commonOptions; ///< --help
extern const llvm::ArrayRef<OptionSpec> modelOptions;  ///< what of the model
extern const llvm::ArrayRef<OptionSpec> targetOptions; ///< for which machine
extern const llvm::ArrayRef<OptionSpec> tuningOptions; ///< --tuning
extern const llvm::ArrayRef<OptionSpec> debugOptions;  ///< what happens inside

/// The plain struct of the shared options.
llvm::Expected<CompileOptions> makeCompileOptions(const Arguments &arguments);

/// The values of --feed, by whose names `options` cut the graph.
llvm::Error parseFeeds(const Arguments &arguments, CompileOptions &options,
                       std::vector<FeedText> &feeds);

/// Prints the errors and returns the exit code. Limits count as model errors.
int reportErrors(llvm::Error error);

/// Prints the reader's warnings.
void reportWarnings(const Compilation &compilation);

/// Prints the table of --timing where it was asked for.
void reportTiming(Compilation &compilation);

} // namespace sluice

#endif // SLUICE_TOOLS_SLUICE_COMMANDS_H
