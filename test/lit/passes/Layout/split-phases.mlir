// RUN: sluice-opt %s --canonicalize --split-phases --split-input-file | FileCheck %s
// RUN: sluice-opt %s --canonicalize --split-phases=leave-winograd --split-input-file | FileCheck %s --check-prefix=WINOGRAD

// Three taps are one and two: the first phase reads what lies at its position,
// the second the next one too.
// CHECK-LABEL: @three
// WINOGRAD-LABEL: @three
func.func @three(%x: tensor<1x8x4xf32>, %bias: tensor<16xf32>) -> tensor<1x16x16xf32> {
  // CHECK: %[[PAD:.*]] = graph.pad %{{.*}} low [0, 0, 0] high [0, 1, 0]
  // CHECK: %[[PART:.*]] = graph.slice %[[PAD]] starts [0, 0, 0] sizes [1, 8, 4]
  // CHECK: %[[MIDDLE:.*]] = graph.constant dense<2.0{{.*}}> : tensor<1x4x16xf32>
  // CHECK: %[[A:.*]] = graph.conv %[[PART]], %[[MIDDLE]] strides [1] pads [0] to [0] : tensor<1x8x4xf32>
  // CHECK: %[[B:.*]] = graph.broadcast %{{.*}} dims [2] to [1, 8, 16]
  // CHECK: %[[A2:.*]] = graph.add %[[A]], %[[B]] : tensor<1x8x16xf32>
  // CHECK: %[[A3:.*]] = graph.mul %[[A2]], %[[A2]]
  // CHECK: %[[A4:.*]] = graph.reshape %[[A3]] to [1, 8, 1, 16]
  // CHECK: %[[SIDES:.*]] = graph.constant {{.*}} : tensor<2x4x16xf32>
  // CHECK: %[[C:.*]] = graph.conv %[[PAD]], %[[SIDES]] strides [1] pads [0] to [0] : tensor<1x9x4xf32>
  // CHECK: graph.add %[[C]]
  // CHECK: graph.mul
  // CHECK: %[[C4:.*]] = graph.reshape %{{.*}} to [1, 8, 1, 16]
  // CHECK: %[[J:.*]] = graph.concat %[[A4]], %[[C4]] dim 2
  // CHECK: %[[R:.*]] = graph.reshape %[[J]] to [1, 16, 16]
  // CHECK-NEXT: return %[[R]]
  // WINOGRAD-COUNT-2: graph.conv
  %one = graph.constant dense<1.0> : tensor<1x4x16xf32>
  %two = graph.constant dense<2.0> : tensor<1x4x16xf32>
  %w = graph.concat %one, %two, %one dim 0 : tensor<1x4x16xf32>, tensor<1x4x16xf32>, tensor<1x4x16xf32>
  %0 = graph.conv %x, %w strides [1] pads [1] to [2] input_dilation [2] : tensor<1x8x4xf32>, tensor<3x4x16xf32>
  %b = graph.broadcast %bias dims [2] to [1, 16, 16] : tensor<16xf32>
  %2 = graph.add %0, %b : tensor<1x16x16xf32>
  %3 = graph.mul %2, %2 : tensor<1x16x16xf32>
  return %3 : tensor<1x16x16xf32>
}

// -----

// Nine phases in two dimensions, each with its own part of five taps.
// CHECK-LABEL: @five
func.func @five(%x: tensor<1x6x7x4xf32>) -> tensor<1x18x21x16xf32> {
  // CHECK: graph.pad %{{.*}} low [0, 0, 1, 0] high [0, 1, 1, 0]
  // CHECK-COUNT-9: graph.conv
  // CHECK-NOT: graph.conv
  // CHECK-COUNT-4: graph.concat
  // CHECK: graph.reshape %{{.*}} to [1, 18, 21, 16]
  // CHECK-NEXT: return
  %w = graph.constant dense<1.0> : tensor<5x5x4x16xf32>
  %0 = graph.conv %x, %w strides [1, 1] pads [2, 3] to [4, 3] input_dilation [3, 3] : tensor<1x6x7x4xf32>, tensor<5x5x4x16xf32>
  return %0 : tensor<1x18x21x16xf32>
}

