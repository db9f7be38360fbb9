// RUN: sluice-opt %s --emit-kernels=cpu=x86-64-v3 --split-input-file | FileCheck %s

// Each part in its own loop of vectors, what is left of it behind a mask.
// CHECK-LABEL: func.func private @rows
// CHECK-NOT: scf.if
// CHECK: %[[A:.*]] = vector.load %arg0{{.*}} vector<16xf32>
// CHECK: vector.store %[[A]], %arg2
// CHECK: %[[B:.*]] = vector.maskedload %arg1{{.*}} vector<4xf32>
// CHECK: %[[R:.*]] = arith.mulf %[[B]], %[[B]] : vector<4xf32>
// CHECK: vector.maskedstore %arg2{{.*}}, %[[R]]
// CHECK-NOT: scf.if
// CHECK: return
kernel.func @rows [memref<4x16xf32>, memref<4x3xf32>, memref<4x19xf32>] {
^bb0(%x: tensor<4x16xf32>, %y: tensor<4x3xf32>):
  %0 = graph.mul %y, %y : tensor<4x3xf32>
  %1 = graph.concat %x, %0 dim 1 : tensor<4x16xf32>, tensor<4x3xf32>
  kernel.yield %1 : tensor<4x19xf32>
}

// -----

// What follows element by element goes with the parts, at the element's place.
// CHECK-LABEL: func.func private @behind
// CHECK: vector.load %arg1{{.*}} vector<8xf32>
// CHECK: vector.load %arg2{{.*}} vector<8xf32>
// CHECK: vector.load %arg0[%[[ROW:.*]], %[[COLUMN:.*]]] : {{.*}} vector<8xf32>
// CHECK: %[[AT:.*]] = arith.addi %[[COLUMN]], %c8
// CHECK: vector.load %arg2[%[[ROW]], %[[AT]]] : {{.*}} vector<8xf32>
// CHECK: vector.store %{{.*}}, %arg3[%[[ROW]], %[[AT]]]
// CHECK-NOT: scf.if
// CHECK: return
kernel.func @behind [memref<4x8xf32>, memref<4x8xf32>, memref<4x16xf32>, memref<4x16xf32>] {
^bb0(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>, %z: tensor<4x16xf32>):
  %0 = graph.concat %y, %x dim 1 : tensor<4x8xf32>, tensor<4x8xf32>
  %1 = graph.add %0, %z : tensor<4x16xf32>
  kernel.yield %1 : tensor<4x16xf32>
}

// -----

// What reads the join elsewhere needs each element chosen.
// CHECK-LABEL: func.func private @turned
// CHECK: scf.if
kernel.func @turned [memref<4x8xf32>, memref<4x8xf32>, memref<16x4xf32>] {
^bb0(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>):
  %0 = graph.concat %x, %y dim 1 : tensor<4x8xf32>, tensor<4x8xf32>
  %1 = graph.transpose %0 [1, 0] : tensor<4x16xf32>
  kernel.yield %1 : tensor<16x4xf32>
}
