// RUN: sluice-opt %s --sink-reshapes --split-input-file | FileCheck %s

// A dense layer on three dimensions.
// CHECK-LABEL: @dense
func.func @dense(%x: tensor<2x3x8xf32>, %w: tensor<8x4xf32>, %b: tensor<4xf32>) -> tensor<2x3x4xf32> {
  // CHECK: %[[C:.*]] = graph.contract
  // CHECK-NEXT: %[[B:.*]] = graph.broadcast %{{.*}} dims [1] to [6, 4] : tensor<4xf32>
  // CHECK-NEXT: %[[A:.*]] = graph.add %[[C]], %[[B]] : tensor<6x4xf32>
  // CHECK-NEXT: %[[Z:.*]] = graph.broadcast %{{.*}} dims [] to [6, 4] : tensor<f32>
  // CHECK-NEXT: %[[M:.*]] = graph.maximum %[[A]], %[[Z]] : tensor<6x4xf32>
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[M]] to [2, 3, 4]
  // CHECK-NEXT: return %[[R]]
  %zero = graph.constant dense<0.0> : tensor<f32>
  %0 = graph.reshape %x to [6, 8] : tensor<2x3x8xf32>
  %1 = graph.contract %0, %w : tensor<6x8xf32>, tensor<8x4xf32>
  %2 = graph.reshape %1 to [2, 3, 4] : tensor<6x4xf32>
  %3 = graph.broadcast %b dims [2] to [2, 3, 4] : tensor<4xf32>
  %4 = graph.add %2, %3 : tensor<2x3x4xf32>
  %5 = graph.broadcast %zero dims [] to [2, 3, 4] : tensor<f32>
  %6 = graph.maximum %4, %5 : tensor<2x3x4xf32>
  return %6 : tensor<2x3x4xf32>
}

// -----

// Reshapes between two one-dimensional convolutions vanish.
// CHECK-LABEL: @pairs
func.func @pairs(%x: tensor<1x1x8x4xf32>, %w: tensor<1x3x4x4xf32>) -> tensor<1x1x4x4xf32> {
  // CHECK: %[[C:.*]] = graph.conv
  // CHECK-NEXT: %[[E:.*]] = graph.exp %[[C]] : tensor<1x1x6x4xf32>
  // CHECK-NEXT: graph.conv %[[E]]
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x1x8x4xf32>, tensor<1x3x4x4xf32>
  %1 = graph.reshape %0 to [1, 6, 4] : tensor<1x1x6x4xf32>
  %2 = graph.exp %1 : tensor<1x6x4xf32>
  %3 = graph.reshape %2 to [1, 1, 6, 4] : tensor<1x6x4xf32>
  %4 = graph.conv %3, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x1x6x4xf32>, tensor<1x3x4x4xf32>
  return %4 : tensor<1x1x4x4xf32>
}

// -----

// Small constants and reshapes from the same shape follow.
// CHECK-LABEL: @operands
func.func @operands(%x: tensor<6xf32>) -> tensor<2x3xf32> {
  // CHECK: %[[E:.*]] = graph.exp %{{.*}} : tensor<6xf32>
  // CHECK: %[[C:.*]] = graph.constant dense<[1.0{{.*}}, 6.0{{.*}}]> : tensor<6xf32>
  // CHECK: %[[A:.*]] = graph.add %[[E]], %[[C]] : tensor<6xf32>
  // CHECK: %[[M:.*]] = graph.mul %[[A]], %{{.*}} : tensor<6xf32>
  // CHECK: graph.reshape %[[M]] to [2, 3]
  %c = graph.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %0 = graph.exp %x : tensor<6xf32>
  %1 = graph.reshape %0 to [2, 3] : tensor<6xf32>
  %2 = graph.add %1, %c : tensor<2x3xf32>
  %3 = graph.reshape %x to [2, 3] : tensor<6xf32>
  %4 = graph.mul %2, %3 : tensor<2x3xf32>
  return %4 : tensor<2x3xf32>
}

// -----

// The broadcast dimension is not one of the other shape, the producer is no
// kernel, or another operand is computed.
// CHECK-LABEL: @stays
func.func @stays(%x: tensor<6x4xf32>, %b: tensor<3xf32>, %y: tensor<2x3x4xf32>)
    -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  // CHECK: graph.add %{{.*}} : tensor<2x3x4xf32>
  // CHECK: graph.exp %{{.*}} : tensor<2x3x4xf32>
  // CHECK: graph.add %{{.*}} : tensor<2x3x4xf32>
  %0 = graph.tanh %x : tensor<6x4xf32>
  %1 = graph.reshape %0 to [2, 3, 4] : tensor<6x4xf32>
  %2 = graph.broadcast %b dims [1] to [2, 3, 4] : tensor<3xf32>
  %3 = graph.add %1, %2 : tensor<2x3x4xf32>
  %4 = graph.reshape %x to [2, 3, 4] : tensor<6x4xf32>
  %5 = graph.exp %4 : tensor<2x3x4xf32>
  %6 = graph.add %1, %y : tensor<2x3x4xf32>
  return %3, %5, %6 : tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>
}

// -----

