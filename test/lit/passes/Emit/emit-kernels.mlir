// RUN: sluice-opt %s --emit-kernels=cpu=x86-64-v4 --canonicalize | FileCheck %s

// Elementwise work on one shape runs over one dimension, in whole vectors, two
// of them side by side.
// CHECK-LABEL: func.func private @flat
// CHECK-SAME: kernel.chunks = 2
kernel.func @flat [memref<128x96xf32>, memref<128x96xf32>] {
^bb0(%x: tensor<128x96xf32>):
  // CHECK: scf.for
  // CHECK: vector.load %{{.*}} : memref<12288xf32>, vector<32xf32>
  // CHECK: math.exp %{{.*}} : vector<32xf32>
  // CHECK: vector.store
  // CHECK-NOT: vector.maskedstore
  // CHECK: return
  %0 = graph.exp %x : tensor<128x96xf32>
  kernel.yield %0 : tensor<128x96xf32>
}

// Dimensions that follow each other in memory in all buffers are one.
// CHECK-LABEL: func.func private @interior
// CHECK-SAME: kernel.chunks = 19
kernel.func @interior [memref<1x224x224x3xf32>, memref<1x224x224x3xf32, strided<[158700, 690, 3, 1]>>] {
^bb0(%x: tensor<1x224x224x3xf32>):
  // CHECK-DAG: memref.reinterpret_cast %{{.*}} : memref<1x224x224x3xf32> to memref<224x672xf32>
  // CHECK-DAG: memref.reinterpret_cast %{{.*}} to memref<224x672xf32, strided<[690, 1]>>
  // CHECK: scf.for
  // CHECK: scf.for
  // CHECK: vector.load %{{.*}} : memref<224x672xf32>, vector<32xf32>
  // CHECK: vector.store
  // CHECK-NOT: scf.for
  // CHECK: return
  kernel.yield %x : tensor<1x224x224x3xf32>
}

// Behind the last pair comes one vector, then a part of one.
// CHECK-LABEL: func.func private @uneven
kernel.func @uneven [memref<60xf32>, memref<60xf32>] {
^bb0(%x: tensor<60xf32>):
  // CHECK: scf.for
  // CHECK: math.exp %{{.*}} : vector<32xf32>
  // CHECK: scf.if
  // CHECK: vector.load %{{.*}}[%c32] : memref<60xf32>, vector<16xf32>
  // CHECK: vector.maskedload %{{.*}}[%c48]{{.*}} : memref<60xf32>, vector<16xi1>
  // CHECK: vector.maskedstore
  // CHECK-NOT: store
  // CHECK: return
  %0 = graph.exp %x : tensor<60xf32>
  kernel.yield %0 : tensor<60xf32>
}

