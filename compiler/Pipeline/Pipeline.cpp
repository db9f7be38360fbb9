//===- Pipeline.cpp - The stages from a graph to LLVM IR ------------------===//

#include "compiler/Pipeline/Pipeline.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Emit/Passes.h"
#include "passes/Fusion/Passes.h"
#include "passes/Layout/Passes.h"
#include "passes/Lowering/Passes.h"
#include "passes/Math/Passes.h"
#include "passes/Memory/Passes.h"
#include "passes/Simplify/Passes.h"
#include "passes/Tuning/Passes.h"

using namespace mlir;
using namespace sluice;

void sluice::buildGraphPipeline(OpPassManager &manager,
                                const GraphOptions &options) {
  OpPassManager &function = manager.nest<func::FuncOp>();
  function.addPass(createCanonicalizerPass());
  function.addPass(createCSEPass());
  function.addPass(createRaiseLoops());
  function.addPass(createBatchLoops());
  function.addPass(createDilateConvolutions());
  function.addPass(createExpandSoftmax());
  // Scales are found once nothing stands between them and the contractions.
  function.addPass(createSinkTransposes());
  function.addPass(createVerifyTransposes());
  function.addPass(createCSEPass());
  function.addPass(createRecognizeNormalization());
  function.addPass(createRecognizeSoftmax());
  function.addPass(createRecognizeAttention());
  function.addPass(createSinkReshapes());
  function.addPass(createFoldBatchNorm());
  function.addPass(createCanonicalizerPass());
  function.addPass(createCSEPass());
  if (options.tuning || options.sites)
    function.addPass(createApplyTuning(options.tuning, options.sites));
  SplitPhasesOptions phases;
  phases.leaveWinograd = !options.strictAccuracy;
  function.addPass(createSplitPhases(phases));
  SubpixelConvolutionsOptions subpixels;
  subpixels.exactOnly = options.strictAccuracy;
  function.addPass(createSubpixelConvolutions(subpixels));
  if (!options.strictAccuracy) {
    SelectWinogradOptions winograd;
    if (options.target) {
      winograd.triple = options.target->triple;
      winograd.cpu = options.target->cpu;
      winograd.features = options.target->features;
    }
    function.addPass(createSelectWinograd(winograd));
    function.addPass(createWidenConvolutions());
  }
  // Biases go back to the convolutions that were made.
  function.addPass(createSinkReshapes());
  function.addPass(createSinkTransposes());
  function.addPass(createSinkReshapes());
  function.addPass(createNarrowContractions());
  function.addPass(createExpandPadding());
  function.addPass(createOrientContractions());
  function.addPass(createCSEPass());
  function.addPass(createExplainTransposes());
  // The algorithm is chosen by what the model says, tiles by what is left.
  if (options.tuning)
    function.addPass(createApplyTuning(options.tuning));
}

void sluice::buildKernelPipeline(OpPassManager &manager,
                                 const TargetSpec &target) {
  manager.addNestedPass<func::FuncOp>(createFormKernels());
  manager.addNestedPass<func::FuncOp>(createVerifyKernels());
  FuseDepthwiseOptions fusion;
  fusion.triple = target.triple;
  fusion.cpu = target.cpu;
  fusion.features = target.features;
  manager.addNestedPass<func::FuncOp>(createFuseDepthwise(fusion));
  manager.addNestedPass<func::FuncOp>(createCopyCarried());
  manager.addPass(createBufferizeKernels());
  PackWeightsOptions packing;
  packing.triple = target.triple;
  packing.cpu = target.cpu;
  packing.features = target.features;
  manager.addPass(createPackWeights(packing));
  manager.addNestedPass<func::FuncOp>(createPlanWorkspace());
  manager.addNestedPass<func::FuncOp>(createVerifyWorkspace());
}

// Upstream conversions, in the order they need: math before vectors are
// unrolled, metadata before memrefs vanish.
static constexpr const char *lowerLoops =
    "func.func(canonicalize,cse),"
    "expand-strided-metadata,lower-affine,"
    "func.func(convert-vector-to-scf,convert-complex-to-standard,"
    "arith-expand{include-bf16=true}),"
    "convert-scf-to-cf,convert-math-to-llvm,convert-math-to-libm,"
    "convert-vector-to-llvm,convert-complex-to-llvm,convert-arith-to-llvm,"
    "finalize-memref-to-llvm,"
    "convert-func-to-llvm{use-bare-ptr-memref-call-conv=1},"
    "convert-cf-to-llvm,convert-index-to-llvm,convert-arith-to-llvm,"
    "canonicalize,cse,reconcile-unrealized-casts";

void sluice::buildLLVMPipeline(OpPassManager &manager, const TargetSpec &target,
                               bool traceLaunches) {
  EmitKernelsOptions options;
  options.triple = target.triple;
  options.cpu = target.cpu;
  options.features = target.features;
  manager.addPass(createEmitKernels(options));
  OpPassManager &kernels = manager.nest<ModuleOp>();
  LowerMathOptions math;
  math.triple = target.triple;
  math.cpu = target.cpu;
  math.features = target.features;
  kernels.addNestedPass<func::FuncOp>(createLowerMath(math));
  if (failed(parsePassPipeline(lowerLoops, kernels)))
    llvm::report_fatal_error("the lowering pipeline does not parse");
  LowerRunnerOptions runner;
  runner.traceLaunches = traceLaunches;
  manager.addPass(createLowerRunner(runner));
  manager.addPass(createMaskHalvesAsIntegers());
}

static void buildDefaultGraph(OpPassManager &manager) {
  buildGraphPipeline(manager, GraphOptions());
}

// A pipeline for the default target, by name.
template <void (*build)(OpPassManager &, const TargetSpec &)>
static void buildDefault(OpPassManager &manager) {
  llvm::Expected<TargetSpec> target = parseTarget("x86-64-v3", "");
  if (target)
    build(manager, *target);
  else
    llvm::consumeError(target.takeError());
}

static void buildUntracedLLVMPipeline(OpPassManager &manager,
                                      const TargetSpec &target) {
  buildLLVMPipeline(manager, target);
}

void sluice::registerPipelines() {
  static PassPipelineRegistration<> graph("graph-pipeline", "Simplify a graph",
                                          buildDefaultGraph);
  static PassPipelineRegistration<> kernel(
      "kernel-pipeline", "Schedule a graph", buildDefault<buildKernelPipeline>);
  static PassPipelineRegistration<> llvmPipeline(
      "llvm-pipeline", "Lower a schedule to the LLVM dialect",
      buildDefault<buildUntracedLLVMPipeline>);
}
