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

// CHECK-LABEL: @joining
func.func @joining(%x: tensor<2x3xui8>, %y: tensor<2x5xui8>, %v: tensor<ui8>)
    -> (tensor<2x8xui8>, tensor<3x5xui8>, tensor<4x3xui8>, tensor<6x5xui8>, tensor<2x7xui8>) {
  // CHECK: graph.concat %{{.*}}, %{{.*}} dim 1 : tensor<2x3xui8>, tensor<2x5xui8>
  %0 = graph.concat %x, %y dim 1 : tensor<2x3xui8>, tensor<2x5xui8>
  // CHECK: graph.pad %{{.*}}, %{{.*}} low [1, 0] high [0, 2] constant : tensor<2x3xui8>, tensor<ui8>
  %1 = graph.pad %x, %v low [1, 0] high [0, 2] constant : tensor<2x3xui8>, tensor<ui8>
  // CHECK: graph.pad %{{.*}} low [1, 0] high [1, 0] reflect : tensor<2x3xui8>
  %2 = graph.pad %x low [1, 0] high [1, 0] reflect : tensor<2x3xui8>
  // CHECK: graph.pad %{{.*}} low [2, 1] high [2, 1] symmetric : tensor<2x3xui8>
  %3 = graph.pad %x low [2, 1] high [2, 1] symmetric : tensor<2x3xui8>
  // CHECK: graph.pad %{{.*}} low [0, 4] high [0, 0] edge : tensor<2x3xui8>
  %4 = graph.pad %x low [0, 4] high [0, 0] edge : tensor<2x3xui8>
  return %0, %1, %2, %3, %4 : tensor<2x8xui8>, tensor<3x5xui8>, tensor<4x3xui8>, tensor<6x5xui8>, tensor<2x7xui8>
}

// CHECK-LABEL: @parts
func.func @parts(%x: tensor<4x8xcomplex<f32>>, %i: tensor<2xi64>, %j: tensor<3xi32>, %k: tensor<5x2xi32>)
    -> (tensor<2x2xcomplex<f32>>, tensor<1x8xcomplex<f32>>, tensor<1x8xcomplex<f32>>,
        tensor<4x3xcomplex<f32>>, tensor<3x8xcomplex<f32>>, tensor<5xcomplex<f32>>) {
  // CHECK: graph.slice %{{.*}} starts [0, 3] sizes [2, 2] strides [1, -2] : tensor<4x8xcomplex<f32>>
  %0 = graph.slice %x starts [0, 3] sizes [2, 2] strides [1, -2] : tensor<4x8xcomplex<f32>>
  // CHECK: graph.dynamic_slice %{{.*}}, %{{.*}} sizes [1, 8] : tensor<4x8xcomplex<f32>>, tensor<2xi64>
  %1 = graph.dynamic_slice %x, %i sizes [1, 8] : tensor<4x8xcomplex<f32>>, tensor<2xi64>
  // CHECK: graph.dynamic_slice %{{.*}}, %{{.*}} sizes [1, 8] clamped : tensor<4x8xcomplex<f32>>, tensor<2xi64>
  %2 = graph.dynamic_slice %x, %i sizes [1, 8] clamped : tensor<4x8xcomplex<f32>>, tensor<2xi64>
  // CHECK: graph.gather %{{.*}}, %{{.*}} axis 1 batch_dims 0 : tensor<4x8xcomplex<f32>>, tensor<3xi32>
  %3 = graph.gather %x, %j axis 1 batch_dims 0 : tensor<4x8xcomplex<f32>>, tensor<3xi32>
  // CHECK: graph.gather %{{.*}}, %{{.*}} axis 0 batch_dims 0 wrap : tensor<4x8xcomplex<f32>>, tensor<3xi32>
  %4 = graph.gather %x, %j axis 0 batch_dims 0 wrap : tensor<4x8xcomplex<f32>>, tensor<3xi32>
  // CHECK: graph.gather_nd %{{.*}}, %{{.*}} batch_dims 0 : tensor<4x8xcomplex<f32>>, tensor<5x2xi32>
  %5 = graph.gather_nd %x, %k batch_dims 0 : tensor<4x8xcomplex<f32>>, tensor<5x2xi32>
  return %0, %1, %2, %3, %4, %5 : tensor<2x2xcomplex<f32>>, tensor<1x8xcomplex<f32>>, tensor<1x8xcomplex<f32>>,
        tensor<4x3xcomplex<f32>>, tensor<3x8xcomplex<f32>>, tensor<5xcomplex<f32>>
}

// CHECK-LABEL: @making
func.func @making() -> tensor<2x3xbf16> {
  // CHECK: graph.iota dim 1 to [2, 3] of bf16
  %0 = graph.iota dim 1 to [2, 3] of bf16
  return %0 : tensor<2x3xbf16>
}
