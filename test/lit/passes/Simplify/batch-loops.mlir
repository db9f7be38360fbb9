// RUN: sluice-opt %s --batch-loops --canonicalize | FileCheck %s

// The projection of the inputs is one product; that of the state stays.
// CHECK-LABEL: @recurrent
// CHECK: %[[FLAT:.*]] = graph.reshape %arg0 to [30, 4]
// CHECK: %[[ALL:.*]] = graph.contract %[[FLAT]], %arg1
// CHECK: %[[ROWS:.*]] = graph.reshape %[[ALL]] to [10, 3, 8]
// CHECK: graph.for 10(%arg3)
// CHECK-NEXT: ^bb0(%[[I:.*]]: tensor<i32>, %[[H:.*]]: tensor<3x8xf32>):
// CHECK-NEXT: %[[ROW:.*]] = graph.gather %[[ROWS]], %[[I]] axis 0
// CHECK-NEXT: %[[STATE:.*]] = graph.contract %[[H]], %arg2
// CHECK-NEXT: graph.add %[[ROW]], %[[STATE]]
func.func @recurrent(%x: tensor<10x3x4xf32>, %w: tensor<4x8xf32>, %r: tensor<8x8xf32>, %h: tensor<3x8xf32>) -> tensor<3x8xf32> {
  %0 = graph.for 10(%h) : (tensor<3x8xf32>) -> tensor<3x8xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<3x8xf32>):
    %1 = graph.gather %x, %i axis 0 batch_dims 0 : tensor<10x3x4xf32>, tensor<i32>
    %2 = graph.contract %1, %w : tensor<3x4xf32>, tensor<4x8xf32>
    %3 = graph.contract %y, %r : tensor<3x8xf32>, tensor<8x8xf32>
    %4 = graph.add %2, %3 : tensor<3x8xf32>
    graph.yield %4 : tensor<3x8xf32>
  }
  return %0 : tensor<3x8xf32>
}

// [x, h] W is split first.
// CHECK-LABEL: @joined
// CHECK-DAG: graph.slice %arg1
// CHECK-DAG: graph.slice %arg1
// CHECK: graph.contract
// CHECK: graph.for
// CHECK: graph.gather
// CHECK: graph.contract
// CHECK: graph.add
func.func @joined(%x: tensor<10x3x4xf32>, %w: tensor<12x8xf32>, %h: tensor<3x8xf32>) -> tensor<3x8xf32> {
  %0 = graph.for 10(%h) : (tensor<3x8xf32>) -> tensor<3x8xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<3x8xf32>):
    %1 = graph.gather %x, %i axis 0 batch_dims 0 : tensor<10x3x4xf32>, tensor<i32>
    %2 = graph.concat %1, %y dim 1 : tensor<3x4xf32>, tensor<3x8xf32>
    %3 = graph.contract %2, %w : tensor<3x12xf32>, tensor<12x8xf32>
    graph.yield %3 : tensor<3x8xf32>
  }
  return %0 : tensor<3x8xf32>
}

// What does not change leaves the loop; a check that may fail does not.
// CHECK-LABEL: @invariant
// CHECK: graph.exp
// CHECK: graph.for
// CHECK: graph.floor_div
func.func @invariant(%x: tensor<4xf32>, %a: tensor<4xi32>, %b: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>) {
  %0:2 = graph.for 10(%x, %a) : (tensor<4xf32>, tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>) {
  ^bb0(%i: tensor<i32>, %y: tensor<4xf32>, %z: tensor<4xi32>):
    %1 = graph.exp %x : tensor<4xf32>
    %2 = graph.add %y, %1 : tensor<4xf32>
    %3 = graph.floor_div %a, %b : tensor<4xi32>
    %4 = graph.add %z, %3 : tensor<4xi32>
    graph.yield %2, %4 : tensor<4xf32>, tensor<4xi32>
  }
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xi32>
}

// A loop that takes few of many rows multiplies only these.
// CHECK-LABEL: @few
// CHECK: graph.for 2(
// CHECK: graph.contract
func.func @few(%x: tensor<10x3x4xf32>, %w: tensor<4x4xf32>, %h: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %0 = graph.for 2(%h) : (tensor<3x4xf32>) -> tensor<3x4xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<3x4xf32>):
    %1 = graph.gather %x, %i axis 0 batch_dims 0 : tensor<10x3x4xf32>, tensor<i32>
    %2 = graph.contract %1, %w : tensor<3x4xf32>, tensor<4x4xf32>
    %3 = graph.add %y, %2 : tensor<3x4xf32>
    graph.yield %3 : tensor<3x4xf32>
  }
  return %0 : tensor<3x4xf32>
}
