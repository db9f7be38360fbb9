//===- Registration.cpp - Dialects and passes of the project --------------===//

#include "compiler/Registration/Registration.h"
#include "compiler/Pipeline/Pipeline.h"
#include "dialects/Graph/GraphDialect.h"
#include "dialects/Kernel/KernelOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/Emit/Passes.h"
#include "passes/Fusion/Passes.h"
#include "passes/Layout/Passes.h"
#include "passes/Lowering/Passes.h"
#include "passes/Math/Passes.h"
#include "passes/Memory/Passes.h"
#include "passes/Simplify/Passes.h"
#include "passes/Tuning/Passes.h"

void sluice::registerDialects(mlir::DialectRegistry &registry) {
  registry.insert<graph::GraphDialect, kernel::KernelDialect,
                  mlir::arith::ArithDialect, mlir::complex::ComplexDialect,
                  mlir::func::FuncDialect, mlir::LLVM::LLVMDialect,
                  mlir::math::MathDialect, mlir::memref::MemRefDialect,
                  mlir::scf::SCFDialect, mlir::vector::VectorDialect>();
}

void sluice::registerPasses() {
  registerSluiceSimplifyPasses();
  registerSluiceFusionPasses();
  registerSluiceTuningPasses();
  registerSluiceLayoutPasses();
  registerSluiceMemoryPasses();
  registerSluiceEmitPasses();
  registerSluiceLoweringPasses();
  registerSluiceMathPasses();
  registerPipelines();
}
