// RUN: sluice-opt %s | sluice-opt | FileCheck %s

// CHECK-LABEL: @runner
func.func @runner(%x: memref<4xf32>, %flag: memref<i8>) {
  %i = kernel.buffer : memref<i32>
  // CHECK: kernel.if %arg1 : memref<i8> {
  kernel.if %flag : memref<i8> {
    kernel.launch @k(%x : memref<4xf32>) outs(%x : memref<4xf32>)
    // CHECK: } else {
  } else {
  }
  // CHECK: kernel.while {
  kernel.while {
    // CHECK: kernel.condition %arg1 : memref<i8>
    kernel.condition %flag : memref<i8>
    // CHECK: } do {
  } do {
    kernel.launch @k(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  }
  // CHECK: kernel.for %{{.*}} to 10 : memref<i32> {
  kernel.for %i to 10 : memref<i32> {
    kernel.launch @k(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  }
  return
}
