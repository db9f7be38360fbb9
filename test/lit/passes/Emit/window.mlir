// RUN: sluice-opt %s --split-input-file --kernel-pipeline --emit-kernels \
// RUN:   --canonicalize | FileCheck %s

// Inner windows: taps along the row are unrolled, without bounds; the border
// elements count theirs. 70 channels: two blocks of four vectors, then a rest.
// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for
// CHECK: arith.maxsi
// CHECK: scf.for %{{.*}} = %c1 to %c4
// CHECK: scf.for {{.*}} -> (vector<8xf32>) {
// CHECK: vector.maskedload
// CHECK-NOT: scf.yield
// CHECK: vector.maskedload
// CHECK-NOT: scf.yield
// CHECK: vector.maskedload
// CHECK: scf.yield
// CHECK: return
func.func @max(%x: tensor<1x9x9x70xf32>) -> tensor<1x5x5x70xf32> {
  %0 = graph.pool max %x window [3, 3] strides [2, 2] pad [1, 1] to [1, 1] dilations [1, 1] : tensor<1x9x9x70xf32>
  return %0 : tensor<1x5x5x70xf32>
}

// -----

// The divisor is a constant where nothing is padded, elementwise operators
// follow on vectors.
// CHECK-LABEL: func.func private @kernel
// CHECK-NOT: sitofp
// CHECK: vector.load {{.*}} vector<8xf32>
// CHECK: arith.divf {{.*}} : vector<8xf32>
// CHECK: math.exp {{.*}} : vector<8xf32>
// CHECK: vector.store
func.func @average(%x: tensor<1x8x8x16xf32>) -> tensor<1x4x4x16xf32> {
  %0 = graph.pool average %x window [2, 2] strides [2, 2] pad [0, 0] to [0, 0] dilations [1, 1] : tensor<1x8x8x16xf32>
  %1 = graph.exp %0 : tensor<1x4x4x16xf32>
  return %1 : tensor<1x4x4x16xf32>
}
