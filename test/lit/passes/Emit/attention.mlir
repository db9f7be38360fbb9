// RUN: sluice-opt %s --split-input-file --kernel-pipeline --emit-kernels \
// RUN:   --canonicalize | FileCheck %s

// One kernel: keys are transposed in registers, scores and weights stay in the
// scratch behind the result. 16 units, each in a chunk of its own.
// CHECK-LABEL: func.func @main
// CHECK: %[[S:.*]] = kernel.buffer at {{.*}} : memref<{{.*}}xi8>
// CHECK: kernel.launch @kernel({{.*}}) outs(%{{.*}}, %[[S]] :
// CHECK-LABEL: func.func private @kernel
// CHECK-SAME: memref<{{.*}}xi8>
// CHECK-SAME: kernel.chunks = 16
// CHECK: memref.view
// CHECK: vector.shuffle
// CHECK: vector.fma
// Two at a time.
// CHECK: math.exp {{.*}} : vector<16xf32>
// CHECK: vector.fma
// CHECK: arith.divf {{.*}} : vector<8xf32>
func.func @main(%q: tensor<1x128x8x32xf32>, %k: tensor<1x128x8x32xf32>, %v: tensor<1x128x8x32xf32>) -> tensor<1x128x8x32xf32> {
  %0 = graph.attention %q, %k, %v scale 0.5
       : tensor<1x128x8x32xf32>, tensor<1x128x8x32xf32>, tensor<1x128x8x32xf32>
  return %0 : tensor<1x128x8x32xf32>
}

// -----

// Bytes of a mask choose between scores and what replaces them; two heads each
// read the same keys and values.
// CHECK-LABEL: func.func private @kernel
// CHECK: %[[HEAD:.*]] = arith.remui %{{.*}}, %c8
// CHECK: arith.divui %[[HEAD]], %c4
// CHECK: %[[BYTES:.*]] = vector.load {{.*}} : memref<16384xi8>, vector<8xi8>
// CHECK: %[[KEPT:.*]] = arith.cmpi ne, %[[BYTES]]
// CHECK: arith.select %[[KEPT]], %{{.*}}, %{{.*}} : vector<8xi1>, vector<8xf32>
func.func @main(%q: tensor<1x128x8x32xf32>, %k: tensor<1x128x2x32xf32>, %v: tensor<1x128x2x32xf32>, %m: tensor<1x1x128x128xi1>) -> tensor<1x128x8x32xf32> {
  %0 = graph.attention %q, %k, %v scale 0.5 mask %m fill -1.0e9 : tensor<1x1x128x128xi1>
       : tensor<1x128x8x32xf32>, tensor<1x128x2x32xf32>, tensor<1x128x2x32xf32>
  return %0 : tensor<1x128x8x32xf32>
}
