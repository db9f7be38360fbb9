// RUN: sluice-opt %s --form-kernels --copy-carried --bufferize-kernels --plan-workspace --verify-workspace | FileCheck %s

// First value, argument, next value and result share a buffer.
// CHECK-LABEL: @counted
func.func @counted(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK-DAG: %[[COUNTER:.*]] = kernel.buffer at {{.*}} : memref<i32>
  // CHECK-DAG: %[[CARRIED:.*]] = kernel.buffer at {{.*}} : memref<4x4xf32>
  // CHECK: kernel.launch @{{.*}}(%arg0 : memref<4x4xf32>) outs(%[[CARRIED]] : memref<4x4xf32>)
  // CHECK: kernel.for %[[COUNTER]] to 3 : memref<i32> {
  %0 = graph.for 3(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<4x4xf32>):
    // CHECK: %[[PRODUCT:.*]] = kernel.buffer at {{.*}} : memref<4x4xf32>
    // CHECK: kernel.launch @{{.*}}(%[[CARRIED]], %arg1 : {{.*}}) outs(%[[PRODUCT]] :
    // CHECK: kernel.launch @{{.*}}(%[[PRODUCT]] : {{.*}}) outs(%[[CARRIED]] :
    %1 = graph.contract %y, %w : tensor<4x4xf32>, tensor<4x4xf32>
    %2 = graph.softmax %1 : tensor<4x4xf32>
    graph.yield %2 : tensor<4x4xf32>
  }
  // CHECK: }
  // CHECK: kernel.launch @{{.*}}(%[[CARRIED]] : {{.*}}) outs(%arg2 :
  return %0 : tensor<4x4xf32>
}

// CHECK-LABEL: @repeated
func.func @repeated(%n: tensor<i32>, %x: tensor<3x2xf32>, %row: tensor<2xf32>) -> tensor<3x2xf32> {
  %one = graph.constant dense<1> : tensor<i32>
  %three = graph.constant dense<3> : tensor<i32>
  // CHECK: kernel.while {
  // CHECK:   %[[FLAG:.*]] = kernel.buffer at {{.*}} : memref<i8>
  // CHECK:   outs(%[[FLAG]] :
  // CHECK:   kernel.condition %[[FLAG]] : memref<i8>
  // CHECK: } do {
  %0:2 = graph.while(%n, %x) : (tensor<i32>, tensor<3x2xf32>) -> (tensor<i32>, tensor<3x2xf32>) {
  ^bb0(%i: tensor<i32>, %y: tensor<3x2xf32>):
    %1 = graph.compare lt %i, %three : tensor<i32>
    graph.yield %1 : tensor<i1>
  } do {
  ^bb0(%i: tensor<i32>, %y: tensor<3x2xf32>):
    // CHECK: kernel.launch @{{.*}}(%[[LIST:[0-9]+]], %arg2, %{{.*}} : {{.*}}) outs(%[[LIST]] : memref<3x2xf32>)
    %1 = graph.dynamic_update_slice %y, %row at %i : tensor<3x2xf32>, tensor<2xf32>, tensor<i32>
    %2 = graph.add %i, %one : tensor<i32>
    graph.yield %2, %1 : tensor<i32>, tensor<3x2xf32>
  }
  return %0#1 : tensor<3x2xf32>
}

// Branches write the same buffer.
// CHECK-LABEL: @branches
func.func @branches(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[RESULT:.*]] = kernel.buffer at {{.*}} : memref<4xf32>
  // CHECK: kernel.if %arg0 : memref<i8> {
  // CHECK: outs(%[[RESULT]] :
  // CHECK: } else {
  // CHECK: kernel.launch @{{.*}}(%arg1 : {{.*}}) outs(%[[RESULT]] :
  %0 = graph.if %c : (tensor<i1>) -> tensor<4xf32> {
    %1 = graph.exp %x : tensor<4xf32>
    graph.yield %1 : tensor<4xf32>
  } else {
    graph.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}
