// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @count() {
  // expected-error @below {{(C1) 2 values for a result of type 'tensor<3xi32>'}}
  %0 = graph.sizes [B, 4] : tensor<3xi32>
  return
}

// -----

// expected-error @below {{expected an entry per dimension, found 1 for rank 2}}
func.func private @rank(tensor<?x2xf32, #graph.dims<[B]>>)

// -----

// expected-error @below {{contradict those of the type}}
func.func private @static(tensor<?x2xf32, #graph.dims<[B, 3]>>)

// -----

func.func @products(%x: tensor<?x4xf32, #graph.dims<[B, 4]>>) {
  // expected-error @below {{(C1) cannot reshape}}
  %0 = graph.reshape %x to [2*B, 3] : tensor<?x4xf32, #graph.dims<[B, 4]>>
  return
}

// -----

func.func @symbols(%x: tensor<?xf32, #graph.dims<[B]>>, %y: tensor<?xf32, #graph.dims<[T]>>) {
  // expected-error @below {{requires all operands to have the same type}}
  %0 = "graph.add"(%x, %y) : (tensor<?xf32, #graph.dims<[B]>>, tensor<?xf32, #graph.dims<[T]>>) -> tensor<?xf32, #graph.dims<[B]>>
  return
}

// -----

// expected-error @below {{size does not fit 64 bits or is too large}}
func.func private @overflow(tensor<?xf32, #graph.dims<[9223372036854775807*B + B]>>)