// -----

// What two readers need is the end; positions behind the last one are cut off.
// CHECK-LABEL: @shared
func.func @shared(%x: tensor<1x8x4xf32>, %y: tensor<1x15x16xf32>) -> (tensor<1x15x16xf32>, tensor<1x15x16xf32>) {
  // CHECK-COUNT-2: graph.exp {{.*}} : tensor<1x8x16xf32>
  // CHECK: graph.reshape %{{.*}} to [1, 16, 16]
  // CHECK: %[[S:.*]] = graph.slice %{{.*}} sizes [1, 15, 16]
  // CHECK: graph.add %[[S]]
  // CHECK: graph.neg %[[S]]
  %w = graph.constant dense<1.0> : tensor<3x4x16xf32>
  %0 = graph.conv %x, %w strides [1] pads [1] to [1] input_dilation [2] : tensor<1x8x4xf32>, tensor<3x4x16xf32>
  %1 = graph.exp %0 : tensor<1x15x16xf32>
  %2 = graph.add %1, %y : tensor<1x15x16xf32>
  %3 = graph.neg %1 : tensor<1x15x16xf32>
  return %2, %3 : tensor<1x15x16xf32>, tensor<1x15x16xf32>
}

// -----

// One 3x3 convolution for all phases may be computed by Winograd's algorithm.
// CHECK-LABEL: @winograd
// WINOGRAD-LABEL: @winograd
func.func @winograd(%x: tensor<1x8x8x4xf32>) -> tensor<1x16x16x16xf32> {
  // CHECK-NOT: input_dilation
  // WINOGRAD: input_dilation
  %w = graph.constant dense<1.0> : tensor<5x5x4x16xf32>
  %0 = graph.conv %x, %w strides [1, 1] pads [2, 2] to [3, 3] input_dilation [2, 2] : tensor<1x8x8x4xf32>, tensor<5x5x4x16xf32>
  return %0 : tensor<1x16x16x16xf32>
}

// -----

// Few results, a phase without taps, too many phases, a filter that is not
// known, groups.
// CHECK-LABEL: @others
func.func @others(%x: tensor<1x8x4xf32>, %v: tensor<2x4x16xf32>)
    -> (tensor<1x16x8xf32>, tensor<1x16x16xf32>, tensor<1x136x16xf32>, tensor<1x16x16xf32>, tensor<1x16x16xf32>) {
  // CHECK-COUNT-5: input_dilation
  %few = graph.constant dense<1.0> : tensor<2x4x8xf32>
  %0 = graph.conv %x, %few strides [1] pads [1] to [1] input_dilation [2] : tensor<1x8x4xf32>, tensor<2x4x8xf32>
  %one = graph.constant dense<1.0> : tensor<1x4x16xf32>
  %1 = graph.conv %x, %one strides [1] pads [0] to [1] input_dilation [2] : tensor<1x8x4xf32>, tensor<1x4x16xf32>
  %many = graph.constant dense<1.0> : tensor<17x4x16xf32>
  %2 = graph.conv %x, %many strides [1] pads [16] to [16] input_dilation [17] : tensor<1x8x4xf32>, tensor<17x4x16xf32>
  %3 = graph.conv %x, %v strides [1] pads [1] to [1] input_dilation [2] : tensor<1x8x4xf32>, tensor<2x4x16xf32>
  %g = graph.constant dense<1.0> : tensor<2x2x16xf32>
  %4 = graph.conv %x, %g strides [1] pads [1] to [1] input_dilation [2] groups 2 : tensor<1x8x4xf32>, tensor<2x2x16xf32>
  return %0, %1, %2, %3, %4 : tensor<1x16x8xf32>, tensor<1x16x16xf32>, tensor<1x136x16xf32>, tensor<1x16x16xf32>, tensor<1x16x16xf32>
}
