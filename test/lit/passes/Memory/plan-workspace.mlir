// RUN: sluice-opt %s --form-kernels --bufferize-kernels --plan-workspace --verify-workspace | FileCheck %s

// A chain needs two places at a time: the third buffer takes the first's.
// CHECK-LABEL: @chain
// CHECK-SAME: kernel.workspace = 192 : i64
func.func @chain(%x: tensor<16xf32>) -> tensor<16xf32> {
  // CHECK: %[[A:.*]] = kernel.buffer at [[FIRST:[0-9]+]] : memref<16xf32>
  // CHECK: kernel.buffer at [[SECOND:[0-9]+]] : memref<16xf32>
  // CHECK: kernel.buffer at [[FIRST]] : memref<16xf32>
  %0 = graph.transpose %x [0] : tensor<16xf32>
  %1 = graph.softmax %0 : tensor<16xf32>
  %2 = graph.softmax %1 : tensor<16xf32>
  %3 = graph.softmax %2 : tensor<16xf32>
  %4 = graph.softmax %3 : tensor<16xf32>
  return %4 : tensor<16xf32>
}

// Without temporaries there is no workspace.
// CHECK-LABEL: @none
// CHECK-SAME: kernel.workspace = 0 : i64
func.func @none(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = graph.exp %x : tensor<16xf32>
  return %0 : tensor<16xf32>
}
