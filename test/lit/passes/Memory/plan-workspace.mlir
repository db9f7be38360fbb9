// RUN: sluice-opt %s --form-kernels --copy-carried --bufferize-kernels --plan-workspace --verify-workspace | FileCheck %s

// A chain needs two places at a time: the third buffer takes the first's.
// CHECK-LABEL: @chain
// CHECK-SAME: kernel.live_bytes = 128 : i64
// CHECK-SAME: kernel.workspace = 192 : i64
func.func @chain(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK: %[[A:.*]] = kernel.buffer at [[FIRST:[0-9]+]] : memref<4x4xf32>
  // CHECK: kernel.buffer at [[SECOND:[0-9]+]] : memref<4x4xf32>
  // CHECK: kernel.buffer at [[FIRST]] : memref<4x4xf32>
  %0 = graph.contract %x, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %1 = graph.contract %0, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %2 = graph.contract %1, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %3 = graph.contract %2, %x : tensor<4x4xf32>, tensor<4x4xf32>
  return %3 : tensor<4x4xf32>
}

// Without temporaries there is no workspace.
// CHECK-LABEL: @none
// CHECK-SAME: kernel.live_bytes = 0 : i64
// CHECK-SAME: kernel.workspace = 0 : i64
func.func @none(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = graph.exp %x : tensor<16xf32>
  return %0 : tensor<16xf32>
}

// Places are multiples of 64 bytes; what lives is counted to the byte.
// CHECK-LABEL: @odd
// CHECK-SAME: kernel.live_bytes = 24 : i64
// CHECK-SAME: kernel.workspace = 192 : i64
func.func @odd(%x: tensor<1x3xf32>, %w: tensor<3x3xf32>) -> tensor<1x3xf32> {
  // CHECK-DAG: kernel.buffer at 0 : memref<1x3xf32>
  // CHECK-DAG: kernel.buffer at 64 : memref<1x3xf32>
  %0 = graph.contract %x, %w : tensor<1x3xf32>, tensor<3x3xf32>
  %1 = graph.contract %0, %w : tensor<1x3xf32>, tensor<3x3xf32>
  %2 = graph.contract %1, %w : tensor<1x3xf32>, tensor<3x3xf32>
  return %2 : tensor<1x3xf32>
}

// A value from before a loop lives until its end; temporaries of an iteration
// share places, as do those of two branches.
// CHECK-LABEL: @flow
func.func @flow(%c: tensor<i1>, %x: tensor<16xf32>) -> tensor<16xf32> {
  // CHECK-DAG: kernel.buffer at [[CARRIED:[0-9]+]] : memref<16xf32>
  // CHECK-DAG: %[[BEFORE:.*]] = kernel.buffer at [[KEPT:[0-9]+]] : memref<16xf32>
  %0 = graph.softmax %x : tensor<16xf32>
  // CHECK: kernel.for
  %1 = graph.for 3(%x) : (tensor<16xf32>) -> tensor<16xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<16xf32>):
    // CHECK-NOT: kernel.buffer at [[KEPT]] :
    // CHECK: kernel.if
    %2 = graph.softmax %y : tensor<16xf32>
    %3 = graph.add %2, %0 : tensor<16xf32>
    // CHECK: kernel.buffer at [[BRANCH:[0-9]+]] : memref<16xf32>
    // CHECK: else
    // CHECK: kernel.buffer at [[BRANCH]] : memref<16xf32>
    %4 = graph.if %c : (tensor<i1>) -> tensor<16xf32> {
      %5 = graph.softmax %3 : tensor<16xf32>
      %6 = graph.softmax %5 : tensor<16xf32>
      graph.yield %6 : tensor<16xf32>
    } else {
      %5 = graph.log_softmax %3 : tensor<16xf32>
      %6 = graph.softmax %5 : tensor<16xf32>
      graph.yield %6 : tensor<16xf32>
    }
    graph.yield %4 : tensor<16xf32>
  }
  return %1 : tensor<16xf32>
}
