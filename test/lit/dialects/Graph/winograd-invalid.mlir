// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @f(%x: tensor<1x10x?x8xf32>) {
  // expected-error@+1 {{(C1) expected four known dimensions}}
  %0 = graph.winograd_input %x tiles 4 : tensor<1x10x?x8xf32>
  return
}

// -----

func.func @f(%x: tensor<1x10x8x8xf32>) {
  // expected-error@+1 {{(C2) dimension 2 of 'tensor<1x10x8x8xf32>' is not of the form 4 * k + 2}}
  %0 = graph.winograd_input %x tiles 4 : tensor<1x10x8x8xf32>
  return
}

// -----

func.func @f(%x: tensor<1x10x10x8xf32>) {
  // expected-error@+1 {{(C3) expected at least 4 tiles, found 3}}
  %0 = graph.winograd_input %x tiles 3 : tensor<1x10x10x8xf32>
  return
}

// -----

func.func @f(%x: tensor<35x4x8xf32>) {
  // expected-error@+1 {{(C1) expected 36 by t by c, found 'tensor<35x4x8xf32>'}}
  %0 = graph.winograd_output %x sizes [1, 8, 8] : tensor<35x4x8xf32>
  return
}

// -----

func.func @f(%x: tensor<36x4x8xf32>) {
  // expected-error@+1 {{(C2) expected three positive sizes, found [1, 0, 8]}}
  %0 = graph.winograd_output %x sizes [1, 0, 8] : tensor<36x4x8xf32>
  return
}

// -----

func.func @f(%x: tensor<36x4x8xf32>) {
  // expected-error@+1 {{(C3) expected at least 6 tiles, found 4}}
  %0 = graph.winograd_output %x sizes [1, 8, 9] : tensor<36x4x8xf32>
  return
}
