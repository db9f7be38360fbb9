//===- KernelBase.td - The kernel dialect and its op base class -----------===//

#ifndef SLUICE_DIALECTS_KERNEL_KERNELBASE
#define SLUICE_DIALECTS_KERNEL_KERNELBASE

include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::sluice::kernel";
  let summary = "The schedule of a model: fused kernels, buffers, launches";
  let description = [{
    Two steps of one level. On tensors, `kernel.fused` groups the graph
    operators that one kernel computes. On buffers, an entry function (the
    *runner*) launches `kernel.func`s over buffers of one workspace; sizes and
    offsets are decided here, loops are not yet.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

class Kernel_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kernel_Dialect, mnemonic, traits>;

#endif // SLUICE_DIALECTS_KERNEL_KERNELBASE
