//===- KernelOps.td - The schedule: fused kernels, buffers, launches ------===//

#ifndef SLUICE_DIALECTS_KERNEL_KERNELOPS
#define SLUICE_DIALECTS_KERNEL_KERNELOPS

include "dialects/Kernel/KernelBase.td"

def Kernel_FusedOp : Kernel_Op<"fused", [IsolatedFromAbove, SingleBlock]> {
  let summary = "Graph operators that one kernel computes";
  let description = [{
    The region's arguments are the operands; it ends in `kernel.yield` of the
    results. At most one operator of the region is a `KernelRootOp`; a pass that
    lets one kernel compute several gives the last one its scratch
    (`kernel.scratch`, in bytes).

    Constraints:
    - (C1) One region argument per operand, of its type.
    - (C2) The yielded values have the types of the results.
    - (C3) A `KernelRootOp` behind another one has `kernel.scratch`.

    ```mlir
    %1 = kernel.fused(%0) : (tensor<4xf32>) -> tensor<4xf32> {
    ^bb0(%x: tensor<4xf32>):
      %2 = graph.exp %x : tensor<4xf32>
      kernel.yield %2 : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$inputs);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `(` $inputs `)` attr-dict `:` functional-type($inputs, results) $body
  }];
  let hasVerifier = 1;
}

def Kernel_YieldOp : Kernel_Op<"yield", [Pure, Terminator,
    ParentOneOf<["FusedOp", "FuncOp"]>]> {
  let summary = "Values that a kernel computes";
  let arguments = (ins Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = "$values attr-dict `:` type($values)";
}

def Kernel_FuncOp : Kernel_Op<"func", [IsolatedFromAbove, Symbol, SingleBlock]> {
  let summary = "A kernel over buffers";
  let description = [{
    Computes the yielded tensors from its region's arguments. `buffers` are the
    types of the launch operands: one per region argument, then one per yielded
    value. A buffer has the tensor's shape and the storage form of its element
    (`i1` is stored as `i8`), except where `packings` names another layout of a
    constant.

    Where the last root asks for scratch (`getScratchBytes`), its buffer follows: bytes
    that chunks share as the emitter says.

    `overwritten` is the number of a region argument whose buffer is the
    result's at every launch.

    Constraints:
    - (C1) One buffer per region argument and yielded value, and the scratch.
    - (C2) A buffer without a packing has its tensor's shape, static strides
      and a unit stride along the last dimension.
    - (C3) An overwritten argument has the result's shape, storage and strides,
      and an element of it is read for nothing but the result's element at its
      index, or first (`InPlaceOp`).
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeArrayAttr:$buffers,
                       OptionalAttr<DictionaryAttr>:$packings,
                       OptionalAttr<I64Attr>:$overwritten);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name $buffers attr-dict-with-keyword $body";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    unsigned getNumInputs() { return getBody().getNumArguments(); }
    ::mlir::MemRefType getBuffer(unsigned i) {
      return ::mlir::cast<::mlir::MemRefType>(
          ::mlir::cast<::mlir::TypeAttr>(getBuffers()[i]).getValue());
    }
    ::mlir::Operation *getYield() { return &getBody().front().back(); }
  }];
}

def Kernel_DataOp : Kernel_Op<"data", [Symbol]> {
  let summary = "Constant bytes of the artefact";
  let description = [{
    A constant that kernels read from the read-only data of the artefact.

    ```mlir
    kernel.data @weights_0 dense_resource<w> : tensor<64x10xf32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, ElementsAttr:$value);
  let assemblyFormat = "$sym_name $value attr-dict";
}

def Kernel_DataRefOp : Kernel_Op<"data_ref", [Pure]> {
  let summary = "The buffer of a constant";
  let arguments = (ins FlatSymbolRefAttr:$data);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$data attr-dict `:` type($result)";
}

def Kernel_BufferOp : Kernel_Op<"buffer", [MemoryEffects<[MemAlloc]>]> {
  let summary = "A temporary of the workspace";
  let description = [{
    Lives from its first to its last use in the runner. `offset` is its place
    in the workspace in bytes, a multiple of 64, once it is planned.

    Constraints:
    - (C1) The type has a static shape and the identity layout.
    - (C2) `offset` is a multiple of 64 and not negative.
  }];
  let arguments = (ins OptionalAttr<I64Attr>:$offset);
  let results = (outs Res<AnyMemRef, "", [MemAlloc]>:$result);
  let assemblyFormat = "(`at` $offset^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Kernel_FillHaloOp : Kernel_Op<"fill_halo", [MemoryEffects<[MemWrite]>]> {
  let summary = "Zeros around the interior of a buffer";
  let description = [{
    Sets every element to zero that lies within `low[d]` of the start or
    `high[d]` of the end of a dimension `d`.

    Constraints:
    - (C1) `low` and `high` have one entry per dimension, none negative.
  }];
  let arguments = (ins AnyMemRef:$buffer, DenseI64ArrayAttr:$low,
                       DenseI64ArrayAttr:$high);
  let assemblyFormat =
      "$buffer `low` $low `high` $high attr-dict `:` type($buffer)";
  let hasVerifier = 1;
}

def Kernel_LaunchOp : Kernel_Op<"launch", [AttrSizedOperandSegments,
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Runs a kernel";
  let description = [{
    Runs all chunks of the kernel on the buffers: `inputs` are read, `outputs`
    are written. An input may be the output where the kernel says so
    (`overwritten`), or updates it.

    ```mlir
    kernel.launch @k0(%x, %w) outs(%y) : memref<..>, memref<..>, memref<..>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyMemRef>:$inputs,
                       Variadic<AnyMemRef>:$outputs);
  let assemblyFormat = [{
    $kernel `(` ($inputs^ `:` type($inputs))? `)` `outs` `(` $outputs `:`
    type($outputs) `)` attr-dict
  }];
}

#endif // SLUICE_DIALECTS_KERNEL_KERNELOPS
