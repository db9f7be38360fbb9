// RUN: sluice-opt %s --form-kernels --split-input-file | FileCheck %s

// A sum of products, made at the end: each product adds to what the ones before
// it have left.
// CHECK-LABEL: @sum
func.func @sum(%x: tensor<8x16xf32>, %a: tensor<16x4xf32>, %b: tensor<16x4xf32>, %c: tensor<16x4xf32>, %bias: tensor<4xf32>) -> tensor<8x4xf32> {
  // CHECK: %[[F:.*]] = kernel.fused
  // CHECK: graph.contract
  // CHECK-NOT: graph.add
  // CHECK: %[[S:.*]] = kernel.fused({{.*}}%[[F]])
  // CHECK: graph.contract
  // CHECK: graph.add
  // CHECK: %[[T:.*]] = kernel.fused({{.*}}%[[S]])
  // CHECK: graph.contract
  // CHECK: graph.broadcast
  // CHECK: graph.add
  // CHECK: graph.add
  // CHECK-NOT: kernel.fused
  %0 = graph.contract %x, %a : tensor<8x16xf32>, tensor<16x4xf32>
  %1 = graph.contract %x, %b : tensor<8x16xf32>, tensor<16x4xf32>
  %2 = graph.contract %x, %c : tensor<8x16xf32>, tensor<16x4xf32>
  %3 = graph.broadcast %bias dims [1] to [8, 4] : tensor<4xf32>
  %4 = graph.add %2, %3 : tensor<8x4xf32>
  %5 = graph.add %0, %1 : tensor<8x4xf32>
  %6 = graph.add %5, %4 : tensor<8x4xf32>
  return %6 : tensor<8x4xf32>
}

// -----

// One product only: the whole chain is its epilogue.
// CHECK-LABEL: @chain
func.func @chain(%x: tensor<8x16xf32>, %a: tensor<16x4xf32>, %r: tensor<8x4xf32>, %s: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK-COUNT-1: kernel.fused
  // CHECK-NOT: kernel.fused
  %0 = graph.contract %x, %a : tensor<8x16xf32>, tensor<16x4xf32>
  %1 = graph.add %0, %r : tensor<8x4xf32>
  %2 = graph.mul %1, %s : tensor<8x4xf32>
  return %2 : tensor<8x4xf32>
}
