// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @reduce_c1_range(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C1) [2] are no ascending dimensions of 'tensor<2x3xf32>'}}
  %0 = graph.reduce sum %x dims [2] : tensor<2x3xf32>
  return
}

// -----

func.func @reduce_c1_twice(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C1) [1, 1] are no ascending dimensions}}
  %0 = graph.reduce sum %x dims [1, 1] : tensor<2x3xf32>
  return
}

// -----

func.func @reduce_c2_and(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C2) and does not take elements of type 'f32'}}
  %0 = graph.reduce and %x dims [1] : tensor<2x3xf32>
  return
}

// -----

func.func @reduce_c2_max(%x: tensor<2x3xcomplex<f32>>) {
  // expected-error @below {{(C2) max does not take elements of type 'complex<f32>'}}
  %0 = graph.reduce max %x dims [1] : tensor<2x3xcomplex<f32>>
  return
}

// -----

func.func @reduce_c2_sum(%x: tensor<2x!graph.string>) {
  // expected-error @below {{(C2) sum does not take elements of type '!graph.string'}}
  %0 = graph.reduce sum %x dims [0] : tensor<2x!graph.string>
  return
}

// -----

func.func @arg_reduce_c1(%x: tensor<f32>) {
  // expected-error @below {{(C1) 0 is no dimension of 'tensor<f32>'}}
  %0 = graph.arg_reduce max %x dim 0 as i64 : tensor<f32>
  return
}

// -----

func.func @arg_reduce_c2(%x: tensor<2x0xf32>) {
  // expected-error @below {{(C2) dimension 1 of 'tensor<2x0xf32>' has no elements to choose from}}
  %0 = graph.arg_reduce max %x dim 1 as i64 : tensor<2x0xf32>
  return
}

// -----

func.func @arg_reduce_c3(%x: tensor<2xf32>) {
  // expected-error @below {{(C3) 'f32' is no integer type for indices}}
  %0 = graph.arg_reduce max %x dim 0 as f32 : tensor<2xf32>
  return
}

// -----

func.func @softmax_c1(%x: tensor<f32>) {
  // expected-error @below {{(C1) 'tensor<f32>' has no dimension to normalise along}}
  %0 = graph.softmax %x : tensor<f32>
  return
}

// -----

func.func @log_softmax_c1(%x: tensor<f32>) {
  // expected-error @below {{(C1) 'tensor<f32>' has no dimension to normalise along}}
  %0 = graph.log_softmax %x : tensor<f32>
  return
}

// -----

func.func @scan_c1(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) -1 is no dimension of 'tensor<2xf32>'}}
  %0 = graph.scan sum %x dim -1 : tensor<2xf32>
  return
}

// -----

func.func @scan_c2(%x: tensor<2xi32>) {
  // expected-error @below {{(C2) log_sum_exp does not take elements of type 'i32'}}
  %0 = graph.scan log_sum_exp %x dim 0 : tensor<2xi32>
  return
}
