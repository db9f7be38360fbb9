// RUN: sluice-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: @reductions
func.func @reductions(%x: tensor<2x8x8x3xf32>, %b: tensor<4x5xi1>) -> tensor<2x3xf32> {
  // CHECK: %[[MEAN:.*]] = graph.reduce mean %{{.*}} dims [1, 2] : tensor<2x8x8x3xf32>
  %0 = graph.reduce mean %x dims [1, 2] : tensor<2x8x8x3xf32>
  // CHECK: graph.reduce and %{{.*}} dims [] : tensor<4x5xi1>
  %1 = graph.reduce and %b dims [] : tensor<4x5xi1>
  // CHECK: graph.arg_reduce min %{{.*}} dim 0 as i64 : tensor<4x5xi1>
  %2 = graph.arg_reduce min %b dim 0 as i64 : tensor<4x5xi1>
  // CHECK: graph.softmax %[[MEAN]] : tensor<2x3xf32>
  %3 = graph.softmax %0 : tensor<2x3xf32>
  // CHECK: graph.log_softmax %{{.*}} : tensor<2x3xf32>
  %4 = graph.log_softmax %3 : tensor<2x3xf32>
  // CHECK: graph.scan sum %{{.*}} dim 1 {exclusive, reverse} : tensor<2x3xf32>
  %5 = graph.scan sum %4 dim 1 {exclusive, reverse} : tensor<2x3xf32>
  return %5 : tensor<2x3xf32>
}
