// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @compare_c2(%x: tensor<2xcomplex<f32>>) {
  // expected-error @below {{(C2) 'complex<f32>' values have no order, only 'eq' and 'ne' can compare them, found 'lt'}}
  %0 = graph.compare lt %x, %x : tensor<2xcomplex<f32>>
  return
}

// -----

func.func @compare_c2_bool(%x: tensor<2xi1>) {
  // expected-error @below {{(C2) 'i1' values have no order}}
  %0 = graph.compare ge %x, %x : tensor<2xi1>
  return
}

// -----

func.func @compare_c2_string(%x: tensor<2x!graph.string>) {
  // expected-error @below {{(C2) '!graph.string' values have no order}}
  %0 = graph.compare lt %x, %x : tensor<2x!graph.string>
  return
}

// -----

func.func @select_c2(%c: tensor<3xi1>, %x: tensor<2xf32>) {
  // expected-error @below {{(C2) expected a condition of type 'tensor<2xi1>', found 'tensor<3xi1>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = "graph.select"(%c, %x, %x) : (tensor<3xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @add_c1(%x: tensor<2xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{requires all operands to have the same type}}
  %0 = "graph.add"(%x, %y) : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @cast_c1(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) 'chop' is for floats and complex numbers, found 'f32' to 'i8'}}
  %0 = graph.cast %x to i8 mode chop : tensor<2xf32>
  return
}

// -----

func.func @cast_to_no_number(%x: tensor<2xf32>) {
  // expected-error @below {{cannot cast to '!graph.string'}}
  %0 = graph.cast %x to !graph.string : tensor<2xf32>
  return
}

// -----

func.func @bitcast_c1(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) 'f32' has not the width of a number of type 'i64'}}
  %0 = graph.bitcast %x to i64 : tensor<2xf32>
  return
}

// -----

func.func @div_of_integers(%x: tensor<2xi32>) {
  // expected-error @below {{operand #0 must be ranked tensor of}}
  %0 = graph.div %x, %x : tensor<2xi32>
  return
}

// -----

func.func @string_concat_c1(%x: tensor<2x!graph.string>, %y: tensor<3x!graph.string>) {
  // expected-error @below {{op requires all operands to have the same type}}
  %0 = "graph.string_concat"(%x, %y) : (tensor<2x!graph.string>, tensor<3x!graph.string>) -> tensor<2x!graph.string>
  return
}

// -----

func.func @string_concat_numbers(%x: tensor<2xf32>) {
  // expected-error @below {{operand #0 must be}}
  %0 = graph.string_concat %x, %x : tensor<2xf32>
  return
}
