// RUN: sluice-opt %s --form-kernels --verify-kernels --fuse-depthwise | FileCheck %s
// RUN: sluice-opt %s --form-kernels --fuse-depthwise --bufferize-kernels --plan-workspace \
// RUN:   --verify-workspace | FileCheck %s --check-prefix=BUFFERS

// One kernel, of panels of 16 channels and one of 8, each one band of an image. What
// stands between has scratch in place of a buffer.
// CHECK-LABEL: @block
// BUFFERS-LABEL: @block
func.func @block(%x: tensor<1x80x80x32xf32>) -> tensor<1x80x80x72xf32> {
  // CHECK-COUNT-1: kernel.fused
  // CHECK: graph.conv %{{.*}} : tensor<1x80x80x32xf32>, tensor<1x1x32x72xf32>
  // CHECK: graph.maximum
  // CHECK: %[[PAD:.*]] = graph.pad
  // CHECK: graph.conv %[[PAD]], {{.*}} groups 72 {kernel.panels = array<i64: 16, 1, {{[0-9]+}}>, kernel.scratch = [[BYTES:[0-9]+]] : i64}
  // CHECK: graph.maximum
  // CHECK-NOT: kernel.fused
  // CHECK: return
  // BUFFERS: kernel.buffer at 0 : memref<[[BYTES:[0-9]+]]xi8>
  // BUFFERS-NOT: kernel.fill_halo
  // BUFFERS: kernel.launch {{.*}} : memref<1x80x80x72xf32>, memref<[[BYTES]]xi8>
  // BUFFERS-NOT: kernel.launch
  // BUFFERS: return
  %w = graph.constant dense_resource<w> : tensor<1x1x32x72xf32>
  %d = graph.constant dense_resource<d> : tensor<3x3x1x72xf32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %low = graph.constant dense<0.0> : tensor<1x80x80x72xf32>
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x80x80x32xf32>, tensor<1x1x32x72xf32>
  %1 = graph.maximum %0, %low : tensor<1x80x80x72xf32>
  %2 = graph.pad %1, %zero low [0, 1, 1, 0] high [0, 1, 1, 0] constant
       : tensor<1x80x80x72xf32>, tensor<f32>
  %3 = graph.conv %2, %d strides [1, 1] pads [0, 0] to [0, 0] groups 72
       : tensor<1x82x82x72xf32>, tensor<3x3x1x72xf32>
  %4 = graph.maximum %3, %low : tensor<1x80x80x72xf32>
  return %4 : tensor<1x80x80x72xf32>
}

// Panels that do not fit the second cache: bands of rows.
// CHECK-LABEL: @bands
func.func @bands(%x: tensor<2x112x112x16xf32>) -> tensor<2x56x56x96xf32> {
  // CHECK-COUNT-1: kernel.fused
  // CHECK: groups 96 {kernel.panels = array<i64: 16, 2, 2>
  // CHECK-NOT: kernel.fused
  // CHECK: return
  %w = graph.constant dense_resource<w> : tensor<1x1x16x96xf32>
  %d = graph.constant dense_resource<d> : tensor<3x3x1x96xf32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<2x112x112x16xf32>, tensor<1x1x16x96xf32>
  %1 = graph.pad %0, %zero low [0, 0, 0, 0] high [0, 1, 1, 0] constant
       : tensor<2x112x112x96xf32>, tensor<f32>
  %2 = graph.conv %1, %d strides [2, 2] pads [0, 0] to [0, 0] groups 96
       : tensor<2x113x113x96xf32>, tensor<3x3x1x96xf32>
  return %2 : tensor<2x56x56x96xf32>
}

// What another operator reads too, or a filter that is computed: two kernels.
// CHECK-LABEL: @readers
func.func @readers(%x: tensor<1x80x80x32xf32>)
    -> (tensor<1x78x78x72xf32>, tensor<1x80x80x72xf32>) {
  // CHECK-COUNT-2: kernel.fused
  // CHECK: return
  %w = graph.constant dense_resource<w> : tensor<1x1x32x72xf32>
  %d = graph.constant dense_resource<d> : tensor<3x3x1x72xf32>
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x80x80x32xf32>, tensor<1x1x32x72xf32>
  %1 = graph.conv %0, %d strides [1, 1] pads [0, 0] to [0, 0] groups 72
       : tensor<1x80x80x72xf32>, tensor<3x3x1x72xf32>
  return %1, %0 : tensor<1x78x78x72xf32>, tensor<1x80x80x72xf32>
}

// CHECK-LABEL: @computed_filter
func.func @computed_filter(%x: tensor<1x80x80x32xf32>, %d: tensor<3x3x1x72xf32>)
    -> tensor<1x78x78x72xf32> {
  // CHECK-COUNT-2: kernel.fused
  // CHECK: return
  %w = graph.constant dense_resource<w> : tensor<1x1x32x72xf32>
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x80x80x32xf32>, tensor<1x1x32x72xf32>
  %1 = graph.conv %0, %d strides [1, 1] pads [0, 0] to [0, 0] groups 72
       : tensor<1x80x80x72xf32>, tensor<3x3x1x72xf32>
  return %1 : tensor<1x78x78x72xf32>
}

// Padding with another number than zero.
// CHECK-LABEL: @ones
func.func @ones(%x: tensor<1x80x80x32xf32>) -> tensor<1x80x80x72xf32> {
  // CHECK-COUNT-3: kernel.fused
  // CHECK: return
  %w = graph.constant dense_resource<w> : tensor<1x1x32x72xf32>
  %d = graph.constant dense_resource<d> : tensor<3x3x1x72xf32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x80x80x32xf32>, tensor<1x1x32x72xf32>
  %1 = graph.pad %0, %one low [0, 1, 1, 0] high [0, 1, 1, 0] constant
       : tensor<1x80x80x72xf32>, tensor<f32>
  %2 = graph.conv %1, %d strides [1, 1] pads [0, 0] to [0, 0] groups 72
       : tensor<1x82x82x72xf32>, tensor<3x3x1x72xf32>
  return %2 : tensor<1x80x80x72xf32>
}

// What fits the second cache stays there.
// CHECK-LABEL: @small
func.func @small(%x: tensor<1x28x28x32xf32>) -> tensor<1x26x26x72xf32> {
  // CHECK-COUNT-2: kernel.fused
  // CHECK: return
  %w = graph.constant dense_resource<w> : tensor<1x1x32x72xf32>
  %d = graph.constant dense_resource<d> : tensor<3x3x1x72xf32>
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x28x28x32xf32>, tensor<1x1x32x72xf32>
  %1 = graph.conv %0, %d strides [1, 1] pads [0, 0] to [0, 0] groups 72
       : tensor<1x28x28x72xf32>, tensor<3x3x1x72xf32>
  return %1 : tensor<1x26x26x72xf32>
}
