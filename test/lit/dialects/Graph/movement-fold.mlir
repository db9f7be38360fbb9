// RUN: sluice-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: @constants
func.func @constants() -> tensor<3x2xf32> {
  // CHECK: graph.constant dense<{{\[\[}}1.100000e+01, 1.400000e+01], [1.200000e+01, 1.500000e+01], [1.300000e+01, 1.600000e+01]]>
  // CHECK-NEXT: return
  %x = graph.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %y = graph.constant dense<10.0> : tensor<f32>
  %0 = graph.broadcast %y dims [] to [2, 3] : tensor<f32>
  %1 = graph.add %x, %0 : tensor<2x3xf32>
  %2 = graph.transpose %1 [1, 0] : tensor<2x3xf32>
  return %2 : tensor<3x2xf32>
}

// CHECK-LABEL: @identity
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>)
func.func @identity(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.transpose %x [0, 1] : tensor<2x3xf32>
  %1 = graph.reshape %0 to [6] : tensor<2x3xf32>
  %2 = graph.reshape %1 to [2, 3] : tensor<6xf32>
  %3 = graph.broadcast %2 dims [0, 1] to [2, 3] : tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}
