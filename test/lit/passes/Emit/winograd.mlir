// RUN: sluice-opt %s --emit-kernels=cpu=x86-64-v4 | FileCheck %s

// A chunk is a row of tiles; one more zeroes the tile that covers nothing.
// CHECK-LABEL: func.func private @input
// CHECK-NOT: memref.prefetch
// CHECK: scf.if
// CHECK-COUNT-36: vector.load {{.*}} vector<16xf32>
// CHECK-COUNT-36: vector.store
// CHECK: else
// CHECK-COUNT-36: vector.store
// CHECK: return
kernel.func @input [memref<1x10x10x32xf32>, memref<36x5x32xf32>] {
^bb0(%x: tensor<1x10x10x32xf32>):
  %0 = graph.winograd_input %x tiles 5 : tensor<1x10x10x32xf32>
  kernel.yield %0 : tensor<36x5x32xf32>
}

// Tiles at the ends store what lies inside. The bias is added on registers.
// CHECK-LABEL: func.func private @output
// CHECK: scf.if
// CHECK-COUNT-36: vector.load {{.*}} memref<36x4x32xf32>
// CHECK-COUNT-16: vector.store
// CHECK-COUNT-8: vector.store
// CHECK: else
// CHECK-COUNT-12: vector.store
// CHECK-COUNT-6: vector.store
// CHECK-NOT: vector.store
// CHECK: return
kernel.func @output [memref<36x4x32xf32>, memref<32xf32>, memref<1x7x6x32xf32>] {
^bb0(%m: tensor<36x4x32xf32>, %bias: tensor<32xf32>):
  %0 = graph.winograd_output %m sizes [1, 7, 6] : tensor<36x4x32xf32>
  %1 = graph.broadcast %bias dims [3] to [1, 7, 6, 32] : tensor<32xf32>
  %2 = graph.add %0, %1 : tensor<1x7x6x32xf32>
  kernel.yield %2 : tensor<1x7x6x32xf32>
}

// Matrices of elements that do not fit into a near cache are fetched ahead: they
// are more streams than hardware follows.
// CHECK-LABEL: func.func private @far_input
// CHECK: %[[AHEAD:.*]] = arith.addi %{{.*}}, %c32
// CHECK-COUNT-36: memref.prefetch %arg1[%{{.*}}, %{{.*}}, %[[AHEAD]]], write, locality<3>, data
// CHECK-COUNT-36: vector.store
// CHECK: return
kernel.func @far_input [memref<1x66x66x64xf32>, memref<36x256x64xf32>] {
^bb0(%x: tensor<1x66x66x64xf32>):
  %0 = graph.winograd_input %x tiles 256 : tensor<1x66x66x64xf32>
  kernel.yield %0 : tensor<36x256x64xf32>
}

// CHECK-LABEL: func.func private @far_output
// CHECK: %[[AHEAD:.*]] = arith.addi %{{.*}}, %c32
// CHECK-COUNT-36: memref.prefetch %arg0[%{{.*}}, %{{.*}}, %[[AHEAD]]], read, locality<3>, data
// CHECK-COUNT-36: vector.load
// CHECK: return
kernel.func @far_output [memref<36x256x64xf32>, memref<1x64x64x64xf32>] {
^bb0(%m: tensor<36x256x64xf32>):
  %0 = graph.winograd_output %m sizes [1, 64, 64] : tensor<36x256x64xf32>
  kernel.yield %0 : tensor<1x64x64x64xf32>
}
