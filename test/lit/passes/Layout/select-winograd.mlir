// RUN: sluice-opt %s --select-winograd | FileCheck %s

// 14 by 14 results are 4 by 4 tiles; the input grows to 18 by 18. Rows of 16
// tiles of 64 channels lie 4 KiB apart, so a 17th keeps them out of one set.
// CHECK-LABEL: @same
func.func @same(%x: tensor<1x14x14x64xf32>) -> tensor<1x14x14x32xf32> {
  // CHECK: %[[P:.*]] = graph.pad %{{.*}} low [0, 1, 1, 0] high [0, 3, 3, 0] constant
  // CHECK: %[[V:.*]] = graph.winograd_input %[[P]] tiles 17
  // CHECK: %[[U:.*]] = graph.constant {{.*}} : tensor<36x64x32xf32>
  // CHECK: %[[M:.*]] = graph.contract %[[V]], %[[U]]
  // CHECK: graph.winograd_output %[[M]] sizes [1, 14, 14]
  %w = graph.constant dense<0.5> : tensor<3x3x64x32xf32>
  %0 = graph.conv %x, %w strides [1, 1] pads [1, 1] to [1, 1]
       : tensor<1x14x14x64xf32>, tensor<3x3x64x32xf32>
  return %0 : tensor<1x14x14x32xf32>
}

// CHECK-LABEL: @valid
func.func @valid(%x: tensor<2x14x14x48xf32>) -> tensor<2x12x12x48xf32> {
  // CHECK-NOT: graph.pad
  // CHECK: graph.winograd_input %{{.*}} tiles 18
  %w = graph.constant dense<0.5> : tensor<3x3x48x48xf32>
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<2x14x14x48xf32>, tensor<3x3x48x48xf32>
  return %0 : tensor<2x12x12x48xf32>
}

// Small images and few channels, as long as transforms and weights cost less
// than the products saved.
// CHECK-LABEL: @small
// CHECK-COUNT-2: graph.winograd_output
func.func @small(%a: tensor<1x7x7x64xf32>, %b: tensor<1x28x28x16xf32>)
    -> (tensor<1x7x7x64xf32>, tensor<1x28x28x24xf32>) {
  %0 = graph.constant dense<0.5> : tensor<3x3x64x64xf32>
  %1 = graph.constant dense<0.5> : tensor<3x3x16x24xf32>
  %2 = graph.conv %a, %0 strides [1, 1] pads [1, 1] to [1, 1]
       : tensor<1x7x7x64xf32>, tensor<3x3x64x64xf32>
  %3 = graph.conv %b, %1 strides [1, 1] pads [1, 1] to [1, 1]
       : tensor<1x28x28x16xf32>, tensor<3x3x16x24xf32>
  return %2, %3 : tensor<1x7x7x64xf32>, tensor<1x28x28x24xf32>
}

// Weights beyond the last cache are read from memory each time: four tiles do
// not pay for four times as much, sixteen do.
// CHECK-LABEL: @large
// CHECK: graph.conv {{.*}} tensor<1x7x7x512xf32>
// CHECK: graph.winograd_output {{.*}} sizes [1, 14, 14]
func.func @large(%a: tensor<1x7x7x512xf32>, %b: tensor<1x14x14x512xf32>)
    -> (tensor<1x7x7x512xf32>, tensor<1x14x14x512xf32>) {
  %0 = graph.constant dense<0.5> : tensor<3x3x512x512xf32>
  %1 = graph.constant dense<0.25> : tensor<3x3x512x512xf32>
  %2 = graph.conv %a, %0 strides [1, 1] pads [1, 1] to [1, 1]
       : tensor<1x7x7x512xf32>, tensor<3x3x512x512xf32>
  %3 = graph.conv %b, %1 strides [1, 1] pads [1, 1] to [1, 1]
       : tensor<1x14x14x512xf32>, tensor<3x3x512x512xf32>
  return %2, %3 : tensor<1x7x7x512xf32>, tensor<1x14x14x512xf32>
}

// 4096 tiles of 16 channels, transformed, do not fit the cache.
// CHECK-LABEL: @many_tiles
// CHECK: graph.conv
func.func @many_tiles(%a: tensor<1x256x256x16xf32>) -> tensor<1x256x256x16xf32> {
  %0 = graph.constant dense<0.5> : tensor<3x3x16x16xf32>
  %1 = graph.conv %a, %0 strides [1, 1] pads [1, 1] to [1, 1]
       : tensor<1x256x256x16xf32>, tensor<3x3x16x16xf32>
  return %1 : tensor<1x256x256x16xf32>
}

