// RUN: sluice-opt %s --widen-convolutions --split-input-file | FileCheck %s

// Eight positions of a row at once; the filter is shifted for each.
// CHECK-LABEL: @row
func.func @row(%x: tensor<1x18x1xf32>) -> tensor<1x16x1xf32> {
  // CHECK: %[[W:.*]] = graph.constant dense_resource<{{.*}}> : tensor<10x1x8xf32>
  // CHECK-NEXT: %[[C:.*]] = graph.conv %{{.*}}, %[[W]] strides [8] pads [0] to [0] {{.*}} {graph.widened = true} : tensor<1x18x1xf32>, tensor<10x1x8xf32>
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[C]] to [1, 16, 1] : tensor<1x2x8xf32>
  // CHECK-NEXT: return %[[R]]
  // CHECK: {-#
  %w = graph.constant dense<[[[1.0]], [[2.0]], [[3.0]]]> : tensor<3x1x1xf32>
  %0 = graph.conv %x, %w strides [1] pads [0] to [0] : tensor<1x18x1xf32>, tensor<3x1x1xf32>
  return %0 : tensor<1x16x1xf32>
}

// -----

// Positions that are computed too many are cut off.
// CHECK-LABEL: @cut
func.func @cut(%x: tensor<1x12x4xf32>) -> tensor<1x11x2xf32> {
  // CHECK: graph.conv {{.*}} strides [4] pads [2] to [2] {{.*}} : tensor<1x12x4xf32>, tensor<8x4x8xf32>
  // CHECK-NEXT: graph.reshape {{.*}} to [1, 12, 2]
  // CHECK-NEXT: graph.slice {{.*}} : tensor<1x12x2xf32>
  // CHECK-NEXT: return
  %w = graph.constant dense<1.0> : tensor<5x4x2xf32>
  %0 = graph.conv %x, %w strides [1] pads [2] to [1] : tensor<1x12x4xf32>, tensor<5x4x2xf32>
  return %0 : tensor<1x11x2xf32>
}

// -----

// Full vectors, windows of one element, groups, weights that are not known:
// nothing is gained, or nothing can be done.
// CHECK-LABEL: @others
func.func @others(%x: tensor<1x16x8xf32>, %v: tensor<3x8x1xf32>) -> (tensor<1x14x8xf32>, tensor<1x16x1xf32>, tensor<1x14x2xf32>, tensor<1x14x1xf32>) {
  // CHECK-NOT: widened
  %w = graph.constant dense<1.0> : tensor<3x8x8xf32>
  %0 = graph.conv %x, %w strides [1] pads [0] to [0] : tensor<1x16x8xf32>, tensor<3x8x8xf32>
  %u = graph.constant dense<1.0> : tensor<1x8x1xf32>
  %1 = graph.conv %x, %u strides [1] pads [0] to [0] : tensor<1x16x8xf32>, tensor<1x8x1xf32>
  %g = graph.constant dense<1.0> : tensor<3x4x2xf32>
  %2 = graph.conv %x, %g strides [1] pads [0] to [0] groups 2 : tensor<1x16x8xf32>, tensor<3x4x2xf32>
  %3 = graph.conv %x, %v strides [1] pads [0] to [0] : tensor<1x16x8xf32>, tensor<3x8x1xf32>
  return %0, %1, %2, %3 : tensor<1x14x8xf32>, tensor<1x16x1xf32>, tensor<1x14x2xf32>, tensor<1x14x1xf32>
}
