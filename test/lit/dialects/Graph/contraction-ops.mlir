// RUN: sluice-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: @contract
func.func @contract(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>,
                    %c: tensor<5x4x2xi32>, %d: tensor<5x7x4xi32>)
    -> (tensor<2x4xf32>, tensor<5x2x7xi32>) {
  // CHECK: graph.contract %{{.*}}, %{{.*}} : tensor<2x3xf32>, tensor<3x4xf32>
  %0 = graph.contract %a, %b : tensor<2x3xf32>, tensor<3x4xf32>
  // CHECK: graph.contract %{{.*}} transposed, %{{.*}} transposed : tensor<5x4x2xi32>, tensor<5x7x4xi32>
  %1 = graph.contract %c transposed, %d transposed
       : tensor<5x4x2xi32>, tensor<5x7x4xi32>
  return %0, %1 : tensor<2x4xf32>, tensor<5x2x7xi32>
}

// CHECK-LABEL: @wide_sums
func.func @wide_sums(%a: tensor<2x3xui8>, %b: tensor<4x3xi8>, %x: tensor<1x8x4xi16>,
                     %f: tensor<3x2x6xi16>) -> (tensor<2x4xi32>, tensor<1x6x6xi64>) {
  // CHECK: graph.contract %{{.*}}, %{{.*}} transposed in i32 : tensor<2x3xui8>, tensor<4x3xi8>
  %0 = graph.contract %a, %b transposed in i32 : tensor<2x3xui8>, tensor<4x3xi8>
  // CHECK: graph.conv %{{.*}} groups 2 in i64 : tensor<1x8x4xi16>, tensor<3x2x6xi16>
  %1 = graph.conv %x, %f strides [1] pads [0] to [0] groups 2 in i64
       : tensor<1x8x4xi16>, tensor<3x2x6xi16>
  return %0, %1 : tensor<2x4xi32>, tensor<1x6x6xi64>
}

// Stride 2 with one extra pad at the end, a dilated window, a transposed
// convolution, and groups.
// CHECK-LABEL: @conv
func.func @conv(%x: tensor<1x8x8x4xf32>, %f: tensor<3x3x4x6xf32>,
                %d: tensor<3x3x1x8xf32>, %l: tensor<2x9x3xf16>,
                %g: tensor<2x3x5xf16>)
    -> (tensor<1x4x4x6xf32>, tensor<1x8x8x8xf32>, tensor<1x17x17x6xf32>,
        tensor<2x5x5xf16>) {
  // CHECK: graph.conv %{{.*}}, %{{.*}} strides [2, 2] pads [0, 0] to [1, 1] : tensor<1x8x8x4xf32>, tensor<3x3x4x6xf32>
  %0 = graph.conv %x, %f strides [2, 2] pads [0, 0] to [1, 1]
       : tensor<1x8x8x4xf32>, tensor<3x3x4x6xf32>
  // CHECK: window_dilation [2, 2] groups 4
  %1 = graph.conv %x, %d strides [1, 1] pads [2, 2] to [2, 2]
       window_dilation [2, 2] groups 4
       : tensor<1x8x8x4xf32>, tensor<3x3x1x8xf32>
  // CHECK: input_dilation [2, 2]
  %2 = graph.conv %x, %f strides [1, 1] pads [2, 2] to [2, 2]
       input_dilation [2, 2]
       : tensor<1x8x8x4xf32>, tensor<3x3x4x6xf32>
  %3 = graph.conv %l, %g strides [2] pads [0] to [1]
       : tensor<2x9x3xf16>, tensor<2x3x5xf16>
  return %0, %1, %2, %3 : tensor<1x4x4x6xf32>, tensor<1x8x8x8xf32>,
      tensor<1x17x17x6xf32>, tensor<2x5x5xf16>
}

// A window that does not fit gives no element; so does an empty batch.
// CHECK-LABEL: @empty
func.func @empty(%x: tensor<1x2x2x1xf32>, %f: tensor<3x3x1x1xf32>,
                 %e: tensor<0x4x4x1xf32>, %a: tensor<2x0xf32>,
                 %b: tensor<0x3xf32>)
    -> (tensor<1x0x0x1xf32>, tensor<0x2x2x1xf32>, tensor<2x3xf32>) {
  %0 = graph.conv %x, %f strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x2x2x1xf32>, tensor<3x3x1x1xf32>
  %1 = graph.conv %e, %f strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<0x4x4x1xf32>, tensor<3x3x1x1xf32>
  %2 = graph.contract %a, %b : tensor<2x0xf32>, tensor<0x3xf32>
  return %0, %1, %2 : tensor<1x0x0x1xf32>, tensor<0x2x2x1xf32>, tensor<2x3xf32>
}
