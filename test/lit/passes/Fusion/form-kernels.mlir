// RUN: sluice-opt %s --form-kernels --verify-kernels | FileCheck %s

// Producers whose elements are read once join their reader.
// CHECK-LABEL: @elementwise
func.func @elementwise(%x: tensor<4x8xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
  // CHECK: kernel.fused(%{{.*}}, %{{.*}}) : (tensor<8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK: graph.broadcast
  // CHECK: graph.add
  // CHECK: graph.exp
  // CHECK: kernel.yield
  // CHECK-NOT: kernel.fused
  %0 = graph.broadcast %b dims [1] to [4, 8] : tensor<8xf32>
  %1 = graph.add %x, %0 : tensor<4x8xf32>
  %2 = graph.exp %1 : tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// A function that would be computed again for each repetition stays outside.
// CHECK-LABEL: @repeated
func.func @repeated(%x: tensor<8xf32>) -> tensor<4x8xf32> {
  // CHECK: kernel.fused
  // CHECK: graph.exp
  // CHECK: kernel.fused
  // CHECK: graph.broadcast
  %0 = graph.exp %x : tensor<8xf32>
  %1 = graph.broadcast %0 dims [1] to [4, 8] : tensor<8xf32>
  return %1 : tensor<4x8xf32>
}

// Of two readers in different kernels the first stores the result for the other.
// CHECK-LABEL: @shared
func.func @shared(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  // CHECK: %[[R:.*]]:2 = kernel.fused(%{{.*}})
  // CHECK: %[[S:.*]] = kernel.fused(%[[R]]#1)
  // CHECK: return %[[R]]#0, %[[S]]
  %0 = graph.exp %x : tensor<8xf32>
  %1 = graph.add %0, %0 : tensor<8xf32>
  %2 = graph.exp %0 : tensor<8xf32>
  return %1, %2 : tensor<8xf32>, tensor<8xf32>
}

// Elementwise consumers are the epilogue of a contraction.
// CHECK-LABEL: @epilogue
func.func @epilogue(%x: tensor<1x8x8x4xf32>, %w: tensor<1x1x4x8xf32>,
                    %b: tensor<8xf32>) -> tensor<1x8x8x8xf32> {
  // CHECK: kernel.fused
  // CHECK: graph.broadcast
  // CHECK: graph.conv
  // CHECK: graph.add
  // CHECK-NOT: kernel.fused
  %0 = graph.broadcast %b dims [3] to [1, 8, 8, 8] : tensor<8xf32>
  %1 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x8x8x4xf32>, tensor<1x1x4x8xf32>
  %2 = graph.add %1, %0 : tensor<1x8x8x8xf32>
  return %2 : tensor<1x8x8x8xf32>
}

// A contraction reads its input many times: no prologue.
// CHECK-LABEL: @prologue
func.func @prologue(%x: tensor<1x8x8x4xf32>, %w: tensor<1x1x4x8xf32>)
    -> tensor<1x8x8x8xf32> {
  // CHECK: kernel.fused
  // CHECK: graph.exp
  // CHECK: kernel.fused
  // CHECK: graph.conv
  %0 = graph.exp %x : tensor<1x8x8x4xf32>
  %1 = graph.conv %0, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x8x8x4xf32>, tensor<1x1x4x8xf32>
  return %1 : tensor<1x8x8x8xf32>
}

// Inputs, constants and repeated results are copied to the caller's buffers.
// CHECK-LABEL: @copies
func.func @copies(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  // CHECK: %[[C:.*]] = graph.constant
  // CHECK: kernel.fused(%{{.*}}) : (tensor<2xf32>) -> tensor<2xf32>
  // CHECK: kernel.fused(%[[C]]) : (tensor<2xf32>) -> tensor<2xf32>
  %0 = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %x, %0 : tensor<2xf32>, tensor<2xf32>
}

// What only repeats elements is computed where it is read, in each kernel.
// CHECK-LABEL: @repetition_shared
func.func @repetition_shared(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>,
                             %b: tensor<8xf32>)
    -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  // CHECK: kernel.fused(%arg2, %arg0)
  // CHECK-NEXT: ^bb0
  // CHECK-NEXT: graph.broadcast
  // CHECK-NEXT: graph.add
  // CHECK-NEXT: kernel.yield
  // CHECK: kernel.fused(%arg2, %arg1)
  // CHECK-NEXT: ^bb0
  // CHECK-NEXT: graph.broadcast
  // CHECK-NEXT: graph.mul
  // CHECK-NEXT: kernel.yield
  // CHECK-NOT: kernel.fused
  %0 = graph.broadcast %b dims [1] to [4, 8] : tensor<8xf32>
  %1 = graph.add %x, %0 : tensor<4x8xf32>
  %2 = graph.mul %y, %0 : tensor<4x8xf32>
  return %1, %2 : tensor<4x8xf32>, tensor<4x8xf32>
}

// Another reader that needs the whole tensor keeps it.
// CHECK-LABEL: @repetition_returned
func.func @repetition_returned(%x: tensor<4x8xf32>, %b: tensor<8xf32>)
    -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  // CHECK: kernel.fused(%arg1)
  // CHECK: graph.broadcast
  // CHECK: kernel.fused(%arg1, %arg0)
  // CHECK: graph.broadcast
  // CHECK: graph.add
  %0 = graph.broadcast %b dims [1] to [4, 8] : tensor<8xf32>
  %1 = graph.add %x, %0 : tensor<4x8xf32>
  return %0, %1 : tensor<4x8xf32>, tensor<4x8xf32>
}

