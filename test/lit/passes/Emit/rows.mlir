// RUN: sluice-opt %s --split-input-file --kernel-pipeline --emit-kernels \
// RUN:   --canonicalize | FileCheck %s

// Along the last dimension: vectors of partial results, the rest masked, one
// horizontal combination per row, the function behind it on the scalar.
// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for
// CHECK: %[[PARTIALS:.*]]:4 = scf.for {{.*}} iter_args
// CHECK-COUNT-4: vector.load {{.*}} vector<8xf32>
// CHECK: scf.yield
// CHECK: vector.maskedload
// CHECK: arith.select
// CHECK: vector.extract_strided_slice
// CHECK: vector.extract
// CHECK: math.exp {{.*}} : f32
// CHECK: memref.store
func.func @sum_rows(%x: tensor<3x101xf32>) -> tensor<3xf32> {
  %0 = graph.reduce sum %x dims [1] : tensor<3x101xf32>
  %1 = graph.exp %0 : tensor<3xf32>
  return %1 : tensor<3xf32>
}

// -----

// Along other dimensions: blocks of columns, whole vectors stored, the
// function before it on vectors.
// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}, %{{.*}} = %{{.*}})
// CHECK-COUNT-4: math.exp {{.*}} : vector<8xf32>
// CHECK: scf.yield
// CHECK-COUNT-4: vector.store
// CHECK: vector.maskedload
// CHECK: vector.maskedstore
func.func @mean_columns(%x: tensor<2x7x7x67xf32>) -> tensor<2x67xf32> {
  %0 = graph.exp %x : tensor<2x7x7x67xf32>
  %1 = graph.reduce mean %0 dims [1, 2] : tensor<2x7x7x67xf32>
  return %1 : tensor<2x67xf32>
}

// -----

// A short row is read once; its maximum is one instruction a step.
// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for
// CHECK-NOT: scf.for
// CHECK: vector.load
// CHECK: vector.maskedload
// CHECK-NOT: {{load|maximumf}}
// CHECK: math.exp {{.*}} : vector<8xf32>
// CHECK: arith.divf {{.*}} : vector<8xf32>
// CHECK: vector.store
// CHECK: vector.maskedstore
func.func @softmax(%x: tensor<4x10xf32>) -> tensor<4x10xf32> {
  %0 = graph.softmax %x : tensor<4x10xf32>
  return %0 : tensor<4x10xf32>
}

// -----

// A long row's exponentials wait in the result for their sum.
// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for
// CHECK: scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>)
// CHECK: scf.for {{.*}} -> (vector<8xf32>)
// CHECK: %[[E:.*]] = math.exp
// CHECK: vector.store %[[E]]
// CHECK: vector.maskedstore
// CHECK-NOT: math.exp
// CHECK: scf.for
// CHECK: vector.load
// CHECK: arith.divf
// CHECK: return
func.func @long_softmax(%x: tensor<4x100xf32>) -> tensor<4x100xf32> {
  %0 = graph.softmax %x : tensor<4x100xf32>
  return %0 : tensor<4x100xf32>
}

// -----

// Two vectors of a long row's exponentials take turns.
// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for
// CHECK: scf.for
// CHECK: scf.for {{.*}} -> (vector<16xf32>)
// CHECK: math.exp {{.*}} : vector<16xf32>
// CHECK: return
func.func @pairs(%x: tensor<4x1000xf32>) -> tensor<4x1000xf32> {
  %0 = graph.log_softmax %x : tensor<4x1000xf32>
  return %0 : tensor<4x1000xf32>
}

// -----

// A result that is rounded cannot keep them.
// CHECK-LABEL: func.func private @kernel
// CHECK-COUNT-4: math.exp
// CHECK: return
func.func @rounded_softmax(%x: tensor<4x100xf16>) -> tensor<4x100xf16> {
  %0 = graph.softmax %x : tensor<4x100xf16>
  return %0 : tensor<4x100xf16>
}

// -----

// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for
// CHECK: scf.for {{.*}} -> (vector<8xf32>, vector<8xi32>)
// CHECK: memref.store {{.*}} : memref<2xi64>
func.func @arg_max(%x: tensor<2x100xf32>) -> tensor<2xi64> {
  %0 = graph.arg_reduce max %x dim 1 as i64 : tensor<2x100xf32>
  return %0 : tensor<2xi64>
}

// -----

// One pass, a running value.
// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for
// CHECK: scf.for {{.*}} -> (f32)
// CHECK-NOT: scf.for
// CHECK: return
func.func @scan(%x: tensor<2x100xf32>) -> tensor<2x100xf32> {
  %0 = graph.scan sum %x dim 1 : tensor<2x100xf32>
  return %0 : tensor<2x100xf32>
}

// -----

// Buffers without elements become some buffer of their rank.
// CHECK-LABEL: func.func private @kernel
// CHECK-SAME: memref<3x1xf32>
// CHECK-SAME: memref<1xf32>
// CHECK-NEXT: return
func.func @empty(%x: tensor<3x0xf32>) -> tensor<0xf32> {
  %0 = graph.reduce max %x dims [0] : tensor<3x0xf32>
  return %0 : tensor<0xf32>
}

// -----

// A row of a few vectors is read once, with the sum before it; three passes
// over registers.
// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for
// CHECK-NOT: scf.for
// CHECK-COUNT-2: vector.load
// CHECK: arith.addf
// CHECK: math.fma {{.*}} : vector<8xf32>
// CHECK: math.sqrt {{.*}} : f32
// CHECK: math.tanh
// CHECK: vector.store
// CHECK-NOT: vector.load
func.func @normalize(%x: tensor<4x16xf32>, %y: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %0 = graph.add %x, %y : tensor<4x16xf32>
  %1 = graph.normalize centred %0 epsilon 1.0e-5 : tensor<4x16xf32>
  %2 = graph.tanh %1 : tensor<4x16xf32>
  return %2 : tensor<4x16xf32>
}

// -----

// A longer row waits in the output, its sum is computed once.
// CHECK-LABEL: func.func private @kernel
// CHECK-SAME: %[[X:.*]]: memref<4x1024xf32> {{.*}}, %[[Y:.*]]: memref<4x1024xf32> {{.*}}, %[[Z:.*]]: memref<4x1024xf32>
// CHECK: scf.for
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.load %[[X]]
// CHECK: vector.load %[[Y]]
// CHECK: vector.store %{{.*}}, %[[Z]]
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.load %[[Z]]
// CHECK-NOT: vector.load %[[X]]
// CHECK: scf.for
// CHECK: vector.load %[[Z]]
// CHECK: vector.store %{{.*}}, %[[Z]]
// CHECK: return
func.func @normalize_long(%x: tensor<4x1024xf32>, %y: tensor<4x1024xf32>) -> tensor<4x1024xf32> {
  %0 = graph.add %x, %y : tensor<4x1024xf32>
  %1 = graph.normalize centred %0 epsilon 1.0e-5 : tensor<4x1024xf32>
  return %1 : tensor<4x1024xf32>
}
