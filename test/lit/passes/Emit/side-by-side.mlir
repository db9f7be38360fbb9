// RUN: sluice-opt %s --emit-kernels=cpu=x86-64-v3 --canonicalize --cse | FileCheck %s

// Functions of two vectors become one, step by step, as far as the steps are
// the same; what they start from is put together.
// CHECK-LABEL: func.func private @epilogue
// CHECK: vector.fma
// CHECK: %[[S:.*]] = vector.shuffle
// CHECK: %[[B:.*]] = vector.shuffle
// CHECK: %[[X:.*]] = arith.addf %[[S]], %[[B]] : vector<16xf32>
// CHECK: %[[E:.*]] = math.exp %{{.*}} : vector<16xf32>
// CHECK: arith.addf %[[E]], %{{.*}} : vector<16xf32>
// CHECK: %[[Q:.*]] = arith.divf %{{.*}} : vector<16xf32>
// CHECK: %[[Y:.*]] = arith.mulf %{{.*}}, %[[Q]] : vector<16xf32>
// CHECK: vector.store
// CHECK: vector.store
kernel.func @epilogue [memref<6x8xf32>, memref<8x16xf32>, memref<16xf32>, memref<6x16xf32>] {
^bb0(%x: tensor<6x8xf32>, %w: tensor<8x16xf32>, %b: tensor<16xf32>):
  %0 = graph.contract %x, %w : tensor<6x8xf32>, tensor<8x16xf32>
  %1 = graph.broadcast %b dims [1] to [6, 16] : tensor<16xf32>
  %2 = graph.add %0, %1 : tensor<6x16xf32>
  %3 = graph.sigmoid %2 : tensor<6x16xf32>
  %4 = graph.mul %2, %3 : tensor<6x16xf32>
  kernel.yield %4 : tensor<6x16xf32>
}

// Positions of a depthwise convolution, an odd one by itself.
// CHECK-LABEL: func.func private @depthwise
// CHECK: math.tanh %{{.*}} : vector<16xf32>
// CHECK: math.tanh %{{.*}} : vector<8xf32>
kernel.func @depthwise [memref<1x7x8xf32>, memref<3x1x8xf32>, memref<1x5x8xf32>] {
^bb0(%x: tensor<1x7x8xf32>, %w: tensor<3x1x8xf32>):
  %0 = graph.conv %x, %w strides [1] pads [0] to [0] groups 8 : tensor<1x7x8xf32>, tensor<3x1x8xf32>
  %1 = graph.tanh %0 : tensor<1x5x8xf32>
  kernel.yield %1 : tensor<1x5x8xf32>
}

// Nothing waits long for arithmetic.
// CHECK-LABEL: func.func private @arithmetic
// CHECK: vector.fma
// CHECK-NOT: vector<16xf32>
// CHECK: return
kernel.func @arithmetic [memref<6x8xf32>, memref<8x16xf32>, memref<6x16xf32>] {
^bb0(%x: tensor<6x8xf32>, %w: tensor<8x16xf32>):
  %0 = graph.contract %x, %w : tensor<6x8xf32>, tensor<8x16xf32>
  %1 = graph.neg %0 : tensor<6x16xf32>
  kernel.yield %1 : tensor<6x16xf32>
}
