// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @c1(%x: tensor<f32>) {
  // expected-error @below {{(C1) 'tensor<f32>' has no dimension to normalise along}}
  %0 = graph.normalize %x epsilon 0.0 : tensor<f32>
  return
}

// -----

func.func @c2(%x: tensor<2xf32>) {
  // expected-error @below {{(C2) epsilon -1.000000e+00 is no finite number of 0 or more}}
  %0 = graph.normalize centred %x epsilon -1.0 : tensor<2xf32>
  return
}
