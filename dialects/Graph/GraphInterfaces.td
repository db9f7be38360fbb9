//===- GraphInterfaces.td - What passes may ask of an operator ------------===//

#ifndef SLUICE_DIALECTS_GRAPH_GRAPHINTERFACES
#define SLUICE_DIALECTS_GRAPH_GRAPHINTERFACES

include "mlir/IR/OpBase.td"

def Graph_EvaluableOpInterface : OpInterface<"EvaluableOp"> {
  let cppNamespace = "::sluice::graph";
  let description = [{
    Reference evaluation: one obvious loop nest written from the operator's
    definition, in double or exact integer arithmetic, sharing no code with
    `buildElement`. Folds constants and is what compiled code is compared with.
  }];
  let methods = [
    InterfaceMethod<[{
      Computes the results from values of the operands. `results` are allocated
      from the static result types and zero-filled. An error says what run-time
      check failed (an index out of range, a division by zero).
    }], "::llvm::Error", "evaluate",
    (ins "::llvm::ArrayRef<const ::sluice::HostTensor *>":$operands,
         "::llvm::MutableArrayRef<::sluice::HostTensor>":$results)>,
    InterfaceMethod<[{
      Scalar operations that `evaluate` takes, about: folding has a budget.
    }], "int64_t", "getEvaluationCost", (ins), [{}], [{
      auto type = llvm::dyn_cast<::mlir::RankedTensorType>(
          $_op->getResult(0).getType());
      return type && type.hasStaticShape() ? type.getNumElements() : -1;
    }]>,
    InterfaceMethod<[{
      Arithmetic operations of the definition, for reports of work and speed: a
      multiply-add counts two, a function of an element one, moving an element
      none. -1 when unknown.
    }], "int64_t", "countOperations", (ins), [{}], [{
      return ::sluice::graph::countOperationsOf($_op);
    }]>,
    InterfaceMethod<[{
      Different elements of the operand that the result depends on, at most; -1
      when unknown.
    }], "int64_t", "countElementsRead", (ins "unsigned":$operand), [{}], [{
      return ::sluice::graph::countElements($_op->getOperand(operand));
    }]>
  ];
}

def Graph_ElementOpInterface : OpInterface<"ElementOp"> {
  let cppNamespace = "::sluice::graph";
  let description = [{
    An operator whose result can be computed element by element, in any order:
    the base of fusion and of the generic kernel emitter. An element of a fused
    producer is computed where the consumer reads it.
  }];
  let methods = [
    InterfaceMethod<[{
      Emits code that computes the element of the result at `indices` (one
      `index` value per dimension), reading operands through `builder`. With
      `builder.lanes > 1` the result is a vector of that many elements, which
      follow one another along the last dimension from `indices` on. The value
      has the storage-independent form of `builder.valueType(element)`.
    }], "::mlir::Value", "buildElement",
    (ins "::sluice::graph::ElementBuilder &":$builder,
         "::mlir::ValueRange":$indices)>,
    InterfaceMethod<[{
      Whether `buildElement` can produce vectors along the last dimension.
    }], "bool", "supportsLanes", (ins), [{}], [{ return true; }]>,
    InterfaceMethod<[{
      How often an element of the operand is read while the whole result is
      computed, on average, rounded up: 1 for elementwise and movement
      operators, the window size for windows. Producers are fused only into
      readers that read them once, unless recomputing is free.
    }], "int64_t", "getReadCount", (ins "unsigned":$operand), [{}],
    [{ return 1; }]>,
    InterfaceMethod<[{
      Whether the result holds the operand's elements and nothing else, each
      several times: to store it costs more than to repeat the operator in each
      kernel that reads it.
    }], "bool", "isRepetition", (ins), [{}], [{ return false; }]>,
    InterfaceMethod<[{
      Whether `buildElement` reserves string space. Such a kernel runs on one
      thread: the order of its elements decides where their characters lie.
    }], "bool", "makesStrings", (ins), [{}], [{ return false; }]>
  ];
}

def Graph_ElementwiseOpInterface : OpInterface<"ElementwiseOp"> {
  let cppNamespace = "::sluice::graph";
  let description = [{
    A scalar function applied to elements at the same index of all operands.
    Operands and result have one shape. Such an operator can also work on
    registers, as the epilogue of a contraction.
  }];
  let methods = [
    InterfaceMethod<[{
      Emits the function on scalars or vectors in value form.
    }], "::mlir::Value", "buildScalar",
    (ins "::sluice::graph::ElementBuilder &":$builder,
         "::mlir::ValueRange":$operands)>
  ];
}

def Graph_ViewOpInterface : OpInterface<"ViewOp"> {
  let cppNamespace = "::sluice::graph";
  let description = [{
    Result and first operand hold the same elements in the same row-major
    order: no code is needed when the operand's buffer is contiguous.
  }];
  let methods = [];
}

def Graph_JoinOpInterface : OpInterface<"JoinOp"> {
  let cppNamespace = "::sluice::graph";
  let description = [{
    An operator that puts its first operands, its parts, next to each other into
    a larger tensor. No code is needed where whatever makes a part can write it
    into the result's buffer. Sizes must be static.
  }];
  let methods = [
    InterfaceMethod<"The number of parts.", "unsigned", "getPartCount", (ins)>,
    InterfaceMethod<"Where the first element of a part lies in the result.",
                    "::llvm::SmallVector<int64_t>", "getPartStart",
                    (ins "unsigned":$part)>,
    InterfaceMethod<[{
      Whether the result holds its parts and nothing else, or one part and
      positive zeros.
    }], "bool", "holdsPartsOrZeros", (ins)>
  ];
}

def Graph_PartOpInterface : OpInterface<"PartOp"> {
  let cppNamespace = "::sluice::graph";
  let description = [{
    An operator whose result is a regular part of its first operand. No code is
    needed where whatever reads it can read it from the operand's buffer.
  }];
  let methods = [
    InterfaceMethod<[{
      Where the first element lies in the operand; nothing where sizes are not
      static.
    }], "::std::optional<::llvm::SmallVector<int64_t>>", "getPartStart", (ins)>,
    InterfaceMethod<[{
      Positions of the operand from one element to the next, for each dimension.
    }], "::llvm::ArrayRef<int64_t>", "getPartSteps", (ins)>
  ];
}

// What dominates the cost of a kernel built around an operator. Fusion puts at
// most one operator that is not `Element` into a kernel.
def Graph_KernelRootOpInterface : OpInterface<"KernelRootOp"> {
  let cppNamespace = "::sluice::graph";
  let description = [{
    An operator that wants a kernel emitter of its own: contraction, reduction,
    window. Elementwise consumers may follow it inside the kernel (epilogue);
    producers may precede it where it reads them once (prologue).
  }];
  let methods = [
    InterfaceMethod<"The kind of kernel.", "::sluice::graph::RootKind",
                    "getRootKind", (ins)>,
    InterfaceMethod<[{
      Whether an elementwise producer of the operand may be computed inside the
      kernel.
    }], "bool", "allowsPrologue", (ins "unsigned":$operand), [{}],
    [{ return false; }]>,
    InterfaceMethod<[{
      Whether elementwise consumers may be computed on the kernel's results.
    }], "bool", "allowsEpilogue", (ins), [{}], [{ return true; }]>,
    InterfaceMethod<[{
      Bytes of workspace that the kernel may write while it runs: a function of
      the shapes. What is there before and afterwards is of no interest.
    }], "int64_t", "getScratchBytes", (ins), [{}], [{ return 0; }]>
  ];
}

#endif // SLUICE_DIALECTS_GRAPH_GRAPHINTERFACES
