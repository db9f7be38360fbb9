// RUN: sluice-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: @known
// CHECK-NEXT: graph.exp
// CHECK-NEXT: return
func.func @known(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = graph.constant dense<true> : tensor<i1>
  %0 = graph.if %c : (tensor<i1>) -> tensor<4xf32> {
    %1 = graph.exp %x : tensor<4xf32>
    graph.yield %1 : tensor<4xf32>
  } else {
    graph.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: @never
// CHECK-NEXT: return %arg0
func.func @never(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = graph.constant dense<false> : tensor<i1>
  %0 = graph.while(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%y: tensor<4xf32>):
    graph.yield %c : tensor<i1>
  } do {
  ^bb0(%y: tensor<4xf32>):
    %1 = graph.exp %y : tensor<4xf32>
    graph.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// What does not change is used where it is.
// CHECK-LABEL: @invariant
// CHECK: %[[R:.*]] = graph.while(%arg0) : (tensor<i32>) -> tensor<i32>
// CHECK: graph.compare lt %{{.*}}, %arg1
// CHECK: graph.yield %{{.*}} : tensor<i32>
// CHECK: return %[[R]], %arg1
func.func @invariant(%n: tensor<i32>, %limit: tensor<i32>) -> (tensor<i32>, tensor<i32>) {
  %one = graph.constant dense<1> : tensor<i32>
  %0:2 = graph.while(%n, %limit) : (tensor<i32>, tensor<i32>) -> (tensor<i32>, tensor<i32>) {
  ^bb0(%i: tensor<i32>, %m: tensor<i32>):
    %1 = graph.compare lt %i, %m : tensor<i32>
    graph.yield %1 : tensor<i1>
  } do {
  ^bb0(%i: tensor<i32>, %m: tensor<i32>):
    %1 = graph.add %i, %one : tensor<i32>
    graph.yield %1, %m : tensor<i32>, tensor<i32>
  }
  return %0#0, %0#1 : tensor<i32>, tensor<i32>
}

// CHECK-LABEL: @once
// CHECK-NOT: graph.for
// CHECK: graph.constant dense<0> : tensor<i32>
// CHECK-NOT: graph.for
// CHECK: return
func.func @once(%x: tensor<4xf32>) -> (tensor<i32>, tensor<4xf32>) {
  %zero = graph.constant dense<5> : tensor<i32>
  %0:2 = graph.for 1(%zero, %x) : (tensor<i32>, tensor<4xf32>) -> (tensor<i32>, tensor<4xf32>) {
  ^bb0(%i: tensor<i32>, %j: tensor<i32>, %y: tensor<4xf32>):
    %1 = graph.exp %y : tensor<4xf32>
    graph.yield %i, %1 : tensor<i32>, tensor<4xf32>
  }
  %2 = graph.for 0(%0#1) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<4xf32>):
    %1 = graph.exp %y : tensor<4xf32>
    graph.yield %1 : tensor<4xf32>
  }
  return %0#0, %2 : tensor<i32>, tensor<4xf32>
}

// CHECK-LABEL: @row
// CHECK: dense<{{.*}}[0.000000e+00, 0.000000e+00], [1.000000e+00, 2.000000e+00]{{.*}}>
func.func @row() -> tensor<2x2xf32> {
  %x = graph.constant dense<0.0> : tensor<2x2xf32>
  %y = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %i = graph.constant dense<1> : tensor<i32>
  %0 = graph.dynamic_update_slice %x, %y at %i : tensor<2x2xf32>, tensor<2xf32>, tensor<i32>
  return %0 : tensor<2x2xf32>
}

// An index out of range is left to the run.
// CHECK-LABEL: @outside
// CHECK: graph.dynamic_update_slice
func.func @outside() -> tensor<2x2xf32> {
  %x = graph.constant dense<0.0> : tensor<2x2xf32>
  %y = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %i = graph.constant dense<2> : tensor<i32>
  %0 = graph.dynamic_update_slice %x, %y at %i : tensor<2x2xf32>, tensor<2xf32>, tensor<i32>
  return %0 : tensor<2x2xf32>
}

// Nothing but itself depends on it.
// CHECK-LABEL: @unused
// CHECK: graph.for 3(%arg0) : (tensor<4xf32>) -> tensor<4xf32> {
// CHECK-NEXT: ^bb0
// CHECK-NEXT: graph.exp
// CHECK-NEXT: graph.yield
func.func @unused(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0:2 = graph.for 3(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%i: tensor<i32>, %y: tensor<4xf32>, %z: tensor<4xf32>):
    %1 = graph.exp %y : tensor<4xf32>
    %2 = graph.add %z, %1 : tensor<4xf32>
    graph.yield %1, %2 : tensor<4xf32>, tensor<4xf32>
  }
  return %0#0 : tensor<4xf32>
}
