// RUN: sluice-opt %s --widen-convolutions --split-input-file | FileCheck %s

// Sixteen positions of a row at once; the filter is shifted for each.
// CHECK-LABEL: @row
func.func @row(%x: tensor<1x34x1xf32>) -> tensor<1x32x1xf32> {
  // CHECK: %[[W:.*]] = graph.constant dense_resource<{{.*}}> : tensor<18x1x16xf32>
  // CHECK-NEXT: %[[C:.*]] = graph.conv %{{.*}}, %[[W]] strides [16] pads [0] to [0] {{.*}} {graph.widened = true} : tensor<1x34x1xf32>, tensor<18x1x16xf32>
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[C]] to [1, 32, 1] : tensor<1x2x16xf32>
  // CHECK-NEXT: return %[[R]]
  // CHECK: {-#
  %w = graph.constant dense<[[[1.0]], [[2.0]], [[3.0]]]> : tensor<3x1x1xf32>
  %0 = graph.conv %x, %w strides [1] pads [0] to [0] : tensor<1x34x1xf32>, tensor<3x1x1xf32>
  return %0 : tensor<1x32x1xf32>
}

// -----

// A divisor of the row is chosen over a few products less; where there is
// none, positions that are computed too many are cut off.
// CHECK-LABEL: @cut
func.func @cut(%x: tensor<1x24x4xf32>) -> (tensor<1x24x1xf32>, tensor<1x23x2xf32>) {
  // CHECK: graph.conv {{.*}} strides [12] {{.*}} : tensor<1x24x4xf32>, tensor<16x4x12xf32>
  // CHECK-NEXT: graph.reshape {{.*}} to [1, 24, 1]
  // CHECK: graph.conv {{.*}} strides [8] pads [2] to [2] {{.*}} : tensor<1x24x4xf32>, tensor<12x4x16xf32>
  // CHECK-NEXT: graph.reshape {{.*}} to [1, 24, 2]
  // CHECK-NEXT: graph.slice {{.*}} : tensor<1x24x2xf32>
  // CHECK-NEXT: return
  %v = graph.constant dense<1.0> : tensor<5x4x1xf32>
  %0 = graph.conv %x, %v strides [1] pads [2] to [2] : tensor<1x24x4xf32>, tensor<5x4x1xf32>
  %w = graph.constant dense<1.0> : tensor<5x4x2xf32>
  %1 = graph.conv %x, %w strides [1] pads [2] to [1] : tensor<1x24x4xf32>, tensor<5x4x2xf32>
  return %0, %1 : tensor<1x24x1xf32>, tensor<1x23x2xf32>
}

// -----

// Full vectors, windows of one element, groups, weights that are not known:
// nothing is gained, or nothing can be done.
// CHECK-LABEL: @others
func.func @others(%x: tensor<1x16x8xf32>, %v: tensor<3x8x1xf32>) -> (tensor<1x14x16xf32>, tensor<1x16x1xf32>, tensor<1x14x2xf32>, tensor<1x14x1xf32>) {
  // CHECK-NOT: widened
  %w = graph.constant dense<1.0> : tensor<3x8x16xf32>
  %0 = graph.conv %x, %w strides [1] pads [0] to [0] : tensor<1x16x8xf32>, tensor<3x8x16xf32>
  %u = graph.constant dense<1.0> : tensor<1x8x1xf32>
  %1 = graph.conv %x, %u strides [1] pads [0] to [0] : tensor<1x16x8xf32>, tensor<1x8x1xf32>
  %g = graph.constant dense<1.0> : tensor<3x4x2xf32>
  %2 = graph.conv %x, %g strides [1] pads [0] to [0] groups 2 : tensor<1x16x8xf32>, tensor<3x4x2xf32>
  %3 = graph.conv %x, %v strides [1] pads [0] to [0] : tensor<1x16x8xf32>, tensor<3x8x1xf32>
  return %0, %1, %2, %3 : tensor<1x14x16xf32>, tensor<1x16x1xf32>, tensor<1x14x2xf32>, tensor<1x14x1xf32>
}
