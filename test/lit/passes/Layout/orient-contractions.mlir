// RUN: sluice-opt %s --pass-pipeline='builtin.module(func.func(orient-contractions))' | FileCheck %s

// CHECK-LABEL: @computed
func.func @computed(%a: tensor<3x2x4xf32>, %b: tensor<3x5x4xf32>) -> tensor<3x2x5xf32> {
  // CHECK: %[[T:.*]] = graph.transpose %{{.*}} [0, 2, 1] : tensor<3x5x4xf32>
  // CHECK: graph.contract %{{.*}}, %[[T]] : tensor<3x2x4xf32>, tensor<3x4x5xf32>
  %0 = graph.contract %a, %b transposed : tensor<3x2x4xf32>, tensor<3x5x4xf32>
  return %0 : tensor<3x2x5xf32>
}

// Constants are packed for their kernel in any orientation.
// CHECK-LABEL: @constant
func.func @constant(%a: tensor<2x4xf32>) -> tensor<2x5xf32> {
  // CHECK: graph.contract %{{.*}}, %{{.*}} transposed
  %b = graph.constant dense<1.0> : tensor<5x4xf32>
  %0 = graph.contract %a, %b transposed : tensor<2x4xf32>, tensor<5x4xf32>
  return %0 : tensor<2x5xf32>
}
