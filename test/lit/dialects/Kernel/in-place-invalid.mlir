// RUN: sluice-opt %s --split-input-file --verify-diagnostics

kernel.func @elementwise [memref<4x4xf32>, memref<4x4xf32>, memref<4x4xf32>] attributes {overwritten = 1 : i64} {
^bb0(%x: tensor<4x4xf32>, %y: tensor<4x4xf32>):
  %0 = graph.contract %x, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %1 = graph.add %0, %y : tensor<4x4xf32>
  kernel.yield %1 : tensor<4x4xf32>
}

// -----

// expected-error @below {{(C3) cannot write over argument 0}}
kernel.func @elsewhere [memref<4x4xf32>, memref<4x4xf32>] attributes {overwritten = 0 : i64} {
^bb0(%x: tensor<4x4xf32>):
  %0 = graph.transpose %x [1, 0] : tensor<4x4xf32>
  kernel.yield %0 : tensor<4x4xf32>
}

// -----

// A product reads its operands again for other elements.
// expected-error @below {{(C3) cannot write over argument 0}}
kernel.func @product [memref<4x4xf32>, memref<4x4xf32>] attributes {overwritten = 0 : i64} {
^bb0(%x: tensor<4x4xf32>):
  %0 = graph.contract %x, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %1 = graph.add %0, %x : tensor<4x4xf32>
  kernel.yield %1 : tensor<4x4xf32>
}

// -----

// expected-error @below {{(C3) cannot write over argument 0}}
kernel.func @narrower [memref<4xf64>, memref<4xf32>] attributes {overwritten = 0 : i64} {
^bb0(%x: tensor<4xf64>):
  %0 = graph.cast %x to f32 : tensor<4xf64>
  kernel.yield %0 : tensor<4xf32>
}

// -----

// A row that is not computed in vectors is read again for each element.
// expected-error @below {{(C3) cannot write over argument 0}}
kernel.func @scalar [memref<4x4xf32>, memref<4xf32>, memref<4xi32>, memref<4x4xf32>] attributes {overwritten = 0 : i64} {
^bb0(%x: tensor<4x4xf32>, %t: tensor<4xf32>, %i: tensor<4xi32>):
  %0 = graph.softmax %x : tensor<4x4xf32>
  %1 = graph.gather %t, %i axis 0 batch_dims 0 : tensor<4xf32>, tensor<4xi32>
  %2 = graph.broadcast %1 dims [1] to [4, 4] : tensor<4xf32>
  %3 = graph.add %0, %2 : tensor<4x4xf32>
  kernel.yield %3 : tensor<4x4xf32>
}

// -----

// expected-error @below {{(C3) cannot write over argument 1}}
kernel.func @number [memref<4xf32>, memref<4xf32>] attributes {overwritten = 1 : i64} {
^bb0(%x: tensor<4xf32>):
  %0 = graph.exp %x : tensor<4xf32>
  kernel.yield %0 : tensor<4xf32>
}

// -----

// expected-error @below {{(C3) cannot write over argument 0}}
kernel.func @strides [memref<4x4xf32, strided<[8, 1]>>, memref<4x4xf32>] attributes {overwritten = 0 : i64} {
^bb0(%x: tensor<4x4xf32>):
  %0 = graph.exp %x : tensor<4x4xf32>
  kernel.yield %0 : tensor<4x4xf32>
}
