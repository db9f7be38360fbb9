// RUN: sluice-opt %s --sink-transposes --verify-transposes --split-input-file | FileCheck %s

// Bias and activation of a channels-first model.
// CHECK-LABEL: @cancels
// CHECK-SAME: %[[X:.*]]: tensor<1x4x5x8xf32>, %[[B:.*]]: tensor<8xf32>
func.func @cancels(%x: tensor<1x4x5x8xf32>, %b: tensor<8xf32>) -> tensor<1x4x5x8xf32> {
  // CHECK-NOT: graph.transpose
  // CHECK: %[[BB:.*]] = graph.broadcast %[[B]] dims [3] to [1, 4, 5, 8]
  // CHECK: %[[A:.*]] = graph.add %[[X]], %[[BB]] : tensor<1x4x5x8xf32>
  // CHECK: %[[E:.*]] = graph.exp %[[A]] : tensor<1x4x5x8xf32>
  // CHECK: return %[[E]]
  %0 = graph.transpose %x [0, 3, 1, 2] : tensor<1x4x5x8xf32>
  %1 = graph.broadcast %b dims [1] to [1, 8, 4, 5] : tensor<8xf32>
  %2 = graph.add %0, %1 : tensor<1x8x4x5xf32>
  %3 = graph.exp %2 : tensor<1x8x4x5xf32>
  %4 = graph.transpose %3 [0, 2, 3, 1] : tensor<1x8x4x5xf32>
  return %4 : tensor<1x4x5x8xf32>
}

// -----

// A residual connection: both operands are transposed.
// CHECK-LABEL: @residual
// CHECK-SAME: %[[X:.*]]: tensor<1x4x5x8xf32>
func.func @residual(%x: tensor<1x4x5x8xf32>) -> tensor<1x4x5x8xf32> {
  // CHECK-NOT: graph.transpose
  // CHECK: %[[T:.*]] = graph.tanh %[[X]]
  // CHECK: graph.add %[[X]], %[[T]] : tensor<1x4x5x8xf32>
  %0 = graph.transpose %x [0, 3, 1, 2] : tensor<1x4x5x8xf32>
  %1 = graph.transpose %0 [0, 2, 3, 1] : tensor<1x8x4x5xf32>
  %2 = graph.tanh %1 : tensor<1x4x5x8xf32>
  %3 = graph.transpose %2 [0, 3, 1, 2] : tensor<1x4x5x8xf32>
  %4 = graph.add %0, %3 : tensor<1x8x4x5xf32>
  %5 = graph.transpose %4 [0, 2, 3, 1] : tensor<1x8x4x5xf32>
  return %5 : tensor<1x4x5x8xf32>
}

// -----

// Attributes follow the dimensions.
// CHECK-LABEL: @attributes
// CHECK-SAME: %[[X:.*]]: tensor<1x4x5x8xf32>
func.func @attributes(%x: tensor<1x4x5x8xf32>, %z: tensor<f32>) -> tensor<1x6x4x20xf32> {
  // CHECK-NOT: graph.transpose
  // CHECK: %[[P:.*]] = graph.pad %[[X]], %{{.*}} low [0, 1, 0, 2] high [0, 3, 0, 0] constant
  // CHECK: %[[S:.*]] = graph.slice %[[P]] starts [0, 2, 1, 0] sizes [1, 6, 4, 10] strides [1, 1, 1, 1]
  // CHECK: %[[C:.*]] = graph.concat %[[S]], %[[S]] dim 3
  // CHECK: graph.scan sum %[[C]] dim 2
  %0 = graph.transpose %x [0, 3, 1, 2] : tensor<1x4x5x8xf32>
  %1 = graph.pad %0, %z low [0, 2, 1, 0] high [0, 0, 3, 0] constant : tensor<1x8x4x5xf32>, tensor<f32>
  %2 = graph.slice %1 starts [0, 0, 2, 1] sizes [1, 10, 6, 4] strides [1, 1, 1, 1] : tensor<1x10x8x5xf32>
  %3 = graph.concat %2, %2 dim 1 : tensor<1x10x6x4xf32>, tensor<1x10x6x4xf32>
  %4 = graph.scan sum %3 dim 3 : tensor<1x20x6x4xf32>
  %5 = graph.transpose %4 [0, 2, 3, 1] : tensor<1x20x6x4xf32>
  return %5 : tensor<1x6x4x20xf32>
}

// -----

// CHECK-LABEL: @reductions
// CHECK-SAME: %[[X:.*]]: tensor<2x4x5x8xf32>
func.func @reductions(%x: tensor<2x4x5x8xf32>) -> (tensor<2x8xf32>, tensor<5x4xf32>, tensor<2x4x5xi64>) {
  // CHECK-DAG: %[[M:.*]] = graph.reduce mean %[[X]] dims [1, 2] : tensor<2x4x5x8xf32>
  // CHECK-DAG: %[[N:.*]] = graph.reduce sum %[[X]] dims [0, 3] : tensor<2x4x5x8xf32>
  // CHECK-DAG: %[[T:.*]] = graph.transpose %[[N]] [1, 0] : tensor<4x5xf32>
  // CHECK-DAG: %[[A:.*]] = graph.arg_reduce max %[[X]] dim 3 as i64 : tensor<2x4x5x8xf32>
  // CHECK: return %[[M]], %[[T]], %[[A]]
  %0 = graph.transpose %x [0, 3, 1, 2] : tensor<2x4x5x8xf32>
  %1 = graph.reduce mean %0 dims [2, 3] : tensor<2x8x4x5xf32>
  %2 = graph.transpose %x [3, 2, 0, 1] : tensor<2x4x5x8xf32>
  %3 = graph.reduce sum %2 dims [0, 2] : tensor<8x5x2x4xf32>
  %4 = graph.arg_reduce max %0 dim 1 as i64 : tensor<2x8x4x5xf32>
  return %1, %3, %4 : tensor<2x8xf32>, tensor<5x4xf32>, tensor<2x4x5xi64>
}

