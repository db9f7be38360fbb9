// RUN: sluice-opt %s --emit-kernels=cpu=x86-64-v3 --split-input-file --verify-diagnostics | FileCheck %s

// Both results are stored where they are computed, two vectors side by side.
// CHECK-LABEL: func.func private @two
// CHECK: %[[A:.*]] = arith.addf %{{.*}} : vector<16xf32>
// CHECK: %[[T:.*]] = math.tanh %[[A]] : vector<16xf32>
// CHECK: vector.store %[[T]], %arg2
// CHECK-NEXT: vector.store %[[A]], %arg3
// CHECK-NOT: store
kernel.func @two [memref<64xf32>, memref<64xf32>, memref<64xf32>, memref<64xf32>] {
^bb0(%x: tensor<64xf32>, %y: tensor<64xf32>):
  %0 = graph.add %x, %y : tensor<64xf32>
  %1 = graph.tanh %0 : tensor<64xf32>
  kernel.yield %1, %0 : tensor<64xf32>, tensor<64xf32>
}

// -----

// The sums of a product and what follows them, a function of two at a time.
// CHECK-LABEL: func.func private @product
// CHECK: vector.fma
// CHECK: %[[S:.*]] = vector.shuffle %[[A:.*]], %[[B:.*]] [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] : vector<8xf32>, vector<8xf32>
// CHECK: %[[T:.*]] = math.tanh %[[S]] : vector<16xf32>
// CHECK: %[[LOW:.*]] = vector.extract_strided_slice %[[T]] {offsets = [0]
// CHECK: %[[HIGH:.*]] = vector.extract_strided_slice %[[T]] {offsets = [8]
// CHECK: vector.store %[[LOW]], %arg2
// CHECK: vector.store %[[A]], %arg3
// CHECK: vector.store %[[HIGH]], %arg2
// CHECK: vector.store %[[B]], %arg3
kernel.func @product [memref<6x8xf32>, memref<8x16xf32>, memref<6x16xf32>, memref<6x16xf32>] {
^bb0(%x: tensor<6x8xf32>, %w: tensor<8x16xf32>):
  %0 = graph.contract %x, %w : tensor<6x8xf32>, tensor<8x16xf32>
  %1 = graph.tanh %0 : tensor<6x16xf32>
  kernel.yield %1, %0 : tensor<6x16xf32>, tensor<6x16xf32>
}

// -----

// Other emitters store one.
// expected-error @below {{yields 2 values}}
kernel.func @rows [memref<4x8xf32>, memref<4x8xf32>, memref<4x8xf32>] {
^bb0(%x: tensor<4x8xf32>):
  %0 = graph.softmax %x : tensor<4x8xf32>
  %1 = graph.exp %0 : tensor<4x8xf32>
  kernel.yield %1, %0 : tensor<4x8xf32>, tensor<4x8xf32>
}
