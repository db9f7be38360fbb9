// RUN: sluice-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: @movement
func.func @movement(%x: tensor<1x8x8x3xf32>, %b: tensor<3xf32>) -> tensor<192xf32> {
  // CHECK: graph.transpose %{{.*}} [0, 3, 1, 2] : tensor<1x8x8x3xf32>
  %0 = graph.transpose %x [0, 3, 1, 2] : tensor<1x8x8x3xf32>
  // CHECK: graph.broadcast %{{.*}} dims [1] to [1, 3, 8, 8] : tensor<3xf32>
  %1 = graph.broadcast %b dims [1] to [1, 3, 8, 8] : tensor<3xf32>
  %2 = graph.add %0, %1 : tensor<1x3x8x8xf32>
  // CHECK: graph.reshape %{{.*}} to [192] : tensor<1x3x8x8xf32>
  %3 = graph.reshape %2 to [192] : tensor<1x3x8x8xf32>
  return %3 : tensor<192xf32>
}
