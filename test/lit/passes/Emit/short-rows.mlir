// RUN: sluice-opt %s --split-input-file --kernel-pipeline --emit-kernels \
// RUN:   --canonicalize | FileCheck %s

// Rows of two: one vector per column of eight rows, nothing horizontal, what
// follows on vectors of results; at the end as many rows as are left.
// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for
// CHECK-COUNT-2: vector.load {{.*}} vector<8xf32>
// CHECK-NOT: extract
// CHECK: arith.addf {{.*}} : vector<8xf32>
// CHECK: math.exp {{.*}} : vector<8xf32>
// CHECK: vector.store
// CHECK: vector.load
// CHECK: vector.maskedload
// CHECK: vector.maskedstore
func.func @sum(%x: tensor<101x2xf32>) -> tensor<101xf32> {
  %0 = graph.reduce sum %x dims [1] : tensor<101x2xf32>
  %1 = graph.exp %0 : tensor<101xf32>
  return %1 : tensor<101xf32>
}

// -----

// An odd number of columns is collected by blends; results go back in order.
// CHECK-LABEL: func.func private @kernel
// CHECK: memref.reinterpret_cast {{.*}} sizes: [128, 3]
// CHECK: scf.for
// CHECK-COUNT-3: vector.load {{.*}} vector<8xf32>
// CHECK: vector.shuffle {{.*}} [0, 9, 2, 3, 12, 5, 6, 15]
// CHECK: vector.shuffle {{.*}} [0, 1, 10, 3, 4, 13, 6, 7]
// CHECK: vector.shuffle {{.*}} [0, 3, 6, 1, 4, 7, 2, 5]
// CHECK-COUNT-2: arith.cmpf ogt
// CHECK-COUNT-3: arith.divf {{.*}} : vector<8xf32>
// CHECK-COUNT-3: vector.store
func.func @softmax(%x: tensor<2x8x8x3xf32>) -> tensor<2x8x8x3xf32> {
  %0 = graph.softmax %x : tensor<2x8x8x3xf32>
  return %0 : tensor<2x8x8x3xf32>
}

// -----

// A part of the rows, with a factor for each column and one for each row.
// CHECK-LABEL: func.func private @kernel
// CHECK-NOT: memref.reinterpret_cast
// CHECK-COUNT-4: vector.load {{.*}} memref<3x40x4xf32>, vector<8xf32>
// CHECK: memref.load {{.*}} memref<4xf32>
// CHECK: vector.load {{.*}} memref<16xf32>, vector<8xf32>
// CHECK: vector.store
func.func @parts(%x: tensor<3x40x4xf32>, %columns: tensor<4xf32>,
                 %rows: tensor<16xf32>) -> tensor<3x16xf32> {
  %0 = graph.slice %x starts [0, 5, 0] sizes [3, 16, 4] strides [1, 1, 1]
    : tensor<3x40x4xf32>
  %1 = graph.broadcast %columns dims [2] to [3, 16, 4] : tensor<4xf32>
  %2 = graph.broadcast %rows dims [1] to [3, 16, 4] : tensor<16xf32>
  %3 = graph.mul %0, %1 : tensor<3x16x4xf32>
  %4 = graph.mul %3, %2 : tensor<3x16x4xf32>
  %5 = graph.reduce max %4 dims [2] : tensor<3x16x4xf32>
  return %5 : tensor<3x16xf32>
}

// -----

// Fewer rows than lanes, and rows that fill vectors, stay as they are.
// CHECK-LABEL: func.func private @kernel
// CHECK-NOT: vector.shuffle
func.func @few(%x: tensor<5x3xf32>, %y: tensor<64x12xf32>)
    -> (tensor<5xf32>, tensor<64xf32>) {
  %0 = graph.reduce max %x dims [1] : tensor<5x3xf32>
  %1 = graph.reduce sum %y dims [1] : tensor<64x12xf32>
  return %0, %1 : tensor<5xf32>, tensor<64xf32>
}

// -----

// Operators are computed once for a column, however often operands are shared:
// these sixteen would be 65,535.
// CHECK-LABEL: func.func private @kernel
// CHECK-COUNT-64: arith.mulf
// CHECK-NOT: arith.mulf
// CHECK: return
func.func @shared(%x: tensor<64x4xf32>) -> tensor<64xf32> {
  %0 = graph.mul %x, %x : tensor<64x4xf32>
  %1 = graph.mul %0, %0 : tensor<64x4xf32>
  %2 = graph.mul %1, %1 : tensor<64x4xf32>
  %3 = graph.mul %2, %2 : tensor<64x4xf32>
  %4 = graph.mul %3, %3 : tensor<64x4xf32>
  %5 = graph.mul %4, %4 : tensor<64x4xf32>
  %6 = graph.mul %5, %5 : tensor<64x4xf32>
  %7 = graph.mul %6, %6 : tensor<64x4xf32>
  %8 = graph.mul %7, %7 : tensor<64x4xf32>
  %9 = graph.mul %8, %8 : tensor<64x4xf32>
  %10 = graph.mul %9, %9 : tensor<64x4xf32>
  %11 = graph.mul %10, %10 : tensor<64x4xf32>
  %12 = graph.mul %11, %11 : tensor<64x4xf32>
  %13 = graph.mul %12, %12 : tensor<64x4xf32>
  %14 = graph.mul %13, %13 : tensor<64x4xf32>
  %15 = graph.mul %14, %14 : tensor<64x4xf32>
  %16 = graph.reduce max %15 dims [1] : tensor<64x4xf32>
  return %16 : tensor<64xf32>
}
