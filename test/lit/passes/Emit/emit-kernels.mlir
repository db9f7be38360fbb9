// RUN: sluice-opt %s --emit-kernels=cpu=x86-64-v4 --canonicalize | FileCheck %s

// Elementwise work on one shape runs over one dimension, in whole vectors.
// CHECK-LABEL: func.func private @flat
// CHECK-SAME: kernel.chunks = 2
kernel.func @flat [memref<128x96xf32>, memref<128x96xf32>] {
^bb0(%x: tensor<128x96xf32>):
  // CHECK: scf.for
  // CHECK: vector.load %{{.*}} : memref<12288xf32>, vector<16xf32>
  // CHECK: math.exp %{{.*}} : vector<16xf32>
  // CHECK: vector.store
  // CHECK-NOT: vector.maskedstore
  // CHECK: return
  %0 = graph.exp %x : tensor<128x96xf32>
  kernel.yield %0 : tensor<128x96xf32>
}

// What is left of a row is done under a mask; bool is stored as a byte.
// CHECK-LABEL: func.func private @rows
kernel.func @rows [memref<20xf32>, memref<4x20xf32>, memref<4x20xf32>] {
^bb0(%b: tensor<20xf32>, %x: tensor<4x20xf32>):
  // CHECK: scf.for
  // CHECK: vector.load %{{.*}} : memref<20xf32>, vector<16xf32>
  // CHECK: vector.maskedload
  // CHECK: vector.maskedstore
  %0 = graph.broadcast %b dims [1] to [4, 20] : tensor<20xf32>
  %1 = graph.add %x, %0 : tensor<4x20xf32>
  kernel.yield %1 : tensor<4x20xf32>
}

// A moved last dimension is computed element by element.
// CHECK-LABEL: func.func private @transposed
kernel.func @transposed [memref<8x16xf32>, memref<16x8xf32>] {
^bb0(%x: tensor<8x16xf32>):
  // CHECK-NOT: vector.
  // CHECK: memref.load
  // CHECK: memref.store
  %0 = graph.transpose %x [1, 0] : tensor<8x16xf32>
  kernel.yield %0 : tensor<16x8xf32>
}