// Too few channels, strides, other windows, unknown filters.
// CHECK-LABEL: @direct
// CHECK-NOT: winograd
func.func @direct(%a: tensor<1x28x28x3xf32>, %b: tensor<1x28x28x8xf32>,
                  %c: tensor<1x28x28x64xf32>, %w: tensor<3x3x64x64xf32>)
    -> (tensor<1x28x28x64xf32>, tensor<1x28x28x4xf32>, tensor<1x14x14x64xf32>,
        tensor<1x28x28x64xf32>, tensor<1x28x28x64xf32>) {
  %0 = graph.constant dense<0.5> : tensor<3x3x3x64xf32>
  %1 = graph.constant dense<0.5> : tensor<3x3x8x4xf32>
  %2 = graph.constant dense<0.5> : tensor<5x5x64x64xf32>
  %3 = graph.conv %a, %0 strides [1, 1] pads [1, 1] to [1, 1]
       : tensor<1x28x28x3xf32>, tensor<3x3x3x64xf32>
  %4 = graph.conv %b, %1 strides [1, 1] pads [1, 1] to [1, 1]
       : tensor<1x28x28x8xf32>, tensor<3x3x8x4xf32>
  %8 = graph.constant dense<0.5> : tensor<3x3x64x64xf32>
  %5 = graph.conv %c, %8 strides [2, 2] pads [0, 0] to [1, 1]
       : tensor<1x28x28x64xf32>, tensor<3x3x64x64xf32>
  %6 = graph.conv %c, %2 strides [1, 1] pads [2, 2] to [2, 2]
       : tensor<1x28x28x64xf32>, tensor<5x5x64x64xf32>
  %7 = graph.conv %c, %w strides [1, 1] pads [1, 1] to [1, 1]
       : tensor<1x28x28x64xf32>, tensor<3x3x64x64xf32>
  return %3, %4, %5, %6, %7 : tensor<1x28x28x64xf32>, tensor<1x28x28x4xf32>,
      tensor<1x14x14x64xf32>, tensor<1x28x28x64xf32>, tensor<1x28x28x64xf32>
}

// What was measured decides where the algorithm is possible: few tiles and
// channels may pay, and many may not.
// CHECK-LABEL: @measured
// CHECK: graph.winograd_output
// CHECK-NOT: graph.winograd
// CHECK: graph.conv
// CHECK-NOT: graph.winograd
// CHECK: graph.conv
// CHECK-NOT: graph.winograd
// CHECK: return
func.func @measured(%a: tensor<1x8x8x16xf32>, %b: tensor<1x14x14x64xf32>, %c: tensor<1x5x5x64xf32>)
    -> (tensor<1x8x8x8xf32>, tensor<1x14x14x32xf32>, tensor<1x5x5x32xf32>) {
  %0 = graph.constant dense<0.5> : tensor<3x3x16x8xf32>
  %1 = graph.constant dense<0.5> : tensor<3x3x64x32xf32>
  %2 = graph.conv %a, %0 strides [1, 1] pads [1, 1] to [1, 1] {graph.tuning = {winograd = true}}
       : tensor<1x8x8x16xf32>, tensor<3x3x16x8xf32>
  %3 = graph.conv %b, %1 strides [1, 1] pads [1, 1] to [1, 1] {graph.tuning = {winograd = false}}
       : tensor<1x14x14x64xf32>, tensor<3x3x64x32xf32>
  %4 = graph.conv %c, %1 strides [1, 1] pads [1, 1] to [1, 1] {graph.tuning = {winograd = true}}
       : tensor<1x5x5x64xf32>, tensor<3x3x64x32xf32>
  return %2, %3, %4 : tensor<1x8x8x8xf32>, tensor<1x14x14x32xf32>, tensor<1x5x5x32xf32>
}

// The transforms need vectors of channels, whatever a tuning says.
// CHECK-LABEL: func.func @one_channel
// CHECK-NOT: winograd_input
// CHECK: return
func.func @one_channel(%a: tensor<1x8x8x1xf32>, %b: tensor<1x8x8x16xf32>)
    -> (tensor<1x8x8x8xf32>, tensor<1x8x8x1xf32>) {
  %0 = graph.constant dense<0.5> : tensor<3x3x1x8xf32>
  %1 = graph.constant dense<0.5> : tensor<3x3x16x1xf32>
  %2 = graph.conv %a, %0 strides [1, 1] pads [1, 1] to [1, 1] {graph.tuning = {winograd = true}}
       : tensor<1x8x8x1xf32>, tensor<3x3x1x8xf32>
  %3 = graph.conv %b, %1 strides [1, 1] pads [1, 1] to [1, 1] {graph.tuning = {winograd = true}}
       : tensor<1x8x8x16xf32>, tensor<3x3x16x1xf32>
  return %2, %3 : tensor<1x8x8x8xf32>, tensor<1x8x8x1xf32>
}
