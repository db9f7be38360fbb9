// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @transpose_c1(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C1) [0, 0] is no permutation of 2 dimensions}}
  %0 = graph.transpose %x [0, 0] : tensor<2x3xf32>
  return
}

// -----

func.func @broadcast_c1_count(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) expected 1 dimensions, found 2}}
  %0 = graph.broadcast %x dims [0, 1] to [2, 3] : tensor<2xf32>
  return
}

// -----

func.func @broadcast_c1_order(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C1) dimension 0 is not between 2 and 1}}
  %0 = graph.broadcast %x dims [1, 0] to [3, 2] : tensor<2x3xf32>
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

// -----

func.func @reshape_impossible(%x: tensor<0xf32>) {
  // expected-error @below {{result has impossible dimensions [0, -1] of 'f32'}}
  %0 = graph.reshape %x to [0, -1] : tensor<0xf32>
  return
}

// -----

func.func @concat_c1_none() {
  // expected-error @below {{(C1) expected at least one operand}}
  // expected-error @below {{failed to infer returned types}}
  %0 = "graph.concat"() {dim = 0 : i64} : () -> tensor<2xf32>
  return
}

// -----

func.func @concat_c1_dim(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) dimension 1 is outside an operand of type 'tensor<2xf32>'}}
  %0 = graph.concat %x dim 1 : tensor<2xf32>
  return
}

// -----

func.func @concat_c2(%x: tensor<2x3xf32>, %y: tensor<3x3xf32>) {
  // expected-error @below {{(C2) operands of type 'tensor<2x3xf32>' and 'tensor<3x3xf32>' differ outside dimension 1}}
  %0 = graph.concat %x, %y dim 1 : tensor<2x3xf32>, tensor<3x3xf32>
  return
}

// -----

func.func @concat_c2_type(%x: tensor<2xf32>, %y: tensor<2xi32>) {
  // expected-error @below {{(C2) operands of type 'tensor<2xf32>' and 'tensor<2xi32>' differ}}
  %0 = graph.concat %x, %y dim 0 : tensor<2xf32>, tensor<2xi32>
  return
}

// -----

func.func @pad_c1_rank(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) expected 1 amounts before and after, found 2 and 1}}
  %0 = graph.pad %x low [0, 0] high [0] edge : tensor<2xf32>
  return
}

// -----

func.func @pad_c1_negative(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) amounts 0 and -1 of dimension 0 must not be negative}}
  %0 = graph.pad %x low [0] high [-1] edge : tensor<2xf32>
  return
}

// -----

func.func @pad_c2_missing(%x: tensor<2xf32>) {
  // expected-error @below {{(C2) mode constant needs a value}}
  %0 = graph.pad %x low [0] high [1] constant : tensor<2xf32>
  return
}

// -----

func.func @pad_c2_type(%x: tensor<2xf32>, %v: tensor<f64>) {
  // expected-error @below {{(C2) value of type 'tensor<f64>' for a pad of 'tensor<2xf32>' in mode constant}}
  %0 = graph.pad %x, %v low [0] high [1] constant : tensor<2xf32>, tensor<f64>
  return
}

// -----

func.func @pad_c3_reflect(%x: tensor<2xf32>) {
  // expected-error @below {{(C3) mode reflect cannot add 2 elements to dimension 0 of 'tensor<2xf32>'}}
  %0 = graph.pad %x low [0] high [2] reflect : tensor<2xf32>
  return
}

// -----

func.func @pad_c3_symmetric(%x: tensor<2xf32>) {
  // expected-error @below {{(C3) mode symmetric cannot add 3 elements to dimension 0 of 'tensor<2xf32>'}}
  %0 = graph.pad %x low [3] high [2] symmetric : tensor<2xf32>
  return
}

// -----

func.func @pad_c3_edge(%x: tensor<0xf32>) {
  // expected-error @below {{(C3) mode edge cannot add 1 elements to dimension 0 of 'tensor<0xf32>'}}
  %0 = graph.pad %x low [1] high [0] edge : tensor<0xf32>
  return
}

// -----

