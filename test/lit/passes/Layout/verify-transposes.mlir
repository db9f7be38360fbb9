// RUN: sluice-opt %s --verify-transposes --split-input-file --verify-diagnostics

func.func @stacked(%x: tensor<2x3x4xf32>) -> tensor<3x4x2xf32> {
  %0 = graph.transpose %x [1, 0, 2] : tensor<2x3x4xf32>
  // expected-error@+1 {{transposes what is transposed}}
  %1 = graph.transpose %0 [0, 2, 1] : tensor<3x2x4xf32>
  return %1 : tensor<3x4x2xf32>
}

// -----

func.func @above(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %0 = graph.transpose %x [1, 0] : tensor<2x3xf32>
  // expected-error@+1 {{stands below a transpose that can follow it}}
  %1 = graph.exp %0 : tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}

// -----

func.func @valid(%x: tensor<2x3xf32>, %y: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %0 = graph.transpose %x [1, 0] : tensor<2x3xf32>
  %1 = graph.add %0, %y : tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}
