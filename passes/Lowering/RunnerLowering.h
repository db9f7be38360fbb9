//===- RunnerLowering.h - From one runner to an LLVM function ---*- C++ -*-===//

#ifndef SLUICE_PASSES_LOWERING_RUNNERLOWERING_H
#define SLUICE_PASSES_LOWERING_RUNNERLOWERING_H

#include "dialects/Kernel/KernelFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/SymbolTable.h"

namespace sluice {

/// Turns a runner, an entry function over buffers with a planned workspace,
/// into the function that the runtime calls: launches become calls, control
/// flow becomes branches.
class RunnerLowering {
public:
  RunnerLowering(mlir::func::FuncOp function, mlir::SymbolTable &symbols,
                 mlir::SymbolTable &kernels, bool trace)
      : function(function), symbols(symbols), kernels(kernels), trace(trace),
        builder(function), loc(function.getLoc()),
        pointer(mlir::LLVM::LLVMPointerType::get(function.getContext())),
        i32(builder.getI32Type()), i64(builder.getI64Type()) {}

  mlir::LogicalResult run();

private:
  mlir::Value constant(mlir::Type type, int64_t value) {
    return mlir::LLVM::ConstantOp::create(builder, loc, type, value);
  }
  mlir::Value offset(mlir::Value base, int64_t bytes);
  mlir::Value loadPointer(mlir::Value base, int64_t bytes);
  mlir::FailureOr<mlir::Value> getAddress(mlir::Value buffer);
  mlir::LogicalResult lower(mlir::Block &block);
  mlir::LogicalResult lowerRegion(mlir::Region &region, mlir::Block *block);
  mlir::LogicalResult branch(kernel::IfOp op);
  mlir::LogicalResult loop(kernel::WhileOp op);
  mlir::LogicalResult loop(kernel::ForOp op);
  mlir::FailureOr<mlir::Value> loadFlag(mlir::Value buffer);
  mlir::Block *addBlock();
  mlir::LogicalResult launch(kernel::LaunchOp op);
  mlir::LLVM::LLVMFuncOp getTask(mlir::LLVM::LLVMFuncOp kernel);
  mlir::LLVM::LLVMFuncOp
  getRuntimeFunction(llvm::StringRef name, llvm::ArrayRef<mlir::Type> operands);
  void traceLaunch();
  mlir::Value getData(kernel::DataOp data);
  void checkStatus();
  mlir::Value getWord(kernel::RunRecord::Word word);
  void setWord(kernel::RunRecord::Word word, mlir::Value value);
  void startRecord();
  void leave(mlir::Value code);

  mlir::func::FuncOp function;
  mlir::SymbolTable &symbols, &kernels;
  bool trace;
  int64_t launches = 0;
  mlir::OpBuilder builder;
  mlir::Location loc;
  mlir::Type pointer, i32, i64;
  mlir::LLVM::LLVMFuncOp entry;
  mlir::Value call, workspace, threads, arguments, record;
  int64_t workspaceBytes = 0;
  bool makesStrings = false;
  llvm::DenseMap<mlir::Value, mlir::Value> addresses;
};

} // namespace sluice

#endif // SLUICE_PASSES_LOWERING_RUNNERLOWERING_H