// Equal sizes at another place: 2 is not the first 2.
// CHECK-LABEL: @places
func.func @places(%x: tensor<2x2x3xf32>, %b: tensor<2xf32>) -> (tensor<4x3xf32>, tensor<2x2x3x1xf32>) {
  // CHECK: %[[E:.*]] = graph.exp
  // CHECK: %[[B:.*]] = graph.broadcast %{{.*}} dims [1] to [2, 2, 3]
  // CHECK: graph.add %[[E]], %[[B]] : tensor<2x2x3xf32>
  %0 = graph.exp %x : tensor<2x2x3xf32>
  %1 = graph.reshape %0 to [2, 2, 3, 1] : tensor<2x2x3xf32>
  %2 = graph.broadcast %b dims [1] to [2, 2, 3, 1] : tensor<2xf32>
  %3 = graph.add %1, %2 : tensor<2x2x3x1xf32>
  %4 = graph.reshape %0 to [4, 3] : tensor<2x2x3xf32>
  return %4, %3 : tensor<4x3xf32>, tensor<2x2x3x1xf32>
}

// -----

// The bias of heads that one product computes: two dimensions are one there.
// CHECK-LABEL: @heads
func.func @heads(%x: tensor<6x8xf32>, %w: tensor<8x20xf32>, %b: tensor<4x5xf32>) -> tensor<2x3x4x5xf32> {
  // CHECK: %[[C:.*]] = graph.contract
  // CHECK-NEXT: %[[V:.*]] = graph.reshape %{{.*}} to [20] : tensor<4x5xf32>
  // CHECK-NEXT: %[[B:.*]] = graph.broadcast %[[V]] dims [1] to [6, 20] : tensor<20xf32>
  // CHECK-NEXT: %[[A:.*]] = graph.add %[[C]], %[[B]] : tensor<6x20xf32>
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[A]] to [2, 3, 4, 5]
  // CHECK-NEXT: return %[[R]]
  %0 = graph.contract %x, %w : tensor<6x8xf32>, tensor<8x20xf32>
  %1 = graph.reshape %0 to [2, 3, 4, 5] : tensor<6x20xf32>
  %2 = graph.broadcast %b dims [2, 3] to [2, 3, 4, 5] : tensor<4x5xf32>
  %3 = graph.add %1, %2 : tensor<2x3x4x5xf32>
  return %3 : tensor<2x3x4x5xf32>
}

// -----

// Dimensions are merged that do not follow one another, of which a part only is
// there, or one of which is repeated.
// CHECK-LABEL: @apart
func.func @apart(%x: tensor<6x20xf32>, %b: tensor<2x4xf32>, %c: tensor<4xf32>, %d: tensor<4x1xf32>)
    -> (tensor<2x3x4x5xf32>, tensor<2x3x4x5xf32>, tensor<2x3x4x5xf32>) {
  // CHECK-COUNT-3: graph.add %{{.*}} : tensor<2x3x4x5xf32>
  %0 = graph.tanh %x : tensor<6x20xf32>
  %1 = graph.reshape %0 to [2, 3, 4, 5] : tensor<6x20xf32>
  %2 = graph.broadcast %b dims [0, 2] to [2, 3, 4, 5] : tensor<2x4xf32>
  %3 = graph.add %1, %2 : tensor<2x3x4x5xf32>
  %4 = graph.broadcast %c dims [2] to [2, 3, 4, 5] : tensor<4xf32>
  %5 = graph.add %1, %4 : tensor<2x3x4x5xf32>
  %6 = graph.broadcast %d dims [2, 3] to [2, 3, 4, 5] : tensor<4x1xf32>
  %7 = graph.add %1, %6 : tensor<2x3x4x5xf32>
  return %3, %5, %7 : tensor<2x3x4x5xf32>, tensor<2x3x4x5xf32>, tensor<2x3x4x5xf32>
}

// -----

// A constant that is repeated more often: positions became channels.
// CHECK-LABEL: @repeated
func.func @repeated(%x: tensor<1x18x4xf32>, %w: tensor<4x4x4xf32>) -> tensor<1x16x2xf32> {
  // CHECK: %[[C:.*]] = graph.conv
  // CHECK: %[[B:.*]] = graph.constant dense<[1.0{{.*}}, 2.0{{.*}}, 1.0{{.*}}, 2.0{{.*}}]> : tensor<4xf32>
  // CHECK: %[[R:.*]] = graph.broadcast %[[B]] dims [2] to [1, 8, 4] : tensor<4xf32>
  // CHECK: %[[A:.*]] = graph.add %[[C]], %[[R]] : tensor<1x8x4xf32>
  // CHECK: graph.reshape %[[A]] to [1, 16, 2]
  %b = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = graph.conv %x, %w strides [2] pads [0] to [0] : tensor<1x18x4xf32>, tensor<4x4x4xf32>
  %1 = graph.reshape %0 to [1, 16, 2] : tensor<1x8x4xf32>
  %2 = graph.broadcast %b dims [2] to [1, 16, 2] : tensor<2xf32>
  %3 = graph.add %1, %2 : tensor<1x16x2xf32>
  return %3 : tensor<1x16x2xf32>
}
