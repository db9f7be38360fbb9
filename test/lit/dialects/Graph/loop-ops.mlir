// RUN: sluice-opt %s | sluice-opt | FileCheck %s

// CHECK-LABEL: @branch
func.func @branch(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: graph.if %arg0 : (tensor<i1>) -> tensor<4xf32> {
  %0 = graph.if %c : (tensor<i1>) -> tensor<4xf32> {
    %1 = graph.exp %x : tensor<4xf32>
    // CHECK: graph.yield %{{.*}} : tensor<4xf32>
    graph.yield %1 : tensor<4xf32>
    // CHECK: } else {
  } else {
    graph.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: @nothing
func.func @nothing(%c: tensor<i1>) {
  // CHECK: graph.if %arg0 : (tensor<i1>) -> () {
  // CHECK-NEXT: graph.yield
  graph.if %c : (tensor<i1>) -> () {
    graph.yield
  } else {
    graph.yield
  }
  return
}

// CHECK-LABEL: @repeat
func.func @repeat(%n: tensor<i32>, %x: tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>) {
  %one = graph.constant dense<1> : tensor<i32>
  %ten = graph.constant dense<10> : tensor<i32>
  // CHECK: graph.while(%arg0, %arg1) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>) {
  %0:2 = graph.while(%n, %x) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>) {
  // CHECK-NEXT: ^bb0(%{{.*}}: tensor<i32>, %{{.*}}: tensor<2xf32>):
  ^bb0(%i: tensor<i32>, %y: tensor<2xf32>):
    %1 = graph.compare lt %i, %ten : tensor<i32>
    graph.yield %1 : tensor<i1>
    // CHECK: } do {
  } do {
  ^bb0(%i: tensor<i32>, %y: tensor<2xf32>):
    %1 = graph.add %i, %one : tensor<i32>
    %2 = graph.exp %y : tensor<2xf32>
    graph.yield %1, %2 : tensor<i32>, tensor<2xf32>
  }
  return %0#0, %0#1 : tensor<i32>, tensor<2xf32>
}

// CHECK-LABEL: @rows
func.func @rows(%x: tensor<3x2xf32>, %row: tensor<2xf32>) -> tensor<3x2xf32> {
  // CHECK: graph.for 3(%arg0) : (tensor<3x2xf32>) -> tensor<3x2xf32> {
  %0 = graph.for 3(%x) : (tensor<3x2xf32>) -> tensor<3x2xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<3x2xf32>):
    // CHECK: graph.dynamic_update_slice %{{.*}}, %arg1 at %{{.*}} : tensor<3x2xf32>, tensor<2xf32>, tensor<i32>
    %1 = graph.dynamic_update_slice %y, %row at %i : tensor<3x2xf32>, tensor<2xf32>, tensor<i32>
    graph.yield %1 : tensor<3x2xf32>
  }
  return %0 : tensor<3x2xf32>
}
