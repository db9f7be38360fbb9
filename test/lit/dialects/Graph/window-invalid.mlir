// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @pool_c1_rank(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) 'tensor<2xf32>' has less than two dimensions}}
  %0 = graph.pool max %x window [] strides [] pad [] to [] dilations [] : tensor<2xf32>
  return
}

// -----

func.func @pool_c1_lists(%x: tensor<1x4x1xf32>) {
  // expected-error @below {{(C1) expected 1 entries in strides, found 2}}
  %0 = graph.pool max %x window [2] strides [2, 2] pad [0] to [0] dilations [1] : tensor<1x4x1xf32>
  return
}

// -----

func.func @pool_c2(%x: tensor<1x4x1xf32>) {
  // expected-error @below {{(C2) strides holds 0}}
  %0 = graph.pool max %x window [2] strides [0] pad [0] to [0] dilations [1] : tensor<1x4x1xf32>
  return
}

// -----

func.func @pool_c3_large(%x: tensor<1x4x1xf32>) {
  // expected-error @below {{(C3) padding 2 in spatial dimension 0 is not less than the window}}
  %0 = graph.pool max %x window [2] strides [1] pad [0] to [2] dilations [1] : tensor<1x4x1xf32>
  return
}

// -----

func.func @pool_c3_negative(%x: tensor<1x4x1xf32>) {
  // expected-error @below {{(C3) padding -1}}
  %0 = graph.pool max %x window [2] strides [1] pad [-1] to [0] dilations [1] : tensor<1x4x1xf32>
  return
}

// -----

// The extent of the window does not fit 64 bits.
func.func @pool_c3_overflow(%x: tensor<1x4x1xf32>) {
  // expected-error @below {{(C3) padding 0}}
  %0 = graph.pool max %x window [9223372036854775807] strides [1] pad [0] to [0] dilations [4] : tensor<1x4x1xf32>
  return
}

// -----

func.func @pool_c4(%x: tensor<1x4x1xf32>) {
  // expected-error @below {{(C4) window of 7 in spatial dimension 0 does not fit into 'tensor<1x4x1xf32>'}}
  %0 = graph.pool max %x window [3] strides [1] pad [0] to [0] dilations [3] : tensor<1x4x1xf32>
  return
}

// -----

func.func @pool_c5_max(%x: tensor<1x4x1xcomplex<f32>>) {
  // expected-error @below {{(C5) max does not take elements of type 'complex<f32>'}}
  %0 = graph.pool max %x window [2] strides [1] pad [0] to [0] dilations [1] : tensor<1x4x1xcomplex<f32>>
  return
}

// -----

func.func @pool_c5_average(%x: tensor<1x4x1xi32>) {
  // expected-error @below {{(C5) average does not take elements of type 'i32'}}
  %0 = graph.pool average %x window [2] strides [1] pad [0] to [0] dilations [1] : tensor<1x4x1xi32>
  return
}

// -----

func.func @resize_c1(%x: tensor<1x4x4x1xf32>) {
  // expected-error @below {{(C1) cannot resize 'tensor<1x4x4x1xf32>' to}}
  %0 = graph.resize linear %x to [8] half_pixel rounding floor : tensor<1x4x4x1xf32>
  return
}

// -----

func.func @resize_c2(%x: tensor<1x0x1xf32>) {
  // expected-error @below {{(C2) spatial dimension 0 of 'tensor<1x0x1xf32>' is empty}}
  %0 = graph.resize nearest %x to [2] half_pixel rounding floor : tensor<1x0x1xf32>
  return
}

// -----

func.func @resize_c3(%x: tensor<1x2x1xi32>) {
  // expected-error @below {{(C3) linear does not take elements of type 'i32'}}
  %0 = graph.resize linear %x to [2] half_pixel rounding floor : tensor<1x2x1xi32>
  return
}

// -----

func.func @resize_c3_rank(%x: tensor<1x2x2x2x2x1xf32>) {
  // expected-error @below {{(C3) linear does not take 4 spatial dimensions}}
  %0 = graph.resize linear %x to [2, 2, 2, 2] half_pixel rounding floor : tensor<1x2x2x2x2x1xf32>
  return
}

// -----

func.func @resize_c4(%x: tensor<1x2x1xf32>) {
  // expected-error @below {{(C4) spatial size 16777216 is not less than 16777216}}
  %0 = graph.resize nearest %x to [16777216] half_pixel rounding floor : tensor<1x2x1xf32>
  return
}