func.func @pad_impossible(%x: tensor<2xf32>) {
  // expected-error @below {{result has impossible dimensions [invalid] of 'f32'}}
  %0 = graph.pad %x low [9223372036854775807] high [0] edge : tensor<2xf32>
  return
}

// -----

func.func @slice_c1(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) expected 1 starts, sizes and strides, found 2, 1 and 1}}
  %0 = graph.slice %x starts [0, 0] sizes [1] strides [1] : tensor<2xf32>
  return
}

// -----

func.func @slice_c2(%x: tensor<2xf32>) {
  // expected-error @below {{(C2) stride 0}}
  %0 = graph.slice %x starts [0] sizes [1] strides [0] : tensor<2xf32>
  return
}

// -----

func.func @slice_c3_last(%x: tensor<4xf32>) {
  // expected-error @below {{reach outside 'tensor<4xf32>'}}
  %0 = graph.slice %x starts [1] sizes [2] strides [3] : tensor<4xf32>
  return
}

// -----

func.func @slice_c3_overflow(%x: tensor<4xf32>) {
  // expected-error @below {{reach outside 'tensor<4xf32>'}}
  %0 = graph.slice %x starts [1] sizes [3] strides [9223372036854775807] : tensor<4xf32>
  return
}

// -----

func.func @dynamic_slice_c1(%x: tensor<4xf32>, %i: tensor<2xi32>) {
  // expected-error @below {{(C1) expected 1 starts and sizes, found starts of type 'tensor<2xi32>' and 1 sizes}}
  %0 = graph.dynamic_slice %x, %i sizes [1] : tensor<4xf32>, tensor<2xi32>
  return
}

// -----

func.func @dynamic_slice_c2(%x: tensor<4xf32>, %i: tensor<1xi32>) {
  // expected-error @below {{(C2) size 5 exceeds a dimension of 'tensor<4xf32>'}}
  %0 = graph.dynamic_slice %x, %i sizes [5] : tensor<4xf32>, tensor<1xi32>
  return
}

// -----

func.func @gather_c1(%x: tensor<f32>, %i: tensor<i32>) {
  // expected-error @below {{(C1) axis 0 is no dimension of 'tensor<f32>'}}
  %0 = graph.gather %x, %i axis 0 batch_dims 0 : tensor<f32>, tensor<i32>
  return
}

// -----

func.func @gather_c2(%x: tensor<2x3xf32>, %i: tensor<i32>) {
  // expected-error @below {{(C2) cannot have 1 batch dimensions with axis 1 and indices of type 'tensor<i32>'}}
  %0 = graph.gather %x, %i axis 1 batch_dims 1 : tensor<2x3xf32>, tensor<i32>
  return
}

// -----

func.func @gather_c3(%x: tensor<2x3xf32>, %i: tensor<3xi32>) {
  // expected-error @below {{(C3) batch dimension 0 of 'tensor<2x3xf32>' and 'tensor<3xi32>' differs}}
  %0 = graph.gather %x, %i axis 1 batch_dims 1 : tensor<2x3xf32>, tensor<3xi32>
  return
}

// -----

func.func @gather_nd_c1(%x: tensor<2x3xf32>, %i: tensor<4x3xi32>) {
  // expected-error @below {{(C1) indices of type 'tensor<4x3xi32>' with 0 batch dimensions do not fit 'tensor<2x3xf32>'}}
  %0 = graph.gather_nd %x, %i batch_dims 0 : tensor<2x3xf32>, tensor<4x3xi32>
  return
}

// -----

func.func @gather_nd_c2(%x: tensor<2x3xf32>, %i: tensor<4x1xi32>) {
  // expected-error @below {{(C2) batch dimension 0}}
  %0 = graph.gather_nd %x, %i batch_dims 1 : tensor<2x3xf32>, tensor<4x1xi32>
  return
}

// -----

func.func @iota_c1() {
  // expected-error @below {{(C1) dimension 1 is outside}}
  %0 = graph.iota dim 1 to [4] of i32
  return
}

// -----

func.func @iota_c2() {
  // expected-error @below {{(C2) element type 'i1' is no integer or float}}
  %0 = graph.iota dim 0 to [4] of i1
  return
}
