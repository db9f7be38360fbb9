// RUN: sluice-opt %s --subpixel-convolutions --split-input-file | FileCheck %s
// RUN: sluice-opt %s --subpixel-convolutions=exact-only --split-input-file | FileCheck %s --check-prefix=EXACT

// Windows that do not overlap: each phase has one tap of its own.
// CHECK-LABEL: @blocks
// EXACT-LABEL: @blocks
func.func @blocks(%x: tensor<1x8x1xf32>) -> tensor<1x16x1xf32> {
  // The filter of a transposed convolution is mirrored.
  // CHECK: %[[W:.*]] = graph.constant dense<{{\[\[\[}}2.0{{.*}}, 1.0{{.*}}]]]> : tensor<1x1x2xf32>
  // CHECK-NEXT: %[[C:.*]] = graph.conv %{{.*}}, %[[W]] strides [1] pads [0] to [0] : tensor<1x8x1xf32>
  // CHECK: %[[R:.*]] = graph.reshape %{{.*}} to [1, 16, 1]
  // CHECK-NEXT: return %[[R]]
  // EXACT-NOT: input_dilation
  // EXACT: return
  %w = graph.constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32>
  %0 = graph.conv %x, %w strides [1] pads [1] to [1] input_dilation [2] : tensor<1x8x1xf32>, tensor<2x1x1xf32>
  return %0 : tensor<1x16x1xf32>
}

// -----

// Four taps, two for each phase, which read the same elements only where one
// position in front is cut off.
// CHECK-LABEL: @shifted
// EXACT-LABEL: @shifted
func.func @shifted(%x: tensor<1x8x4xf32>) -> tensor<1x16x4xf32> {
  // CHECK: graph.conv {{.*}} : tensor<1x8x4xf32>, tensor<2x4x8xf32>
  // CHECK: graph.slice {{.*}} [0, 1, 0]
  // EXACT-NOT: input_dilation
  // EXACT: return
  %w = graph.constant dense<1.0> : tensor<4x4x4xf32>
  %0 = graph.conv %x, %w strides [1] pads [2] to [2] input_dilation [2] : tensor<1x8x4xf32>, tensor<4x4x4xf32>
  return %0 : tensor<1x16x4xf32>
}

// -----

// Three taps are two and one: the second phase gets a zero.
// CHECK-LABEL: @zeros
// EXACT-LABEL: @zeros
func.func @zeros(%x: tensor<1x8x8x4xf32>) -> tensor<1x15x15x4xf32> {
  // CHECK: graph.conv {{.*}} {graph.widened = true} : tensor<1x8x8x4xf32>, tensor<2x2x4x16xf32>
  // EXACT: input_dilation [2, 2]
  %w = graph.constant dense<1.0> : tensor<3x3x4x4xf32>
  %0 = graph.conv %x, %w strides [1, 1] pads [1, 1] to [1, 1] input_dilation [2, 2] : tensor<1x8x8x4xf32>, tensor<3x3x4x4xf32>
  return %0 : tensor<1x15x15x4xf32>
}

// -----

// Nothing is dilated; strides; a filter that is not known; groups.
// CHECK-LABEL: @others
func.func @others(%x: tensor<1x8x4xf32>, %v: tensor<2x4x4xf32>) -> (tensor<1x7x4xf32>, tensor<1x8x4xf32>, tensor<1x16x4xf32>, tensor<1x16x4xf32>) {
  // CHECK-COUNT-4: graph.conv
  // CHECK-NOT: graph.conv
  // CHECK: return
  %w = graph.constant dense<1.0> : tensor<2x4x4xf32>
  %0 = graph.conv %x, %w strides [1] pads [0] to [0] : tensor<1x8x4xf32>, tensor<2x4x4xf32>
  %1 = graph.conv %x, %w strides [2] pads [1] to [1] input_dilation [2] : tensor<1x8x4xf32>, tensor<2x4x4xf32>
  %2 = graph.conv %x, %v strides [1] pads [1] to [1] input_dilation [2] : tensor<1x8x4xf32>, tensor<2x4x4xf32>
  %g = graph.constant dense<1.0> : tensor<2x2x4xf32>
  %3 = graph.conv %x, %g strides [1] pads [1] to [1] input_dilation [2] groups 2 : tensor<1x8x4xf32>, tensor<2x2x4xf32>
  return %0, %1, %2, %3 : tensor<1x7x4xf32>, tensor<1x8x4xf32>, tensor<1x16x4xf32>, tensor<1x16x4xf32>
}
