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