// Elements that lie apart are copied one by one.
// CHECK-LABEL: func.func private @apart
kernel.func @apart [memref<8x1xf32>, memref<8x1xf32, strided<[3, 1]>>] {
^bb0(%x: tensor<8x1xf32>):
  // CHECK-NOT: vector.
  // CHECK: memref.store
  // CHECK: return
  kernel.yield %x : tensor<8x1xf32>
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

// A moved last dimension: squares of vectors, transposed in registers (see
// transpose.mlir).
// CHECK-LABEL: func.func private @transposed
kernel.func @transposed [memref<8x16xf32>, memref<16x8xf32>] {
^bb0(%x: tensor<8x16xf32>):
  // CHECK-COUNT-8: vector.load {{.*}} vector<8xf32>
  // CHECK: vector.shuffle
  // CHECK-COUNT-8: vector.store {{.*}} vector<8xf32>
  %0 = graph.transpose %x [1, 0] : tensor<8x16xf32>
  kernel.yield %0 : tensor<16x8xf32>
}

// Strings are made one after the other behind a cursor that goes on counting
// when it leaves the space; what finds no room is not written.
// CHECK-LABEL: func.func private @strings
// CHECK-SAME: %[[RECORD:[^:,]*]]: memref<8xi64>, %{{[^:]*}}: index, %{{[^:]*}}: index
// CHECK-SAME: kernel.fails
// CHECK-SAME: kernel.makes_strings
kernel.func @strings [memref<9xcomplex<i64>>, memref<9xcomplex<i64>>, memref<9xcomplex<i64>>] {
^bb0(%x: tensor<9x!graph.string>, %y: tensor<9x!graph.string>):
  // CHECK-DAG: %[[SPACE:.*]] = arith.constant 3 : index
  // CHECK-DAG: %[[USED:.*]] = arith.constant 4 : index
  // CHECK-DAG: %[[SIZE:.*]] = arith.constant 5 : index
  // CHECK-DAG: %[[NODE:.*]] = arith.constant 6 : index
  // CHECK: scf.for
  // CHECK: %[[BEFORE:.*]] = memref.load %[[RECORD]][%[[USED]]]
  // CHECK: %[[ALL:.*]] = memref.load %[[RECORD]][%[[SIZE]]]
  // CHECK: memref.store %[[NEXT:.*]], %[[RECORD]][%[[USED]]]
  // CHECK: %[[FITS:.*]] = arith.cmpi ule, %[[NEXT]], %[[ALL]]
  // CHECK: memref.store %{{.*}}, %[[RECORD]][%[[NODE]]]
  // CHECK: memref.load %[[RECORD]][%[[SPACE]]]
  // CHECK: arith.select %[[FITS]]
  // CHECK-COUNT-2: "llvm.intr.memcpy"
  %0 = graph.string_concat %x, %y : tensor<9x!graph.string>
  kernel.yield %0 : tensor<9x!graph.string>
}

// An input that is written over is read where the result is stored; its
// argument is not.
// CHECK-LABEL: func.func private @over(
// CHECK-SAME: %{{.*}}: memref<64xf32> {llvm.noalias}, %[[Y:.*]]: memref<64xf32> {llvm.noalias}, %[[OUT:.*]]: memref<64xf32> {llvm.noalias}
kernel.func @over [memref<64xf32>, memref<64xf32>, memref<64xf32>] attributes {overwritten = 0 : i64} {
^bb0(%x: tensor<64xf32>, %y: tensor<64xf32>):
  // CHECK-DAG: %[[A:.*]] = vector.load %[[OUT]]
  // CHECK-DAG: %[[B:.*]] = vector.load %[[Y]]
  // CHECK: %[[SUM:.*]] = arith.addf %[[A]], %[[B]]
  // CHECK: vector.store %[[SUM]], %[[OUT]]
  %0 = graph.add %x, %y : tensor<64xf32>
  kernel.yield %0 : tensor<64xf32>
}

// What is read behind the root still lies where rows would wait: the sum is
// computed again instead.
// CHECK-LABEL: func.func private @norm_over(
// CHECK: vector.store {{.*}} vector<16xf32>
// CHECK-NOT: vector.store
// CHECK-LABEL: func.func private @norm_beside(
// CHECK-COUNT-7: vector.store {{.*}} vector<16xf32>
kernel.func @norm_over [memref<2x4000xf32>, memref<2x4000xf32>, memref<2x4000xf32>] attributes {overwritten = 0 : i64} {
^bb0(%x: tensor<2x4000xf32>, %y: tensor<2x4000xf32>):
  %0 = graph.add %x, %y : tensor<2x4000xf32>
  %1 = graph.normalize centred %0 epsilon 1.0e-5 : tensor<2x4000xf32>
  %2 = graph.add %1, %x : tensor<2x4000xf32>
  kernel.yield %2 : tensor<2x4000xf32>
}
kernel.func @norm_beside [memref<2x4000xf32>, memref<2x4000xf32>, memref<2x4000xf32>] {
^bb0(%x: tensor<2x4000xf32>, %y: tensor<2x4000xf32>):
  %0 = graph.add %x, %y : tensor<2x4000xf32>
  %1 = graph.normalize centred %0 epsilon 1.0e-5 : tensor<2x4000xf32>
  %2 = graph.add %1, %x : tensor<2x4000xf32>
  kernel.yield %2 : tensor<2x4000xf32>
}
