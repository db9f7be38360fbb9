// RUN: sluice-opt %s --split-input-file --kernel-pipeline --emit-kernels \
// RUN:   --canonicalize | FileCheck %s

// Squares of eight vectors, two of which fill the result's cache lines; what is
// left is masked on both sides. What precedes the transpose works on vectors
// along the input, what follows it on the same ones.
// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for
// CHECK: vector.load {{.*}} memref<40x24xf32>, vector<8xf32>
// CHECK: math.exp {{.*}} vector<8xf32>
// CHECK: memref.load {{.*}} memref<40xf32>
// CHECK-COUNT-24: vector.shuffle
// CHECK-COUNT-8: vector.store {{.*}} memref<24x40xf32>, vector<8xf32>
// CHECK-COUNT-24: vector.shuffle
// CHECK-COUNT-8: vector.store
func.func @squares(%x: tensor<40x24xf32>, %scale: tensor<40xf32>)
    -> tensor<24x40xf32> {
  %0 = graph.exp %x : tensor<40x24xf32>
  %1 = graph.transpose %0 [1, 0] : tensor<40x24xf32>
  %2 = graph.broadcast %scale dims [1] to [24, 40] : tensor<40xf32>
  %3 = graph.mul %1, %2 : tensor<24x40xf32>
  return %3 : tensor<24x40xf32>
}

// -----

// Rows of three are joined from columns: no masked stores.
// CHECK-LABEL: func.func private @kernel
// CHECK-COUNT-3: vector.load {{.*}} vector<8xf32>
// CHECK-NOT: maskedstore
// CHECK-COUNT-3: vector.store {{.*}} vector<8xf32>
func.func @short(%x: tensor<1x3x5x16xf32>) -> tensor<1x5x16x3xf32> {
  %0 = graph.transpose %x [0, 2, 3, 1] : tensor<1x3x5x16xf32>
  return %0 : tensor<1x5x16x3xf32>
}

// -----

// Another tensor in the result's order has no vectors along the input's.
// CHECK-LABEL: func.func private @kernel
// CHECK-NOT: vector.
func.func @both(%x: tensor<16x32xf32>, %y: tensor<32x16xf32>)
    -> tensor<32x16xf32> {
  %0 = graph.transpose %x [1, 0] : tensor<16x32xf32>
  %1 = graph.add %0, %y : tensor<32x16xf32>
  return %1 : tensor<32x16xf32>
}
