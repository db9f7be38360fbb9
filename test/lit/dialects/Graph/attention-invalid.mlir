// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @c1(%q: tensor<1x5x2x4xf32>, %k: tensor<1x7x2x4xf64>) {
  // expected-error @below {{(C1) expected one element type, found 'f32' and 'f64'}}
  %0 = graph.attention %q, %k, %k scale 1.0
       : tensor<1x5x2x4xf32>, tensor<1x7x2x4xf64>, tensor<1x7x2x4xf64>
  return
}

// -----

func.func @c2(%q: tensor<5x2x4xf32>, %k: tensor<7x2x4xf32>) {
  // expected-error @below {{(C2) expected rank 4, found 'tensor<5x2x4xf32>'}}
  %0 = graph.attention %q, %k, %k scale 1.0
       : tensor<5x2x4xf32>, tensor<7x2x4xf32>, tensor<7x2x4xf32>
  return
}

// -----

func.func @c3_keys(%q: tensor<1x5x2x4xf32>, %k: tensor<1x7x3x4xf32>) {
  // expected-error @below {{(C3) queries 'tensor<1x5x2x4xf32>' and keys 'tensor<1x7x3x4xf32>' do not fit}}
  %0 = graph.attention %q, %k, %k scale 1.0
       : tensor<1x5x2x4xf32>, tensor<1x7x3x4xf32>, tensor<1x7x3x4xf32>
  return
}

// -----

func.func @c3_values(%q: tensor<1x5x2x4xf32>, %k: tensor<1x7x2x4xf32>,
                     %v: tensor<1x6x2x4xf32>) {
  // expected-error @below {{(C3) keys 'tensor<1x7x2x4xf32>' and values 'tensor<1x6x2x4xf32>' do not fit}}
  %0 = graph.attention %q, %k, %v scale 1.0
       : tensor<1x5x2x4xf32>, tensor<1x7x2x4xf32>, tensor<1x6x2x4xf32>
  return
}

// -----

func.func @c4(%q: tensor<1x5x2x4xf32>, %k: tensor<1x7x2x4xf32>,
              %b: tensor<1x1x3x7xf32>) {
  // expected-error @below {{(C4) the bias 'tensor<1x1x3x7xf32>' does not fit the scores}}
  %0 = graph.attention %q, %k, %k scale 1.0 bias %b : tensor<1x1x3x7xf32>
       : tensor<1x5x2x4xf32>, tensor<1x7x2x4xf32>, tensor<1x7x2x4xf32>
  return
}

// -----

func.func @c5(%q: tensor<1x5x2x4xf32>) {
  // expected-error @below {{(C5) scale is not finite}}
  %0 = graph.attention %q, %q, %q scale 0x7FF0000000000000
       : tensor<1x5x2x4xf32>, tensor<1x5x2x4xf32>, tensor<1x5x2x4xf32>
  return
}

// -----

func.func @c3_shared(%q: tensor<1x5x6x4xf32>, %k: tensor<1x7x4x4xf32>) {
  // expected-error @below {{(C3) queries 'tensor<1x5x6x4xf32>' and keys 'tensor<1x7x4x4xf32>' do not fit}}
  %0 = graph.attention %q, %k, %k scale 1.0
       : tensor<1x5x6x4xf32>, tensor<1x7x4x4xf32>, tensor<1x7x4x4xf32>
  return
}

// -----

func.func @c4_mask(%q: tensor<1x5x2x4xf32>, %k: tensor<1x7x2x4xf32>,
                   %m: tensor<5x7xi1>) {
  // expected-error @below {{(C4) the mask 'tensor<5x7xi1>' does not fit the scores}}
  %0 = graph.attention %q, %k, %k scale 1.0 mask %m fill 0.0 : tensor<5x7xi1>
       : tensor<1x5x2x4xf32>, tensor<1x7x2x4xf32>, tensor<1x7x2x4xf32>
  return
}

// -----

func.func @c6(%q: tensor<1x5x2x4xf32>, %k: tensor<1x7x2x4xf32>) {
  // expected-error @below {{(C6) expected both mask and fill}}
  // expected-error @below {{failed to infer returned types}}
  %0 = "graph.attention"(%q, %k, %k) <{scale = 1.0 : f64, fill = 0.0 : f64, operandSegmentSizes = array<i32: 1, 1, 1, 0, 0>}>
       : (tensor<1x5x2x4xf32>, tensor<1x7x2x4xf32>, tensor<1x7x2x4xf32>) -> tensor<1x5x2x4xf32>
  return
}
