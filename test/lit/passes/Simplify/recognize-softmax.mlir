// RUN: sluice-opt %s --recognize-softmax --split-input-file | FileCheck %s

// CHECK-LABEL: @softmax
// CHECK-SAME: %[[X:.*]]: tensor<2x4x8xf32>
func.func @softmax(%x: tensor<2x4x8xf32>) -> tensor<2x4x8xf32> {
  // CHECK-NEXT: %[[Y:.*]] = graph.softmax %[[X]] : tensor<2x4x8xf32>
  // CHECK-NEXT: return %[[Y]]
  %m = graph.reduce max %x dims [2] : tensor<2x4x8xf32>
  %mb = graph.broadcast %m dims [0, 1] to [2, 4, 8] : tensor<2x4xf32>
  %d = graph.sub %x, %mb : tensor<2x4x8xf32>
  %e = graph.exp %d : tensor<2x4x8xf32>
  %s = graph.reduce sum %e dims [2] : tensor<2x4x8xf32>
  %sb = graph.broadcast %s dims [0, 1] to [2, 4, 8] : tensor<2x4xf32>
  %y = graph.div %e, %sb : tensor<2x4x8xf32>
  return %y : tensor<2x4x8xf32>
}

// -----

// Two dimensions are one row; a product with the reciprocal, a bounded maximum,
// a sum with the negated one.
// CHECK-LABEL: @spelled
// CHECK-SAME: %[[X:.*]]: tensor<4x2x4xf32>
func.func @spelled(%x: tensor<4x2x4xf32>) -> tensor<4x2x4xf32> {
  // CHECK: %[[R:.*]] = graph.reshape %[[X]] to [4, 8]
  // CHECK: %[[S:.*]] = graph.softmax %[[R]] : tensor<4x8xf32>
  // CHECK: %[[Y:.*]] = graph.reshape %[[S]] to [4, 2, 4]
  // CHECK: return %[[Y]]
  %lowest = graph.constant dense<0xFF800000> : tensor<4xf32>
  %one = graph.constant dense<1.0> : tensor<4xf32>
  %m = graph.reduce max %x dims [1, 2] : tensor<4x2x4xf32>
  %n = graph.maximum %lowest, %m : tensor<4xf32>
  %nb = graph.broadcast %n dims [0] to [4, 2, 4] : tensor<4xf32>
  %d = graph.sub %x, %nb : tensor<4x2x4xf32>
  %e = graph.exp %d : tensor<4x2x4xf32>
  %s = graph.reduce sum %e dims [1, 2] : tensor<4x2x4xf32>
  %r = graph.div %one, %s : tensor<4xf32>
  %rb = graph.broadcast %r dims [0] to [4, 2, 4] : tensor<4xf32>
  %y = graph.mul %rb, %e : tensor<4x2x4xf32>
  return %y : tensor<4x2x4xf32>
}

// -----

// CHECK-LABEL: @logarithm
// CHECK-SAME: %[[X:.*]]: tensor<4x8xf32>
func.func @logarithm(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  // CHECK-NEXT: %[[Y:.*]] = graph.log_softmax %[[X]] : tensor<4x8xf32>
  // CHECK-NEXT: %[[Z:.*]] = graph.log_softmax %[[X]] : tensor<4x8xf32>
  // CHECK-NEXT: return %[[Y]], %[[Z]]
  %m = graph.reduce max %x dims [1] : tensor<4x8xf32>
  %mb = graph.broadcast %m dims [0] to [4, 8] : tensor<4xf32>
  %d = graph.sub %x, %mb : tensor<4x8xf32>
  %e = graph.exp %d : tensor<4x8xf32>
  %s = graph.reduce sum %e dims [1] : tensor<4x8xf32>
  %l = graph.log %s : tensor<4xf32>
  %lb = graph.broadcast %l dims [0] to [4, 8] : tensor<4xf32>
  %y = graph.sub %d, %lb : tensor<4x8xf32>
  %a = graph.add %l, %m : tensor<4xf32>
  %ab = graph.broadcast %a dims [0] to [4, 8] : tensor<4xf32>
  %z = graph.sub %x, %ab : tensor<4x8xf32>
  return %y, %z : tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// Without the greatest element exponentials may overflow.
// CHECK-LABEL: @overflows
func.func @overflows(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK: graph.exp
  // CHECK: graph.div
  %e = graph.exp %x : tensor<4x8xf32>
  %s = graph.reduce sum %e dims [1] : tensor<4x8xf32>
  %sb = graph.broadcast %s dims [0] to [4, 8] : tensor<4xf32>
  %y = graph.div %e, %sb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// Another tensor's greatest, the sum along other rows, and sums of other values.
// CHECK-LABEL: @others
func.func @others(%x: tensor<8x8xf32>, %z: tensor<8x8xf32>)
    -> (tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>) {
  // CHECK-NOT: softmax
  // CHECK: return
  %m = graph.reduce max %z dims [1] : tensor<8x8xf32>
  %mb = graph.broadcast %m dims [0] to [8, 8] : tensor<8xf32>
  %d = graph.sub %x, %mb : tensor<8x8xf32>
  %e = graph.exp %d : tensor<8x8xf32>
  %s = graph.reduce sum %e dims [1] : tensor<8x8xf32>
  %sb = graph.broadcast %s dims [0] to [8, 8] : tensor<8xf32>
  %y = graph.div %e, %sb : tensor<8x8xf32>
  %m2 = graph.reduce max %x dims [1] : tensor<8x8xf32>
  %mb2 = graph.broadcast %m2 dims [0] to [8, 8] : tensor<8xf32>
  %d2 = graph.sub %x, %mb2 : tensor<8x8xf32>
  %e2 = graph.exp %d2 : tensor<8x8xf32>
  %s2 = graph.reduce sum %e2 dims [0] : tensor<8x8xf32>
  %sb2 = graph.broadcast %s2 dims [1] to [8, 8] : tensor<8xf32>
  %y2 = graph.div %e2, %sb2 : tensor<8x8xf32>
  %y3 = graph.div %e2, %sb : tensor<8x8xf32>
  return %y, %y2, %y3 : tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>
}

// -----

// Rows that are no last dimensions stay reductions.
// CHECK-LABEL: @columns
func.func @columns(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK-NOT: softmax
  // CHECK: return
  %m = graph.reduce max %x dims [0] : tensor<4x8xf32>
  %mb = graph.broadcast %m dims [1] to [4, 8] : tensor<8xf32>
  %d = graph.sub %x, %mb : tensor<4x8xf32>
  %e = graph.exp %d : tensor<4x8xf32>
  %s = graph.reduce sum %e dims [0] : tensor<4x8xf32>
  %sb = graph.broadcast %s dims [1] to [4, 8] : tensor<8xf32>
  %y = graph.div %e, %sb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
