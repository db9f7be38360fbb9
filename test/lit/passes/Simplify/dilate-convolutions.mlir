// RUN: sluice-opt %s --dilate-convolutions --canonicalize --split-input-file | FileCheck %s

// Two spatial dimensions, a batch of two, pads of the convolution.
// CHECK-LABEL: @images
// CHECK-SAME: %[[X:.*]]: tensor<2x6x8x3xf32>, %[[W:.*]]: tensor<3x3x3x4xf32>
func.func @images(%x: tensor<2x6x8x3xf32>, %w: tensor<3x3x3x4xf32>) -> tensor<2x6x4x4xf32> {
  // CHECK-NEXT: %[[C:.*]] = graph.conv %[[X]], %[[W]] strides [1, 1] pads [3, 0] to [3, 0] input_dilation [1, 1] window_dilation [3, 2] : tensor<2x6x8x3xf32>
  // CHECK-NEXT: return %[[C]] : tensor<2x6x4x4xf32>
  %0 = graph.reshape %x to [2, 2, 3, 4, 2, 3] : tensor<2x6x8x3xf32>
  %1 = graph.transpose %0 [2, 4, 0, 1, 3, 5] : tensor<2x2x3x4x2x3xf32>
  %2 = graph.reshape %1 to [12, 2, 4, 3] : tensor<3x2x2x2x4x3xf32>
  %3 = graph.conv %2, %w strides [1, 1] pads [1, 0] to [1, 0] : tensor<12x2x4x3xf32>, tensor<3x3x3x4xf32>
  %4 = graph.reshape %3 to [3, 2, 2, 2, 2, 4] : tensor<12x2x2x4xf32>
  %5 = graph.transpose %4 [2, 3, 0, 4, 1, 5] : tensor<3x2x2x2x2x4xf32>
  %6 = graph.reshape %5 to [2, 6, 4, 4] : tensor<2x2x3x2x2x4xf32>
  return %6 : tensor<2x6x4x4xf32>
}

// -----

// One dimension of a sequence, as Keras writes it; two convolutions share it.
// CHECK-LABEL: @sequence
// CHECK-SAME: %[[X:.*]]: tensor<1x20x8xf32>
func.func @sequence(%x: tensor<1x20x8xf32>, %w: tensor<1x2x8x8xf32>) -> (tensor<1x16x8xf32>, tensor<1x4x4x8xf32>) {
  // CHECK-COUNT-2: graph.conv %{{.*}} window_dilation [1, 4] : tensor<1x1x20x8xf32>
  // CHECK-NOT: graph.transpose
  %0 = graph.reshape %x to [1, 5, 4, 8] : tensor<1x20x8xf32>
  %1 = graph.transpose %0 [2, 0, 1, 3] : tensor<1x5x4x8xf32>
  %2 = graph.conv %1, %w strides [1, 1] pads [0, 0] to [0, 0] : tensor<4x1x5x8xf32>, tensor<1x2x8x8xf32>
  %3 = graph.transpose %2 [1, 2, 0, 3] : tensor<4x1x4x8xf32>
  %4 = graph.reshape %3 to [1, 16, 8] : tensor<1x4x4x8xf32>
  %5 = graph.conv %1, %w strides [1, 1] pads [0, 0] to [0, 0] : tensor<4x1x5x8xf32>, tensor<1x2x8x8xf32>
  %6 = graph.transpose %5 [1, 2, 0, 3] : tensor<4x1x4x8xf32>
  return %4, %6 : tensor<1x16x8xf32>, tensor<1x4x4x8xf32>
}

// -----

// The images are put together in another order than they were taken apart.
// CHECK-LABEL: @other_order
func.func @other_order(%x: tensor<1x18x18x5xf32>, %w: tensor<3x3x5x3xf32>) -> tensor<1x21x8x3xf32> {
  // CHECK-NOT: window_dilation
  %0 = graph.reshape %x to [1, 9, 2, 6, 3, 5] : tensor<1x18x18x5xf32>
  %1 = graph.transpose %0 [2, 4, 0, 1, 3, 5] : tensor<1x9x2x6x3x5xf32>
  %2 = graph.reshape %1 to [6, 9, 6, 5] : tensor<2x3x1x9x6x5xf32>
  %3 = graph.conv %2, %w strides [1, 1] pads [0, 0] to [0, 0] : tensor<6x9x6x5xf32>, tensor<3x3x5x3xf32>
  %4 = graph.reshape %3 to [3, 2, 1, 7, 4, 3] : tensor<6x7x4x3xf32>
  %5 = graph.transpose %4 [2, 3, 0, 4, 1, 5] : tensor<3x2x1x7x4x3xf32>
  %6 = graph.reshape %5 to [1, 21, 8, 3] : tensor<1x7x3x4x2x3xf32>
  return %6 : tensor<1x21x8x3xf32>
}

// -----

// Strides take other elements than every d-th, and blocks are not offsets.
// CHECK-LABEL: @strided
func.func @strided(%x: tensor<1x16x5xf32>, %w: tensor<3x5x3xf32>) -> (tensor<1x6x3xf32>, tensor<2x6x3xf32>) {
  // CHECK-NOT: window_dilation
  %0 = graph.reshape %x to [1, 8, 2, 5] : tensor<1x16x5xf32>
  %1 = graph.transpose %0 [2, 0, 1, 3] : tensor<1x8x2x5xf32>
  %2 = graph.reshape %1 to [2, 8, 5] : tensor<2x1x8x5xf32>
  %3 = graph.conv %2, %w strides [2] pads [0] to [0] : tensor<2x8x5xf32>, tensor<3x5x3xf32>
  %4 = graph.reshape %3 to [2, 1, 3, 3] : tensor<2x3x3xf32>
  %5 = graph.transpose %4 [1, 2, 0, 3] : tensor<2x1x3x3xf32>
  %6 = graph.reshape %5 to [1, 6, 3] : tensor<1x3x2x3xf32>
  %7 = graph.reshape %x to [2, 8, 5] : tensor<1x16x5xf32>
  %8 = graph.conv %7, %w strides [1] pads [0] to [0] : tensor<2x8x5xf32>, tensor<3x5x3xf32>
  return %6, %8 : tensor<1x6x3xf32>, tensor<2x6x3xf32>
}
