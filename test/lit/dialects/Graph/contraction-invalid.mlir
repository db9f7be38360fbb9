// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @contract_c1(%a: tensor<2x3xf32>, %b: tensor<3x4xf64>) {
  // expected-error @below {{(C1) expected one element type, found 'f32' and 'f64'}}
  %0 = graph.contract %a, %b : tensor<2x3xf32>, tensor<3x4xf64>
  return
}

// -----

func.func @contract_c2(%a: tensor<3xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{(C2) expected matrices of one rank, at least 2, found 'tensor<3xf32>' and 'tensor<3xf32>'}}
  %0 = graph.contract %a, %b : tensor<3xf32>, tensor<3xf32>
  return
}

// -----

func.func @contract_c3(%a: tensor<1x2x3xf32>, %b: tensor<2x3x4xf32>) {
  // expected-error @below {{(C3) batch dimension 0 of 'tensor<1x2x3xf32>' and 'tensor<2x3x4xf32>' differs}}
  %0 = graph.contract %a, %b : tensor<1x2x3xf32>, tensor<2x3x4xf32>
  return
}

// -----

func.func @contract_c4(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) {
  // expected-error @below {{(C4) the summed dimensions of 'tensor<2x3xf32>' and 'tensor<3x4xf32>' differ}}
  %0 = graph.contract %a, %b transposed : tensor<2x3xf32>, tensor<3x4xf32>
  return
}

// -----

func.func @contract_c1_widths(%a: tensor<2x3xi8>, %b: tensor<3x4xi16>) {
  // expected-error @below {{(C1) expected integers of one width, found 'i8' and 'i16'}}
  %0 = graph.contract %a, %b in i32 : tensor<2x3xi8>, tensor<3x4xi16>
  return
}

// -----

func.func @contract_c1_floats(%a: tensor<2x3xbf16>, %b: tensor<3x4xbf16>) {
  // expected-error @below {{(C1) expected integers of one width, found 'bf16' and 'bf16'}}
  %0 = graph.contract %a, %b in i32 : tensor<2x3xbf16>, tensor<3x4xbf16>
  return
}

// -----

func.func @contract_c5(%a: tensor<2x3xi16>, %b: tensor<3x4xi16>) {
  // expected-error @below {{(C5) expected sums in i16, i32 or i64, wider than 'i16', found 'i16'}}
  %0 = graph.contract %a, %b in i16 : tensor<2x3xi16>, tensor<3x4xi16>
  return
}

// -----

func.func @contract_c5_unsigned(%a: tensor<2x3xi16>, %b: tensor<3x4xi16>) {
  // expected-error @below {{(C5) expected sums in i16, i32 or i64, wider than 'i16', found 'ui32'}}
  %0 = graph.contract %a, %b in ui32 : tensor<2x3xi16>, tensor<3x4xi16>
  return
}

// -----

func.func @conv_c1(%x: tensor<1x8x8x3xf32>, %f: tensor<3x3x3x4xf16>) {
  // expected-error @below {{(C1) expected one element type, found 'f32' and 'f16'}}
  %0 = graph.conv %x, %f strides [1, 1] pads [0, 0] to [0, 0] : tensor<1x8x8x3xf32>, tensor<3x3x3x4xf16>
  return
}

// -----

func.func @conv_c2(%x: tensor<1x8x8x3xf32>, %f: tensor<3x3x4xf32>) {
  // expected-error @below {{(C2) expected input and filter of one rank, 3 to 5}}
  %0 = graph.conv %x, %f strides [1, 1] pads [0, 0] to [0, 0] : tensor<1x8x8x3xf32>, tensor<3x3x4xf32>
  return
}

// -----

func.func @conv_c3(%x: tensor<1x8x8x3xf32>, %f: tensor<3x3x3x4xf32>) {
  // expected-error @below {{(C3) expected 2 entries in pads_high, found 1}}
  %0 = graph.conv %x, %f strides [1, 1] pads [0, 0] to [0] : tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>
  return
}

// -----

func.func @conv_c4(%x: tensor<1x8x8x3xf32>, %f: tensor<3x3x3x4xf32>) {
  // expected-error @below {{(C4) expected strides between 1 and 2147483647, found [1, 0]}}
  %0 = graph.conv %x, %f strides [1, 0] pads [0, 0] to [0, 0] : tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>
  return
}

// -----

func.func @conv_c4_pads(%x: tensor<1x8x8x3xf32>, %f: tensor<3x3x3x4xf32>) {
  // expected-error @below {{(C4) expected pads_low between -2147483648 and 2147483647, found [0, -9223372036854775808]}}
  %0 = graph.conv %x, %f strides [1, 1] pads [0, -9223372036854775808] to [0, 0] : tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>
  return
}

// -----

func.func @conv_c5(%x: tensor<1x8x8x4xf32>, %f: tensor<3x3x2x3xf32>) {
  // expected-error @below {{(C5) 'tensor<1x8x8x4xf32>' and 'tensor<3x3x2x3xf32>' do not fit 2 groups}}
  %0 = graph.conv %x, %f strides [1, 1] pads [0, 0] to [0, 0] groups 2 : tensor<1x8x8x4xf32>, tensor<3x3x2x3xf32>
  return
}

// -----

func.func @conv_c6(%x: tensor<1x8x8x4xf32>, %f: tensor<0x3x4x3xf32>) {
  // expected-error @below {{(C6) expected positive window dimensions, found filter of type 'tensor<0x3x4x3xf32>'}}
  %0 = graph.conv %x, %f strides [1, 1] pads [0, 0] to [0, 0] : tensor<1x8x8x4xf32>, tensor<0x3x4x3xf32>
  return
}

// -----

func.func @conv_c7(%x: tensor<1x8x4xi8>, %f: tensor<3x4x3xi8>) {
  // expected-error @below {{(C7) expected sums in i16, i32 or i64, wider than 'i8', found 'f32'}}
  %0 = graph.conv %x, %f strides [1] pads [0] to [0] in f32 : tensor<1x8x4xi8>, tensor<3x4x3xi8>
  return
}
