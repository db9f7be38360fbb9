//===- Arguments.h - The command line, from one table -----------*- C++ -*-===//
//
// Every command has a table of its options; parsing, checks and help texts are
// made from it alone. No global option registry: LLVM's options stay out.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_TOOLS_SLUICE_ARGUMENTS_H
#define SLUICE_TOOLS_SLUICE_ARGUMENTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace sluice {

struct OptionSpec {
  const char *name;  ///< with its dashes: "--input", "-o"
  const char *value; ///< what follows, for the help; null for a switch
  const char *help;
  bool repeated = false;         ///< may be given more than once
  const char *implied = nullptr; ///< the value where none is given
};

struct CommandSpec;

/// What was given on the command line of one command.
class Arguments {
public:
  bool has(llvm::StringRef name) const;
  /// The option's value, the last one given; `absent` without it.
  llvm::StringRef value(llvm::StringRef name,
                        llvm::StringRef absent = "") const;
  std::vector<std::string> values(llvm::StringRef name) const;
  /// The model file or folder.
  llvm::StringRef model() const { return modelPath; }
  const CommandSpec &command() const { return *spec; }

  // Values of a type; errors name the option and say what is expected.
  llvm::Expected<double> real(llvm::StringRef name, double absent, double min,
                              double max) const;
  llvm::Expected<int64_t> integer(llvm::StringRef name, int64_t absent,
                                  int64_t min, int64_t max) const;

private:
  friend llvm::Expected<Arguments> parseArguments(const CommandSpec &,
                                                  llvm::ArrayRef<const char *>);
  const CommandSpec *spec = nullptr;
  std::string modelPath;
  std::vector<std::pair<const OptionSpec *, std::string>> given;
};

struct CommandSpec {
  const char *name;
  const char *summary; ///< one line
  const char *details; ///< a paragraph
  llvm::ArrayRef<llvm::ArrayRef<OptionSpec>> options;
  int (*run)(const Arguments &);
};

/// `--name=value`, `--name value`, `-o value`, `--switch`; `--` ends options.
llvm::Expected<Arguments> parseArguments(const CommandSpec &command,
                                         llvm::ArrayRef<const char *> words);

void printHelp(llvm::ArrayRef<CommandSpec> commands, llvm::raw_ostream &os);
void printHelp(const CommandSpec &command, llvm::raw_ostream &os);

/// An error of kind Usage.
llvm::Error usageError(const llvm::Twine &message, llvm::StringRef help = "");

/// The candidate nearest to a misspelt word, empty when none is near.
llvm::StringRef nearest(llvm::StringRef word,
                        llvm::ArrayRef<llvm::StringRef> candidates);

} // namespace sluice

#endif // SLUICE_TOOLS_SLUICE_ARGUMENTS_H
