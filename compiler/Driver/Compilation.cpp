//===- Compilation.cpp - One model on its way to a library ----------------===//

#include "compiler/Driver/Compilation.h"
#include "compiler/Codegen/OutputFiles.h"
#include "compiler/Driver/Diagnostics.h"
#include "compiler/Driver/Remarks.h"
#include "compiler/Registration/Registration.h"
#include "compiler/Support/ModelError.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Verifier.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

static DialectRegistry makeRegistry() {
  DialectRegistry registry;
  registerDialects(registry);
  return registry;
}

// One thread: the order of diagnostics and of printed IR is the program's.
Compilation::Compilation(CompileOptions options)
    : opts(std::move(options)),
      mlirContext(makeRegistry(), MLIRContext::Threading::DISABLED) {
  if (opts.name.empty())
    opts.name = modelNameOf(opts.model);
  if (opts.remarks)
    collectRemarks(mlirContext, remarkList);
}

Compilation::~Compilation() = default;

llvm::Error Compilation::runTo(Stage stage) {
  struct Step {
    Stage stage;
    const char *name;
    llvm::Error (Compilation::*run)();
  };
  static constexpr Step steps[] = {
      {Stage::Read, "read", &Compilation::read},
      {Stage::Import, "import", &Compilation::import},
      {Stage::Graph, "graph", &Compilation::runGraph},
      {Stage::Kernel, "kernel", &Compilation::runKernel},
      {Stage::LLVM, "llvm", &Compilation::runLLVM},
      {Stage::Object, "object", &Compilation::emit}};
  for (const Step &step : steps) {
    if (step.stage <= reached || step.stage > stage)
      continue;
    Timing::Scope scope(timer, step.name);
    if (llvm::Error error = (this->*step.run)())
      return addFile(std::move(error), opts.model);
    reached = step.stage;
  }
  return llvm::Error::success();
}

llvm::Error Compilation::read() {
  ReadOptions readOptions;
  readOptions.tags = opts.tags;
  readOptions.signature = opts.signature;
  readOptions.feeds = opts.feeds;
  readOptions.fetches = opts.fetches;
  readOptions.budgets = opts.budgets;
  auto graph = readModel(opts.model, readOptions);
  if (!graph)
    return graph.takeError();
  flatGraph = std::move(*graph);
  return llvm::Error::success();
}

std::optional<ElementKind>
Compilation::kindOf(const SignatureTensor &feed) const {
  if (feed.dtype != DT_INVALID)
    return elementKindOf(feed.dtype);
  const Node &node = flatGraph->node(feed.port.node);
  for (llvm::StringRef attribute : {"dtype", "T", "DstT"})
    if (std::optional<int> type = node.attr(attribute).type())
      return elementKindOf(*type);
  return std::nullopt;
}

llvm::Expected<PartialShape>
Compilation::shapeOf(const SignatureTensor &feed) const {
  PartialShape shape = feed.shape;
  const Node &node = flatGraph->node(feed.port.node);
  if (shape || !node.op().starts_with("Placeholder"))
    return shape;
  llvm::Expected<PartialShape> declared = flatGraph->shapeAttr(node, "shape");
  // Old producers wrote an empty shape for an unknown one.
  if (declared && *declared && (*declared)->empty() &&
      flatGraph->producer() < 22)
    return PartialShape();
  return declared;
}

static InputSpec *findSpec(CompileOptions &options, const FlatGraph &graph,
                           const SignatureTensor &feed) {
  for (llvm::StringRef name :
       {llvm::StringRef(feed.name), llvm::StringRef(feed.tensorName),
        llvm::StringRef(graph.node(feed.port.node).name)}) {
    auto found = options.inputs.find(name);
    if (found != options.inputs.end())
      return &found->second;
  }
  return nullptr;
}

llvm::Error Compilation::fillUnknownSizes() {
  if (opts.unknownSize <= 0)
    return llvm::Error::success();
  for (const SignatureTensor &feed : flatGraph->feeds()) {
    llvm::Expected<PartialShape> shape = shapeOf(feed);
    if (!shape)
      return shape.takeError();
    InputSpec *spec = findSpec(opts, *flatGraph, feed);
    if (!*shape && !spec)
      continue; // the importer says that the rank is unknown
    InputSpec filled =
        spec ? *spec : InputSpec{**shape, std::nullopt, std::nullopt};
    for (auto [i, size] : llvm::enumerate(filled.shape))
      if (size < 0)
        size = *shape && i < (*shape)->size() && (**shape)[i] >= 0
                   ? (**shape)[i]
                   : opts.unknownSize;
    if (spec)
      *spec = std::move(filled);
    else
      opts.inputs[feed.name] = std::move(filled);
  }
  return llvm::Error::success();
}

llvm::Error Compilation::import() {
  if (llvm::Error error = fillUnknownSizes())
    return error;
  ImportOptions importOptions;
  importOptions.inputs = opts.inputs;
  DiagnosticCollector collector(mlirContext, opts.model);
  auto imported = importGraph(mlirContext, *flatGraph, importOptions);
  if (!imported)
    return imported.takeError();
  mlirModule = std::move(*imported);
  if (opts.releaseValues)
    flatGraph->releaseValues();
  if (failed(verify(*mlirModule)))
    return collector.takeErrors("verification");
  return saveModule("import.mlir");
}

func::FuncOp Compilation::function() {
  return *mlirModule->getOps<func::FuncOp>().begin();
}

std::string Compilation::printModule() {
  std::string text;
  llvm::raw_string_ostream os(text);
  // Large constants would bury the program.
  OpPrintingFlags flags;
  flags.elideLargeElementsAttrs(64).elideLargeResourceString(64);
  mlirModule->print(os, flags);
  return text;
}

llvm::Error Compilation::saveModule(llvm::StringRef suffix) {
  if (opts.saveTemps.empty())
    return llvm::Error::success();
  return saveTemp(suffix, printModule());
}

llvm::Error Compilation::saveTemp(llvm::StringRef suffix,
                                  llvm::StringRef bytes) {
  if (opts.saveTemps.empty())
    return llvm::Error::success();
  if (std::error_code code = llvm::sys::fs::create_directories(opts.saveTemps))
    return makeFileError(opts.saveTemps,
                         "cannot be made a folder: " + code.message(),
                         ErrorKind::Io);
  llvm::SmallString<128> path(opts.saveTemps);
  llvm::sys::path::append(path, opts.name + "." + suffix);
  if (llvm::Error error = writeFiles(OutputFile{path.str().str(), bytes}))
    return makeFileError("sluice", llvm::toString(std::move(error)),
                         ErrorKind::Io);
  return llvm::Error::success();
}
