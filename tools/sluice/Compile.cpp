//===- Compile.cpp - sluice compile ---------------------------------------===//

#include "compiler/Codegen/OutputFiles.h"
#include "compiler/Driver/Feeds.h"
#include "compiler/Support/ModelError.h"
#include "tools/sluice/Commands.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace sluice;
using llvm::StringRef;

static const OptionSpec options[] = {
    {"-o", "libNAME.a",
     "the archive; NAME.h, NAME.hpp, NAME.json and build files are written "
     "beside it; with another --emit the file (default: stdout)"},
    {"--emit", "KIND",
     "graph, kernel or llvm: the program at that level as text; asm or obj: "
     "machine code of the kernels; lib (default): archive and headers"},
    {"--feed", "NAME",
     "a node that becomes an input, may be repeated (default: the signature's "
     "inputs, or the placeholders)",
     true},
    {"--fetch", "NAME",
     "a node that becomes an output, may be repeated (default: the "
     "signature's outputs, or the nodes that nothing uses)",
     true},
    {"--constant", "NAME=VALUE",
     "compile for this value of an input alone, as sizes and axes that are "
     "inputs need; VALUE as in sluice run; may be repeated",
     true},
    {"--cxx-class", "ns::Name",
     "add a class of that name to NAME.hpp with the interface of TensorFlow's "
     "compiled functions"},
    {"--depfile", "FILE",
     "write the files of the model as a Makefile rule, for build systems"},
};
static const llvm::ArrayRef<OptionSpec> groups[] = {
    options,       modelOptions, targetOptions,
    tuningOptions, debugOptions, commonOptions};

/// Every file of the model: build systems rebuild when one changes.
static std::vector<std::string> filesOf(StringRef model) {
  std::vector<std::string> files;
  if (!llvm::sys::fs::is_directory(model))
    return {model.str()};
  std::error_code error;
  for (llvm::sys::fs::recursive_directory_iterator
           i(model, error, /*follow_symlinks=*/false),
       end;
       i != end && !error; i.increment(error))
    if (i->type() == llvm::sys::fs::file_type::regular_file)
      files.push_back(i->path());
  llvm::sort(files);
  return files;
}

static std::string inMakefile(StringRef path) {
  std::string text;
  for (char c : path) {
    if (c == ' ' || c == '#' || c == '\\' || c == ':')
      text += '\\';
    text += c == '$' ? "$$" : std::string(1, c);
  }
  return text;
}

static llvm::Error writeText(StringRef path, StringRef bytes) {
  if (path.empty() || path == "-") {
    llvm::outs() << bytes;
    return llvm::Error::success();
  }
  if (llvm::Error error = writeFiles(OutputFile{path.str(), bytes}))
    return makeFileError("sluice", llvm::toString(std::move(error)),
                         ErrorKind::Io);
  return llvm::Error::success();
}

static llvm::Error writeDepfile(const Arguments &arguments) {
  if (!arguments.has("--depfile"))
    return llvm::Error::success();
  std::string rule = inMakefile(arguments.value("-o")) + ":";
  for (const std::string &file : filesOf(arguments.model()))
    rule += " \\\n  " + inMakefile(file);
  if (arguments.has("--tuning"))
    rule += " \\\n  " + inMakefile(arguments.value("--tuning"));
  return writeText(arguments.value("--depfile"), rule + "\n");
}

static llvm::Error compile(const Arguments &arguments) {
  auto made = makeCompileOptions(arguments);
  if (!made)
    return made.takeError();
  made->feeds = arguments.values("--feed");
  made->fetches = arguments.values("--fetch");
  made->output = arguments.value("-o").str();
  made->cxxClass = arguments.value("--cxx-class").str();

  StringRef emit = arguments.value("--emit", "lib");
  if (emit == "lib") {
    if (made->output.empty())
      return usageError("no output is given", "add -o libNAME.a");
    llvm::Expected<std::string> name = libraryName(made->output);
    if (!name)
      return usageError(llvm::toString(name.takeError()));
    made->name = *name;
    made->releaseValues = true;
  } else if (!made->cxxClass.empty()) {
    return usageError("option '--cxx-class' needs --emit=lib");
  }
  if (arguments.has("--depfile") && made->output.empty())
    return usageError("option '--depfile' needs -o");
  Stage stage = llvm::StringSwitch<Stage>(emit)
                    .Case("graph", Stage::Graph)
                    .Case("kernel", Stage::Kernel)
                    .Case("llvm", Stage::LLVM)
                    .Cases({"asm", "obj", "lib"}, Stage::Object)
                    .Default(Stage::None);
  if (stage == Stage::None)
    return usageError("unknown --emit '" + emit + "'",
                      "it is one of graph, kernel, llvm, asm, obj, lib");
  if (stage >= Stage::LLVM && emit != "lib" &&
      StringRef(made->cpu).contains(','))
    return usageError("--emit=" + emit + " shows one level, --cpu names '" +
                          made->cpu + "'",
                      "name one of them");

  Compilation compilation(std::move(*made));
  if (llvm::Error error = compilation.runTo(Stage::Read))
    return error;
  if (llvm::Error error =
          bindConstants(compilation, arguments.values("--constant")))
    return error;
  if (llvm::Error error =
          compilation.runTo(emit == "asm" ? Stage::LLVM : stage))
    return error;
  if (llvm::Error error = compilation.checkPrintAfter())
    return error;
  reportWarnings(compilation);
  if (emit == "lib") {
    auto paths = compilation.writeLibrary();
    if (!paths)
      return paths.takeError();
  } else if (emit == "obj") {
    const auto &bytes = compilation.kernels().front().bytes;
    if (llvm::Error error = writeText(compilation.options().output,
                                      StringRef(bytes.data(), bytes.size())))
      return error;
  } else {
    llvm::Expected<std::string> text = compilation.print(stage);
    if (!text)
      return text.takeError();
    if (llvm::Error error = writeText(compilation.options().output, *text))
      return error;
  }
  reportTiming(compilation);
  return writeDepfile(arguments);
}

static int run(const Arguments &arguments) {
  return reportErrors(compile(arguments));
}

const CommandSpec sluice::compileCommand = {
    "compile", "write a static library and its header",
    "Compiles a model to a static library. A program needs nothing but the "
    "archive and the header.",
    groups, run};
