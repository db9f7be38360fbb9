// RUN: sluice-opt %s --verify-workspace --split-input-file --verify-diagnostics

func.func @overlap(%x: memref<16xf32>, %y: memref<16xf32>) attributes {kernel.workspace = 256 : i64} {
  // expected-note @below {{this one}}
  %0 = kernel.buffer at 0 : memref<16xf32>
  // expected-error @below {{overlaps another live buffer in memory}}
  %1 = kernel.buffer at 0 : memref<16xf32>
  kernel.launch @k(%x : memref<16xf32>) outs(%0 : memref<16xf32>)
  kernel.launch @k(%0 : memref<16xf32>) outs(%1 : memref<16xf32>)
  kernel.launch @k(%1 : memref<16xf32>) outs(%y : memref<16xf32>)
  return
}

// -----

func.func @outside(%x: memref<16xf32>) attributes {kernel.workspace = 64 : i64} {
  // expected-error @below {{does not lie in the workspace of 64 bytes}}
  %0 = kernel.buffer at 64 : memref<16xf32>
  kernel.launch @k(%x : memref<16xf32>) outs(%0 : memref<16xf32>)
  return
}

// -----

// expected-error @below {{has no planned workspace}}
func.func @unplanned() {
  return
}

// -----

// An input is the output only where the kernel writes over it.
func.func @kept(%x: memref<4x4xf32>, %y: memref<4x4xf32>) attributes {kernel.workspace = 128 : i64} {
  %0 = kernel.buffer at 0 : memref<4x4xf32>
  kernel.launch @beside(%x : memref<4x4xf32>) outs(%0 : memref<4x4xf32>)
  kernel.launch @over(%0 : memref<4x4xf32>) outs(%0 : memref<4x4xf32>)
  // expected-error @below {{writes over input 0, which its kernel does not allow}}
  kernel.launch @beside(%0 : memref<4x4xf32>) outs(%0 : memref<4x4xf32>)
  return
}
kernel.func @over [memref<4x4xf32>, memref<4x4xf32>] attributes {overwritten = 0 : i64} {
^bb0(%x: tensor<4x4xf32>):
  %0 = graph.softmax %x : tensor<4x4xf32>
  kernel.yield %0 : tensor<4x4xf32>
}
kernel.func @beside [memref<4x4xf32>, memref<4x4xf32>] {
^bb0(%x: tensor<4x4xf32>):
  %0 = graph.softmax %x : tensor<4x4xf32>
  kernel.yield %0 : tensor<4x4xf32>
}