// -----

// Constants are transposed now, broadcasts repeat other dimensions, unit
// dimensions move for free.
// CHECK-LABEL: @free
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<3x1x2xf32>
func.func @free(%x: tensor<2x3xf32>, %y: tensor<3x1x2xf32>) -> (tensor<2x3xf32>, tensor<1x3x2xf32>, tensor<4x3x2xf32>) {
  // CHECK: %[[C:.*]] = graph.constant dense<{{\[\[}}1.0{{.*}}, 3.0{{.*}}, 5.0{{.*}}], [2.0{{.*}}, 4.0{{.*}}, 6.0
  // CHECK: %[[A:.*]] = graph.mul %[[X]], %[[C]] : tensor<2x3xf32>
  // CHECK: %[[R:.*]] = graph.reshape %[[Y]] to [1, 3, 2]
  // CHECK: %[[B:.*]] = graph.broadcast %[[X]] dims [0, 1] to [2, 3, 4]
  // CHECK: %[[T:.*]] = graph.transpose %[[B]] [2, 1, 0]
  // CHECK: return %[[A]], %[[R]], %[[T]]
  %c = graph.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %0 = graph.transpose %x [1, 0] : tensor<2x3xf32>
  %1 = graph.mul %0, %c : tensor<3x2xf32>
  %2 = graph.transpose %1 [1, 0] : tensor<3x2xf32>
  %3 = graph.transpose %y [1, 0, 2] : tensor<3x1x2xf32>
  %4 = graph.broadcast %x dims [0, 1] to [2, 3, 4] : tensor<2x3xf32>
  %5 = graph.transpose %4 [2, 1, 0] : tensor<2x3x4xf32>
  return %2, %3, %5 : tensor<2x3xf32>, tensor<1x3x2xf32>, tensor<4x3x2xf32>
}

// -----

// A transposed broadcast operand permutes the places of its dimensions.
// CHECK-LABEL: @broadcast
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>
func.func @broadcast(%x: tensor<2x3xf32>) -> tensor<2x4x3xf32> {
  // CHECK: %[[B:.*]] = graph.broadcast %[[X]] dims [0, 2] to [2, 4, 3] : tensor<2x3xf32>
  // CHECK: return %[[B]]
  %0 = graph.transpose %x [1, 0] : tensor<2x3xf32>
  %1 = graph.broadcast %0 dims [0, 2] to [3, 4, 2] : tensor<3x2xf32>
  %2 = graph.transpose %1 [2, 1, 0] : tensor<3x4x2xf32>
  return %2 : tensor<2x4x3xf32>
}

// -----

// An operand that would need a transpose of its own.
// CHECK-LABEL: @stays
func.func @stays(%x: tensor<2x3xf32>, %y: tensor<3x2xf32>) -> tensor<3x2xf32> {
  // CHECK: %[[T:.*]] = graph.transpose %{{.*}} [1, 0] : tensor<2x3xf32>
  // CHECK-NEXT: %[[A:.*]] = graph.add %[[T]], %{{.*}} : tensor<3x2xf32>
  // CHECK-NEXT: return %[[A]]
  %0 = graph.transpose %x [1, 0] : tensor<2x3xf32>
  %1 = graph.add %0, %y : tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}

// -----

// Softmax needs its last dimension.
// CHECK-LABEL: @last
func.func @last(%x: tensor<2x3x4xf32>) -> (tensor<3x2x4xf32>, tensor<2x4x3xf32>) {
  // CHECK: %[[S:.*]] = graph.softmax %{{.*}} : tensor<2x3x4xf32>
  // CHECK: graph.transpose %[[S]] [1, 0, 2]
  // CHECK: %[[T:.*]] = graph.transpose %{{.*}} [0, 2, 1]
  // CHECK: graph.softmax %[[T]] : tensor<2x4x3xf32>
  %0 = graph.transpose %x [1, 0, 2] : tensor<2x3x4xf32>
  %1 = graph.softmax %0 : tensor<3x2x4xf32>
  %2 = graph.transpose %x [0, 2, 1] : tensor<2x3x4xf32>
  %3 = graph.softmax %2 : tensor<2x4x3xf32>
  return %1, %3 : tensor<3x2x4xf32>, tensor<2x4x3xf32>
}

// -----

// Three operands, two transposed and one not: none is gained.
// CHECK-LABEL: @select
func.func @select(%c: tensor<3x2xi1>, %x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> tensor<3x2xf32> {
  // CHECK-COUNT-2: graph.transpose
  // CHECK: graph.select %{{.*}} : tensor<3x2xf32>
  // CHECK-NOT: graph.transpose
  %0 = graph.transpose %x [1, 0] : tensor<2x3xf32>
  %1 = graph.transpose %y [1, 0] : tensor<2x3xf32>
  %2 = graph.select %c, %0, %1 : tensor<3x2xf32>
  return %2 : tensor<3x2xf32>
}