// What makes the parts of a concat can write them side by side: no kernel does.
// CHECK-LABEL: @concat_of_kernels
func.func @concat_of_kernels(%x: tensor<4x16xf32>) -> tensor<4x32xf32> {
  // CHECK-COUNT-2: kernel.fused
  // CHECK: %[[C:.*]] = graph.concat
  // CHECK: kernel.fused(%[[C]])
  %0 = graph.exp %x : tensor<4x16xf32>
  %1 = graph.neg %x : tensor<4x16xf32>
  %2 = graph.concat %0, %1 dim 1 : tensor<4x16xf32>, tensor<4x16xf32>
  %3 = graph.exp %2 : tensor<4x32xf32>
  return %3 : tensor<4x32xf32>
}

// Parts that have to be copied in any case, or are written a few bytes at a
// time, are the work of one kernel.
// CHECK-LABEL: @concat_in_kernel
func.func @concat_in_kernel(%x: tensor<4x16xf32>, %y: tensor<4x16xf32>) -> (tensor<4x32xf32>, tensor<4x6xf32>) {
  // CHECK: kernel.fused
  // CHECK: graph.concat
  // CHECK: graph.exp
  // CHECK: kernel.fused
  // CHECK: graph.concat
  // CHECK: kernel.yield
  // CHECK-NOT: graph.concat
  %0 = graph.concat %x, %y dim 1 : tensor<4x16xf32>, tensor<4x16xf32>
  %1 = graph.exp %0 : tensor<4x32xf32>
  %2 = graph.slice %x starts [0, 0] sizes [4, 3] strides [1, 1] : tensor<4x16xf32>
  %3 = graph.neg %2 : tensor<4x3xf32>
  %4 = graph.exp %2 : tensor<4x3xf32>
  %5 = graph.concat %3, %4 dim 1 : tensor<4x3xf32>, tensor<4x3xf32>
  return %1, %5 : tensor<4x32xf32>, tensor<4x6xf32>
}

// A kernel computes no more than the part that is asked for; what several ask
// for parts of is computed once.
// CHECK-LABEL: @slice
func.func @slice(%x: tensor<4x64xf32>) -> (tensor<4x32xf32>, tensor<4x32xf32>, tensor<4x32xf32>) {
  // CHECK: kernel.fused
  // CHECK-NEXT: ^bb0
  // CHECK-NEXT: graph.exp
  // CHECK-NEXT: graph.slice
  // CHECK: %[[N:.*]] = kernel.fused
  // CHECK: graph.neg
  // CHECK: kernel.fused(%[[N]])
  // CHECK: graph.slice
  // CHECK: kernel.fused(%[[N]])
  // CHECK: graph.slice
  %0 = graph.exp %x : tensor<4x64xf32>
  %1 = graph.slice %0 starts [0, 0] sizes [4, 32] strides [1, 1] : tensor<4x64xf32>
  %2 = graph.neg %x : tensor<4x64xf32>
  %3 = graph.slice %2 starts [0, 0] sizes [4, 32] strides [1, 1] : tensor<4x64xf32>
  %4 = graph.slice %2 starts [0, 32] sizes [4, 32] strides [1, 1] : tensor<4x64xf32>
  %5 = graph.abs %3 : tensor<4x32xf32>
  %6 = graph.abs %4 : tensor<4x32xf32>
  return %1, %5, %6 : tensor<4x32xf32>, tensor<4x32xf32>, tensor<4x32xf32>
}

// A step on the way that others read too is a second result.
// CHECK-LABEL: @shared_step
// CHECK-SAME: %[[X:.*]]: tensor<8xf32>, %[[Y:.*]]: tensor<8xf32>
func.func @shared_step(%x: tensor<8xf32>, %y: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  // CHECK: %[[R:.*]]:2 = kernel.fused(%[[X]], %[[Y]])
  // CHECK: %[[A:.*]] = graph.add
  // CHECK: %[[T:.*]] = graph.tanh %[[A]]
  // CHECK: kernel.yield %[[T]], %[[A]]
  // CHECK-NOT: kernel.fused
  // CHECK: return %[[R]]#0, %[[R]]#1
  %0 = graph.add %x, %y : tensor<8xf32>
  %1 = graph.tanh %0 : tensor<8xf32>
  return %1, %0 : tensor<8xf32>, tensor<8xf32>
}

// The other reader stands before the kernel, or reads elements elsewhere; or
// the step is the epilogue of a product, which has its own kernel.
// CHECK-LABEL: @unshared
func.func @unshared(%x: tensor<8x8xf32>, %y: tensor<8x8xf32>)
    -> (tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>) {
  // CHECK-NOT: kernel.fused{{.*}}-> (
  // CHECK: return
  %0 = graph.add %x, %y : tensor<8x8xf32>
  %1 = graph.contract %0, %y : tensor<8x8xf32>, tensor<8x8xf32>
  %2 = graph.mul %0, %1 : tensor<8x8xf32>
  %3 = graph.exp %y : tensor<8x8xf32>
  %4 = graph.transpose %3 [1, 0] : tensor<8x8xf32>
  %5 = graph.contract %x, %x : tensor<8x8xf32>, tensor<8x8xf32>
  %6 = graph.add %5, %y : tensor<8x8xf32>
  %7 = graph.tanh %6 : tensor<8x8xf32>
  return %2, %3, %4, %6, %7
      : tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>
}
