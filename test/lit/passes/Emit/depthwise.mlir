// RUN: sluice-opt %s --split-input-file --verify-diagnostics --emit-kernels | FileCheck %s

// Two chunks of four rows each; a range of both makes the rows between them
// once. Rows of the first convolution stand in the scratch as panels of 16
// channels, ten columns each with the zeros, and the depthwise one reads them
// there.
// CHECK-LABEL: func.func private @fused
// CHECK-SAME: %[[X:.*]]: memref<1x8x8x4xf32> {{.*}}, %{{.*}}: memref<64xf32> {{.*}}, %{{.*}}: memref<144xf32> {{.*}}, %[[OUT:.*]]: memref<1x8x8x16xf32> {{.*}}, %[[SCRATCH:.*]]: memref<7680xi8> {{.*}}, %[[BEGIN:.*]]: index, %[[END:.*]]: index)
// CHECK-SAME: kernel.chunks = 2
// CHECK: %[[FLAT:.*]] = memref.view %[[SCRATCH]]
// CHECK: %[[AT:.*]] = arith.muli %[[BEGIN]], %c960
// CHECK: %[[ROWS:.*]] = memref.reinterpret_cast %[[FLAT]] to offset: [%[[AT]]], sizes: [1, 10, 10, 16]
// CHECK: scf.for
// CHECK: scf.for %{{.*}} iter_args(%[[MADE:.*]] = %{{.*}}) -> (index)
// CHECK: scf.for %[[READ:.*]] = %[[MADE]] to
// CHECK: scf.if
// CHECK: vector.store %{{.*}}, %[[ROWS]][%c0
// CHECK: memref.load {{.*}} : memref<256xf32>
// CHECK: vector.fma
// CHECK: vector.store %{{.*}}, %[[ROWS]]
// CHECK: else
// CHECK: vector.store %{{.*}}, %[[ROWS]]
// CHECK: vector.load %{{.*}} : memref<1600xf32, strided<[1], offset: ?>>
// CHECK: vector.fma
// CHECK: vector.store %{{.*}}, %[[OUT]]
// CHECK: return
kernel.func @fused [memref<1x8x8x4xf32>, memref<64xf32>, memref<144xf32>,
                    memref<1x8x8x16xf32>, memref<7680xi8>]
    attributes {packings = {"1" = {lanes = 8, panel = 16}, "2" = {lanes = 8, panel = 8}}} {
^bb0(%x: tensor<1x8x8x4xf32>, %w: tensor<1x1x4x16xf32>, %d: tensor<3x3x1x16xf32>):
  %zero = graph.constant dense<0.0> : tensor<f32>
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x8x8x4xf32>, tensor<1x1x4x16xf32>
  %1 = graph.pad %0, %zero low [0, 1, 1, 0] high [0, 1, 1, 0] constant : tensor<1x8x8x16xf32>, tensor<f32>
  %2 = graph.conv %1, %d strides [1, 1] pads [0, 0] to [0, 0] groups 16
       {kernel.panels = array<i64: 16, 1, 2>, kernel.scratch = 7680 : i64}
       : tensor<1x10x10x16xf32>, tensor<3x3x1x16xf32>
  kernel.yield %2 : tensor<1x8x8x16xf32>
}

// -----

// Weights in other panels than the scratch.
kernel.func @panels [memref<1x8x8x4xf32>, memref<64xf32>, memref<144xf32>,
                     memref<1x6x6x16xf32>, memref<4096xi8>]
    attributes {packings = {"1" = {lanes = 8, panel = 16}, "2" = {lanes = 8, panel = 8}}} {
^bb0(%x: tensor<1x8x8x4xf32>, %w: tensor<1x1x4x16xf32>, %d: tensor<3x3x1x16xf32>):
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x8x8x4xf32>, tensor<1x1x4x16xf32>
  // expected-error @below {{cannot be computed by panels of 8 channels}}
  %1 = graph.conv %0, %d strides [1, 1] pads [0, 0] to [0, 0] groups 16
       {kernel.panels = array<i64: 8, 1, 1>, kernel.scratch = 4096 : i64}
       : tensor<1x8x8x16xf32>, tensor<3x3x1x16xf32>
  kernel.yield %1 : tensor<1x6x6x16xf32>
}
