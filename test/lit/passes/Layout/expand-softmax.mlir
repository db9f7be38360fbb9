// RUN: sluice-opt %s --expand-softmax | FileCheck %s

// CHECK-LABEL: @softmax
// CHECK-SAME: %[[X:.*]]: tensor<2x5x32xf32>
func.func @softmax(%x: tensor<2x5x32xf32>) -> tensor<2x5x32xf32> {
  // CHECK-NOT: transpose
  // CHECK: %[[M:.*]] = graph.reduce max %[[X]] dims [1]
  // CHECK: %[[MB:.*]] = graph.broadcast %[[M]] dims [0, 2] to [2, 5, 32]
  // CHECK: %[[D:.*]] = graph.sub %[[X]], %[[MB]]
  // CHECK: %[[E:.*]] = graph.exp %[[D]]
  // CHECK: %[[S:.*]] = graph.reduce sum %[[E]] dims [1]
  // CHECK: %[[SB:.*]] = graph.broadcast %[[S]] dims [0, 2] to [2, 5, 32]
  // CHECK: %[[Y:.*]] = graph.div %[[E]], %[[SB]]
  // CHECK: return %[[Y]]
  %0 = graph.transpose %x [0, 2, 1] : tensor<2x5x32xf32>
  %1 = graph.softmax %0 : tensor<2x32x5xf32>
  %2 = graph.transpose %1 [0, 2, 1] : tensor<2x32x5xf32>
  return %2 : tensor<2x5x32xf32>
}

// Orders that are not their own inverse; the logarithm.
// CHECK-LABEL: @logarithm
// CHECK-SAME: %[[X:.*]]: tensor<5x2x32xf32>
func.func @logarithm(%x: tensor<5x2x32xf32>) -> tensor<5x2x32xf32> {
  // CHECK-NOT: transpose
  // CHECK: graph.reduce max %[[X]] dims [0]
  // CHECK: %[[D:.*]] = graph.sub %[[X]], %{{.*}}
  // CHECK: %[[S:.*]] = graph.reduce sum %{{.*}} dims [0]
  // CHECK: %[[L:.*]] = graph.log %[[S]]
  // CHECK: %[[B:.*]] = graph.broadcast %[[L]] dims [1, 2]
  // CHECK: graph.sub %[[D]], %[[B]]
  %0 = graph.transpose %x [1, 2, 0] : tensor<5x2x32xf32>
  %1 = graph.log_softmax %0 : tensor<2x32x5xf32>
  %2 = graph.transpose %1 [2, 0, 1] : tensor<2x32x5xf32>
  return %2 : tensor<5x2x32xf32>
}

// Rows at the end already; few elements inside; another order behind; another
// reader; elements that are rounded once.
// CHECK-LABEL: @stays
// CHECK-COUNT-5: graph.softmax
func.func @stays(%x: tensor<5x2x32xf32>, %y: tensor<32x4xf32>, %z: tensor<16x16xf32>, %h: tensor<5x32xf16>)
    -> (tensor<5x2x32xf32>, tensor<32x4xf32>, tensor<16x16xf32>, tensor<16x16xf32>, tensor<16x16xf32>, tensor<5x32xf16>) {
  %0 = graph.transpose %x [1, 0, 2] : tensor<5x2x32xf32>
  %1 = graph.softmax %0 : tensor<2x5x32xf32>
  %2 = graph.transpose %1 [1, 0, 2] : tensor<2x5x32xf32>
  %3 = graph.transpose %y [1, 0] : tensor<32x4xf32>
  %4 = graph.softmax %3 : tensor<4x32xf32>
  %5 = graph.transpose %4 [1, 0] : tensor<4x32xf32>
  %6 = graph.transpose %z [1, 0] : tensor<16x16xf32>
  %7 = graph.softmax %6 : tensor<16x16xf32>
  %8 = graph.softmax %z : tensor<16x16xf32>
  %9 = graph.transpose %8 [1, 0] : tensor<16x16xf32>
  %10 = graph.transpose %7 [1, 0] : tensor<16x16xf32>
  %11 = graph.transpose %h [1, 0] : tensor<5x32xf16>
  %12 = graph.softmax %11 : tensor<32x5xf16>
  %13 = graph.transpose %12 [1, 0] : tensor<32x5xf16>
  return %2, %5, %7, %9, %10, %13 : tensor<5x2x32xf32>, tensor<32x4xf32>, tensor<16x16xf32>, tensor<16x16xf32>, tensor<16x16xf32>, tensor<5x32xf16>
}
