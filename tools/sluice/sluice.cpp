//===- sluice.cpp - The user's tool ---------------------------------------===//

#include "compiler/Codegen/Version.h"
#include "tools/sluice/Commands.h"
#include "tools/sluice/Process.h"
#include "llvm/Config/llvm-config.h"
#include <malloc.h>

using namespace sluice;
using llvm::StringRef;

static int runMain(llvm::ArrayRef<const char *> words) {
  const CommandSpec commands[] = {compileCommand, runCommand,  verifyCommand,
                                  benchCommand,   tuneCommand, inspectCommand};
  if (words.empty()) {
    printHelp(commands, llvm::errs());
    return 2;
  }
  StringRef first = words.front();
  if (first == "--help" || first == "-h" || first == "help") {
    printHelp(commands, llvm::outs());
    return 0;
  }
  if (first == "--version") {
    llvm::outs() << "sluice " << compilerVersion() << "\nLLVM "
                 << LLVM_VERSION_STRING << '\n';
    return 0;
  }
  for (const CommandSpec &command : commands) {
    if (first != command.name)
      continue;
    llvm::Expected<Arguments> arguments =
        parseArguments(command, words.drop_front());
    if (!arguments)
      return reportErrors(arguments.takeError());
    if (arguments->has("--help")) {
      printHelp(command, llvm::outs());
      return 0;
    }
    return command.run(*arguments);
  }
  std::vector<StringRef> names;
  for (const CommandSpec &command : commands)
    names.push_back(command.name);
  StringRef near = nearest(first, names);
  return reportErrors(usageError("unknown command '" + first + "'",
                                 near.empty()
                                     ? "sluice --help lists the commands"
                                     : ("did you mean " + near + "?").str()));
}

int main(int argc, char **argv) {
#ifdef M_MMAP_THRESHOLD
  // Weights that are freed go back to the system: by default the limit grows
  // with them, and they stay in a heap that only grows.
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
  int code = runGuarded([&] {
    int result = runMain(llvm::ArrayRef(argv, argc).drop_front());
    // What was printed must have arrived.
    llvm::outs().flush();
    if (llvm::outs().has_error() && result == 0) {
      llvm::errs() << "sluice: error: writing to stdout failed: "
                   << llvm::outs().error().message() << '\n';
      result = 4;
    }
    llvm::outs().clear_error();
    return result;
  });
  return code;
}
