//===- Inspect.cpp - sluice inspect ---------------------------------------===//

#include "compiler/Driver/Inspection.h"
#include "compiler/Driver/ValueText.h"
#include "compiler/Support/ModelError.h"
#include "tools/sluice/Commands.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace sluice;
using llvm::StringRef;
using llvm::json::fixUTF8;

static const OptionSpec options[] = {
    {"--json", nullptr, "print one line of JSON"},
    {"--feed", "NAME", "a node that becomes an input, may be repeated", true},
    {"--fetch", "NAME", "a node that becomes an output, may be repeated", true},
};
static const llvm::ArrayRef<OptionSpec> groups[] = {
    options, modelOptions, targetOptions, tuningOptions, commonOptions};

static std::string show(StringRef name) { return escapeForTerminal(name, 200); }

static void printTensor(const TensorInfo &tensor) {
  llvm::outs() << "  " << show(tensor.name) << "  " << show(tensor.type) << ' '
               << (tensor.shape ? formatShape(*tensor.shape)
                                : std::string("of unknown rank"));
  if (tensor.source != tensor.name && !tensor.source.empty())
    llvm::outs() << "  (" << show(tensor.source) << ')';
  llvm::outs() << '\n';
}

static void printText(const Inspection &info) {
  llvm::raw_ostream &os = llvm::outs();
  for (const SignatureInfo &signature : info.signatures) {
    os << "signature " << show(signature.key)
       << (signature.chosen ? " (chosen)" : "") << '\n';
    if (signature.chosen)
      continue;
    for (const TensorInfo &tensor : signature.inputs)
      printTensor(tensor);
    os << "  ->\n";
    for (const TensorInfo &tensor : signature.outputs)
      printTensor(tensor);
  }
  os << "inputs\n";
  for (const TensorInfo &tensor : info.inputs)
    printTensor(tensor);
  os << "outputs\n";
  for (const TensorInfo &tensor : info.outputs)
    printTensor(tensor);
  os << "operators (" << info.nodes << " nodes)\n";
  for (const auto &[op, count] : info.operators)
    os << llvm::format("  %6lld  ", static_cast<long long>(count)) << show(op)
       << '\n';
  if (info.imported) {
    os << "parameters  " << info.parameters << " (" << info.parameterBytes
       << " bytes)\n"
       << "operations  " << info.flops << " floating-point operations a run\n"
       << "traffic     " << info.bytes << " bytes of values made a run\n";
  }
  if (info.workspaceBytes) {
    os << "workspace   " << *info.workspaceBytes << " bytes"
       << (info.makesStrings ? " and the characters of the strings made" : "");
    if (info.liveBytes)
      os << ", "
         << llvm::format("%.3f",
                         double(*info.workspaceBytes) / double(info.liveBytes))
         << " times the " << info.liveBytes << " that live at once";
    os << '\n';
  }
  if (!info.levels.empty())
    os << "levels      " << llvm::join(info.levels, ", ") << '\n';
  for (const std::string &problem : info.problems)
    os << "unsupported " << problem << '\n';
  os << (info.problems.empty() ? "compiles\n" : "does not compile\n");
}

static void writeTensors(llvm::json::OStream &os, StringRef key,
                         llvm::ArrayRef<TensorInfo> tensors) {
  os.attributeArray(key, [&] {
    for (const TensorInfo &tensor : tensors)
      os.object([&] {
        os.attribute("name", fixUTF8(tensor.name));
        os.attribute("tensor", fixUTF8(tensor.source));
        os.attribute("type", fixUTF8(tensor.type));
        os.attributeBegin("shape");
        if (tensor.shape)
          os.array([&] {
            for (int64_t size : *tensor.shape)
              os.value(size);
          });
        else
          os.value(nullptr);
        os.attributeEnd();
      });
  });
}

static void printJson(const Inspection &info, StringRef model) {
  llvm::json::OStream os(llvm::outs());
  os.object([&] {
    os.attribute("model", fixUTF8(model));
    os.attributeArray("signatures", [&] {
      for (const SignatureInfo &signature : info.signatures)
        os.object([&] {
          os.attribute("key", fixUTF8(signature.key));
          os.attribute("chosen", signature.chosen);
          writeTensors(os, "inputs", signature.inputs);
          writeTensors(os, "outputs", signature.outputs);
        });
    });
    writeTensors(os, "inputs", info.inputs);
    writeTensors(os, "outputs", info.outputs);
    os.attribute("nodes", info.nodes);
    os.attributeObject("operators", [&] {
      for (const auto &[op, count] : info.operators)
        os.attribute(fixUTF8(op), count);
    });
    if (info.imported) {
      os.attribute("parameters", info.parameters);
      os.attribute("parameter_bytes", info.parameterBytes);
      os.attribute("flops", info.flops);
      os.attribute("bytes", info.bytes);
    }
    if (info.workspaceBytes) {
      os.attribute("workspace_bytes", *info.workspaceBytes);
      os.attribute("live_bytes", info.liveBytes);
    }
    if (info.makesStrings)
      os.attribute("makes_strings", true);
    if (!info.levels.empty())
      os.attributeArray("levels", [&] {
        for (const std::string &level : info.levels)
          os.value(level);
      });
    os.attribute("compiles", info.problems.empty());
    os.attributeArray("problems", [&] {
      for (const std::string &problem : info.problems)
        os.value(fixUTF8(problem));
    });
  });
  llvm::outs() << '\n';
}

static int run(const Arguments &arguments) {
  auto made = makeCompileOptions(arguments);
  if (!made)
    return reportErrors(made.takeError());
  made->feeds = arguments.values("--feed");
  made->fetches = arguments.values("--fetch");
  made->unknownSize = 1;
  Compilation compilation(std::move(*made));
  // A file that cannot be read is an error; a model that cannot be compiled is
  // what this command is there to explain.
  if (llvm::Error error = compilation.runTo(Stage::Read))
    return reportErrors(std::move(error));
  reportWarnings(compilation);
  Inspection info = inspect(compilation);
  if (arguments.has("--json"))
    printJson(info, compilation.options().model);
  else
    printText(info);
  return info.problems.empty() ? 0 : 1;
}

const CommandSpec sluice::inspectCommand = {
    "inspect", "show what a model is made of and whether it compiles",
    "Shows signatures, inputs, outputs, operators, parameters, work and "
    "memory, and every reason why a model does not compile. Unknown sizes of "
    "inputs count as 1 unless --input gives them. Exit code 1 when the model "
    "does not compile.",
    groups, run};
