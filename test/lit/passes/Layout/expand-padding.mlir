// RUN: sluice-opt %s --expand-padding | FileCheck %s

// CHECK-LABEL: @same
func.func @same(%x: tensor<1x8x8x3xf32>, %w: tensor<3x3x3x4xf32>) -> tensor<1x4x4x4xf32> {
  // CHECK: %[[P:.*]] = graph.pad %{{.*}}, %{{.*}} low [0, 0, 0, 0] high [0, 1, 1, 0]
  // CHECK: graph.conv %[[P]], %{{.*}} strides [2, 2] pads [0, 0] to [0, 0]
  %0 = graph.conv %x, %w strides [2, 2] pads [0, 0] to [1, 1]
       : tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>
  return %0 : tensor<1x4x4x4xf32>
}

// Neither without pads nor with a dilated input.
// CHECK-LABEL: @unchanged
func.func @unchanged(%x: tensor<1x8x8x3xf32>, %w: tensor<3x3x3x4xf32>)
    -> (tensor<1x6x6x4xf32>, tensor<1x15x15x4xf32>) {
  // CHECK-NOT: graph.pad
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>
  %1 = graph.conv %x, %w strides [1, 1] pads [1, 1] to [1, 1] input_dilation [2, 2]
       : tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>
  return %0, %1 : tensor<1x6x6x4xf32>, tensor<1x15x15x4xf32>
}
