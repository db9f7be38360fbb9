// RUN: sluice-opt %s --form-kernels --copy-carried --bufferize-kernels --plan-workspace --verify-workspace --split-input-file | FileCheck %s

// What is read last by a kernel of its shape is made where the result lies: in
// the caller's buffer.
// CHECK-LABEL: func.func @residual
// CHECK-SAME: kernel.workspace = 0 : i64
func.func @residual(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK: kernel.launch @[[FIRST:.*]](%arg0, %arg1 : {{.*}}) outs(%arg2 :
  // CHECK: kernel.launch @[[SECOND:.*]](%arg1, %arg0, %arg2 : {{.*}}) outs(%arg2 :
  // CHECK: kernel.launch @[[THIRD:.*]](%arg2 : {{.*}}) outs(%arg2 :
  %0 = graph.contract %x, %w : tensor<4x4xf32>, tensor<4x4xf32>
  %1 = graph.contract %w, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %2 = graph.add %1, %0 : tensor<4x4xf32>
  %3 = graph.softmax %2 : tensor<4x4xf32>
  return %3 : tensor<4x4xf32>
}
// CHECK-NOT: kernel.func @[[FIRST]] {{.*}} overwritten
// CHECK: kernel.func @[[SECOND]] {{.*}} {overwritten = 2 : i64}
// CHECK: kernel.func @[[THIRD]] {{.*}} {overwritten = 0 : i64}

// -----

// A pair counts once.
// CHECK-LABEL: func.func @pairs
// CHECK-SAME: kernel.live_bytes = 64 : i64
func.func @pairs(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> tensor<4x8xf32> {
  // CHECK: %[[T:.*]] = kernel.buffer at 0 : memref<4x4xf32>
  // CHECK: kernel.launch @{{.*}} outs(%[[T]] :
  // CHECK: kernel.launch @{{.*}}(%[[T]], %arg0 : {{.*}} outs(%[[T]] :
  // CHECK: kernel.launch @{{.*}} outs(%arg2 :
  %0 = graph.contract %x, %w : tensor<4x4xf32>, tensor<4x4xf32>
  %1 = graph.softmax %0 : tensor<4x4xf32>
  %2 = graph.add %1, %x : tensor<4x4xf32>
  %3 = graph.concat %2, %2 dim 1 : tensor<4x4xf32>, tensor<4x4xf32>
  return %3 : tensor<4x8xf32>
}

// -----

// Through views, whose order of elements is the same.
// CHECK-LABEL: func.func @views
// CHECK-SAME: kernel.workspace = 0 : i64
func.func @views(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>, %y: tensor<16xf32>) -> tensor<2x8xf32> {
  // CHECK: %[[V:.*]] = memref.reinterpret_cast %arg3 to offset: [0], sizes: [16]
  // CHECK: %[[W:.*]] = memref.reinterpret_cast
  // CHECK: kernel.launch @{{.*}} outs(%[[W]] : memref<4x4xf32>)
  // CHECK: kernel.launch @{{.*}} outs(%[[V]] : memref<16xf32>)
  %0 = graph.contract %x, %w : tensor<4x4xf32>, tensor<4x4xf32>
  %1 = graph.reshape %0 to [16] : tensor<4x4xf32>
  %2 = graph.softmax %y : tensor<16xf32>
  %3 = graph.add %2, %1 : tensor<16xf32>
  %4 = graph.reshape %3 to [2, 8] : tensor<16xf32>
  return %4 : tensor<2x8xf32>
}

// -----

// Not what is read later, nor elements at other places, nor what a product
// reads.
// CHECK-LABEL: func.func @kept
// CHECK-NOT: overwritten
func.func @kept(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>)
    -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) {
  %0 = graph.contract %x, %w : tensor<4x4xf32>, tensor<4x4xf32>
  %later = graph.softmax %0 : tensor<4x4xf32>
  %product = graph.contract %w, %0 : tensor<4x4xf32>, tensor<4x4xf32>
  %1 = graph.contract %w, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %2 = graph.transpose %1 [1, 0] : tensor<4x4xf32>
  %elsewhere = graph.add %1, %2 : tensor<4x4xf32>
  %3 = graph.contract %w, %w : tensor<4x4xf32>, tensor<4x4xf32>
  %4 = graph.contract %3, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %both = graph.add %4, %3 : tensor<4x4xf32>
  return %later, %product, %elsewhere, %both : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
}

// -----

// Not the caller's inputs, nor constants, nor results.
// CHECK-LABEL: func.func @others
// CHECK-NOT: overwritten
func.func @others(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<2x2xf32>) {
  %0 = graph.softmax %x : tensor<4x4xf32>
  %1 = graph.add %0, %w : tensor<4x4xf32>
  %c = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %2 = graph.softmax %c : tensor<2x2xf32>
  return %0, %1, %2 : tensor<4x4xf32>, tensor<4x4xf32>, tensor<2x2xf32>
}

// -----

// A part of a join stays where the join wants it.
// CHECK-LABEL: func.func @joined
// CHECK-NOT: overwritten
func.func @joined(%x: tensor<4x16xf32>, %w: tensor<16x16xf32>) -> (tensor<4x16xf32>, tensor<4x32xf32>) {
  %0 = graph.contract %x, %w : tensor<4x16xf32>, tensor<16x16xf32>
  %1 = graph.contract %0, %w : tensor<4x16xf32>, tensor<16x16xf32>
  %2 = graph.concat %0, %1 dim 1 : tensor<4x16xf32>, tensor<4x16xf32>
  %3 = graph.softmax %0 : tensor<4x16xf32>
  return %3, %2 : tensor<4x16xf32>, tensor<4x32xf32>
}

// -----

// Nor does what lives before a join make the joined buffer live longer, unless
// the caller's buffer it is.
// CHECK-LABEL: func.func @part
func.func @part(%x: tensor<4x16xf32>, %w: tensor<16x16xf32>) -> (tensor<4x32xf32>, tensor<4x32xf32>) {
  // CHECK: kernel.launch @{{.*}}(%arg0, %arg1 : {{.*}}) outs(%{{.*}} : memref<4x16xf32, strided<[32, 1]>>)
  // CHECK: kernel.launch @[[IN_PLACE:.*]](%{{.*}} : memref<4x16xf32, strided<[32, 1]>>) outs(%{{.*}} : memref<4x16xf32, strided<[32, 1]>>)
  // CHECK: %[[T:.*]] = kernel.buffer at {{.*}} : memref<4x16xf32>
  // CHECK: kernel.launch @{{.*}}(%arg0, %arg1 : {{.*}}) outs(%[[T]] :
  // CHECK: kernel.launch @{{.*}}(%[[T]] : {{.*}}) outs(%{{.*}} : memref<4x16xf32, strided<[32, 1]>>)
  %0 = graph.contract %x, %w : tensor<4x16xf32>, tensor<16x16xf32>
  %1 = graph.softmax %0 : tensor<4x16xf32>
  %2 = graph.neg %x : tensor<4x16xf32>
  %3 = graph.concat %1, %2 dim 1 : tensor<4x16xf32>, tensor<4x16xf32>
  %4 = graph.contract %x, %w : tensor<4x16xf32>, tensor<16x16xf32>
  %5 = graph.softmax %4 : tensor<4x16xf32>
  %6 = graph.concat %5, %2 dim 1 : tensor<4x16xf32>, tensor<4x16xf32>
  %7 = graph.softmax %6 : tensor<4x32xf32>
  return %3, %7 : tensor<4x32xf32>, tensor<4x32xf32>
}
// CHECK: kernel.func @[[IN_PLACE]] {{.*}} {overwritten = 0 : i64}

// -----

// What a loop carries is written over by the kernel that reads it last.
// CHECK-LABEL: func.func @carried
func.func @carried(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK: kernel.for
  // CHECK-NEXT: kernel.launch @{{.*}}(%[[B:.*]] : {{.*}}) outs(%[[B]] :
  // CHECK-NEXT: }
  %0 = graph.for 3(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<4x4xf32>):
    %1 = graph.softmax %y : tensor<4x4xf32>
    graph.yield %1 : tensor<4x4xf32>
  }
  return %0 : tensor<4x4xf32>
}
