// RUN: sluice-opt %s | sluice-opt | FileCheck %s
// RUN: sluice-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD

// CHECK-LABEL: @transforms
func.func @transforms(%x: tensor<1x10x6x8xf32>) -> tensor<1x7x4x8xf32> {
  // CHECK: graph.winograd_input %{{.*}} tiles 3 : tensor<1x10x6x8xf32>
  // CHECK: graph.winograd_output %{{.*}} sizes [1, 7, 4] : tensor<36x3x8xf32>
  %0 = graph.winograd_input %x tiles 3 : tensor<1x10x6x8xf32>
  %1 = graph.winograd_output %0 sizes [1, 7, 4] : tensor<36x3x8xf32>
  return %1 : tensor<1x7x4x8xf32>
}

// An image of ones: the last row of B^T sums to -195/256, so its square is the
// last of the 36. A tile beyond those that cover the image is zero.
// FOLD-LABEL: @input
func.func @input() -> (tensor<1xf32>, tensor<1xf32>) {
  // FOLD-DAG: graph.constant dense<0.580215454>
  // FOLD-DAG: graph.constant dense<0.000000e+00>
  %0 = graph.constant dense<1.0> : tensor<1x6x6x1xf32>
  %1 = graph.winograd_input %0 tiles 2 : tensor<1x6x6x1xf32>
  %2 = graph.slice %1 starts [35, 0, 0] sizes [1, 1, 1] strides [1, 1, 1] : tensor<36x2x1xf32>
  %4 = graph.slice %1 starts [35, 1, 0] sizes [1, 1, 1] strides [1, 1, 1] : tensor<36x2x1xf32>
  %5 = graph.reshape %2 to [1] : tensor<1x1x1xf32>
  %7 = graph.reshape %4 to [1] : tensor<1x1x1xf32>
  return %5, %7 : tensor<1xf32>, tensor<1xf32>
}
