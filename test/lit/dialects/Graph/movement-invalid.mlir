// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @transpose_c1(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C1) [0, 0] is no permutation of 2 dimensions}}
  %0 = graph.transpose %x [0, 0] : tensor<2x3xf32>
  return
}

// -----

func.func @broadcast_c2(%x: tensor<2xf32>) {
  // expected-error @below {{(C2) operand of type 'tensor<2xf32>' does not broadcast to}}
  %0 = graph.broadcast %x dims [0] to [3] : tensor<2xf32>
  return
}

// -----

func.func @reshape_c1(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) cannot reshape 'tensor<2xf32>'}}
  %0 = graph.reshape %x to [3] : tensor<2xf32>
  return
}
